"""Checking the track of a case again: as it is, or with a voice that is to be compared."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.accounts.uuids import read_uuid
from apps.registry.enrolled.errors import VoiceRefusal
from apps.registry.enrolled.questions import ask_about_voice
from apps.registry.models import Person, VoiceQuestion
from apps.review.again import CannotScreenAgain, screen_again
from apps.review.claim import holder
from apps.review.models import Case
from apps.review.pages import case_url, on_case, queue_url
from apps.review.standing import waiting_proposal

EVERYBODY = "everybody"


@require_POST
@on_case
def compare_voice(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """Notes whom to compare with and has the track checked again; the case comes back by itself."""
    if holder(case) != user:
        messages.error(request, _("Claim the case first: somebody else may be deciding it."))
        return HttpResponseRedirect(case_url(case))
    try:
        _ask(case, user, request.POST.get("person", ""), request.POST.get("reason", ""))
    except (VoiceRefusal, CannotScreenAgain) as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(case_url(case))
    messages.success(request, _("The voice is compared now. The case comes back by itself."))
    return HttpResponseRedirect(queue_url())


@require_POST
@on_case
def check_again(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """Has the track checked anew: a name was proven, or something on our side has changed."""
    if holder(case) != user:
        messages.error(request, _("Claim the case first: somebody else may be deciding it."))
        return HttpResponseRedirect(case_url(case))
    if case.kind == Case.Kind.APPEAL or waiting_proposal(case):
        messages.error(request, _("This case waits for a person's decision, not for a check."))
        return HttpResponseRedirect(case_url(case))
    try:
        screen_again(track=case.track, by=user, why="reviewer")
    except CannotScreenAgain as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(case_url(case))
    messages.success(request, _("It is checked now. If it is still held, its case comes back."))
    return HttpResponseRedirect(queue_url())


@transaction.atomic
def _ask(case: Case, user: User, whom: str, reason: str) -> None:
    sweep = whom == EVERYBODY
    found = read_uuid(whom)
    person = Person.objects.filter(pk=found).first() if found and not sweep else None
    reasons = VoiceQuestion.Reason
    why = reason if reason in reasons.values else str(reasons.REVIEWER)
    ask_about_voice(track_id=case.track_id, by=user, reason=why, person=person, sweep=sweep)
    screen_again(track=case.track, by=user, why="voice")
