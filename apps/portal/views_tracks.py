"""What can be done with a track as a whole: moved, removed, withdrawn, explained, objected to."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from apps.catalogue.drafts import AlreadySubmitted, remove_track, reorder_tracks
from apps.catalogue.models import Track
from apps.catalogue.states import ForbiddenMove, TrackState, can_move
from apps.pipeline.steps import withdraw_track
from apps.portal.access import ArtistRequest, for_artists, own_track
from apps.portal.proof_slots import proof_slots
from apps.review.cases import CannotObject, object_to_decision
from apps.review.explaining import MAX_NOTE, CannotExplain, explain_to_reviewer


class NoteForm(forms.Form):
    """What the artist says to the person who decides."""

    note = forms.CharField(
        label=gettext_lazy("What should the reviewer know?"),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": gettext_lazy("Write a sentence or two first.")},
    )


@for_artists
@require_POST
def track_move(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """One place up or down in the order of the release (`to`: "up" or "down")."""
    track = own_track(request.user, track_id)
    order = [one.pk for one in track.release.tracks.all()]
    place = order.index(track.pk)
    step = -1 if request.POST.get("to") == "up" else 1
    if 0 <= place + step < len(order):
        order[place], order[place + step] = order[place + step], order[place]
        reorder_tracks(release=track.release, by=request.user, order=order)
    return redirect("track", track.pk)


@for_artists
@require_POST
def track_remove(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """Deletes a draft that was never submitted."""
    track = own_track(request.user, track_id)
    name = str(track)
    try:
        remove_track(track=track, by=request.user)
    except AlreadySubmitted as error:
        messages.error(request, str(error))
        return redirect("track", track.pk)
    messages.success(request, _("%(track)s is removed.") % {"track": name})
    return redirect("release", track.release_id)


@for_artists
@require_http_methods(["GET", "HEAD", "POST"])
def track_withdraw(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """Asks once more, then takes the track back."""
    track = own_track(request.user, track_id)
    if request.method != "POST":
        may = can_move(track.state, TrackState.WITHDRAWN)
        return render(request, "portal/withdraw.html", {"track": track, "may": may})
    try:
        withdraw_track(track=track, by=request.user)
    except ForbiddenMove as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(track)s is withdrawn.") % {"track": track})
    return redirect("track_result", track.pk)


@for_artists
@require_http_methods(["GET", "HEAD", "POST"])
def track_explain(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """A word to the reviewer of a held track, or the objection to a refusal."""
    track = own_track(request.user, track_id)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _send_note(request, track, form.cleaned_data["note"])
        except (CannotExplain, CannotObject, ForbiddenMove) as error:
            form.add_error("note", str(error))
        else:
            return redirect("track_result", track.pk)
    context = {
        "track": track,
        "form": form,
        "slots": proof_slots(track),
        "objects": track.state == TrackState.REFUSED,
        "may": track.state in (TrackState.REFUSED, TrackState.HELD),
    }
    return render(request, "portal/explain.html", context)


def _send_note(request: ArtistRequest, track: Track, note: str) -> None:
    if track.state == TrackState.REFUSED:
        object_to_decision(track=track, by=request.user, note=note)
        messages.success(
            request, _("Your objection is with us. Somebody who did not decide looks at it.")
        )
    else:
        explain_to_reviewer(track=track, by=request.user, note=note)
        messages.success(request, _("The reviewer reads it before deciding."))
