"""Addresses of label staff, and of the API."""

from django.urls import path

from apps.portal import views_label
from apps.portal.api import api

urlpatterns = [
    path("label/decisions/", views_label.decisions, name="label_decisions"),
    path("label/decisions/export/", views_label.decisions_export, name="label_decisions_export"),
    path("label/tokens/", views_label.tokens, name="label_tokens"),
    path(
        "label/tokens/<uuid:token_id>/revoke/", views_label.token_revoke, name="label_token_revoke"
    ),
    path("api/", api.urls),
]
