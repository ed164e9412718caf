"""What a case of something taken back says of itself, for the pages of artists."""

from django import template

from apps.training.models import RevocationCase
from apps.training.revocation.receipts import undone_in

register = template.Library()


@register.filter
def undone(case: RevocationCase) -> list[str]:
    """Sentences of its receipt about what could not be undone; none while it is open."""
    return undone_in(case.receipt)
