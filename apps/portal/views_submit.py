"""Submitting: what will be declared is read back, responsibility is taken, and it happens once."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.catalogue.models import Release
from apps.catalogue.states import ForbiddenMove
from apps.catalogue.submit import MAX_KEY, NotReady
from apps.catalogue.terms import CURRENT, RESPONSIBILITY, TermsChanged
from apps.pipeline.steps import submit_release
from apps.portal.access import ArtistRequest, for_artists, own_release
from apps.portal.readiness import Standing
from apps.portal.release_page import read_release_page
from apps.review.declared import declared_lines


class SubmitForm(forms.Form):
    """The tick under the words of responsibility, their version, and the key of this submission."""

    accepted = forms.BooleanField(
        error_messages={
            "required": gettext_lazy("Tick the box if you agree. Without it nothing is sent.")
        },
    )
    terms_version = forms.CharField(max_length=20, widget=forms.HiddenInput)
    submission_key = forms.CharField(max_length=MAX_KEY, widget=forms.HiddenInput)


@for_artists
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release_submit(request: ArtistRequest, release_id: UUID) -> HttpResponse:
    """Shows what will be declared and, once it is accepted, submits the tracks that are ready."""
    release = own_release(request.user, release_id)
    form = SubmitForm(
        request.POST or None, initial={"terms_version": CURRENT, "submission_key": uuid4().hex}
    )
    if request.method == "POST" and form.is_valid():
        if _submit(request, release, form):
            return redirect("release_result", release.pk)
        return redirect("release_submit", release.pk)
    return _show(request, release, form)


def _submit(request: ArtistRequest, release: Release, form: SubmitForm) -> bool:
    """Whether the tracks are on their way; a second click on the same page answers as the first."""
    going = _chosen(request, read_release_page(release).ready)
    try:
        submit_release(
            release=release,
            by=request.user,
            terms_version=form.cleaned_data["terms_version"],
            submission_key=form.cleaned_data["submission_key"],
            only=going,
        )
    except NotReady as error:
        texts = [problem.text for problem in error.problems]
        for text in texts if going else [_("Choose at least one track that is ready.")]:
            messages.error(request, text)
    except (TermsChanged, ForbiddenMove) as error:
        messages.error(request, str(error))
    else:
        return True
    return False


def _chosen(request: ArtistRequest, ready: list[Standing]) -> set[UUID]:
    """The tracks that were ticked, as far as they are ready; before anything was ticked, those
    that would not be refused as they are."""
    if "choosing" not in request.POST:
        return {one.track.pk for one in ready if request.method == "POST" or not one.is_refused}
    ticked = set(request.POST.getlist("track"))
    return {one.track.pk for one in ready if str(one.track.pk) in ticked}


def _show(request: ArtistRequest, release: Release, form: SubmitForm) -> HttpResponse:
    page = read_release_page(release)
    context = {
        "release": release,
        "form": form,
        "terms": RESPONSIBILITY[CURRENT],
        "ready": [(one, _declared(one)) for one in page.ready],
        "chosen": _chosen(request, page.ready),
        "waiting": [one for one in page.going if one not in page.ready],
    }
    return render(request, "portal/submit.html", context)


def _declared(standing: Standing) -> list[object]:
    lines = declared_lines(standing.document or {})
    return [line for line in lines if line.answers]
