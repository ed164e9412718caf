"""Recordings through the check for generated sound, as they are and changed by ffmpeg; cached."""

import hashlib
import json
import subprocess
import tempfile
import time
from csv import DictReader
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from apps.screening.comb.spectra import Samples
from apps.screening.comb.verdict import Untestable, assess

SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".aiff", ".aif"}
MOST_RATE = 48_000
PART_S = 40.0  # of a splice
RATE = 44_100  # of a splice
SEMITONE = 2 ** (1 / 12)
# Name: the codec to pass, and the filter.
VARIANTS: dict[str, tuple[list[str], str]] = {
    "mp3_128": (["-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3"], ""),
    "aac_128": (["-c:a", "aac", "-b:a", "128k", "-f", "adts"], ""),
    "speed": ([], "asetrate={rate}*{speed},aresample={rate}"),
    "up_rubberband": ([], f"rubberband=pitch={SEMITONE}"),
    "down_rubberband": ([], f"rubberband=pitch={1 / SEMITONE}"),
    "up_atempo": ([], f"asetrate={{rate}}*{SEMITONE},aresample={{rate}},atempo={1 / SEMITONE}"),
    "down_atempo": ([], f"asetrate={{rate}}/{SEMITONE},aresample={{rate}},atempo={SEMITONE}"),
}


@dataclass(frozen=True)
class Recording:
    """A file, "ai" or "human", and where it comes from."""

    path: Path
    kind: str
    label: str
    genre: str


@dataclass(frozen=True)
class Run:
    """What the check said. `result` is "untestable" with the reason in `note`; times in seconds.

    `whole`, `window`, `scaled` are the best scores of the three searches, vetoed or not.
    """

    path: str
    kind: str
    label: str
    genre: str
    variant: str
    seconds: float
    result: str
    score: float
    spacing_hz: float
    scale: float
    musical: bool
    spans: list[list[float]]
    cpu_s: float
    note: str

    @property
    def likely(self) -> bool:
        """Whether the check says so of the whole or of a part."""
        return self.result in ("likely", "part")


def recordings_in(
    human: list[Path], ai: list[Path], index: Path | None, half: str
) -> list[Recording]:
    """All recordings of the folders and of one half of an index."""
    found = [
        Recording(path, kind, path.parent.name, "")
        for kind, folders in (("human", human), ("ai", ai))
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
    ]
    if index is not None:
        with index.open(newline="") as lines:
            rows = [row for row in DictReader(lines) if not half or row["half"] == half]
        found += [
            Recording(index.parent / row["path"], row["kind"], row["label"], row.get("genre", ""))
            for row in rows
        ]
    return found


def run(recording: Recording, variant: str, cache: Path | None) -> Run:
    """The check on one recording in one variant, or what the cache says of it."""
    stat = recording.path.stat()
    name = f"{recording.path.resolve()}|{stat.st_size}|{variant}|{_code_version()}"
    kept = cache / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.json" if cache else None
    if kept is not None and kept.exists():
        return Run(**json.loads(kept.read_text()))
    pcm, rate = decode(recording.path, variant)
    made = judge(pcm, rate, recording, variant)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(asdict(made)))
    return made


def _code_version() -> str:
    """Changes when the code of the check or its calibration does."""
    folder = Path(__file__).parents[1] / "apps/screening/comb"
    files = sorted([*folder.glob("*.py"), folder / "calibration.json"])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def judge(pcm: Samples, rate: int, recording: Recording, variant: str) -> Run:
    """The check on samples."""
    about = (str(recording.path), recording.kind, recording.label, recording.genre, variant)
    seconds = round(len(pcm) / rate, 2)
    started = time.process_time()
    try:
        verdict = assess(pcm, rate)
    except Untestable as why:
        spent = round(time.process_time() - started, 2)
        return Run(*about, seconds, "untestable", 0.0, 0.0, 1.0, False, [], spent, str(why))
    return Run(
        *about,
        seconds,
        verdict.result,
        round(verdict.comb.score, 3),
        round(verdict.comb.spacing_hz, 4),
        round(verdict.comb.scale, 5),
        verdict.musical,
        [list(span) for span in verdict.spans],
        round(time.process_time() - started, 2),
        "",
    )


def decode(path: Path, variant: str = "original", rate: int = 0) -> tuple[Samples, int]:
    """Samples of shape (frames, channels) after the variant, and their rate (the file's own)."""
    asked = ["-select_streams", "a:0", "-show_entries", "stream=sample_rate,channels"]
    shown = _ran(["ffprobe", "-v", "error", *asked, "-of", "csv=p=0", str(path)]).decode()
    own, channels = (int(value) for value in shown.strip().split(",")[:2])
    rate = rate or min(own, MOST_RATE)
    codec, filters = VARIANTS.get(variant, ([], ""))
    digest = hashlib.sha256(path.name.encode()).digest()
    away = (0.006 + 0.053 * digest[0] / 255) * (1 if digest[1] % 2 else -1)  # within 6 %, off grid
    chain = ["-af", filters.format(rate=rate, speed=1 + away)] if filters else []
    source = ["ffmpeg", "-nostdin", "-v", "error", "-i"]
    end = ["-map", "0:a:0", "-ar", str(rate), "-ac", str(min(channels, 2)), "-f", "f32le", "-"]
    with tempfile.TemporaryDirectory() as folder:
        if codec:
            between = Path(folder) / "between"
            _ran([*source, str(path), "-map", "0:a:0", *codec, str(between)])
            path = between
        raw = _ran([*source, str(path), *chain, *end])
    return np.frombuffer(raw, dtype=np.float32).reshape(-1, min(channels, 2)), rate


def _ran(command: list[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    return done.stdout


def splices(listed: list[Recording], count: int, cache: Path | None) -> list[tuple[Run, float]]:
    """A generated third between two of people's music, `count` times; and where it begins.

    Only generated recordings that the check finds on their own, of different labels first: what is
    measured is the finding of a part.
    """
    long = [r for r in listed if r.path.stat().st_size > 500_000]
    humans = [r for r in long if r.kind == "human" and _seconds(r, cache) >= 2 * PART_S]
    found = [r for r in _in_turn([r for r in long if r.kind == "ai"]) if _whole(r, cache)]
    return [
        (_spliced(found[i], humans[i % len(humans)]), PART_S)
        for i in range(min(count, len(found)))
        if humans
    ]


def _in_turn(recordings: list[Recording]) -> list[Recording]:
    turns: dict[str, int] = {}
    keyed = []
    for recording in recordings:
        turns[recording.label] = turns.get(recording.label, 0) + 1
        keyed.append((turns[recording.label], recording))
    return [recording for _, recording in sorted(keyed, key=lambda pair: pair[0])]


def _seconds(recording: Recording, cache: Path | None) -> float:
    return run(recording, "original", cache).seconds


def _whole(recording: Recording, cache: Path | None) -> bool:
    plain = run(recording, "original", cache)
    return plain.result == "likely" and plain.seconds >= PART_S


def _spliced(middle: Recording, around: Recording) -> Run:
    part = int(PART_S * RATE)
    inner = _stereo(decode(middle.path, rate=RATE)[0])
    outer = _stereo(decode(around.path, rate=RATE)[0])
    begin = max(0, (len(inner) - part) // 2)
    joined = [outer[:part], inner[begin : begin + part], outer[part : 2 * part]]
    return judge(np.concatenate(joined), RATE, middle, "splice")


def _stereo(pcm: Samples) -> Samples:
    return pcm if pcm.shape[1] == 2 else np.repeat(pcm[:, :1], 2, axis=1)
