"""How full the queue is, for the first page of the desk."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

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
