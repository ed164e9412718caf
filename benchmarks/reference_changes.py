"""What is done to a recording before it is looked for: encodes, mixes, loops, speed, pitch, tempo.

All sound here is one channel at 44.1 kHz. Factors are drawn for each query, so they lie off any
grid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.changes import RATE, ffmpeg
from tests.sounds import Samples

RAW = ["-f", "f32le", "-ac", "1", "-ar", str(RATE)]
HOST_S, PLACE_S, FADE_S = 30.0, 8.0, 4.0  # of what a sample is mixed into; where; cross-fades


@dataclass(frozen=True)
class Asked:
    """A query. `r_start`, `q_start`, `length_s`: where the shared part begins in the reference and
    in the query, and how long it is in the query, in seconds.
    """

    pcm: Samples
    q_start: float
    r_start: float
    length_s: float


@dataclass(frozen=True)
class Material:
    """What one query is made of: the reference, another piece, and somebody who speaks."""

    reference: Samples
    host: Samples
    speech: Samples
    rng: np.random.Generator


Maker = Callable[[Material], Asked]


def filtered(pcm: Samples, filters: str) -> Samples:
    """The sound after a chain of ffmpeg's filters."""
    raw = ffmpeg(*RAW, "-i", "-", "-af", filters, *RAW, "-", sent=pcm.astype("<f4").tobytes())
    return np.frombuffer(raw, "<f4").astype(np.float32)


def encoded(pcm: Samples, codec: Sequence[str], container: str) -> Samples:
    """The sound after a lossy encoder."""
    sent = pcm.astype("<f4").tobytes()
    packed = ffmpeg(*RAW, "-i", "-", *codec, "-f", container, "-", sent=sent)
    return np.frombuffer(ffmpeg("-i", "-", *RAW, "-", sent=packed), "<f4").astype(np.float32)


def cut(m: Material, seconds: float) -> tuple[Samples, float]:
    """A part of the reference, and where it begins, in seconds."""
    count = min(round(seconds * RATE), len(m.reference))
    start = int(m.rng.integers(0, len(m.reference) - count + 1))
    return m.reference[start : start + count], start / RATE


def leveled(pcm: Samples, other: Samples, db: float) -> Samples:
    """The sound, brought to `db` above another's power."""
    power, wanted = float(np.mean(pcm**2)) + 1e-12, float(np.mean(other**2)) + 1e-12
    gain: Samples = pcm * np.float32(np.sqrt(wanted / power * 10 ** (db / 10)))
    return gain


def stretch_to(pcm: Samples, seconds: float) -> Samples:
    """The sound repeated or cut to a length."""
    return np.resize(pcm, round(seconds * RATE))


def mixed(part: Samples, under: Samples, db: float, start: float = PLACE_S) -> Asked:
    """A part inside other sound, `db` louder than it; `r_start` is to be filled in."""
    whole = stretch_to(under, max(HOST_S, start + len(part) / RATE + 2.0)).copy()
    at = round(start * RATE)
    whole[at : at + len(part)] += leveled(part, whole[at : at + len(part)], db)
    return Asked(whole / np.float32(max(1.0, np.abs(whole).max())), start, 0.0, len(part) / RATE)


def change_of(kind: str, rng: np.random.Generator) -> tuple[str, float]:
    """Filters that change speed, pitch or tempo by a factor that is drawn, and the time factor."""
    sign = rng.choice([-1, 1])
    if kind == "speed":
        factor = 1 + sign * rng.uniform(0.01, 0.06)
        return f"asetrate={RATE * factor:.3f},aresample={RATE}", factor
    if kind == "pitch":
        factor = 2 ** (sign * rng.uniform(0.5, 2.0) / 12)
        return f"asetrate={RATE * factor:.3f},aresample={RATE},atempo={1 / factor:.6f}", 1.0
    if kind == "tempo":
        factor = 1 + sign * rng.uniform(0.01, 0.06)
        return f"atempo={factor:.6f}", factor
    faster = 1 + sign * rng.uniform(0.01, 0.05)  # "both": speed and pitch, each on its own
    higher = 2 ** (rng.choice([-1, 1]) * rng.uniform(0.5, 1.5) / 12)
    tempo = faster / higher
    return f"asetrate={RATE * higher:.3f},aresample={RATE},atempo={tempo:.6f}", faster


