"""Addresses of the registry of models, at the desk."""

from django.contrib import admin
from django.urls import path

from apps.portal import views_model_acts, views_models

desk = admin.site.admin_view
MODEL = "models/<slug:name>/<str:version>/"
urlpatterns = [
    path("models/", desk(views_models.models), name="training_models"),
    path(MODEL, desk(views_models.model), name="training_model"),
    path(f"{MODEL}approve/", desk(views_model_acts.approve), name="training_approve"),
    path(f"{MODEL}release/", desk(views_model_acts.release), name="training_release"),
    path(f"{MODEL}bundle/", desk(views_model_acts.bundle), name="training_bundle"),
    path(f"{MODEL}texts/<slug:what>/", desk(views_model_acts.text), name="training_text"),
    path(f"{MODEL}manifest/", desk(views_models.manifest), name="training_manifest"),
    path(
        f"{MODEL}datasets/<uuid:snapshot_uid>/", desk(views_models.members), name="training_members"
    ),
    path(
        f"{MODEL}datasets/<uuid:snapshot_uid>/<slug:what>/",
        desk(views_models.file),
        name="training_file",
    ),
]
