"""The search in windows, so that a track generated in part is found, and where."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from apps.screening.comb.listen import Heard, enough, hear
from apps.screening.comb.search import Comb, measure, search
from apps.screening.comb.spectra import Spectrogram

WINDOW_S, HOP_S = 30.0, 10.0
LEAST_S = 45.0  # a shorter recording is one window


@dataclass(frozen=True)
class Window:
    """A stretch of the recording and what was found in it: `combs` best first, perhaps none."""

    start_s: float
    end_s: float
    combs: tuple[Comb, ...]
    heard: Heard | None

    @property
    def score(self) -> float:
        """The best score, 0 when nothing could be searched."""
        return self.combs[0].score if self.combs else 0.0

    def score_at(self, comb: Comb) -> float:
        """The score of that spacing and scale, 0 when it could not be measured."""
        if self.heard is None:
            return 0.0
        short, long, band = self.heard.short, self.heard.long, self.heard.band
        here = measure(short, long, band, comb.spacing_hz, comb.scale)
        return replace(here, shifted=comb.shifted).score if here else 0.0


def windows(
    short: Spectrogram,
    long: Spectrogram,
    band: tuple[float, float],
    duration_s: float,
    spacings: tuple[float, ...],
) -> tuple[Window, ...]:
    """Windows over the whole recording, in order; none for a short one."""
    return tuple(
        _window(short.between(a, b), long.between(a, b), band, (a, b), spacings)
        for a, b in _spans(duration_s)
    )


def _spans(duration_s: float) -> Iterator[tuple[float, float]]:
    if duration_s < LEAST_S:
        return
    hop = max(HOP_S, duration_s / 30)  # of very long recordings only stretches were listened to
    length = WINDOW_S / HOP_S * hop
    count = max(1, int((duration_s - length) / hop + 1.5))
    for i in range(count):
        start = min(i * hop, duration_s - length)
        yield start, start + length


def _window(
    short: Spectrogram,
    long: Spectrogram,
    band: tuple[float, float],
    span: tuple[float, float],
    spacings: tuple[float, ...],
) -> Window:
    if not enough(short, long, band):
        return Window(*span, (), None)
    heard = hear(short, long, band)
    return Window(*span, tuple(search(heard.short, heard.long, band, spacings)), heard)
