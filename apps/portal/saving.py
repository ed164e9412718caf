"""Saving a draft from the page: scripts are answered with JSON, people with the page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.catalogue import drafts
from apps.catalogue.models import Release, Track
from apps.portal.access import ArtistRequest
from apps.portal.draft_fields import read_revision
from apps.portal.release_form import ReleaseForm
from apps.portal.release_page import ReleasePage, field_problems, panels, read_release_page
from apps.portal.todos import Todo
from apps.portal.track_form import TrackForm, read_credits

Saved = Release | Track


def save_release(request: ArtistRequest, row: Release, form: ReleaseForm) -> HttpResponse:
    """Saves what the release form holds; fields with errors keep their old values."""
    return _save(request, form, lambda: _save_release(request, row, form))


def save_track(request: ArtistRequest, row: Track, form: TrackForm) -> HttpResponse:
    """Saves what the track form and its rows of people hold."""
    return _save(request, form, lambda: _save_track(request, row, form))


def _save(
    request: ArtistRequest,
    form: ReleaseForm | TrackForm,
    save: Callable[[], tuple[Saved, list[Todo]]],
) -> HttpResponse:
    """Saves what can be saved; answers scripts with JSON and people with the page."""
    by_script = request.headers.get("Accept") == "application/json"
    try:
        saved, problems = save()
    except drafts.DraftError as error:
        if by_script:
            return JsonResponse({"message": str(error)}, status=409)
        messages.error(request, str(error))
        return redirect(request.path)
    problems += [
        Todo(form[name].auto_id, " ".join(map(str, errors)), blocks=True)
        for name, errors in form.errors.items()
        if name != "revision"
    ]
    if by_script:
        return JsonResponse(_answer(request, saved, problems))
    for problem in problems:
        messages.error(request, problem.text)
    return redirect(f"{request.path}{_then(request)}")


def _answer(request: HttpRequest, saved: Saved, problems: list[Todo]) -> dict[str, Any]:
    chosen = saved if isinstance(saved, Track) else None
    page = read_release_page(saved if isinstance(saved, Release) else saved.release, chosen)
    listed = [*problems, *field_problems(page)]
    return {
        "saved_at": timezone.now().isoformat(timespec="seconds"),
        "revision": saved.revision,
        "problems": [
            {"field": todo.field, "text": str(todo.text), "blocks": todo.blocks} for todo in listed
        ],
        "questions_left": len(page.standing.questions) if page.standing else 0,
        "destinations": _verdicts(page),
        "panels": panels(request, page),
    }


def _verdicts(page: ReleasePage) -> dict[str, str]:
    return {one.slug: one.verdict for one in page.standing.stores} if page.standing else {}


def _save_release(
    request: ArtistRequest, row: Release, form: ReleaseForm
) -> tuple[Saved, list[Todo]]:
    revision = read_revision(request.POST)
    values = form.values()
    return drafts.save_release_draft(
        release=row, by=request.user, revision=revision, values=values
    ), []


def _save_track(request: ArtistRequest, row: Track, form: TrackForm) -> tuple[Saved, list[Todo]]:
    credits, problems = read_credits(request.POST)
    saved = drafts.save_track_draft(
        track=row,
        by=request.user,
        revision=read_revision(request.POST),
        values=form.values(),
        credits=None if problems else credits,
    )
    return saved, [Todo("track_credits", text, blocks=True) for text in problems]


def _then(request: HttpRequest) -> str:
    """Where the page opens after a save without a script."""
    if "add_credit" in request.POST:
        return "?add#track_credits"
    return "#track_credits" if "drop_credit" in request.POST else ""
