"""How it was made: one question after the other, with or without a script."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.catalogue.answers import save_answers
from apps.catalogue.drafts import DraftError
from apps.catalogue.models import Track
from apps.policy.questions import Question
from apps.portal.access import ArtistRequest, for_artists, own_track
from apps.portal.answering import Change, NotAnswered, add_entry, drop_entry, take_answer
from apps.portal.asked import find_question
from apps.portal.draft_fields import read_revision
from apps.portal.question_page import LISTS, Panel, question_context, read_panel
from apps.portal.readiness import Standing, stand
from apps.portal.release_page import panels, read_release_page
from apps.portal.stores import law_in_force

JSON = "application/json"


@for_artists
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """Shows a question on a page of its own, or takes the answer to one."""
    track = own_track(request.user, track_id)
    standing = _standing(track)
    if request.method != "POST":
        return _show(request, read_panel(standing, request.GET.get("question")))
    question = find_question(standing.said, request.POST.get("question", ""))
    if question is None:
        return _refuse(request, standing, _("This question is no longer asked. Here is the next."))
    try:
        change = _answers(standing, question, request.POST)
    except NotAnswered as problem:
        panel = read_panel(standing, request.POST["question"])
        typed = dict(request.POST.lists())
        shown = Panel(standing, panel.question, panel.again, str(problem), typed)
        return _show(request, shown, status=422)
    return _save(request, track, change)


@for_artists
@require_POST
def entries(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """One more sample, one person less: changes a list of entries by `add` or `drop`."""
    track = own_track(request.user, track_id)
    try:
        change = _changed_list(track.answers, request.POST)
    except NotAnswered as problem:
        return _refuse(request, _standing(track), str(problem))
    return _save(request, track, change)


def _answers(standing: Standing, question: Question, data: QueryDict) -> Change:
    """The answer, given to the same question about other parts too where that was ticked."""
    change = take_answer(standing.track.answers, question, data)
    if data.get("same"):
        for other in standing.questions:
            if other.slug == question.slug and other.path != question.path:
                change = Change(take_answer(change.answers, other, data).answers, change.moved)
    return change


def _changed_list(answers: Mapping[str, Any], data: QueryDict) -> Change:
    key, _dot, rest = (data.get("add") or data.get("drop") or "").partition(".")
    if key not in LISTS:
        raise NotAnswered(_("Choose what to add."))
    if "add" in data:
        return add_entry(answers, key, rest)
    return drop_entry(answers, key, int(rest) if rest.isdecimal() and len(rest) < 4 else -1)


def _save(request: ArtistRequest, track: Track, change: Change) -> HttpResponse:
    try:
        save_answers(
            track=track,
            by=request.user,
            revision=read_revision(request.POST),
            answers=change.answers,
            moved=change.moved,
        )
    except DraftError as error:
        if request.headers.get("Accept") == JSON:
            return JsonResponse({"message": str(error)}, status=409)
        messages.error(request, str(error))
        return redirect("questions", track.pk)
    if request.headers.get("Accept") != JSON:
        return redirect("questions", track.pk)
    return _show(request, read_panel(_standing(own_track(request.user, track.pk))))


def _refuse(request: ArtistRequest, standing: Standing, text: str) -> HttpResponse:
    if request.headers.get("Accept") == JSON:
        panel = read_panel(standing)
        shown = Panel(standing, panel.question, panel.again, text)
        return _show(request, shown, status=422)
    messages.error(request, text)
    return redirect(reverse("questions", args=[standing.track.pk]))


def _show(request: ArtistRequest, panel: Panel, status: int = 200) -> HttpResponse:
    """The whole page, or for a script its changed parts."""
    track = panel.standing.track
    context = question_context(panel)
    if request.headers.get("Accept") != JSON:
        return render(request, "portal/questions.html", context, status=status)
    parts: dict[str, str] = {"made": render_to_string("portal/_questions.html", context, request)}
    if status == 200:
        parts |= panels(request, read_release_page(track.release, track))
        parts["proofs"] = render_to_string("portal/_proofs.html", context, request)
    return JsonResponse({"revision": track.revision, "panels": parts}, status=status)


def _standing(track: Track) -> Standing:
    """The standing of one track, without reading the rest of its release."""
    return stand(track, law_in_force())
