"""Addresses of the artists' and labels' site."""

from django.urls import include, path

from apps.portal import (
    views_drafts,
    views_home,
    views_names,
    views_questions,
    views_releases,
    views_result,
    views_submit,
    views_tracks,
    views_voices,
)

urlpatterns = [
    path("", views_home.home, name="home"),
    path("releases/", views_releases.releases, name="releases"),
    path("releases/new/", views_releases.release_new, name="release_new"),
    path("releases/<uuid:release_id>/", views_drafts.release, name="release"),
    path(
        "releases/<uuid:release_id>/remove/", views_releases.release_remove, name="release_remove"
    ),
    path("releases/<uuid:release_id>/submit/", views_submit.release_submit, name="release_submit"),
    path("releases/<uuid:release_id>/result/", views_result.release_result, name="release_result"),
    path("tracks/<uuid:track_id>/", views_drafts.track, name="track"),
    path("tracks/<uuid:track_id>/result/", views_result.track_result, name="track_result"),
    path("tracks/<uuid:track_id>/explain/", views_tracks.track_explain, name="track_explain"),
    path("tracks/<uuid:track_id>/withdraw/", views_tracks.track_withdraw, name="track_withdraw"),
    path("tracks/<uuid:track_id>/move/", views_tracks.track_move, name="track_move"),
    path("tracks/<uuid:track_id>/remove/", views_tracks.track_remove, name="track_remove"),
    path("tracks/<uuid:track_id>/questions/", views_questions.questions, name="questions"),
    path("tracks/<uuid:track_id>/entries/", views_questions.entries, name="entries"),
    path("voices/retention/", views_voices.retention, name="voice_retention"),
    path("names/", views_names.names, name="names"),
    path("names/key/", views_names.names_key, name="names_key"),
    path("names/claim/", views_names.names_claim, name="names_claim"),
    path("", include("apps.portal.urls_consent")),
    path("", include("apps.portal.urls_files")),
    path("", include("apps.portal.urls_label")),
]
