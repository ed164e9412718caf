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
from collections.abc import Callable, Iterator
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
Voice = tuple[dict[str, str], Sound]
Taking = Callable[[Sound], Sound]
GAINS_DB = (5, 0, -5)
EDGES = np.round(np.arange(0.0, 1.0001, 0.02), 2)


def sounds(folder: Path, most: int) -> Iterator[Voice]:
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
    for asked in (
        equal_error,
        lambda same, other: found_at(same, other, 0.01),
        lambda same, other: found_at(same, other, 0.001),
    ):
        low, high = interval(trials, asked)
        value = asked(trials.same, trials.other)
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


def mixed_clips(
    voices: list[Voice], music: list[Sound], gain_db: float, taken: Taking
) -> list[Clip]:
    """The vocals mixed with music, as heard after `taken`."""
    clips = [
        clip_of(row, taken(mixed(sound, music[at % len(music)], gain_db))[:, None])
        for at, (row, sound) in enumerate(voices)
    ]
    return [clip for clip in clips if clip]


def mixes(voices: list[Voice], clean: list[Clip], music: list[Sound]) -> Iterator[str]:
    """Rows for mixes: each mixed vocal against every clean one of another file."""
    for gain in GAINS_DB:
        for name, taken in ways().items():
            trials = across(mixed_clips(voices, music, gain, taken), clean)
            yield line(f"{voices[0][0]['domain']}, {gain:+d} dB, {name}", trials)


def ways() -> dict[str, Taking]:
    """What is done with a mix before it is heard."""
    separator = chosen_separator()
    return {
        "as it is": lambda stereo: stereo.mean(axis=1),
        separator.id: lambda stereo: separator.vocals(stereo, RATE),
    }


def mix_calibration(
    real: list[Voice], fakes: list[Voice], clean: list[Clip], music: list[Sound]
) -> str:
    """The calibration of mixes: vocals at the first of GAINS_DB, after the separator."""
    taken = list(ways().values())[-1]
    strangers = across(mixed_clips(real, music, GAINS_DB[0], taken), clean)
    clones = against_targets(mixed_clips(fakes, music, GAINS_DB[0], taken), clean, strangers)
    kept = calibration("mix", strangers, clones).splitlines()
    return "\n".join(text for text in kept if not text.startswith("consistent"))


def heard(folder: Path, most: int) -> tuple[list[Voice], list[Clip]]:
    """The recordings in which somebody is heard, and their vectors; says what that cost."""
    started, seconds = time.process_time(), 0.0
    voices, clips = [], []
    for row, sound in sounds(folder, most):
        seconds += len(sound) / RATE
        clip = clip_of(row, sound)
        if clip:
            clips.append(clip)
            voices.append((row, sound))
    spent = time.process_time() - started
    say(f"Encoder {chosen_backend().id}; {len(clips)} recordings, {seconds:.0f} s of sound, ")
    say(f"{spent:.0f} CPU-s = {180 * spent / max(seconds, 1):.2f} CPU-s for three minutes.\n")
    return voices, clips


def measure(domain: str, voices: list[Voice], clips: list[Clip], music: list[Sound]) -> str:
    """Prints the rows of one domain; what its calibration holds."""
    both = [pair for pair in zip(voices, clips, strict=True) if pair[1].domain == domain]
    real = [pair for pair in both if pair[1].speaker and not pair[1].target]
    fakes = [pair for pair in both if pair[1].target]
    clean = [clip for _, clip in real]
    strangers = pairs(clean)
    if not len(strangers.same) or not len(strangers.other):
        return ""
    say(line(f"{domain}, same person", strangers))
    clones = against_targets([clip for _, clip in fakes], clean, strangers)
    if len(clones.same):
        say(line(f"{domain}, clone and target", clones))
    text = calibration(domain, strangers, clones)
    if music:
        sung = [voice for voice, _ in real]
        for row in mixes(sung, clean, music):
            say(row)
        if domain == "singing":
            text += "\n\n" + mix_calibration(sung, [voice for voice, _ in fakes], clean, music)
    return text


def main() -> None:
    """Reads, measures, prints."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--music", type=Path)
    asked.add_argument("--calibration", action="store_true")
    asked.add_argument("--most", type=int, default=100_000)
    options = asked.parse_args()
    voices, clips = heard(options.folder, options.most)
    tunes = sorted(options.music.iterdir()) if options.music else []
    music = [take(decode(path, "-t", "60"), DECODED).stereo for path in tunes]
    say("| | pairs same / different | EER | found at 1 % | at 0.1 % | 1 % at | 0.1 % at |")
    say("|---|---|---|---|---|---|---|")
    texts = [measure(domain, voices, clips, music) for domain in ("speech", "singing")]
    if options.calibration:
        say("\n" + "\n\n".join(filter(None, texts)))


if __name__ == "__main__":
    main()
