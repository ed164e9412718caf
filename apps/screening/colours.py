"""The spectrogram's colours: from near black over violet and orange to pale yellow.

Lightness rises evenly, so that equal steps of level look equal, also in grey and to eyes that see
fewer colours. Mixed in Oklab (Björn Ottosson, 2020), where distance is what the eye sees.
"""

import numpy as np
import numpy.typing as npt

SHADES = 96

# Oklab hue as (a, b) at points along the scale; lightness is a straight line.
POINTS = np.array([0.0, 0.2, 0.45, 0.7, 0.9, 1.0])
GREEN_RED = np.array([0.01, 0.06, 0.16, 0.13, 0.03, -0.01])
BLUE_YELLOW = np.array([-0.03, -0.12, -0.02, 0.11, 0.12, 0.06])
DARKEST, LIGHTEST = 0.12, 0.98

TO_CONE_ROOTS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
TO_LINEAR_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def _mix() -> npt.NDArray[np.uint8]:
    at = np.linspace(0, 1, SHADES)
    lightness = DARKEST + (LIGHTEST - DARKEST) * at
    lab = np.stack(
        [lightness, np.interp(at, POINTS, GREEN_RED), np.interp(at, POINTS, BLUE_YELLOW)], axis=1
    )
    linear = np.clip((lab @ TO_CONE_ROOTS.T) ** 3 @ TO_LINEAR_RGB.T, 0, 1)
    # The sRGB transfer curve, IEC 61966-2-1.
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray((encoded * 255).round().astype(np.uint8))


COLOURS = _mix()
"""SHADES colours as (red, green, blue), darkest first."""
