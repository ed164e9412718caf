"""How often the check for generated sound is wrong, on folders of your own; what it costs.

python -m benchmarks.evaluate_synthetic --human DIR ... --ai DIR ... [--cache DIR]
python -m benchmarks.evaluate_synthetic --index FILE.csv --half heldout [--cache DIR]
    [--variants mp3_128 aac_128 speed ...] [--each N] [--splices N] [--freeze VERSION] [--no-cost]

In a folder, the name of a file's own folder is its label: the generator, or where the music comes
from. An index has the columns path (beside the index), half, kind (ai or human), label, genre.
`--each` takes at most so many of each label for the variants. `--freeze` writes the calibration's
human quantiles and likelihood ratios from what was measured; thresholds are never changed.
Prints Markdown tables for docs/benchmarks.md.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from apps.screening.comb.calibration import FILE, calibration
from benchmarks.changes import say
from benchmarks.synthetic_cost import cost
from benchmarks.synthetic_runs import VARIANTS, Recording, Run, recordings_in, run, splices
from benchmarks.synthetic_tables import (
    by_genre,
    by_label,
    by_length,
    by_variant,
    likelihood_bands,
    quantiles,
    splice_table,
    worst,
)


def main(given: Sequence[str] | None = None) -> None:
    """Measures, and prints the tables."""
    options = _options(given)
    listed = recordings_in(options.human, options.ai, options.index, options.half)
    say(f"{len(listed)} recordings; calibration {calibration().version}\n")
    plain = [run(recording, "original", options.cache) for recording in listed]
    for table in (by_label, by_genre, by_length):
        say(table(plain) + "\n")
    say(worst(plain) + "\n")
    if options.variants:
        changed = _changed(listed, options.variants, options.each, options.cache)
        say(by_variant(changed) + "\n")
    if options.splices:
        say(splice_table(splices(listed, options.splices, options.cache)) + "\n")
    if options.freeze:
        _freeze(options.freeze, plain)
    if not options.no_cost:
        say(cost())


def _options(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--human", nargs="*", type=Path, default=[])
    parser.add_argument("--ai", nargs="*", type=Path, default=[])
    parser.add_argument("--index", type=Path)
    parser.add_argument("--half", default="")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--variants", nargs="*", choices=sorted(VARIANTS), default=[])
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--splices", type=int, default=0)
    parser.add_argument("--freeze", default="")
    parser.add_argument("--no-cost", action="store_true")
    return parser.parse_args(given)


def _changed(
    listed: list[Recording], variants: Sequence[str], each: int, cache: Path | None
) -> list[Run]:
    """Some of each label, unchanged and in every variant."""
    taken: dict[tuple[str, str], int] = {}
    some = []
    for recording in listed:
        key = (recording.kind, recording.label)
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= each:
            some.append(recording)
    return [run(r, variant, cache) for variant in ("original", *variants) for r in some]


def _freeze(version: str, plain: list[Run]) -> None:
    data = json.loads(FILE.read_text())
    data["version"] = version
    data["date"] = datetime.now(UTC).date().isoformat()
    data["human"] = quantiles([r for r in plain if r.kind == "human"])
    data["bands"] = likelihood_bands(plain, [band["least"] for band in data["bands"]])
    FILE.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    say(f"Wrote {FILE.name}.")


if __name__ == "__main__":
    main()
