"""One permission as a line of the page: its state in a word, why, and which buttons it has."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.consent import reasons
from apps.consent.entries import NOES
from apps.consent.permissions import NoAI, Row, Shown
from apps.consent.terms_reading import Clause, TermsVersion
from apps.portal.country_names import country

STATES: dict[Shown, tuple[Promise | str, str]] = {
    Shown.YES: (gettext_lazy("Yes"), "cleared"),
    Shown.PENDING: (gettext_lazy("Yes, in a few seconds"), "running"),
    Shown.NO: (gettext_lazy("No"), "refused"),
    Shown.NOT_ASKED: (gettext_lazy("Not answered: no"), "waiting"),
    Shown.DEFAULT: (gettext_lazy("On"), "cleared"),
}
PARTS: dict[str, tuple[Promise | str, Promise | str]] = {
    "generative": (
        gettext_lazy("Software that makes sound"),
        gettext_lazy("Each of these is off until you say yes to it, one at a time."),
    ),
    "share": (
        gettext_lazy("Other companies"),
        gettext_lazy("Nobody gets your music from us for AI unless you say yes here."),
    ),
    "operations": (
        gettext_lazy("How we work with your music"),
        gettext_lazy("These run our service. None of them makes music, voices or sounds."),
    ),
    "fixed": (
        gettext_lazy("Part of the service"),
        gettext_lazy("We need these to release your music, or the law asks for them."),
    ),
}
AI = ("generative", "share")  # the parts of which "No AI" bars all
_PLACES = {
    "account": gettext_lazy("for everything you upload"),
    "release": gettext_lazy("for this release"),
    "asset": gettext_lazy("for this track"),
}


@dataclass(frozen=True)
class Line:
    """A row of the page. `asks_again`: a yes under older words, which the new ones do not take."""

    row: Row
    state: str
    icon: str
    why: str
    where: str
    country: str
    terms_of_use: tuple[str, ...]
    may_say_yes: bool
    may_say_no: bool
    asks_again: bool

    @property
    def code(self) -> str:
        """ "generative_music.train"."""
        return self.row.permission.code

    @property
    def has_answer(self) -> bool:
        """Whether an answer to this permission decides; "No AI" is told at the top."""
        return bool(self.row.event_uid and self.row.since and self.row.reason != reasons.NO_AI)

    @property
    def told(self) -> bool:
        """Whether there is anything to say about how it stands."""
        return bool(self.asks_again or self.why or self.has_answer)


@dataclass(frozen=True)
class Part:
    """A part of the page with its heading; `groups`: title of a use, and its lines."""

    slug: str
    heading: str
    lead: str
    groups: tuple[tuple[str, tuple[Line, ...]], ...]


def parts_of(
    rows: Sequence[Row], *, no_ai: NoAI, licensed: bool, terms: TermsVersion | None
) -> list[Part]:
    """The rows in the parts of the page. `licensed`: a label licensed this recording."""
    lines = [_line(row, no_ai, licensed, terms) for row in rows]
    barred = _barred(no_ai, licensed)
    return [
        Part(
            slug,
            str(heading),
            barred if barred and slug in AI else str(lead),
            _grouped(_of_part(slug, lines)),
        )
        for slug, (heading, lead) in PARTS.items()
    ]


def _barred(no_ai: NoAI, licensed: bool) -> str:
    """Why nothing with AI can be allowed here, once for all of it; "" where it can."""
    if licensed:
        return _("A label licensed this recording. Nothing here trains AI on it, whoever asks.")
    if no_ai.on:
        return _("“No AI training” is on, so all of this is off. Turn it off first to say yes.")
    return ""


def _of_part(slug: str, lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        part = line.row.permission.group if line.row.can_choose else "fixed"
        if part == slug:
            yield line


def _grouped(lines: Iterable[Line]) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    return tuple(
        (title, tuple(found)) for title, found in groupby(lines, key=lambda one: one.row.title)
    )


def _line(row: Row, no_ai: NoAI, licensed: bool, terms: TermsVersion | None) -> Line:
    barred = row.permission.is_ai_training and (licensed or no_ai.on)
    waits = row.reason == reasons.NO_AI and not no_ai.on
    shown = Shown.NOT_ASKED if waits else row.shown
    state, icon = STATES[shown]
    clause = terms.clauses.get(row.permission.code) if terms else None
    return Line(
        row=row,
        state=str(state),
        icon=icon,
        why=_why(row, shown, licensed, waits, no_ai.on),
        where=str(_PLACES.get(row.source, "")),
        country=country(row.jurisdiction) if row.allowed or shown == Shown.PENDING else "",
        terms_of_use=_terms_of_use(clause, row.can_choose) if clause else (),
        may_say_yes=row.can_choose and not barred and shown in (Shown.NO, Shown.NOT_ASKED),
        may_say_no=row.can_choose and not barred and row.reason not in NOES,
        asks_again=row.reason == reasons.OLD_TERMS,
    )


def _why(row: Row, shown: Shown, licensed: bool, waits: bool, on: bool) -> str:
    if row.permission.group in AI and row.permission.is_ai_training and (licensed or on):
        return ""  # said once, above
    if licensed and row.permission.is_ai_training:
        return _(reasons.REASONS[reasons.LABEL_LICENSED])
    if waits:
        return _("“No AI” was turned off. That counts in a few seconds.")
    if shown == Shown.DEFAULT:
        return _("On without asking. You can object.") if row.can_choose else ""
    if shown == Shown.NOT_ASKED or row.allowed:
        return ""
    return row.reason_text


def _terms_of_use(clause: Clause, can_choose: bool) -> tuple[str, ...]:
    """Who gets it, for how long, in sentences."""
    told = _("Nobody else gets it.")
    if clause.recipients:
        told = _("It goes to: %(names)s.") % {"names": ", ".join(clause.recipients)}
    return (told, *_lengths(clause, can_choose))


def _lengths(clause: Clause, can_choose: bool) -> Iterator[str]:
    if can_choose and clause.lasts_days:
        yield _("A yes lasts %(days)d days. Then we ask again.") % {"days": clause.lasts_days}
    elif can_choose:
        yield _("It lasts until you say no.")
    if clause.keep_days:
        yield _("What software computes from it is kept for %(days)d days at most.") % {
            "days": clause.keep_days
        }
    elif can_choose:
        yield _("What software computes from it is kept until you say no.")
    else:
        yield _("What software computes from it is kept while your track is with us.")
