"""Finding a recording, or a part of one, by its print: what the index of a host answers."""

from apps.fingerprints.engine.answers import Found, judge
from apps.fingerprints.engine.parts import IsHidden
from apps.fingerprints.engine.store import Store
from apps.fingerprints.engine.verifying import (
    Query,
    Reference,
    Stretch,
    find_stretches,
    length_s,
)
from apps.fingerprints.engine.voting import find_candidates


class Index(Store):
    """Prints under numbers, searched by what they share with a query."""

    def search(self, query: Query, is_hidden: IsHidden | None = None) -> list[Found]:
        """All prints that share audio with the query, best first; none of the hidden ones."""
        parts = self.parts(is_hidden)
        stretches: dict[int, list[Stretch]] = {}
        references: dict[int, Reference] = {}
        for one in find_candidates(query.phases, parts):
            if one.number not in references:
                items = parts[one.part].segment.print_at(one.ordinal)
                references[one.number] = Reference(items, length_s(len(items)))
            found = find_stretches(query, references[one.number], one)
            stretches.setdefault(one.number, []).extend(found)
        answers = (
            judge(number, pieces, query.duration_s, references[number].duration_s)
            for number, pieces in stretches.items()
        )
        return sorted((one for one in answers if one), key=_rank)


def _rank(found: Found) -> tuple[bool, bool, float, float, int]:
    partial = found.relation == "partial"
    covered = max(found.coverage_query, found.coverage_reference)
    return not found.accepted, partial, -round(covered, 3), found.bit_error or 0.0, found.number
