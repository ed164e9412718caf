"""The encoder: as trained, bounded, the same every time, and nearer for the same person."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.registry.voice.enrolment import embed_stem, mean_vector
from apps.registry.voice.ge2e import MELS, WINDOW, Ge2e
from apps.registry.voice.spectra import mel_filters, power_frames
from tests.sounds import Samples
from tests.voices import RATE, person, singing, speech

# Of seeded noise, computed once by another implementation (one step at a time, 64 bits) from the
# published file: only what is above 0.
NOISE_SEED = 2026
NOISE_VECTOR = {
    4: 0.1418, 5: 0.0342, 7: 0.0447, 8: 0.1315, 9: 0.0976, 10: 0.1842, 11: 0.1195, 12: 0.0419,
    14: 0.027, 15: 0.159, 16: 0.171, 17: 0.0864, 21: 0.0615, 28: 0.1683, 30: 0.1538, 31:
    0.0448, 35: 0.0265, 37: 0.0627, 42: 0.0928, 43: 0.038, 44: 0.1059, 45: 0.0404, 47: 0.0172,
    48: 0.1096, 49: 0.1328, 51: 0.0563, 60: 0.1189, 64: 0.0597, 66: 0.0403, 71: 0.0153, 73:
    0.1187, 74: 0.1489, 79: 0.0555, 82: 0.0455, 83: 0.0556, 87: 0.1272, 89: 0.0789, 96:
    0.0002, 100: 0.0177, 102: 0.1173, 104: 0.1408, 105: 0.0397, 106: 0.0359, 109: 0.1074, 111:
    0.0788, 113: 0.1455, 116: 0.0825, 120: 0.2217, 121: 0.0183, 123: 0.0729, 125: 0.0841, 126:
    0.0464, 127: 0.0127, 128: 0.0585, 134: 0.021, 135: 0.0569, 136: 0.146, 137: 0.1666, 138:
    0.0085, 142: 0.0743, 144: 0.1277, 146: 0.041, 148: 0.1214, 149: 0.0529, 150: 0.0046, 151:
    0.0402, 152: 0.0891, 154: 0.1395, 155: 0.1158, 157: 0.0111, 159: 0.1886, 162: 0.0048, 163:
    0.0521, 165: 0.0005, 168: 0.1869, 176: 0.011, 177: 0.0908, 180: 0.1233, 184: 0.0609, 187:
    0.1355, 188: 0.1467, 189: 0.0628, 191: 0.0563, 193: 0.1181, 195: 0.1006, 197: 0.015, 198:
    0.0992, 199: 0.1292, 202: 0.039, 203: 0.0332, 205: 0.1308, 208: 0.0141, 213: 0.1586, 214:
    0.0153, 215: 0.0559, 217: 0.0061, 218: 0.1145, 219: 0.0171, 220: 0.1211, 225: 0.0933, 226:
    0.0152, 227: 0.0306, 234: 0.0003, 235: 0.0664, 237: 0.0409, 238: 0.1293, 239: 0.0174, 240:
    0.1056, 245: 0.0508, 246: 0.0145, 248: 0.0692, 251: 0.0552, 253: 0.1271,
}  # fmt: skip


def noise(seconds: float = 1.6) -> Samples:
    random = np.random.default_rng(NOISE_SEED)
    return (0.1 * random.standard_normal(int(seconds * RATE))).astype(np.float32)


def noise_mels() -> Samples:
    power = np.concatenate(list(power_frames(noise(), 400, 160)))[:WINDOW]
    return (power @ mel_filters(RATE, 400, MELS).T)[None]


def test_the_vector_of_noise_is_that_of_the_published_encoder(encoder: Ge2e) -> None:
    raw = encoder.encode(noise_mels())[0]
    vector = raw / np.linalg.norm(raw)
    expected = np.zeros(256, dtype=np.float32)
    expected[list(NOISE_VECTOR)] = list(NOISE_VECTOR.values())
    assert np.abs(vector - expected).max() < 2e-4


@pytest.mark.parametrize(("fft", "bins", "low"), [(400, 40, 0.0), (512, 80, 20.0)])
def test_the_mel_filters_are_slaneys(fft: int, bins: int, low: float) -> None:
    expected = librosa.filters.mel(sr=RATE, n_fft=fft, n_mels=bins, fmin=low)
    assert np.abs(mel_filters(RATE, fft, bins, low) - expected).max() < 1e-6


def test_power_spectra_are_those_of_centred_hann_frames() -> None:
    expected = np.abs(librosa.stft(noise(), n_fft=400, hop_length=160, pad_mode="constant")) ** 2
    found = np.concatenate(list(power_frames(noise(), 400, 160)))
    assert np.allclose(found.T, expected, rtol=1e-3, atol=1e-3)


def test_segments_are_of_length_1_in_order_and_the_same_every_time(encoder: Ge2e) -> None:
    voice = speech(person(1), 9, 1)
    first, second = encoder.embed(voice), encoder.embed(voice)
    assert first.vectors.dtype == np.float32
    assert first.vectors.shape == (len(first.starts_s), 256)
    assert np.allclose(np.linalg.norm(first.vectors, axis=1), 1, atol=1e-5)
    assert (np.diff(first.starts_s) > 0).all()
    assert ((first.voiced > 0) & (first.voiced <= 1)).all()
    assert first.starts_s[-1] + first.length_s <= 9 + 0.8
    assert np.array_equal(first.vectors, second.vectors)


def test_a_window_is_the_same_in_any_company(encoder: Ge2e) -> None:
    mels = np.repeat(noise_mels(), 70, axis=0)
    mels[1:] *= np.linspace(0.5, 2, 69, dtype=np.float32)[:, None, None]
    assert np.allclose(encoder.encode(mels)[0], encoder.encode(mels[:1])[0], atol=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3 * RATE), st.integers(0, 99))
def test_any_length_gives_a_segment_or_none(encoder: Ge2e, length: int, seed: int) -> None:
    found = encoder.embed(speech(person(seed), 3, seed)[:length])
    assert np.isfinite(found.vectors).all()
    assert len(found.vectors) == len(found.starts_s) == len(found.voiced)


@pytest.mark.parametrize("samples", [np.zeros(RATE * 3), np.zeros(0), np.zeros(5)])
def test_silence_has_no_segments(encoder: Ge2e, samples: Samples) -> None:
    assert encoder.embed(samples.astype(np.float32)).vectors.shape == (0, 256)


def test_level_and_rate_do_not_matter(encoder: Ge2e) -> None:
    voice = speech(person(2), 8, 3)
    plain = mean_vector(embed_stem(voice, RATE, encoder))
    quiet = mean_vector(embed_stem(voice * 0.05, RATE, encoder))
    stereo = mean_vector(embed_stem(np.stack([voice, voice], axis=1), RATE, encoder))
    double = np.interp(np.arange(0, len(voice), 0.5), np.arange(len(voice)), voice)
    fast = mean_vector(embed_stem(double.astype(np.float32), 2 * RATE, encoder))
    assert plain @ quiet > 0.999
    assert plain @ stereo > 0.9999
    assert plain @ fast > 0.97


@pytest.mark.parametrize(("make", "people"), [(speech, (0, 1, 2, 3)), (singing, (0, 1))])
def test_the_same_person_is_nearer_than_another(encoder: Ge2e, make, people) -> None:
    means = [
        [mean_vector(encoder.embed(make(person(who), 10, 20 * who + take))) for take in (0, 1)]
        for who in people
    ]
    for who, (first, second) in enumerate(means):
        others = [float(first @ other[1]) for at, other in enumerate(means) if at != who]
        assert float(first @ second) > max(others)


def test_samples_that_are_no_numbers_are_refused(encoder: Ge2e) -> None:
    with pytest.raises(ValueError, match="not numbers"):
        embed_stem(np.full(100, np.nan, np.float32), RATE, encoder)
