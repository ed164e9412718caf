"""Decisions as rows: one generator, whatever the format that they leave in."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.consent.asset_signals import signals_by_id
from apps.consent.signals import CAWG_KEYS, Signals
from apps.policy.decide import Reason
from apps.policy.gate import clearances
from apps.policy.law import Ruleset as Law
from apps.policy.models import Decision, Outcome, Ruleset
from apps.policy.publish import law_of
from apps.policy.reasons import UnknownReason, explain
from apps.policy.ruleset_reading import InvalidRuleset

Value = str | bool | list[str] | dict[str, str] | None
Row = dict[str, Value]
BATCH = 500  # decisions in memory at a time

# In the order in which they are written. Names stay put: people script against them.
COLUMNS = (
    "decision_id",
    "made_at",
    "track_id",
    "title",
    "version",
    "main_artist",
    "isrc",
    "release",
    "upc",
    "label",
    "outcome",
    "cleared_now",
    "destinations",
    "reason_codes",
    "reason_texts",
    "rule_ids",
    "citations",
    "ruleset_id",
    "ruleset_sha256",
    "engine_version",
    "automated_detection",
    "automated_decision",
    "made_by",
    "made_by_name",
    "supersedes",
    "note_to_artist",
    "no_ai",
    "content_usage",
    "tdm_reservation",
    "cawg_training_mining",
)


def rows(decisions: QuerySet[Decision], *, with_names: bool = False) -> Iterator[Row]:
    """One row per decision, oldest first, every column of COLUMNS; BATCH of them in memory.

    `decisions` comes from `scope.asked_for`. Track data is what was declared when the decision was
    made; `cleared_now` is the gate's answer at this moment, `no_ai` and the signals behind it that
    of the ledger of consent. `with_names` tells who decided by name.
    """
    laws: dict[str, Law | None] = {}
    beside = ("track__release__label", "track__declaration", "declaration", "made_by")
    found = decisions.select_related(*beside)
    found = found.defer("facts", "needed_facts", "overruled", "ruling", "note")
    stream = found.order_by("created_at", "pk").iterator(chunk_size=BATCH)
    while batch := list(islice(stream, BATCH)):
        cleared = _cleared(batch)
        signals = signals_by_id([decision.track for decision in batch])
        for decision in batch:
            if decision.ruleset_id not in laws:
                laws[decision.ruleset_id] = _law(decision.ruleset_id)
            yield {
                **_about_track(decision, is_cleared=decision.pk in cleared),
                **_why(decision, laws[decision.ruleset_id]),
                **_by_whom(decision, with_names=with_names),
                **about_ai(signals[decision.track_id]),
            }


def pick(row: Row, columns: Sequence[str]) -> Row:
    """These columns of a row, in this order."""
    return {name: row[name] for name in columns}


def _about_track(decision: Decision, *, is_cleared: bool) -> Row:
    document, release = decision.declaration.document, decision.track.release
    return {
        "decision_id": str(decision.pk),
        "made_at": _utc(decision.created_at),
        "track_id": str(decision.track_id),
        "title": document.get("title") or "",
        "version": document.get("version_title") or None,
        "main_artist": _main_artist(document),
        "isrc": document.get("isrc") or None,
        "release": release.title,
        "upc": document.get("upc") or None,
        "label": release.label.name if release.label else release.label_name,
        "outcome": decision.outcome,
        "cleared_now": is_cleared,
        "destinations": {slug: to["verdict"] for slug, to in sorted(decision.destinations.items())},
    }


def _why(decision: Decision, law: Law | None) -> Row:
    told = [_tell(reason, law) for reason in decision.reasons]
    return {
        "reason_codes": [reason["code"] for reason in decision.reasons],
        "reason_texts": [text for text, _cited in told],
        "rule_ids": [reason["rule"] for reason in decision.reasons if reason["rule"]],
        "citations": list(dict.fromkeys(cite for _text, cited in told for cite in cited)),
        "ruleset_id": decision.ruleset_id,
        "ruleset_sha256": decision.ruleset_sha256,
        "engine_version": decision.engine_version,
        "automated_detection": decision.automated_detection,
        "automated_decision": decision.automated_decision,
        "note_to_artist": decision.note_to_artist,
    }


def _by_whom(decision: Decision, *, with_names: bool) -> Row:
    person = decision.made_by
    return {
        "made_by": person.role if person else "machine",
        "made_by_name": str(person) if person and with_names else None,
        "supersedes": str(decision.supersedes_id) if decision.supersedes_id else None,
    }


def about_ai(signals: Signals) -> Row:
    """What the track says about AI: the tag, and the same in the words of other standards."""
    return {
        "no_ai": signals.no_ai,
        "content_usage": signals.content_usage,
        "tdm_reservation": signals.reservation,
        "cawg_training_mining": {key: signals.use(key) for key in CAWG_KEYS},
    }


def _cleared(batch: Sequence[Decision]) -> set[UUID]:
    """The decisions under which the gate lets their track pass at this moment."""
    asked = {found.track_id for found in batch if found.outcome == Outcome.ALLOWED}
    answers = clearances(track_ids=asked).values()
    return {answer.decision_id for answer in answers if answer.cleared and answer.decision_id}


def _tell(reason: dict[str, Any], law: Law | None) -> tuple[str, tuple[str, ...]]:
    """A reason's sentence and citations; its bare code when the words for it are gone."""
    cite, facts = tuple(reason.get("cite") or ()), tuple(reason.get("facts") or ())
    found = Reason(reason["rule"], reason["code"], reason.get("outcome", ""), cite, facts)
    if law is None:
        return found.code, cite
    try:
        words = explain(found, law, _)
    except UnknownReason:
        return found.code, cite
    return words.text, words.cite


def _law(ruleset_id: str) -> Law | None:
    try:
        return law_of(Ruleset.objects.get(pk=ruleset_id))
    except InvalidRuleset:
        return None


def _main_artist(document: dict[str, Any]) -> str:
    artists = document.get("artists") or []
    return ", ".join(one["name"] for one in artists if one.get("role") == "main")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
