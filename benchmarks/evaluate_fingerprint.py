"""How often a changed copy is taken for the same recording, and how often a stranger is.

python -m benchmarks.evaluate_fingerprint [FOLDER OF DIFFERENT RECORDINGS ...]

Prints a Markdown table for docs/benchmarks.md. Without a folder it uses our own tunes.
"""

import itertools
import sys
from dataclasses import dataclass, field

import numpy as np

from apps.fingerprints.keys import MIN_ITEMS, Items
from apps.fingerprints.matching import align
from apps.screening.prints import Print, print_of
from benchmarks.changes import change, recordings, say
from tests.screening.recordings import recording
from tests.sounds import Samples

SECONDS = 240.0
CLIPS = (16, 19, 24, 40, 80)  # items
CLIPS_EACH = 3
CHANGES = {
    "MP3 64": ("mp3", ["-b:a", "64k"]),
    "MP3 320": ("mp3", ["-b:a", "320k"]),
    "AAC 96": ("m4a", ["-b:a", "96k"]),
    "Vorbis q1": ("ogg", ["-c:a", "libvorbis", "-q:a", "1"]),
    "Opus 48": ("opus", ["-b:a", "48k"]),
    "padded by 5 s and 4 s, MP3 128": ("mp3", ["-af", "adelay=5137:all=1,apad=pad_dur=4"]),
    "first 6 s cut off, MP3 128": ("mp3", ["-ss", "6.37"]),
    "30 s of it": ("wav", ["-ss", "5.21", "-t", "30"]),
    "10 s of it": ("wav", ["-ss", "2.77", "-t", "10"]),
    "5 s of it": ("wav", ["-ss", "4.05", "-t", "5"]),
    "50 dB quieter, 16 bits": ("wav", ["-af", "volume=-50dB"]),
    "12 dB into a limiter": ("wav", ["-af", "volume=12dB,alimiter=limit=0.9"]),
    "bass +6 dB, treble -6 dB": ("wav", ["-af", "bass=g=6,treble=g=-6"]),
    "low-pass 3.5 kHz": ("wav", ["-af", "lowpass=f=3500"]),
    "compressed 8:1": ("wav", ["-af", "acompressor=threshold=0.05:ratio=8:makeup=4"]),
    "with echo": ("wav", ["-af", "aecho=0.8:0.7:40|90:0.4|0.3"]),
    "1 % faster (cannot be seen)": ("wav", ["-af", "asetrate=44541,aresample=44100"]),
}


@dataclass
class Count:
    """Versions that could be compared, and the bit errors of those that were found."""

    compared: int = 0
    errors: list[float] = field(default_factory=list)


def printed(pcm: Samples) -> Print:
    """The print of samples at 44.1 kHz."""
    return print_of(recording(pcm))


def add(count: Count, version: Print, original: Print) -> None:
    """Compares a version with its original, if its print says enough."""
    if version.speaks:
        found = align(version.items, original.items)
        count.compared += 1
        count.errors += [found.bit_error] if found and found.same_recording else []


def same(first: Items, second: Items) -> bool:
    """Whether two prints are taken for one recording."""
    found = align(first, second)
    return found is not None and found.same_recording


def confused(prints: dict[str, Items]) -> tuple[int, list[tuple[str, str]]]:
    """How many pairs there are, and those that are taken for the same recording."""
    pairs = list(itertools.combinations(prints, 2))
    return len(pairs), [pair for pair in pairs if same(prints[pair[0]], prints[pair[1]])]


def confused_clips(
    prints: dict[str, Items], related: list[tuple[str, str]]
) -> tuple[int, list[tuple[str, str]]]:
    """The same for clips of each recording and all recordings that it was not confused with."""
    rng = np.random.default_rng(0)
    compared, taken = 0, []
    for length, (name, items) in itertools.product(CLIPS, prints.items()):
        others = [n for n in prints if n != name and {n, name} not in map(set, related)]
        for _ in range(CLIPS_EACH if len(items) > length else 0):
            start = int(rng.integers(0, len(items) - length))
            clip = items[start : start + length]
            compared += len(others)
            taken += [(f"{length} items of {name}", n) for n in others if same(clip, prints[n])]
    return compared, taken


def main(folders: list[str]) -> None:
    """Prints the table, and which strangers were taken for the same recording."""
    prints: dict[str, Items] = {}
    counts = {name: Count() for name in CHANGES}
    for name, pcm in recordings(folders, SECONDS):
        original = printed(pcm)
        if not original.speaks:
            continue
        prints[name] = original.items
        for change_name, (suffix, options) in CHANGES.items():
            add(counts[change_name], printed(change(pcm, suffix, options)), original)
    say(f"{len(prints)} recordings with {MIN_ITEMS} usable items or more\n")
    say("| version | compared | found | highest bit error |\n|---|---|---|---|")
    for name, count in counts.items():
        worst = max(count.errors, default=0.0)
        say(f"| {name} | {count.compared} | {len(count.errors)} | {worst:.3f} |")
    pairs, taken = confused(prints)
    say(f"\n{pairs} pairs of recordings, taken for the same: {taken or 'none'}")
    clips, taken = confused_clips(prints, taken)
    say(f"{clips} pairs of a clip and a recording, taken for the same: {taken or 'none'}")


if __name__ == "__main__":
    main(sys.argv[1:])
