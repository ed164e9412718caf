r"""Recall, false alarms and speed of the matching of names, on lists from outside the project.

    python -m benchmarks.evaluate_names --ordinary NAMES.txt \
        [--protected NAMES.txt] [--scale 100000] [--show]

Both are text files with one name a line (UTF-8); the lists used for docs/registry.md are named
there. Without --protected the starter registry is measured. An ordinary name that is written like
a protected one (but for case, accents and punctuation) is that name, and is left out. `whole` are
names taken for a protected one; `named` are names that hold a protected one beside a phrase
("X feat. Y", "Y Tribute"), which is what they are meant to be found for. CPU time.
"""

import argparse
import resource
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from apps.catalogue.text import fold
from apps.registry.names.contract import NameHit
from apps.registry.names.index import Entry, NameIndex
from apps.registry.names.search import find_names
from apps.registry.names.spelling import latin, looks, written
from benchmarks.name_attacks import ATTACKS, attacked

STARTER = Path(__file__).parents[1] / "apps" / "registry" / "people.toml"
LONG = 6  # letters from which any one edit counts
Find = Callable[[str], list[NameHit]]


def main() -> None:
    """Prints one line per figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ordinary", type=Path, required=True)
    options.add_argument("--protected", type=Path)
    options.add_argument("--scale", type=int, default=0, help="time this many protected names too")
    options.add_argument("--show", action="store_true", help="print every false alarm")
    given = options.parse_args()
    entries = list(_listed(given.protected) if given.protected else _starter())
    index = NameIndex(entries)
    ordinary = _ordinary(_lines(given.ordinary), entries)
    say(f"protected {len({e.person for e in entries})} people, {len(entries)} names")
    _tell_recall(index, [entry.name for entry in entries if entry.text == entry.name])
    _tell_alarms(index, ordinary, show=given.show)
    _tell_speed("speed", index, ordinary)
    if given.scale:
        _tell_scale(given.scale, entries, ordinary)


def say(text: str) -> None:
    """One line."""
    sys.stdout.write(f"{text}\n")


def _tell_recall(index: NameIndex, names: list[str]) -> None:
    for way, attack in ATTACKS.items():
        pairs = attacked(names, attack)
        hits = [(name, _is_found(index, name, text)) for name, text in pairs]
        long = [hit for name, hit in hits if len(looks(name)) >= LONG]
        whole = [hit for _name, hit in hits]
        say(
            f"recall {way:20s} {100 * sum(whole) / len(whole):6.2f} % of {len(whole)}"
            f"   from {LONG} letters {100 * sum(long) / max(1, len(long)):6.2f} % of {len(long)}"
        )


def _is_found(index: NameIndex, name: str, text: str) -> bool:
    return any(hit.name == name for hit in find_names(index, text, whole=True))


def _tell_alarms(index: NameIndex, ordinary: list[str], *, show: bool) -> None:
    alarms = [(name, hits[0]) for name in ordinary if (hits := find_names(index, name, whole=True))]
    whole = [(name, hit) for name, hit in alarms if hit.cue is None]
    named = [(name, hit) for name, hit in alarms if hit.cue is not None]
    kinds = Counter((hit.kind, hit.score) for _name, hit in whole)
    share = 100 / len(ordinary)
    say(f"alarms whole {len(whole)} of {len(ordinary)} = {len(whole) * share:.3f} %")
    for least in (0.7, 0.8, 0.9, 0.95):
        number = sum(hit.score >= least for _name, hit in whole)
        say(f"alarms whole from score {least}: {number} = {number * share:.3f} %")
    say(f"alarms named {len(named)} = {len(named) * share:.3f} %")
    for (kind, score), number in sorted(kinds.items()):
        say(f"alarms whole {kind} {score}: {number}")
    for name, hit in alarms if show else ():
        say(f"  {name} | {hit.matched} | {hit.kind} {hit.score} {hit.cue or ''} {hit.cue_text}")


def _tell_speed(what: str, index: NameIndex, names: list[str]) -> None:
    some = Random(7).sample(names, min(len(names), 20_000))  # noqa: S311
    for whole in (True, False):
        times = sorted(_seconds(index, name, whole) for name in some)
        median, late = times[len(times) // 2], times[len(times) * 99 // 100]
        say(
            f"{what} whole={whole} {len(index.entries)} names: median {median * 1e6:.1f} us, "
            f"mean {sum(times) / len(times) * 1e6:.1f} us, p99 {late * 1e6:.1f} us"
        )


def _seconds(index: NameIndex, name: str, whole: bool) -> float:
    start = time.thread_time()
    find_names(index, name, whole=whole)
    return time.thread_time() - start


def _tell_scale(scale: int, entries: list[Entry], ordinary: list[str]) -> None:
    """Names made up of the words of ordinary names stand in for a large register."""
    rng = Random(11)  # noqa: S311
    words = sorted({word for name in ordinary for word in name.split() if word.isalpha()})
    made = {f"{rng.choice(words)} {rng.choice(words)}" for _ in range(scale * 2)}
    for cached in (written, looks, latin):
        cached.cache_clear()
    before, start = _memory_mb(), time.process_time()
    many = [Entry(str(n), name, name) for n, name in enumerate(sorted(made)[:scale])]
    index = NameIndex([*entries, *many][:scale])
    say(f"build {len(index.entries)} names: {time.process_time() - start:.2f} CPU s")
    say(f"memory {len(index.entries)} names: {_memory_mb() - before:.0f} MB")
    _tell_speed("speed", index, ordinary)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _ordinary(names: list[str], entries: list[Entry]) -> list[str]:
    protected = {written(entry.text) for entry in entries} | {fold(entry.text) for entry in entries}
    return [name for name in names if not protected & {written(name), fold(name)}]


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _listed(path: Path) -> Iterator[Entry]:
    for number, name in enumerate(_lines(path)):
        yield Entry(str(number), name, name)


def _starter() -> Iterator[Entry]:
    for each in tomllib.loads(STARTER.read_text(encoding="utf-8"))["lists"]:
        for person in each["people"]:
            is_word = person.get("is_word", False)
            for text in (person["name"], *person.get("also", ()), *person.get("scripts", ())):
                yield Entry(person["name"], person["name"], text, is_word)


if __name__ == "__main__":
    main()