def clean(seconds: float, kind: str = "") -> Maker:
    """A part alone, changed or not."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        if kind:
            part = filtered(part, change_of(kind, m.rng)[0])
        return Asked(part, 0.0, start, len(part) / RATE)

    return make


def under(seconds: float, db: float, kind: str = "", by: str = "host") -> Maker:
    """A part, changed or not, in other music (`host`) or with somebody speaking (`speech`)."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        if kind:
            part = filtered(part, change_of(kind, m.rng)[0])
        one = mixed(part, m.host if by == "host" else m.speech, db)
        return Asked(one.pcm, one.q_start, start, one.length_s)

    return make


def spoken_over(seconds: float, db: float, kind: str = "") -> Maker:
    """A part alone with somebody speaking over it; `db`: of the part above the voice."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        if kind:
            part = filtered(part, change_of(kind, m.rng)[0])
        voice = leveled(stretch_to(m.speech, len(part) / RATE)[: len(part)], part, -db)
        return Asked(part + np.resize(voice, len(part)), 0.0, start, len(part) / RATE)

    return make


def through(filters: str, seconds: float) -> Maker:
    """A part after filters that leave its time as it is."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        return Asked(filtered(part, filters), 0.0, start, len(part) / RATE)

    return make


def coded(codec: Sequence[str], container: str) -> Maker:
    """The whole recording after an encoder."""

    def make(m: Material) -> Asked:
        pcm = encoded(m.reference, codec, container)
        return Asked(pcm, 0.0, 0.0, len(m.reference) / RATE)

    return make


def noisy(seconds: float, db: float) -> Maker:
    """A part with white noise; `db`: of the part above the noise."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        noise = m.rng.standard_normal(len(part)).astype(np.float32)
        return Asked(part + leveled(noise, part, -db), 0.0, start, len(part) / RATE)

    return make


def inserted(seconds: float) -> Maker:
    """A part put between two pieces of something else."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        host = stretch_to(m.host, HOST_S)
        at = round(PLACE_S * RATE)
        pcm = np.concatenate([host[:at], leveled(part, host, 0.0), host[at:]])
        return Asked(pcm, PLACE_S, start, len(part) / RATE)

    return make


def looped(seconds: float, times: int, db: float) -> Maker:
    """A part played several times under other music."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        one = mixed(np.tile(part, times), m.host, db, start=3.0)
        return Asked(one.pcm, 3.0, start, len(part) / RATE)

    return make


def padded() -> Maker:
    """The whole recording after five seconds of silence, as MP3."""

    def make(m: Material) -> Asked:
        silence = np.zeros(round(5.137 * RATE), dtype=np.float32)
        pcm = encoded(np.concatenate([silence, m.reference]), ["-b:a", "128k"], "mp3")
        return Asked(pcm, 5.137, 0.0, len(m.reference) / RATE)

    return make


def dj_mix(seconds: float) -> Maker:
    """A part 3 % faster, cross-faded in and out of something else."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        part = filtered(part, f"asetrate={RATE * 1.0313:.3f},aresample={RATE}").copy()
        fade = round(FADE_S * RATE)
        ramp = np.linspace(0, 1, fade, dtype=np.float32)
        host = stretch_to(m.host, 60.0)
        at, end = round(10 * RATE), round(10 * RATE) + len(part)
        part = leveled(part, host, 0.0)
        part[:fade] *= ramp
        part[-fade:] *= ramp[::-1]
        before, after = host[: at + fade].copy(), host[at + fade :].copy()
        before[-fade:] *= ramp[::-1]
        after[:fade] *= ramp
        pcm = np.zeros(end - fade + len(after), dtype=np.float32)
        pcm[: len(before)] += before
        pcm[at:end] += part
        pcm[end - fade :] += after
        return Asked(pcm, 10.0, start, len(part) / RATE)

    return make


