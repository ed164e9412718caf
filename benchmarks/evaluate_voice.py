"""How often voices are confused, and clones found, on recordings of your own.

python -m benchmarks.evaluate_voice FOLDER [--music FOLDER] [--calibration] [--most N]

FOLDER holds index.csv: file, domain (speech or singing), speaker (who is heard), target (of a
clone: whom it imitates), and if you like group (see voice_trials.Clip). With --music every vocal
is also mixed with music at +5, 0 and -5 dB. Prints Markdown tables; --calibration adds the TOML
for registry/voice/calibration. Encoder and separator are those of VOICE_BACKEND, VOICE_SEPARATOR.
"""

import argparse
import csv
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from apps.registry.voice.activity import RATE
from apps.registry.voice.chosen import chosen_backend, chosen_separator
from apps.registry.voice.enrolment import embed_stem, mean_vector
from apps.registry.voice.stretches import take
from benchmarks.changes import RATE as DECODED
from benchmarks.changes import decode, say
from benchmarks.voice_trials import (
    Clip,
    Trials,
    across,
    against_targets,
    equal_error,
    found_at,
    interval,
    pairs,
)

Sound = npt.NDArray[np.float32]
GAINS_DB = (5, 0, -5)
EDGES = np.round(np.arange(0.0, 1.0001, 0.02), 2)


def sounds(folder: Path, most: int) -> Iterator[tuple[dict[str, str], Sound]]:
    """Each row of the index with its sound at RATE, two channels; unreadable files are named."""
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[:: max(1, -(-len(rows) // most))]:
        try:
            pcm = decode(folder / row["file"])
        except subprocess.CalledProcessError as error:
            say(f"<!-- {row['file']}: {error} -->")
            continue
        yield row, take(pcm, DECODED).stereo


def clip_of(row: dict[str, str], sound: Sound) -> Clip | None:
    """The recording's vector, None where nobody is heard in it."""
    backend = chosen_backend()
    segments = embed_stem(sound, RATE, backend)
    if not len(segments.vectors):
        return None
    keys = ("file", "domain", "speaker", "target", "group")
    return Clip(*(row.get(key) or "" for key in keys), mean_vector(segments))


def line(name: str, trials: Trials) -> str:
    """One row of the table."""
    cells = [name, f"{len(trials.same)} / {len(trials.other):,}"]
    for measure in (
        equal_error,
        lambda same, other: found_at(same, other, 0.01),
        lambda same, other: found_at(same, other, 0.001),
    ):
        low, high = interval(trials, measure)
        value = measure(trials.same, trials.other)
        cells.append(f"{100 * value:.1f} % ({100 * low:.0f}–{100 * high:.0f})")
    cells += [f"{np.quantile(trials.other, 1 - alarms):.3f}" for alarms in (0.01, 0.001)]
    return "| " + " | ".join(cells) + " |"


def calibration(domain: str, strangers: Trials, clones: Trials | None) -> str:
    """What registry/voice/calibration holds of one domain."""
    counts, _ = np.histogram(strangers.other, EDGES)
    found = clones.same if clones is not None and len(clones.same) else strangers.same
    lines = [f"[domains.{domain}]", f"pairs = {len(strangers.other)}", f"clones = {len(found)}"]
    for name, alarms in (("inconclusive", 0.01), ("consistent", 0.001)):
        place = round(float(np.quantile(strangers.other, 1 - alarms)), 2)
        share = float((strangers.other >= place).mean())
        hit = float((found >= place).mean())
        lines.append(
            f"{name} = {{ similarity = {place}, false_alarms = {share:.4f}, found = {hit:.3f} }}"
        )
    shares = np.round(counts / max(1, counts.sum()), 4)
    return "\n".join([*lines, f"edges = {EDGES.tolist()}", f"shares = {shares.tolist()}"])


def mixed(voice: Sound, music: Sound, gain_db: float) -> Sound:
    """The voice in the middle, `gain_db` above the music, over the length of the voice."""
    middle = np.repeat(voice.mean(axis=1, keepdims=True), 2, axis=1)
    behind = np.resize(music, middle.shape)
    level = np.sqrt(np.mean(middle**2) / (np.mean(behind**2) + 1e-12)) * 10 ** (-gain_db / 20)
    return (middle + level * behind).astype(np.float32)


def mixes(voices: list[tuple[dict[str, str], Sound]], clean: list[Clip], music: list[Sound]):
    """Rows for mixes: each mixed vocal against every clean one of another file."""
    separator = chosen_separator()
    for gain in GAINS_DB:
        made = [
            (row, mixed(sound, music[at % len(music)], gain))
            for at, (row, sound) in enumerate(voices)
        ]
        ways = {"as it is": lambda stereo: stereo.mean(axis=1)}
        ways[separator.id] = lambda stereo: separator.vocals(stereo, RATE)
        for way, taken in ways.items():
            clips = [clip_of(row, taken(stereo)[:, None]) for row, stereo in made]
            yield f"{gain:+d} dB, {way}", across([clip for clip in clips if clip], clean)


def main() -> None:
    """Reads, measures, prints."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--music", type=Path)
    asked.add_argument("--calibration", action="store_true")
    asked.add_argument("--most", type=int, default=100_000)
    options = asked.parse_args()
    started, seconds = time.process_time(), 0.0
    clips, vocals = [], []
    for row, sound in sounds(options.folder, options.most):
        seconds += len(sound) / RATE
        clip = clip_of(row, sound)
        if clip:
            clips.append(clip)
            vocals.append((row, sound))
    spent = time.process_time() - started
    say(f"Encoder {chosen_backend().id}; {len(clips)} recordings, {seconds:.0f} s of sound, ")
    say(f"{spent:.0f} CPU-s = {180 * spent / max(seconds, 1):.2f} CPU-s for three minutes.\n")
    say("| | pairs same / different | EER | found at 1 % | at 0.1 % | 1 % at | 0.1 % at |")
    say("|---|---|---|---|---|---|---|")
    texts = []
    tunes = sorted(options.music.iterdir()) if options.music else []
    for domain in ("speech", "singing"):
        real = [c for c in clips if c.domain == domain and c.speaker and not c.target]
        strangers = pairs(real)
        if not len(strangers.same) or not len(strangers.other):
            continue
        say(line(f"{domain}, same person", strangers))
        fakes = [clip for clip in clips if clip.domain == domain and clip.target]
        clones = against_targets(fakes, real, strangers)
        if len(clones.same):
            say(line(f"{domain}, clone and target", clones))
        texts.append(calibration(domain, strangers, clones))
        if tunes:
            music = [take(decode(path, "-t", "60"), DECODED).stereo for path in tunes]
            voiced = [pair for pair in vocals if pair[0]["domain"] == domain]
            kept = [pair for pair in voiced if pair[0]["speaker"] and not pair[0].get("target")]
            for name, trials in mixes(kept, real, music):
                say(line(f"{domain}, {name}", trials))
    if options.calibration:
        say("\n" + "\n\n".join(texts))


if __name__ == "__main__":
    main()
