"""`training revocations`: what was taken back, how far each case is; working them off by hand."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.command_base import Answer, add_subcommand
from apps.audit.payload import moment
from apps.consent.clock import ledger_now
from apps.training.models import RevocationCase
from apps.training.revocation.ending import end_old_terms, expire_yeses
from apps.training.revocation.obligations import block_overdue
from apps.training.revocation.opening import open_cases
from apps.training.revocation.steps import do_step, waiting_steps

ACTS = ("list", "work")


def add_revocations(parts: Any) -> None:
    """The subcommand; `parts` is what `add_subparsers` gave."""
    told = add_subcommand(parts, "revocations", revocations, "what was taken back, or work it off")
    told.add_argument("act", nargs="?", choices=ACTS, default="list")
    told.add_argument("--all", action="store_true", help="closed ones, too")


def revocations(options: dict[str, Any]) -> Answer:
    """The cases. `work` first opens what has to be opened and does every step that can be done.

    Exit status 1 where a step is overdue or went wrong.
    """
    worked = _work() if options["act"] == "work" else None
    cases = RevocationCase.objects.order_by("opened_at").prefetch_related("steps", "obligations")
    if not options["all"]:
        cases = cases.filter(closed_at=None, lifted_at=None)
    told = [_tell(one) for one in cases]
    data: dict[str, Any] = {"cases": told} | ({"worked": worked} if worked else {})
    holds = not any(step["overdue"] or step["error"] for one in told for step in one["steps"])
    return data, list(_lines(told, worked)), holds


def _work() -> dict[str, int]:
    counts = {
        "ended": expire_yeses() + end_old_terms(),
        "opened": open_cases(),
        "steps": 0,
        "blocked": block_overdue(),
    }
    while done := [key for key in waiting_steps().values_list("pk", flat=True) if do_step(key)]:
        counts["steps"] += len(done)
    return counts


def _tell(case: RevocationCase) -> dict[str, Any]:
    now = ledger_now()
    return {
        "case": str(case.pk),
        "kind": str(case.kind),
        "permission": case.permission,
        "opened_at": moment(case.opened_at),
        "closed_at": moment(case.closed_at) if case.closed_at else None,
        "lifted_at": moment(case.lifted_at) if case.lifted_at else None,
        "steps": [
            {
                "step": str(one.kind),
                "due": moment(one.due_at),
                "done": moment(one.done_at) if one.done_at else None,
                "overdue": one.done_at is None and not case.lifted_at and one.due_at <= now,
                "error": one.error,
            }
            for one in case.steps.all()
        ],
        "owed": sum(one.closed_at is None for one in case.obligations.all()),
    }


def _lines(told: list[dict[str, Any]], worked: dict[str, int] | None) -> Iterator[str]:
    if worked:
        yield ", ".join(f"{name} {count}" for name, count in worked.items())
    for case in told:
        steps = case["steps"]
        done = sum(one["done"] is not None for one in steps)
        late = [one["step"] for one in steps if one["overdue"]]
        words = [case["case"], case["kind"], case["permission"] or "everything"]
        words += [f"{done}/{len(steps)} steps", f"{case['owed']} owed"]
        words += [f"overdue: {', '.join(late)}"] if late else []
        words += [f"{one['step']}: {one['error']}" for one in steps if one["error"]]
        yield " · ".join(words)
    if not told and not worked:
        yield "Nothing is open."
