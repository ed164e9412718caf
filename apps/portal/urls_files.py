"""Addresses of everything that is bytes: uploads, proofs, media; and of health."""

from django.urls import path

from apps.portal import tus, views_uploads

urlpatterns = [
    path("releases/<uuid:release_id>/uploads/", tus.begin, name="upload_begin"),
    path(
        "releases/<uuid:release_id>/uploads/plain/", views_uploads.upload_plain, name="upload_plain"
    ),
    path("uploads/<uuid:upload_id>/", tus.resume, name="upload"),
    path("uploads/<uuid:upload_id>/status/", views_uploads.upload_status, name="upload_status"),
]
