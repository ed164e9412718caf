"""The desk's own pages of enrolled voices: the switch, the checklist of one, and its sound."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models import User
from apps.audit.models import Event
from apps.registry.enrolled import ending, stems, steps
from apps.registry.enrolled import forms as sent
from apps.registry.enrolled.clips import HEAR, hear_clip
from apps.registry.enrolled.errors import VoiceRefusal
from apps.registry.enrolled.release_text import VERSION, release_text
from apps.registry.models import Person, VoiceClip, VoiceEnrolment, VoiceState
from apps.registry.voice.encoder import VoiceModelError

S = VoiceState
MOST_EVENTS = 100
REFUSALS = (VoiceRefusal, VoiceModelError)


@dataclass(frozen=True)
class Step:
    """One form of the checklist: in which states it is open, and the verb that it calls."""

    title: Any
    form: type[forms.Form]
    verb: Callable[..., object]
    states: tuple[VoiceState, ...]
    button: Any
    help: Any = ""


L = gettext_lazy
STEPS: dict[str, Step] = {
    "identity": Step(
        L("Identity"), sent.IdentityForm, steps.verify_identity, (S.DRAFT,), L("Record"),
        L("Whoever checked it keeps the document; here stand only who, which number and when."),
    ),
    "rights": Step(
        L("Right to the voice"), sent.RightsForm, steps.verify_rights, (S.IDENTITY_VERIFIED,),
        L("Record"), L("The person themselves, or a signed mandate that names them."),
    ),
    "release": Step(
        L("Written release"), sent.ReleaseForm, steps.record_release, (S.RIGHTS_VERIFIED,),
        L("Record"), L("Signed before a voice is heard. The exact text is kept with the record."),
    ),
    "phrase": Step(
        L("Challenge phrase"), sent.EmptyForm, steps.issue_challenge, (S.CONSENTED,),
        L("Give a new phrase"), L("Random words, said or sung live within ten minutes."),
    ),
    "challenge": Step(
        L("Recording of the phrase"), sent.ChallengeForm, stems.add_stem, (S.CONSENTED,), L("Send"),
    ),
    "stem": Step(
        L("Vocal stems"), sent.StemForm, stems.add_stem, (S.CONSENTED,), L("Add"),
        L("At least five of three songs; 60 s of singing and 30 s of speech, voice only."),
    ),
    "finish": Step(
        L("Listen and enrol"), sent.FinishForm, stems.ask_to_finish, (S.CONSENTED,),
        L("All are there: listen"),
    ),
    "suspend": Step(L("Suspend"), sent.NoteForm, ending.suspend, (S.ACTIVE,), L("Suspend")),
    "resume": Step(L("Resume"), sent.EmptyForm, ending.resume, (S.SUSPENDED,), L("Compare again")),
    "renew": Step(L("Renew"), sent.RenewForm, ending.renew, (S.ACTIVE, S.SUSPENDED), L("Renew")),
    "withdraw": Step(
        L("Withdraw and delete"), sent.WithdrawForm, ending.withdraw,
        tuple(state for state in S if state not in (S.EXPIRED, S.WITHDRAWN)), L("Delete"),
        L("Deletes the voiceprint, the clips, waiting stems and the key. It cannot be undone."),
    ),
}  # fmt: skip


def viewer(request: HttpRequest) -> User:
    """The account, if it may look at enrolments; else PermissionDenied."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("registry.view_voiceenrolment"):
        raise PermissionDenied
    return user


