"""One screened file as `manage.py screen` prints it: the keys of `docs/operations.md`."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from apps.policy.decide import Verdict
from apps.policy.law import Ruleset
from apps.policy.telling import tell
from apps.screening.run import CheckOutcome


def report(
    *,
    file: str,
    sha256: str,
    duration_s: float,
    outcomes: Iterable[CheckOutcome],
    verdict: Verdict,
    ruleset: Ruleset,
    cpu_s: float,
    wall_s: float,
) -> dict[str, Any]:
    """JSON values only; seconds rounded to milliseconds."""
    done = list(outcomes)
    return {
        "file": file,
        "sha256": sha256,
        "duration_s": round(duration_s, 3),
        **_told(verdict, ruleset),
        "error": None,
        "findings": [finding for outcome in done for finding in _findings(outcome)],
        "checks": [_check(outcome) for outcome in done],
        "cpu_s": round(cpu_s, 3),
        "wall_s": round(wall_s, 3),
    }


def report_error(*, file: str, code: str, text: str) -> dict[str, Any]:
    """The answer for a file that cannot be screened: the same keys, nothing in them."""
    return {
        "file": file,
        "sha256": None,
        "duration_s": None,
        "outcome": None,
        "error": {"code": code, "text": text},
        "reasons": [],
        "needed_facts": [],
        "findings": [],
        "checks": [],
        "destinations": {},
        "ruleset": None,
        "cpu_s": None,
        "wall_s": None,
    }


def readable(line: Mapping[str, Any]) -> str:
    """The same for people."""
    if line["error"]:
        return f"{line['file']}: could not be screened. {line['error']['text']}"
    minutes, seconds = divmod(round(line["duration_s"]), 60)
    rows = [f"{line['file']}: {WORDS[line['outcome']]} ({minutes}:{seconds:02d})"]
    for number, reason in enumerate(line["reasons"], start=1):
        rows.append(f"  {number}. {reason['text']} [{reason['rule']}]")
        if reason["fix"] and line["outcome"] != "allowed":
            rows.append(f"     → {reason['fix']}")
    checks = (f"{check['slug']} {check['status']}" for check in line["checks"])
    rows.append(f"  Checks: {', '.join(checks)}")
    rows += [f"    {one['slug']}: {one['note']}" for one in line["checks"] if one["note"]]
    stores = (f"{name} {found['verdict']}" for name, found in line["destinations"].items())
    rows.append(f"  Stores: {', '.join(stores)}")
    rows.append(f"  Ruleset {line['ruleset']['id']}; {line['cpu_s']:.1f} s of CPU time")
    return "\n".join(rows)


WORDS = {"allowed": "cleared", "needs_review": "held", "not_allowed": "refused"}


def _told(verdict: Verdict, ruleset: Ruleset) -> dict[str, Any]:
    return tell(verdict, ruleset)


def _findings(outcome: CheckOutcome) -> list[dict[str, Any]]:
    return [
        {
            "check": outcome.slug,
            "code": finding.code,
            "score": finding.score,
            "summary": finding.summary,
            "evidence": [asdict(evidence) for evidence in finding.evidence],
        }
        for finding in outcome.findings
    ]


def _check(outcome: CheckOutcome) -> dict[str, Any]:
    return {
        "slug": outcome.slug,
        "version": outcome.version,
        "status": str(outcome.status),
        "cpu_s": round(outcome.cpu_s, 3),
        "note": outcome.note or None,
    }
