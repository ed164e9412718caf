"""What a reviewer is shown of a comparison of voices: figures, curves, stretches to hear."""

from math import floor
from typing import Any

from apps.registry.voice.compare import Comparison
from apps.registry.voice.contract import Segments
from apps.registry.voice.gate import Assessability
from apps.registry.voice.thresholds import Calibration, DomainCalibration, Point
from apps.screening.checks.base import Evidence

KINDS = {"speech": "speech without music", "singing": "singing without music", "mix": "a mix"}
ANSWERS = {
    "consistent": "The voice is consistent with that of {name}.",
    "inconclusive": "The voice may be like that of {name}; this is inconclusive.",
    "no_match": "No match with the voice of {name} was found, which proves nothing.",
}


def summary_of(found: Comparison) -> str:
    """One sentence on the answer."""
    return ANSWERS[found.answer].format(name=found.voice.name)[:500]


def evidence_of(
    found: Comparison,
    query: Segments,
    judged: Assessability,
    calibration: Calibration,
    model: str,
) -> tuple[Evidence, ...]:
    """The measure, the two curves, and up to three stretches beside enrolled ones.

    Numbers per segment are similarities; nothing from which a voice could be made again.
    """
    domain = calibration.domains[judged.domain]
    return (
        Evidence("measure", detail=_measure(found, judged, calibration, model)),
        Evidence("plot", detail=_timeline(found, query, domain)),
        Evidence("plot", detail=_impostors(found, domain)),
        *_pairs(found),
    )


def _measure(
    found: Comparison, judged: Assessability, calibration: Calibration, model: str
) -> dict[str, Any]:
    domain = calibration.domains[judged.domain]
    strong = domain.consistent
    return {
        "person": found.voice.person,
        "name": found.voice.name,
        "domain": judged.domain,
        "similarity": round(found.similarity, 3),
        "normalised": None if found.normalised is None else round(found.normalised, 2),
        "thresholds": {
            "inconclusive": domain.inconclusive.similarity,
            "consistent": strong.similarity if strong else None,
        },
        "voiced_s": judged.voiced_s,
        "contrast_db": judged.contrast_db,
        "model": model,
        "calibration": calibration.id,
        "false_alarm": _false_alarm(found, domain, judged.domain),
        "miss": _miss(found, domain, judged.domain),
    }


def _point(found: Comparison, domain: DomainCalibration) -> Point:
    """The threshold that the answer passed, or the lower one where it passed none."""
    if found.answer == "consistent" and domain.consistent:
        return domain.consistent
    return domain.inconclusive


def _false_alarm(found: Comparison, domain: DomainCalibration, kind: str) -> str:
    point = _point(found, domain)
    return (
        f"Of {domain.pairs:,} pairs of different people ({KINDS[kind]}; {domain.source}), "
        f"{100 * point.false_alarms:.2g} % are as much alike as {point.similarity:g}."
    )


def _miss(found: Comparison, domain: DomainCalibration, kind: str) -> str:
    point = _point(found, domain)
    return (
        f"Of {domain.clones:,} clones ({KINDS[kind]}), {100 * (1 - point.found):.0f} % stay "
        f"below {point.similarity:g} and would be missed."
    )


def _timeline(found: Comparison, query: Segments, domain: DomainCalibration) -> dict[str, Any]:
    return {
        "plot": "voice_similarity",
        "person": found.voice.person,
        "t_s": [round(float(at) + query.length_s / 2, 2) for at in query.starts_s],
        "similarity": [round(value, 3) for value in found.timeline],
        "voiced": [round(float(share), 2) for share in query.voiced],
        "consistent": domain.consistent.similarity if domain.consistent else None,
        "inconclusive": domain.inconclusive.similarity,
    }


def _impostors(found: Comparison, domain: DomainCalibration) -> dict[str, Any]:
    centres = zip(domain.edges, domain.edges[1:], strict=False)
    # Beyond what the number of pairs can tell, no share is claimed.
    below = min(domain.below(found.similarity), 1 - 1 / max(domain.pairs, 1))
    percent = floor(1e5 * below) / 1e3
    return {
        "plot": "impostors",
        "person": found.voice.person,
        "x": [round((low + high) / 2, 4) for low, high in centres],
        "y": list(domain.shares),
        "at": round(found.similarity, 3),
        "in_words": (
            f"More alike than {percent:g} % of {domain.pairs:,} pairs of different people "
            f"({domain.source})."
        ),
    }


def _pairs(found: Comparison) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            "voice",
            round(pair.start_s, 2),
            round(pair.end_s, 2),
            {
                "person": found.voice.person,
                "name": found.voice.name,
                "clip": pair.clip,
                "clip_start_s": round(pair.clip_start_s, 2),
                "similarity": round(pair.similarity, 3),
            },
        )
        for pair in found.pairs
    )
