"""Where every track stands with an envelope now: one pass over the states, in SQL.

`tracks_allowed` asks one question of one permission. An envelope asks several at once: every
permission it requires, of every layer of rights, in every country named. A million tracks are asked
in one statement of hash joins; a subquery for each track would cost a probe of an index each.

A track's *rank* is the place in ORDER of the first reason against it, or ALLOWED. Nothing is
filled in: a track without a state stands where nobody's yes leaves it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from django.db import connection

from apps.consent import reasons
from apps.consent.envelopes_reading import Envelope
from apps.consent.models import ConsentState
from apps.consent.vocabulary import ALL_LAYERS, ANY_AI, LAYERS, Permission

ORDER = tuple(reasons.REASONS)  # the first that applies is the one a track is counted under
ALLOWED = 99
TABLE = ConsentState._meta.db_table
NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Question:
    """One permission, for one layer of rights, in one country."""

    number: int
    permission: Permission
    layer: str
    jurisdiction: str


@dataclass
class Statement:
    """Parts of one SELECT over `catalogue_track AS track`, with parameters by name."""

    joins: list[str]
    rank: str
    columns: list[str]
    values: dict[str, Any]


def layers_of(envelope: Envelope) -> tuple[str, ...]:
    """Its layers of rights; all of them together are one question."""
    every = set(envelope.rights_layers) == set(LAYERS)
    return (ALL_LAYERS,) if every else tuple(sorted(set(envelope.rights_layers)))


def questions_of(envelope: Envelope, jurisdictions: Sequence[str]) -> list[Question]:
    """All that has to be answered with yes before a track may be used."""
    asked = product(envelope.requires, layers_of(envelope), jurisdictions)
    return [Question(number, *one) for number, one in enumerate(asked)]


def standing_of(questions: Sequence[Question], *, min_epoch: int, at: datetime) -> Statement:
    """The parts of the statement that ranks every track.

    `columns`, for each question N: `reason_N`, `terms_N` and `leaf_N` of the yes; `terms_N` is
    empty and `leaf_N` missing where no yes was needed.
    """
    made = Statement([], "", [], {"min_epoch": min_epoch, "at": _moment(at)})
    ranks = [_rank(made, question) for question in questions]
    least = "LEAST" if connection.vendor == "postgresql" else "MIN"
    made.rank = ranks[0] if len(ranks) == 1 else f"{least}({', '.join(ranks)})"
    return made


def positional(sql: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """The same statement with its parameters in order, as a queryset takes them."""
    return NAMED.sub("%s", sql), [values[name] for name in NAMED.findall(sql)]


def _rank(made: Statement, question: Question) -> str:
    wanted, number = question.permission, question.number
    here = _State(made, wanted, question.layer, question.jurisdiction)
    elsewhere = _State(made, wanted, question.layer, "")
    newer = f"{here.of('policy_epoch')} >= %(min_epoch)s"
    if wanted.default:
        newer = f"({newer} OR {here.of('reason')} = '{reasons.DEFAULT}')"
    end = here.of("effective_to")
    good = f"{here.there} AND {newer} AND ({end} IS NULL OR {end} > %(at)s)"
    by_yes = f"{good} AND {here.of('reason')} = '{reasons.YES}'"
    made.columns += [
        f"CASE WHEN {by_yes} THEN '{reasons.YES}' ELSE '{reasons.DEFAULT}' END AS reason_{number}",
        f"CASE WHEN {by_yes} THEN {here.of('policy_version')} ELSE '' END AS terms_{number}",
        f"CASE WHEN {by_yes} THEN {here.of('leaf_index')} END AS leaf_{number}",
    ]
    without = _without_state(made, wanted)
    otherwise = [
        f"WHEN {elsewhere.there} AND {elsewhere.of('allowed')} THEN {ALLOWED}",
        f"WHEN {elsewhere.there} THEN {_place_of(elsewhere.of('reason'))}",
    ]
    outdated = [
        f"WHEN {here.there} AND NOT ({newer}) THEN {ORDER.index(reasons.OLD_TERMS)}",
        f"WHEN {here.there} AND {end} <= %(at)s THEN {ORDER.index(reasons.EXPIRED)}",
    ]
    refused = f"WHEN {here.there} AND NOT {here.of('allowed')}"
    cases = [
        f"{refused} THEN {_place_of(here.of('reason'))}",
        f"WHEN {good} THEN {ALLOWED}",
        *([] if wanted.default else outdated),
        *otherwise,
    ]
    return f"CASE {' '.join(cases)} ELSE {without} END"


def _without_state(made: Statement, wanted: Permission) -> str:
    """The rank of a track about which nobody chose anything for this permission."""
    not_granted = str(ORDER.index(reasons.NOT_GRANTED))
    if not wanted.is_ai_training:
        return str(ALLOWED) if wanted.default else not_granted
    bar = _State(made, ANY_AI, ALL_LAYERS, "")
    return (
        f"CASE WHEN NOT {bar.there} THEN {ORDER.index(reasons.NO_AI)} "
        f"WHEN NOT {bar.of('allowed')} THEN {_place_of(bar.of('reason'))} ELSE {not_granted} END"
    )


def _place_of(reason: str) -> str:
    """The place of a reason in ORDER; of one that is none of ours, the first."""
    places = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(ORDER))
    return f"CASE {reason} {places} ELSE 0 END"


class _State:
    """The state that answers one question, joined once.

    A yes to all rights is a yes to each; the states of one layer exist only where it was named.
    """

    def __init__(self, made: Statement, wanted: Permission, layer: str, place: str) -> None:
        layers = dict.fromkeys((layer, ALL_LAYERS))
        self._names = [_join(made, wanted, one, place) for one in layers]

    @property
    def there(self) -> str:
        """Whether there is one."""
        return "(" + " OR ".join(f"{name}.track_id IS NOT NULL" for name in self._names) + ")"

    def of(self, column: str) -> str:
        """Its column: of the layer's own state, where there is one."""
        own, *rest = self._names
        if not rest:
            return f"{own}.{column}"
        return f"(CASE WHEN {own}.track_id IS NULL THEN {rest[0]}.{column} ELSE {own}.{column} END)"


def _join(made: Statement, wanted: Permission, layer: str, place: str) -> str:
    name = f"s_{wanted.use_case}_{wanted.verb}_{layer}_{place.lower() or 'elsewhere'}"
    if name not in made.values:
        made.values[name] = place
        made.joins.append(
            f"LEFT JOIN {TABLE} AS {name} ON {name}.track_id = track.id "
            f"AND {name}.use_case = '{wanted.use_case}' AND {name}.verb = '{wanted.verb}' "
            f"AND {name}.rights_layer = '{layer}' AND {name}.jurisdiction = %({name})s"
        )
    return name


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
