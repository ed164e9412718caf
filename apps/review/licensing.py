"""From a proof on a case to the register of licences, in one action; the track is checked again.

So the machine's own decision says what the licence changes, and what is still in the way.
"""

from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.catalogue.models import Proof, Track
from apps.fingerprints.licence_errors import LicenceRefusal
from apps.fingerprints.licences import Covered, Terms, register_licence
from apps.fingerprints.match_names import reference_key, track_key
from apps.fingerprints.models import MaterialLicence, Reference
from apps.review.again import CannotScreenAgain, screen_again
from apps.review.case_page import run_results
from apps.review.claim import holder
from apps.review.evidence import exhibits
from apps.review.forms import complaints
from apps.review.licence_offer import COVERS, OWNER, PART, PERMISSION
from apps.review.matches import Recording, recordings
from apps.review.models import Case
from apps.review.pages import case_url, on_case, queue_url
from apps.review.standing import waiting_proposal


class LicensingForm(forms.Form):
    """What the reviewer has read in the proof."""

    reference = forms.CharField(max_length=60, label=gettext_lazy("Recording"))
    covers = forms.ChoiceField(choices=COVERS, label=gettext_lazy("It covers"))
    licensor = forms.CharField(max_length=200, label=gettext_lazy("Who gives it"))
    exclusive = forms.BooleanField(required=False, label=gettext_lazy("Exclusive"))
    territories = forms.CharField(max_length=2000, label=gettext_lazy("Territories"))
    starts_on = forms.DateField(label=gettext_lazy("From"))
    ends_on = forms.DateField(required=False, label=gettext_lazy("Until"))
    proof = forms.UUIDField(required=False, label=gettext_lazy("Proof"))
    note = forms.CharField(required=False, max_length=1500, label=gettext_lazy("What proves it"))

    def terms(self) -> Terms:
        """Where and when."""
        data = self.cleaned_data
        places = data["territories"].replace(";", ",").split(",")
        return Terms(data["starts_on"], data["ends_on"], data["exclusive"], places)


@require_POST
@on_case
def register(request: HttpRequest, user: User, case: Case) -> HttpResponse:
    """Registers the licence and has the track checked again; or says why not."""
    if not user.has_perm(PERMISSION):
        raise PermissionDenied
    if holder(case) != user:
        return _refuse(request, case, _("Claim the case first: somebody else may be deciding it."))
    if case.kind == Case.Kind.APPEAL or waiting_proposal(case):
        words = _("This case waits for a person's decision, not for a check.")
        return _refuse(request, case, words)
    form = LicensingForm(request.POST)
    if not form.is_valid():
        return _refuse(request, case, complaints(form))
    try:
        row = _register(case, user, form)
    except (LicenceRefusal, CannotScreenAgain) as refusal:
        return _refuse(request, case, str(refusal))
    words = _("Licence %(number)s is registered. The track is checked again with it.")
    messages.success(request, words % {"number": row.pk})
    return HttpResponseRedirect(queue_url())


@transaction.atomic
def _register(case: Case, user: User, form: LicensingForm) -> MaterialLicence:
    data = form.cleaned_data
    proof = _proof(case, data["proof"])
    row = register_licence(
        licensor=data["licensor"],
        account=case.track.release.owner,
        covers=_covered(case, data["reference"], data["covers"]),
        terms=form.terms(),
        note=_note(case, proof, data["note"]),
        by=user,
        proof=proof,
    )
    screen_again(track=case.track, by=user, why="licence")
    return row


def _covered(case: Case, key: str, covers: str) -> Covered:
    """Of what this case found, the recording of this name. Raises LicenceRefusal."""
    results = run_results(case.decision)
    shown = exhibits((f for one in results for f in one.findings.all()), case.decision)
    found = next((one for one in recordings(shown) if one.reference == key), None)
    row = _row(key) if found else None
    if found is None or row is None:
        raise LicenceRefusal(_("This recording is not among what was found. Load the page again."))
    if covers == OWNER:
        if not isinstance(row, Reference) or not row.owner:
            raise LicenceRefusal(_("No owner of this recording is known; license the recording."))
        return Covered(owner=row.owner)
    part = _part(found) if covers == PART else None
    if isinstance(row, Reference):
        return Covered(reference=row, part_s=part)
    return Covered(track=row, part_s=part)


def _part(found: Recording) -> tuple[float, float]:
    """From the first to the last second of the other recording that is shared."""
    ends = [(one.there, one.there_end) for one in found.stretches]
    known = [(start, end) for start, end in ends if start is not None and end is not None]
    if not known:
        raise LicenceRefusal(_("Nobody knows which part; license the recording."))
    return min(start for start, _end in known), max(end for _start, end in known)


def _row(key: str) -> Reference | Track | None:
    if (number := reference_key(key)) is not None:
        return Reference.objects.filter(pk=number).first()
    track = track_key(key)
    return Track.objects.filter(pk=track).first() if track else None


def _proof(case: Case, key: UUID | None) -> Proof | None:
    return case.track.proofs.filter(pk=key).first() if key else None


def _note(case: Case, proof: Proof | None, said: str) -> str:
    """What proves it: the file by its name and hash, and what the reviewer says."""
    if proof is None:
        return said
    day: date = proof.created_at.date()
    told = f"Proof “{proof.original_name}” of {day.isoformat()}, SHA-256 {proof.sha256}."
    return f"{told} {said}".strip()


def _refuse(request: HttpRequest, case: Case, words: str) -> HttpResponse:
    messages.error(request, words)
    return HttpResponseRedirect(case_url(case))
