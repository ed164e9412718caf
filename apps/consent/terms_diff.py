"""What new terms make possible that was not possible before, in plain words. Pure.

Anything that is not clearly the same or less counts as wider: new permissions, new recipients,
longer keeping, longer validity, other words. Words that only say the same more clearly are named in
the document under `clarified`. Wider terms need a higher epoch, or `problems_of` says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from apps.consent.terms_reading import Clause, TermsVersion

FOR_EVER = float("inf")


@dataclass(frozen=True)
class Change:
    """One difference: for which permission, whether it widens, and the sentence that says it."""

    permission: str
    widens: bool
    text: str


def find_changes(old: TermsVersion, new: TermsVersion, language: str = "en") -> list[Change]:
    """Every difference that matters, widening ones first."""
    found = [
        change
        for code in dict.fromkeys([*new.clauses, *old.clauses])
        for change in _changes(code, old, new, language)
    ]
    return sorted(found, key=lambda one: not one.widens)


def problems_of(versions: Sequence[TermsVersion]) -> list[str]:
    """What is wrong with a history of terms, oldest first; empty when nothing is."""
    return [problem for old, new in pairwise(versions) for problem in _problems(old, new)]


def _problems(old: TermsVersion, new: TermsVersion) -> Iterator[str]:
    wider = any(change.widens for change in find_changes(old, new, new.languages[0]))
    if wider and new.epoch <= old.epoch:
        yield (
            f"The terms {new.version} make something possible that {old.version} did not; "
            f"their epoch has to be {old.epoch + 1}."
        )
    if new.epoch not in (old.epoch, old.epoch + 1):
        yield f"The epoch of the terms {new.version} has to be {old.epoch} or {old.epoch + 1}."


def _changes(code: str, old: TermsVersion, new: TermsVersion, language: str) -> Iterator[Change]:
    before, after = old.clauses.get(code), new.clauses.get(code)
    if after is None:
        yield Change(code, False, "No longer asked; nothing is done with it any more.")
    elif before is None:
        yield Change(code, True, f"New: {_said(after, language)}")
    else:
        yield from _clause_changes(code, before, after, language, code in new.clarified)


def _clause_changes(
    code: str, before: Clause, after: Clause, language: str, clarified: bool
) -> Iterator[Change]:
    for name in [name for name in after.recipients if name not in before.recipients]:
        yield Change(code, True, f"Also goes to: {name}.")
    for name in [name for name in before.recipients if name not in after.recipients]:
        yield Change(code, False, f"No longer goes to: {name}.")
    yield from _length_change(code, "What was computed is kept", before.keep_days, after.keep_days)
    yield from _length_change(code, "A yes lasts", before.lasts_days, after.lasts_days)
    if _said(before, language) != _said(after, language):
        said = f"“{_said(before, language)}” → “{_said(after, language)}”"
        yield Change(
            code, not clarified, f"{'Said more clearly' if clarified else 'Now says'}: {said}"
        )


def _length_change(code: str, what: str, before: int, after: int) -> Iterator[Change]:
    if before != after:
        longer = (after or FOR_EVER) > (before or FOR_EVER)
        yield Change(code, longer, f"{what} {_days(after)}, before {_days(before)}.")


def _days(days: int) -> str:
    return f"{days} days" if days else "until it is taken back"


def _said(clause: Clause, language: str) -> str:
    return clause.words.get(language, "")
