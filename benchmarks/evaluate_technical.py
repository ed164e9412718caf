"""How often the technical check takes lossless music for lossy, and lossy for lossless; its cost.

python -m benchmarks.evaluate_technical [FOLDER OF LOSSLESS MUSIC ...]

Prints a Markdown table for docs/benchmarks.md. Without a folder it uses our own tunes.
"""

import sys
import time

import numpy as np

from apps.screening.checks.base import Submission
from apps.screening.checks.technical import TechnicalCheck
from apps.screening.checks.technical.lossy_source import lossy_source_findings
from benchmarks.changes import RATE, change, recordings, say
from tests.screening.recordings import recording
from tests.sounds import Samples, tune

SECONDS = 30.0
SOXR = "resampler=soxr:precision=28"
LOSSLESS = {
    "unchanged": [],
    "20 dB quieter": ["-af", "volume=-20dB"],
    "through 48 kHz, swr": ["-af", "aresample=48000,aresample=44100"],
    "through 48 kHz, soxr": ["-af", f"aresample=48000:{SOXR},aresample=44100:{SOXR}"],
    "through 32 kHz, swr": ["-af", "aresample=32000,aresample=44100"],
    "through 32 kHz, soxr": ["-af", f"aresample=32000:{SOXR},aresample=44100:{SOXR}"],
    "low-pass 12 kHz, 12 dB/oct": ["-af", "lowpass=f=12000"],
    "low-pass 16 kHz, 48 dB/oct": ["-af", ",".join(["lowpass=f=16000"] * 4)],
    "brick wall 16 kHz": [
        "-af",
        r"firequalizer=gain=if(lt(f\,16000)\,0\,-120):delay=0.02:accuracy=2",
    ],
}
LOSSY = {
    "MP3 96": ("mp3", ["-b:a", "96k"]),
    "MP3 128": ("mp3", ["-b:a", "128k"]),
    "MP3 192": ("mp3", ["-b:a", "192k"]),
    "MP3 256": ("mp3", ["-b:a", "256k"]),
    "MP3 320": ("mp3", ["-b:a", "320k"]),
    "MP3 V2": ("mp3", ["-q:a", "2"]),
    "MP3 V0": ("mp3", ["-q:a", "0"]),
    "AAC 128": ("m4a", ["-c:a", "aac", "-b:a", "128k"]),
    "AAC 256": ("m4a", ["-c:a", "aac", "-b:a", "256k"]),
    "Opus 64": ("opus", ["-b:a", "64k"]),
    "Opus 128": ("opus", ["-b:a", "128k"]),
    "Vorbis q4": ("ogg", ["-c:a", "libvorbis", "-q:a", "4"]),
    "Vorbis q8": ("ogg", ["-c:a", "libvorbis", "-q:a", "8"]),
}


def score(pcm: Samples) -> float:
    """The score of the finding, 0 where there is none."""
    return max((finding.score for finding in lossy_source_findings(pcm, RATE)), default=0.0)


def row(name: str, scores: list[float]) -> str:
    """How many have the finding, at any score and at 0.8 and more."""
    found, sure = sum(score > 0 for score in scores), sum(score >= 0.8 for score in scores)
    return f"| {name} | {len(scores)} | {found} | {sure} |"


def cost() -> str:
    """CPU seconds of the whole check for 3½ minutes of stereo at 44.1 kHz, once warm."""
    audio = recording(np.tile(tune(35.0), (6, 1)))
    spent = []
    for _ in range(3):
        started = time.process_time()
        TechnicalCheck().run(audio, Submission(None, "x.wav"))
        spent.append(time.process_time() - started)
    return f"technical_cpu {min(spent):.2f} s"


def main(folders: list[str]) -> None:
    """Prints the table and the cost."""
    versions = {name: ("wav", options) for name, options in LOSSLESS.items()}
    versions |= {f"**{name}**": change for name, change in LOSSY.items()}
    scores: dict[str, list[float]] = {name: [] for name in versions}
    for _, pcm in recordings(folders, SECONDS):
        for name, (suffix, options) in versions.items():
            scores[name].append(score(change(pcm, suffix, options)))
    say("| version | recordings | lossy_source found | score 0.8 and more |\n|---|---|---|---|")
    for name, measured in scores.items():
        say(row(name, measured))
    say(f"\n{cost()}")


if __name__ == "__main__":
    main(sys.argv[1:])
