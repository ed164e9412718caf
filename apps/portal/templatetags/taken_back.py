"""What a case of something taken back says of itself, for the pages of artists."""

from django import template

from apps.training.models import RevocationCase
from apps.training.revocation.receipts import cannot_be_undone

register = template.Library()


@register.filter
def undone(case: RevocationCase) -> list[str]:
    """Sentences about what could not be undone."""
    return cannot_be_undone(case)
