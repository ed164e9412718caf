"""What checks said, kept as rows: each result on its own, once, by whoever holds the run."""

from dataclasses import asdict
from typing import Any, cast

from django.db import transaction

from apps.screening.checks.base import Evidence, Finding
from apps.screening.lease import ensure_held
from apps.screening.models import CheckResult, ScreeningRun
from apps.screening.models import Finding as FindingRow
from apps.screening.run import CheckOutcome, Status
from apps.screening.storable import storable


@transaction.atomic
def save_outcome(*, run: ScreeningRun, outcome: CheckOutcome) -> CheckResult:
    """One result with its findings, whole or not at all; the one that is there if it was saved.

    Raises LeaseLost when the run is somebody else's by now.
    """
    ensure_held(run)
    result, made = CheckResult.objects.get_or_create(
        run=run,
        slug=outcome.slug,
        defaults={
            "version": outcome.version,
            "status": outcome.status,
            "note": storable(outcome.note or "")[:500],
            "cpu_s": outcome.cpu_s,
            "wall_s": outcome.wall_s,
        },
    )
    if made:
        FindingRow.objects.bulk_create(
            _row(result, place, finding) for place, finding in enumerate(outcome.findings)
        )
    return result


def saved_outcomes(run: ScreeningRun) -> dict[str, CheckOutcome]:
    """What is saved of this run, by slug: an attempt that died is continued, not repeated."""
    results = run.results.prefetch_related("findings")
    return {result.slug: _outcome(result) for result in results}


def _row(result: CheckResult, place: int, finding: Finding) -> FindingRow:
    return FindingRow(
        result=result,
        position=place,
        code=finding.code,
        score=finding.score,
        summary=storable(finding.summary)[:500],
        evidence=storable([asdict(evidence) for evidence in finding.evidence]),
    )


def _outcome(result: CheckResult) -> CheckOutcome:
    return CheckOutcome(
        slug=result.slug,
        version=result.version,
        status=cast(Status, result.status),
        findings=tuple(_finding(row) for row in result.findings.all()),
        note=result.note or None,
        cpu_s=result.cpu_s,
        wall_s=result.wall_s,
    )


def _finding(row: FindingRow) -> Finding:
    evidence: list[dict[str, Any]] = row.evidence
    return Finding(row.code, row.score, row.summary, tuple(Evidence(**part) for part in evidence))