def manager(request: HttpRequest) -> User:
    """The account, if it manages voices; else PermissionDenied."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(steps.MANAGE):
        raise PermissionDenied
    return user


@require_GET
def register_page(request: HttpRequest) -> HttpResponse:
    """The switch and the retention schedule."""
    user = viewer(request)
    shown = {
        "title": _("Register of voices"),
        "register": steps.register(),
        "may_manage": user.has_perm(steps.MANAGE),
        "number": VoiceEnrolment.objects.filter(state=S.ACTIVE).count(),
        "release": release_text(VERSION, settings.SITE_NAME),
    }
    return _page(request, "admin/registry/voiceregister/register.html", shown)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Turns the register on or off."""
    steps.turn_register(on=request.POST.get("on") == "yes", by=manager(request))
    said = _("Uploads are compared from now on.") if steps.register().is_on else _("It is off.")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:registry_voiceregister_changelist"))


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begins an enrolment."""
    by, form = manager(request), sent.StartForm(request.POST)
    try:
        if not form.is_valid():
            raise VoiceRefusal(sent.first_words(form))
        person: Person = form.cleaned_data["person"]
        row = steps.start_enrolment(person=person, by=by)
    except VoiceRefusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:registry_voiceenrolment_changelist"))
    return _to(row)


@require_GET
def enrolment_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The checklist of one enrolment, and who looked at it."""
    return _show(request, viewer(request), _find(pk))


@require_POST
def take_step(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One step; refused with a sentence, and nothing that was typed is lost."""
    by, row, step = manager(request), _find(pk), STEPS[name]
    form = step.form(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, by, row, name=name, form=form, complaint=sent.first_words(form))
    try:
        step.verb(enrolment=row, by=by, **form.cleaned_data)
    except REFUSALS as refusal:
        return _show(request, by, row, name=name, form=form, complaint=str(refusal))
    messages.success(request, _("%(step)s: done.") % {"step": step.title})
    return _to(row)


@require_GET
def sound(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One enrolled stretch as WAV, for people who may hear it. Every hearing is audited."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(HEAR):
        raise PermissionDenied
    clip = get_object_or_404(VoiceClip.objects.select_related("key", "enrolment"), pk=pk)
    try:
        response = HttpResponse(hear_clip(clip=clip, by=user), content_type="audio/wav")
    except VoiceModelError as error:
        response = HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=503)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _find(pk: UUID) -> VoiceEnrolment:
    return get_object_or_404(VoiceEnrolment.objects.select_related("person"), pk=pk)


def _to(row: VoiceEnrolment) -> HttpResponseRedirect:
    return HttpResponseRedirect(_address(row))


def _address(row: VoiceEnrolment) -> str:
    return reverse("admin:registry_voiceenrolment_change", args=[row.pk])


def _show(
    request: HttpRequest,
    user: User,
    row: VoiceEnrolment,
    *,
    name: str = "",
    form: forms.Form | None = None,
    complaint: str = "",
) -> HttpResponse:
    may = user.has_perm(steps.MANAGE)
    open_steps = [
        (key, step, form if key == name else step.form(auto_id=f"{key}_%s"))
        for key, step in STEPS.items()
        if may and row.state in step.states
    ]
    shown = {
        "title": str(row.person),
        "row": row,
        "steps": open_steps,
        "step_root": _address(row).removesuffix("change/"),
        "complaint": complaint,
        "release": release_text(VERSION, settings.SITE_NAME),
        "near": _near(row),
        "waiting": row.voicestems.all(),
        "events": _events(row),
    }
    template = "admin/registry/voiceenrolment/enrolment.html"
    return _page(request, template, shown, 400 if complaint else 200)


def _near(row: VoiceEnrolment) -> list[tuple[str, float]]:
    people = Person.objects.in_bulk([one["person"] for one in row.collisions])
    names = {str(pk): person.name for pk, person in people.items()}
    return [(names.get(one["person"], ""), one["similarity"]) for one in row.collisions]


def _events(row: VoiceEnrolment) -> list[Event]:
    theirs = VoiceEnrolment.objects.filter(person=row.person_id).values_list("pk", flat=True)
    ids = [str(pk) for pk in theirs]
    events = Event.objects.filter(subject_type="registry.voiceenrolment", subject_id__in=ids)
    return list(events.select_related("detail__actor").order_by("-id")[:MOST_EVENTS])


def _page(
    request: HttpRequest, template: str, shown: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**admin.site.each_context(request), **shown}
    return render(request, template, context, status=status)
