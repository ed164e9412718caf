"""Addresses of permissions, what was agreed to, the terms, and signals to the world."""

from django.urls import path

from apps.portal import (
    views_agreed,
    views_permissions,
    views_signals,
    views_terms,
    views_told,
    views_used,
)

urlpatterns = [
    path("permissions/", views_permissions.permissions, name="permissions"),
    path("permissions/agreed/", views_agreed.agreed, name="agreed"),
    path(
        "permissions/agreed/<uuid:event_uid>/proof/", views_agreed.agreed_proof, name="agreed_proof"
    ),
    path(
        "permissions/agreed/<uuid:event_uid>/receipt/",
        views_agreed.agreed_receipt,
        name="agreed_receipt",
    ),
    path("permissions/used/", views_used.used, name="used"),
    path("permissions/cases/<uuid:case_id>/receipt/", views_used.case_receipt, name="case_receipt"),
    path("told/<uuid:notice>/", views_told.told, name="told"),
    path("told/<uuid:notice>/list.txt", views_told.told_list, name="told_list"),
    path(
        "tracks/<uuid:track_id>/models/<slug:name>/<str:version>/proof/",
        views_used.track_model_proof,
        name="track_model_proof",
    ),
    path(
        "releases/<uuid:release_id>/permissions/",
        views_permissions.release_permissions,
        name="release_permissions",
    ),
    path(
        "tracks/<uuid:track_id>/permissions/",
        views_permissions.track_permissions,
        name="track_permissions",
    ),
    path(
        "tracks/<uuid:track_id>/training-mining.json",
        views_signals.training_mining,
        name="training_mining",
    ),
    path(".well-known/tdmrep.json", views_signals.tdmrep, name="tdmrep"),
    path("tdm-policy.json", views_signals.tdm_policy, name="tdm_policy"),
    path("label/rights-registry.csv", views_signals.rights_registry, name="rights_registry"),
    path("terms/", views_terms.terms, name="terms"),
]
