"""Addresses of everything that is bytes: uploads, proofs, media; of the ledger and of health."""

from django.urls import path

from apps.portal import health, tus, views_ledger, views_media, views_proofs, views_uploads

urlpatterns = [
    path("releases/<uuid:release_id>/uploads/", tus.begin, name="upload_begin"),
    path(
        "releases/<uuid:release_id>/uploads/plain/", views_uploads.upload_plain, name="upload_plain"
    ),
    path("uploads/<uuid:upload_id>/", tus.resume, name="upload"),
    path("uploads/<uuid:upload_id>/status/", views_uploads.upload_status, name="upload_status"),
    path("tracks/<uuid:track_id>/proofs/", views_proofs.proof_add, name="proof_add"),
    path("proofs/<uuid:proof_id>/", views_proofs.proof_download, name="proof"),
    path("proofs/<uuid:proof_id>/remove/", views_proofs.proof_remove, name="proof_remove"),
    path("media/<str:token>/", views_media.rendition, name="rendition"),
    path("media/reference/<str:sound>/", views_media.reference_sound, name="reference_sound"),
    path("ledger/checkpoint", views_ledger.ledger_checkpoint, name="ledger_checkpoint"),
    path("ledger/key", views_ledger.ledger_key, name="ledger_key"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
