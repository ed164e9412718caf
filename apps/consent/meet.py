"""From several answers to one: allowed only where all are. Pure.

The order plays no part, the same answer twice changes nothing, one more never allows more, and
none at all means no.
"""

from collections.abc import Iterable

from apps.consent import reasons
from apps.consent.resolve import Answer

_RANK = {reason: rank for rank, reason in enumerate(reasons.REASONS)}


def meet(answers: Iterable[Answer]) -> Answer:
    """The one answer. A no is the first of `reasons.REASONS` among them, or one that is not there.

    A yes names the event that came last into the log, where any event decided.
    """
    found = list(answers)
    if not found:
        return Answer(False, reasons.NOT_GRANTED)
    noes = [one for one in found if not one.allowed]
    if noes:
        return min(noes, key=lambda one: (_RANK.get(one.reason, -1), _order(one)))
    return max(found, key=lambda one: (one.reason != reasons.DEFAULT, _order(one)))


def _order(answer: Answer) -> tuple[int, int, str]:
    """A fixed order of answers with the same reason."""
    entry = answer.entry
    if entry is None:
        return (-1, -1, answer.reason)
    return (-1 if entry.leaf is None else entry.leaf, entry.seq, answer.reason)
