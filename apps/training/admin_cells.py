"""The cells of the lists of cases, obligations and recipients: each a short piece of HTML."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.consent.titles import title_of
from apps.review.cells import due_words
from apps.review.templatetags.desk import icon, moment
from apps.training.models import RevocationCase, RevocationStep


def due(at: datetime) -> SafeString:
    """When something is owed, in words, colour and icon, as the review queue has it."""
    near, words = due_words(at, timezone.now())
    template = '<span class="due due-{}">{}<strong>{}</strong></span><br>{}'
    return format_html(template, near, icon(near), words, moment(at))


def done(word: str, at: datetime | None) -> SafeString:
    """That it is done, and when."""
    return format_html(
        '<span class="verdict verdict-allowed">{}{}</span><br>{}', icon("cleared"), word, moment(at)
    )


def next_step(case: Any) -> RevocationStep | None:
    """The step that is due first of those not done; needs `steps` to be there."""
    left = [step for step in case.steps.all() if step.done_at is None]
    return min(left, key=lambda one: one.due_at, default=None)


def case_due(case: RevocationCase) -> SafeString:
    """When the next step is due; or that all is done, or was settled."""
    if case.closed_at:
        return done(_("done"), case.closed_at)
    if case.lifted_at:
        return done(_("settled"), case.lifted_at)
    step = next_step(case)
    if step is None:
        return SafeString(_("held"))
    return due(step.due_at)


def what_happened(case: RevocationCase) -> SafeString:
    """What set the case off, and about which permission."""
    about = title_of(case.permission) if case.permission else _("everything")
    kind = case.get_kind_display()
    kind = kind[:1].upper() + kind[1:]
    return format_html(
        '<span class="title">{}</span><br><span class="quiet">{}</span>', kind, about
    )


def progress(case: RevocationCase) -> SafeString:
    """How many steps are done, which comes next, and what went wrong with it."""
    steps = list(case.steps.all())
    count = sum(step.done_at is not None for step in steps)
    words = _("%(done)s of %(all)s steps") % {"done": count, "all": len(steps)}
    failed = [step for step in steps if step.error and step.done_at is None]
    if failed:
        chip = format_html('<span class="chip chip-refused">{}</span>', _("went wrong"))
        return format_html("{}<br>{} {}", words, chip, failed[0].get_kind_display())
    step = None if case.lifted_at else next_step(case)
    after = step.get_kind_display() if step else ""
    return format_html('{}<br><span class="quiet">{}</span>', words, after)


def owed(case: Any) -> SafeString:
    """How many models still owe something; needs the annotations of the list."""
    if not case.models:
        return SafeString("–")
    words = ngettext("%(n)s model", "%(n)s models", case.models) % {"n": case.models}
    if not case.open_models:
        return format_html('{}<br><span class="quiet">{}</span>', words, _("all met"))
    chip = format_html(
        '<span class="chip chip-held">{}</span>', _("%(n)s open") % {"n": case.open_models}
    )
    return format_html("{}<br>{}", words, chip)


def state_chip(state: str, words: str) -> SafeString:
    """The state of a model version."""
    look = "refused" if state == "blocked" else "held"
    if state in ("blocked", "retired"):
        return format_html('<span class="chip chip-{}">{}</span>', look, words)
    return SafeString(words)
