"""What people read about their permissions: one row each, for an account, a release or a track."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.catalogue.models import Track
from apps.consent import reasons
from apps.consent.clock import ledger_now
from apps.consent.entries import GRANTED, NOES, RESERVED, UNRESERVED, Asset, Entry
from apps.consent.models import ConsentEvent
from apps.consent.reading import entries_covering, epoch_at, is_label_licensed, is_wholly_licensed
from apps.consent.resolve import NOWHERE, Answer, Question, reservation, state
from apps.consent.scopes import Scope, Target, scope_of
from apps.consent.terms_reading import TermsVersion, terms_at, terms_called
from apps.consent.vocabulary import ALL_LAYERS, Permission, vocabulary


class Shown(StrEnum):
    """How a permission stands, for a switch with honest states."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"
    PENDING = "pending"  # said yes; it counts once it is in the log
    DEFAULT = "default"  # on without asking; can be objected to


@dataclass(frozen=True)
class Row:
    """One permission as it stands.

    `words`: the sentence under the terms in force; `agreed_words`: the one that was answered, where
    somebody answered. `source`: the scope that decided (account, release, asset), "" for nobody's
    choice; `here`: whether that is this very scope. `stop`: how to take it back.
    """

    permission: Permission
    title: str
    words: str
    shown: Shown
    allowed: bool
    reason: str
    reason_text: str
    since: datetime | None
    until: datetime | None
    source: str
    here: bool
    jurisdiction: str
    terms_version: str
    agreed_words: str
    event_uid: str
    can_choose: bool
    comes_alone: bool
    stop: str


@dataclass(frozen=True)
class Page:
    """What all rows of one page share. `events`: the rows of the ledger that decided."""

    scope: Scope
    terms: TermsVersion | None
    language: str
    events: dict[str, ConsentEvent]


@dataclass(frozen=True)
class NoAI:
    """The "No AI" tag of one scope: on or off, since when, and who decided where."""

    on: bool
    since: datetime | None
    source: str
    event_uid: str
    words: str


def permissions_of(
    of: Target,
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
    jurisdiction: str = "",
    language: str = "en",
) -> list[Row]:
    """Every permission of an account's music, a release or a track, in the order of the vocabulary.

    Without a jurisdiction each row answers for the country of its newest yes. Three queries and one
    for each terms version, whatever the number of rows.
    """
    now = ledger_now()
    at, known_at = at or now, known_at or now
    scope, terms = scope_of(of), terms_at(at)
    entries, asset = entries_covering(scope), _asset(scope)
    rows = []
    for permission in vocabulary().permissions:
        place = jurisdiction or _place(permission, entries)
        question = Question(permission, at, known_at, place, epoch_at(at), ALL_LAYERS)
        rows.append((permission, place, state(question, entries, asset)))
    page = Page(scope, terms, language, _events([answer for _one, _place, answer in rows]))
    return [_row(page, permission, place, answer) for permission, place, answer in rows]


def no_ai_of(
    of: Target,
    *,
    at: datetime | None = None,
    known_at: datetime | None = None,
    language: str = "en",
) -> NoAI:
    """Whether "No AI" is on, by whose choice; on by default where nobody chose."""
    now = ledger_now()
    at, known_at, scope = at or now, known_at or now, scope_of(of)
    terms = terms_at(at)
    entries = [
        one
        for one in entries_covering(scope)
        if one.effective_from <= at and one.recorded_at <= known_at
    ]
    off_since = reservation(entries, frozenset({scope.subject_ref}))
    status = RESERVED if off_since is None else UNRESERVED
    said = [one for one in entries if one.status == status]
    last = max(said, key=lambda one: (one.effective_from, one.seq), default=None)
    words = terms.sentence("no_ai", language) if terms else ""
    return NoAI(
        on=off_since is None,
        since=last.effective_from if last else None,
        source=last.scope if last else "",
        event_uid=last.uid if last else "",
        words=words,
    )


def _asset(scope: Scope) -> Asset:
    """For more than one track: as if nothing in it were licensed by a label, unless all is."""
    target, holders = scope.target, frozenset({scope.subject_ref})
    licensed: bool | None = is_wholly_licensed(target)
    if isinstance(target, Track):
        licensed = is_label_licensed(target)  # None where nobody said
    return Asset(licensed, holders)


def _place(permission: Permission, entries: list[Entry]) -> str:
    grants = [one for one in entries if one.permission == permission.code and one.status == GRANTED]
    newest = max(grants, key=lambda one: (one.effective_from, one.seq), default=None)
    return newest.jurisdiction if newest else NOWHERE


def _events(answers: list[Answer]) -> dict[str, ConsentEvent]:
    uids = [answer.entry.uid for answer in answers if answer.entry]
    return {str(row.uid): row for row in ConsentEvent.objects.filter(uid__in=uids)}


def _row(page: Page, permission: Permission, place: str, answer: Answer) -> Row:
    entry, scope, terms = answer.entry, page.scope, page.terms
    event = page.events.get(entry.uid) if entry else None
    return Row(
        permission=permission,
        title=_(permission.title),
        words=terms.sentence(permission.code, page.language) if terms else "",
        shown=_shown(answer),
        allowed=answer.allowed,
        reason=answer.reason,
        reason_text="" if answer.allowed else _(reasons.REASONS[answer.reason]),
        since=answer.since,
        until=entry.effective_to if entry and entry.status == GRANTED else None,
        source=entry.scope if entry else "",
        here=bool(event and event.scope_type == scope.type and event.scope_id == scope.id),
        jurisdiction="" if place == NOWHERE else place,
        terms_version=event.policy_version if event else "",
        agreed_words=agreed_words(event) if event else "",
        event_uid=entry.uid if entry else "",
        can_choose=permission.can_be_refused,
        comes_alone=permission.group != "operations",
        stop=terms.about[page.language]["stop"] if terms and permission.can_be_refused else "",
    )


def agreed_words(event: ConsentEvent) -> str:
    """The exact words that were answered with this event; "" where none were shown."""
    if not event.policy_version:
        return ""
    terms = terms_called(event.policy_version)
    return terms.sentence(event.permission or "no_ai", event.notice_language)


def _shown(answer: Answer) -> Shown:
    if answer.allowed:
        return Shown.DEFAULT if answer.reason == reasons.DEFAULT else Shown.YES
    if answer.reason == reasons.NOT_PROVEN:
        return Shown.PENDING
    asked = answer.entry is not None and answer.entry.status in {GRANTED, *NOES}
    waits = answer.reason in (reasons.NOT_GRANTED, reasons.UNKNOWN_METADATA)
    return Shown.NOT_ASKED if waits and not asked else Shown.NO
