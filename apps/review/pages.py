"""The desk's own pages inside the admin: the case, and what is sent from it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.review.actions import ACTIONS, confirm_proposal, decide_case, return_proposal
from apps.review.case_page import context, find_case, typed
from apps.review.claim import claim_case, release_claim, take_over
from apps.review.enrolled import enrolled_people
from apps.review.errors import CaseChanged, CaseClosed, CaseTaken, DeskRefusal
from apps.review.forms import RulingForm, SecondLookForm, SeenForm, complaints
from apps.review.licence_offer import offer
from apps.review.models import Case
from apps.review.standing import why_not
from apps.review.trace import reason_lines
from apps.review.visible import plain

Page = Callable[..., HttpResponseBase]


def on_case(view: Page) -> Page:
    """Finds the case for people who may see cases; 404 where there is none."""

    @wraps(view)
    def page(request: HttpRequest, pk: UUID, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not user.has_perm("review.view_case"):
            raise PermissionDenied
        case = find_case(pk)
        if case is None:
            raise Http404(_("There is no such case."))
        return view(request, user, case, **kwargs)

    return page


@on_case
def case_page(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """The case. Opening it claims it, where nobody has it and this person may decide it."""
    if not why_not(case, user):
        try:
            claim_case(case=case, by=user)
        except DeskRefusal:  # somebody else has it: the page says who
            case = find_case(case.pk) or case
    return _show(request, user, case)


@require_POST
@on_case
def decide(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """Records a decision, or says why not; nothing that was typed is lost."""
    form = RulingForm(request.POST)
    if not form.is_valid():
        return _show(request, user, case, form, complaints(form))
    case.version = form.cleaned_data["version"]
    verb = form.cleaned_data["verb"]
    try:
        done = decide_case(case=case, by=user, verb=verb, words=form.words())
    except (CaseChanged, CaseClosed, CaseTaken) as refusal:
        return _too_late(request, user, case, form, refusal)
    except DeskRefusal as refusal:
        case.refresh_from_db(fields=["version"])
        return _show(request, user, case, form, str(refusal))
    if done.state == Case.State.OPEN:
        return _back(request, _("%(case)s: your decision waits for a second person."), case)
    return _back(request, _("%(case)s: %(done)s."), case, done=str(ACTIONS[verb].done))


@require_POST
@on_case
def second_look(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """Confirms a colleague's proposal, or returns it."""
    form = SecondLookForm(request.POST)
    if not form.is_valid():
        return _show(request, user, case, form, complaints(form))
    case.version, answer = form.cleaned_data["version"], form.cleaned_data["answer"]
    try:
        if form.cleaned_data["agrees"] == "yes":
            confirm_proposal(case=case, by=user, answer=answer)
            return _back(request, _("%(case)s: confirmed."), case)
        return_proposal(case=case, by=user, answer=answer)
    except (CaseChanged, CaseClosed, CaseTaken) as refusal:
        return _too_late(request, user, case, form, refusal)
    except DeskRefusal as refusal:
        case.refresh_from_db(fields=["version"])
        return _show(request, user, case, form, str(refusal))
    messages.info(request, _("Returned. The case is yours to decide."))
    return HttpResponseRedirect(case_url(case))


@require_POST
@on_case
def claim(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """Claims from the queue, and goes to the case."""
    return _attempt(request, case, lambda: claim_case(case=case, by=user), case_url(case))


@require_POST
@on_case
def take(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """Takes the case over, as it was when the page was drawn."""
    _as_seen(request, case)
    return _attempt(request, case, lambda: take_over(case=case, by=user), case_url(case))


@require_POST
@on_case
def release(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """Gives the case back, and goes to the queue."""
    _as_seen(request, case)
    return _attempt(request, case, lambda: release_claim(case=case, by=user), queue_url())


def case_url(case: Case) -> str:
    """The address of a case."""
    return reverse("admin:review_case_change", args=[case.pk])


def queue_url() -> str:
    """The address of the queue."""
    return reverse("admin:review_case_changelist")


def _as_seen(request: HttpRequest, case: Case) -> None:
    form = SeenForm(request.POST)
    if form.is_valid():
        case.version = form.cleaned_data["version"]


def _attempt(
    request: HttpRequest, case: Case, act: Callable[[], object], then: str
) -> HttpResponse:
    try:
        act()
    except DeskRefusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(case_url(case))
    return HttpResponseRedirect(then)


def _back(request: HttpRequest, sentence: str, case: Case, **names: str) -> HttpResponse:
    messages.success(request, sentence % {"case": plain(case.track, short=80), **names})
    return HttpResponseRedirect(queue_url())


def _show(
    request: HttpRequest, user: User, case: Case, sent: Any = None, complaint: str = ""
) -> HttpResponse:
    told = context(case, user, sent)
    shown = {
        **admin.site.each_context(request),
        **told,
        "enrolled": enrolled_people(case, user),
        "licensing": offer(case, user, told["others"]),
        "title": plain(case.track, short=80),
        "complaint": complaint,
    }
    status = 400 if complaint else 200
    return render(request, "admin/review/case/case.html", shown, status=status)


def _too_late(
    request: HttpRequest, user: User, case: Case, sent: Any, refusal: DeskRefusal
) -> HttpResponse:
    """409: what the others did meanwhile, and everything this person had typed."""
    now = find_case(case.pk) or case
    written = typed(sent)
    labels = {"note_to_artist": _("Note to the artist"), "note": _("Internal note")}
    labels["answer"] = _("Your answer")
    ruling = now.ruling
    shown = {
        **admin.site.each_context(request),
        **context(now, user),
        "title": _("This case changed") if now.ruling is None else _("Somebody was faster"),
        "refusal_sentence": str(refusal),
        "ruling_lines": reason_lines(ruling, ruling.reasons) if ruling else [],
        "typed": written,
        "typed_lines": [(words, written[n]) for n, words in labels.items() if written[n]],
    }
    return render(request, "admin/review/case/conflict.html", shown, status=409)
