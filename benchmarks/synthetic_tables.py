"""Tables of what was measured of the check for generated sound, in Markdown."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.synthetic_runs import PART_S, Run

LENGTHS_S = (0, 15, 40, 90, 100_000)
WINDOW_S = 30.0
HEAD = (
    " | n | likely | share | Wilson 95 % | inconclusive | not testable |\n"
    "|---|---|---|---|---|---|---|"
)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    width = 1 + z * z / of
    return float(max(0, (middle - half) / width)), float(min(1, (middle + half) / width))


def by_label(runs: Sequence[Run]) -> str:
    """People's music first, then every generator, then all of them."""
    ai = [r for r in runs if r.kind == "ai"]
    rows = [("people's music", [r for r in runs if r.kind == "human"])]
    rows += _grouped(ai, lambda r: r.label)
    rows.append(("**all generators**", ai))
    macro = [sum(r.likely for r in group) / len(group) for _, group in rows[1:-1]]
    mean = f"\nMean over generators: {np.mean(macro):.1%}" if macro else ""
    return "| whose" + HEAD + "\n" + _rows(rows) + mean


def by_genre(runs: Sequence[Run]) -> str:
    """People's music by genre, where the index says."""
    human = [r for r in runs if r.kind == "human"]
    return "| people's music" + HEAD + "\n" + _rows(_grouped(human, lambda r: r.genre or "-"))


def by_length(runs: Sequence[Run]) -> str:
    """Both kinds by duration."""

    def length(r: Run) -> str:
        place = int(np.searchsorted(LENGTHS_S, r.seconds, side="right"))
        return f"{r.kind}, from {LENGTHS_S[place - 1]} s"

    return "| length" + HEAD + "\n" + _rows(_grouped(runs, length))


def by_variant(runs: Sequence[Run]) -> str:
    """The same recordings unchanged and changed."""
    return "| variant" + HEAD + "\n" + _rows(_grouped(runs, lambda r: f"{r.variant}, {r.kind}"))


def worst(runs: Sequence[Run], count: int = 25) -> str:
    """Which of people's recordings come closest, or pass."""
    human = sorted((r for r in runs if r.kind == "human"), key=lambda r: -r.score)[:count]
    lines = [
        f"| {r.path.split('/')[-1]} | {r.label} | {r.genre} | {r.result} | {r.score:.2f} "
        f"| {r.spacing_hz:g} | {r.scale:g} | {r.musical} |"
        for r in human
    ]
    head = "| people's recording | label | genre | result | score | Hz | scale | musical |\n"
    return head + "|---|---|---|---|---|---|---|---|\n" + "\n".join(lines)


def splice_table(found: Sequence[tuple[Run, float]]) -> str:
    """How many generated thirds are found, and how many placed within one window."""
    placed = sum(r.likely and _placed(r, begin) for r, begin in found)
    hits = sum(r.likely for r, _ in found)
    part = sum(r.result == "part" for r, _ in found)
    low, high = wilson(hits, len(found))
    return (
        "| splices | found | as a part | placed within one window | Wilson 95 % of found |\n"
        "|---|---|---|---|---|\n"
        f"| {len(found)} | {hits} | {part} | {placed} | {low:.1%}–{high:.1%} |"
    )


def _placed(r: Run, begin: float) -> bool:
    if not r.spans:
        return False
    starts, ends = min(s[0] for s in r.spans), max(s[1] for s in r.spans)
    return abs(starts - begin) <= WINDOW_S and abs(ends - begin - PART_S) <= WINDOW_S


def quantiles(runs: Sequence[Run]) -> dict[str, Any]:
    """How the scores of people's music are spread."""
    scores = [r.score for r in runs if r.result != "untestable"]
    points = (0.5, 0.9, 0.95, 0.99, 1.0)
    return {
        "n": len(scores),
        "quantiles": {str(p): round(float(np.quantile(scores, p)), 2) for p in points},
    }


def likelihood_bands(runs: Sequence[Run], edges: Sequence[float]) -> list[dict[str, Any]]:
    """How many times as frequent a score is in generated music, every generator with one weight.

    Half a recording is added to each count, so that none is nought.
    """
    tested = [r for r in runs if r.result != "untestable" and not r.musical]
    human = np.array([r.score for r in tested if r.kind == "human"])
    groups = [
        np.array([r.score for r in g])
        for _, g in _grouped([r for r in tested if r.kind == "ai"], lambda r: r.label)
    ]
    bands = []
    for least, end in zip(edges, [*edges[1:], np.inf], strict=True):
        share = float(np.mean([((g >= least) & (g < end)).mean() for g in groups]))
        people = (((human >= least) & (human < end)).sum() + 0.5) / (len(human) + 1)
        ratio = float(np.clip((share + 0.5 / max(len(tested), 1)) / people, 0.01, 1000))
        bands.append({"least": least, "ratio": round(ratio, 2), "words": _words(ratio)})
    return bands


def _words(ratio: float) -> str:
    if ratio < 0.67:
        return f"about {1 / ratio:.0f} times as often in music made by people"
    if ratio < 1.5:
        return "about as often in one as in the other"
    if ratio < 50:
        return f"about {ratio:.0f} times as often in generated music"
    return "more than fifty times as often in generated music"


def _grouped(runs: Iterable[Run], key: Callable[[Run], str]) -> list[tuple[str, list[Run]]]:
    groups: dict[str, list[Run]] = defaultdict(list)
    for r in runs:
        groups[key(r)].append(r)
    return sorted(groups.items())


def _rows(groups: Iterable[tuple[str, Sequence[Run]]]) -> str:
    return "\n".join(_row(name, runs) for name, runs in groups)


def _row(name: str, runs: Sequence[Run]) -> str:
    hits = sum(r.likely for r in runs)
    unsure = sum(r.result == "inconclusive" for r in runs)
    untestable = sum(r.result == "untestable" for r in runs)
    low, high = wilson(hits, len(runs))
    share = hits / len(runs) if runs else 0.0
    return (
        f"| {name} | {len(runs)} | {hits} | {share:.1%} | {low:.1%}–{high:.1%} "
        f"| {unsure} | {untestable} |"
    )