def far(seconds: float) -> Maker:
    """A part whose speed was changed by 8 to 12 %, alone."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        factor = 1 + m.rng.choice([-1, 1]) * m.rng.uniform(0.08, 0.12)
        part = filtered(part, f"asetrate={RATE * factor:.3f},aresample={RATE}")
        return Asked(part, 0.0, start, len(part) / RATE)

    return make


def in_time(seconds: float, factor: float) -> Maker:
    """A part played in another tempo altogether, such as half time."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        part = filtered(part, f"atempo={factor}")
        return Asked(part, 0.0, start, len(part) / RATE)

    return make


def drifting(seconds: float) -> Maker:
    """A part whose speed swings by 1.5 % within 15 s, as on a worn tape."""

    def make(m: Material) -> Asked:
        part, start = cut(m, seconds)
        t = np.arange(len(part)) / RATE
        swing = 0.015 * 15 / (2 * np.pi) * np.sin(2 * np.pi * t / 15 + m.rng.uniform(0, 6))
        places = np.clip((t + swing - swing[0]) * RATE, 0, len(part) - 1)
        pcm = np.interp(places, np.arange(len(part)), part).astype(np.float32)
        return Asked(pcm, 0.0, start, len(pcm) / RATE)

    return make


ROWS: dict[str, Maker] = {
    "MP3 64": coded(["-b:a", "64k"], "mp3"),
    "MP3 320": coded(["-b:a", "320k"], "mp3"),
    "AAC 96": coded(["-b:a", "96k"], "adts"),
    "Ogg Vorbis q1": coded(["-c:a", "libvorbis", "-q:a", "1"], "ogg"),
    "Opus 48": coded(["-c:a", "libopus", "-b:a", "48k"], "ogg"),
    "5 s of silence before, MP3 128": padded(),
    "low-pass 3.5 kHz, 30 s": through("lowpass=f=3500", 30),
    "trim 5 s": clean(5),
    "trim 10 s": clean(10),
    "8 s inserted into other music": inserted(8),
    "noise 0 dB, 10 s": noisy(10, 0),
    "speech 6 dB softer, 10 s": spoken_over(10, 6),
    "music 6 dB softer, 10 s": under(10, 6),
    "music 0 dB, 10 s": under(10, 0),
    "speech 0 dB, 10 s": spoken_over(10, 0),
    "10 s loop, twice, music 0 dB": looped(10, 2, 0),
    "300-3400 Hz, 10 s": through("highpass=f=300:p=2,highpass=f=300,lowpass=f=3400:p=2", 10),
    "speed, 10 s": clean(10, "speed"),
    "pitch, 10 s": clean(10, "pitch"),
    "tempo, 10 s": clean(10, "tempo"),
    "speed, music 0 dB, 10 s": under(10, 0, "speed"),
    "pitch, music 0 dB, 10 s": under(10, 0, "pitch"),
    "tempo, music 0 dB, 10 s": under(10, 0, "tempo"),
    "speed, music 0 dB, 20 s": under(20, 0, "speed"),
    "pitch, music 0 dB, 20 s": under(20, 0, "pitch"),
    "tempo, music 0 dB, 20 s": under(20, 0, "tempo"),
    "DJ mix, +3.13 %, cross-faded, 30 s": dj_mix(30),
    "music 0 dB, 3 s": under(3, 0),
    "music 0 dB, 5 s": under(5, 0),
    "speech 6 dB louder, 10 s": spoken_over(10, -6),
    "speed and pitch apart, 20 s": clean(20, "both"),
    "speed ±8 to 12 %, 20 s": far(20),
    "half time, 20 s": in_time(20, 0.5),
    "double time, 20 s": in_time(20, 2.0),
    "speed swings by 1.5 %, 20 s": drifting(20),
}
