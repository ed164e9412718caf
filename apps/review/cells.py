"""The cells of the queue: each a short piece of HTML from one case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from apps.catalogue.models import Contributor, Track
from apps.policy.models import Decision, Outcome
from apps.policy.reasons import REASONS, REVIEW_REASONS
from apps.review.cases import promise
from apps.review.claim import holder
from apps.review.due import Nearness, nearness
from apps.review.models import Case
from apps.review.templatetags.desk import icon, moment
from apps.review.visible import visible

CHIPS = 3  # reasons shown in a row; the others are counted


def due_words(due: datetime, now: datetime) -> tuple[Nearness, str]:
    """How near a due moment is, and the words for it."""
    near = nearness(due, now, promise().zone)
    if near is Nearness.OVERDUE:
        return near, _("Overdue by %(time)s") % {"time": timesince(due, now, depth=1)}
    words = {Nearness.TODAY: _("Due today"), Nearness.TOMORROW: _("Due tomorrow")}
    later = f"{due.astimezone(promise().zone):%a %-d %b}"
    return near, words.get(near) or _("Due %(day)s") % {"day": later}


def due_cell(case: Case) -> SafeString:
    """When the answer is owed, in words, colour and icon."""
    if case.state != Case.State.OPEN:
        return format_html("{} {}", case.get_state_display(), moment(case.closed_at))
    near, words = due_words(case.due_at, timezone.now())
    template = '<span class="due due-{}">{}<strong>{}</strong></span><br>{}'
    return format_html(template, near, icon(near), words, moment(case.due_at))


def asked_words(case: Case, second_look: bool) -> str:
    """What the case asks of a person."""
    if second_look:
        return _("Second look")
    return _("Objection to a refusal") if case.kind == Case.Kind.APPEAL else _("Clear it or not")


def reason_title(code: str) -> str:
    """The title of a reason; a code that was retired shows as itself."""
    text = REASONS.get(code) or REVIEW_REASONS.get(code)
    return _(text.title) if text else code


def why_cell(case: Case, decision: Decision) -> SafeString:
    """Reason chips, strongest first."""
    severe = {r["code"] for r in decision.reasons if r.get("outcome") == Outcome.NOT_ALLOWED}
    codes = [reason.code for reason in case.reasons.all()]
    chips = format_html_join(
        " ",
        '<span class="chip chip-{}">{}</span>',
        (("refused" if code in severe else "held", reason_title(code)) for code in codes[:CHIPS]),
    )
    if len(codes) <= CHIPS:
        return chips
    more = _("and %(count)s more") % {"count": len(codes) - CHIPS}
    return format_html('{} <span class="quiet">{}</span>', chips, more)


def main_artists(track: Track) -> str:
    """Names of the main artists, as the artist typed them."""
    main = (c.name for c in track.contributors.all() if c.role == Contributor.Role.MAIN)
    return ", ".join(main)


def declared_artists(document: Mapping[str, Any]) -> str:
    """Names of the main artists in a declaration: those that the case is about."""
    artists = document.get("artists") or []
    return ", ".join(one["name"] for one in artists if one["role"] == Contributor.Role.MAIN)


def track_cell(case: Case) -> SafeString:
    """Title and artist."""
    artists = main_artists(case.track) or _("no artist named")
    return format_html(
        '<span class="title">{}</span><br><span class="quiet">{}</span>',
        visible(str(case.track), short=80),
        visible(artists, short=80),
    )


def record_words(case: Any) -> str:
    """How the account's other tracks fared: needs the annotations of `queue.with_history`."""
    words = [_("%(n)s cleared") % {"n": case.cleared}, _("%(n)s refused") % {"n": case.refused}]
    if case.overturned:
        words.append(_("%(n)s overturned") % {"n": case.overturned})
    return " · ".join(words) if case.cleared or case.refused else _("first track")


def account_cell(case: Any) -> SafeString:
    """Whose account, and how its other tracks fared."""
    owner = visible(case.track.release.owner, short=40)
    return format_html('{}<br><span class="quiet number">{}</span>', owner, record_words(case))


def who_cell(case: Case, claim_url: str) -> SafeString:
    """Who has the case and until when; a button to take it where nobody does."""
    if case.state != Case.State.OPEN:
        return SafeString("")
    if (person := holder(case)) is not None:
        until = moment(case.claimed_until)
        return format_html('{}<br><span class="quiet">{} {}</span>', person, _("until"), until)
    button = '<button type="button" class="claim" data-claim="{}">{}</button>'
    return format_html(button, claim_url, _("Claim"))
