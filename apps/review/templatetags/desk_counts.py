"""How full the queue is, for the first page of the desk."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from apps.fingerprints.licence_standing import ENDED, IS_OUT, with_standing
from apps.fingerprints.models import MaterialLicence
from apps.review.queue import VIEWS, counts

register = template.Library()


@register.simple_tag(takes_context=True)
def queue_counts(context: Context) -> list[tuple[str, Any, int]]:
    """The views of the queue as slug, label and count, for people who may see it."""
    user = context["user"]
    if not user.has_perm("review.view_case"):
        return []
    found = counts(user, timezone.now())
    return [(view.slug, view.label, found[view.slug]) for view in VIEWS if view.slug in found]


@register.simple_tag(takes_context=True)
def licences_ended_out(context: Context) -> int:
    """Licences whose term is over while tracks that rest on them are out, for who may see them."""
    if not context["user"].has_perm("fingerprints.view_materiallicence"):
        return 0
    ended = with_standing(ENDED, timezone.localdate())
    return MaterialLicence.objects.filter(ended, IS_OUT).distinct().count()
