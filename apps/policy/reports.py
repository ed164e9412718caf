"""What the `policy` command prints, as text for people and as JSON values for scripts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.policy.compare import Change
from apps.policy.prove import Proof
from apps.policy.replay import Replay


def proof_as_dict(proof: Proof) -> dict[str, Any]:
    """A proof as JSON values."""
    return {
        "ruleset": {"id": proof.ruleset, "sha256": proof.sha256},
        "holds": proof.holds,
        "tables": [
            {
                "table": grid.name,
                "rules": grid.rules,
                "combinations": grid.combinations,
                "problems": list(grid.problems),
                "overlaps": [list(pair) for pair in grid.overlaps],
            }
            for grid in proof.grids
        ],
        "problems": list(proof.problems),
        "golden": [{"case": name, "problems": list(found)} for name, found in proof.golden],
        "flagged": [{"rule": rule, "why": why} for rule, why in proof.flagged],
    }


def proof_lines(proof: Proof) -> Iterator[str]:
    """A proof for people."""
    for grid in proof.grids:
        yield f"{grid.name}: {grid.rules} rules, {grid.combinations} combinations"
        yield from (f"  problem: {problem}" for problem in grid.problems)
        yield from (
            f"  {strict} goes before {mild} where both match" for strict, mild in grid.overlaps
        )
    yield from (f"problem: {problem}" for problem in proof.problems)
    failed = [(name, found) for name, found in proof.golden if found]
    yield f"golden cases: {len(proof.golden) - len(failed)} of {len(proof.golden)} hold"
    yield from (f"  {name}: {'; '.join(found)}" for name, found in failed)
    yield f"flagged rules: {len(proof.flagged)}"
    verdict = "is proved" if proof.holds else "must not be published"
    yield f"ruleset {proof.ruleset} {verdict}"


def verdict_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """A verdict in the form of `telling.tell`, for people."""
    yield f"{told['outcome']} under ruleset {told['ruleset']['id']}"
    for reason in told["reasons"]:
        yield f"  {reason['rule']}  {reason['title']}"
        yield f"    {reason['text']}"
        yield f"    → {reason['fix']}"
    if told["needed_facts"]:
        yield f"  still needed: {', '.join(told['needed_facts'])}"
    for slug, delivery in told["destinations"].items():
        yield f"  {slug}: {delivery['verdict']}"
        yield from (f"    {text}" for text in delivery["reasons"])


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Every combination that changes, for people."""
    for change in changes:
        facts = ", ".join(f"{name}={value}" for name, value in change.facts.items())
        yield f"{change.table}: {facts}: {change.before} → {change.after}"
    yield f"{len(changes)} combinations change"


def replay_as_dict(total: int, failed: Sequence[Replay]) -> dict[str, Any]:
    """A replay of many decisions as JSON values."""
    return {
        "decisions": total,
        "agree": total - len(failed),
        "disagree": [{"decision": str(one.decision_id), "problem": one.problem} for one in failed],
    }


def replay_lines(total: int, failed: Sequence[Replay]) -> Iterator[str]:
    """A replay of many decisions, for people."""
    yield from (f"{one.decision_id}: {one.problem}" for one in failed)
    yield f"{total - len(failed)} of {total} decisions agree byte for byte"
