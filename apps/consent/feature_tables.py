"""Rows of our own tables that are features: found by the name of the table and the row's key."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from apps.consent.feature_errors import Undescribed


def rows_at(table: str, place: str) -> QuerySet[Model]:
    """The row with this key, or none. Raises Undescribed for what is no table or no key of ours."""
    model = next((one for one in apps.get_models() if one._meta.db_table == table), None)
    if model is None:
        raise Undescribed(what=f"a table of ours, which “{table[:63]}” is not")
    try:
        key = model._meta.pk.to_python(place)
    except ValidationError as error:
        raise Undescribed(what=f"the key of a row of {table}") from error
    return model._default_manager.filter(pk=key)
