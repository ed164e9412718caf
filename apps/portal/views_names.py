"""The page "Names": what is known about an artist and protected names, and how to prove more."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.portal.access import ArtistRequest, for_artists
from apps.registry.artist_keys import redeem_artist_key
from apps.registry.claims import CLAIMABLE, make_claim
from apps.registry.errors import InvalidPerson, RegisterError
from apps.registry.models import Claim, Person, ProofKind, Relation, Standing
from apps.registry.names_of import names_for
from apps.registry.person_fields import apple_id, spotify_id

_SURE = ("exact", "lookalike")
_CHECKS = {ProofKind.SPOTIFY_ARTIST_ID: spotify_id, ProofKind.APPLE_ARTIST_ID: apple_id}


class ClaimForm(forms.Form):
    """Which name, how it is theirs, and what shows it."""

    name = forms.CharField(max_length=200)
    relation = forms.ChoiceField(choices=Relation.choices)
    proof_kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in CLAIMABLE])
    proof = forms.CharField(
        max_length=1000,
        error_messages={
            "required": gettext_lazy("Say what shows it: an artist id, or a document and its date.")
        },
    )

    def clean(self) -> dict[str, str]:
        """Ids in their one form, out of addresses too."""
        data = super().clean() or {}
        check = _CHECKS.get(ProofKind(data["proof_kind"])) if "proof_kind" in data else None
        if check and data.get("proof"):
            try:
                data["proof"] = check(data["proof"]) or ""
            except InvalidPerson:
                self.add_error(
                    "proof", _("This is no artist id. Copy the address of the artist page.")
                )
        return data


@for_artists
@require_safe
@never_cache
def names(request: ArtistRequest) -> HttpResponse:
    """What is proven, what is asked, and two ways to ask for more."""
    return _show(request)


@for_artists
@require_POST
@never_cache
def names_key(request: ArtistRequest) -> HttpResponse:
    """Takes an artist key."""
    try:
        standing = redeem_artist_key(text=request.POST.get("key", ""), by=request.user)
    except RegisterError as error:
        messages.error(request, str(error))
        return redirect("names")
    said = _("You may release under the name %(name)s now.") % {"name": standing.person}
    messages.success(request, said)
    return redirect("names")


@for_artists
@require_POST
@never_cache
def names_claim(request: ArtistRequest) -> HttpResponse:
    """Takes a claim, which staff will look at."""
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    data = form.cleaned_data
    person = _find_person(request.user, data["name"])
    if person is None:
        text = _("%(name)s is not protected here. Nothing needs to be proven.")
        messages.info(request, text % {"name": data["name"]})
        return redirect("names")
    try:
        make_claim(
            account=request.user,
            person=person,
            relation=data["relation"],
            proof_kind=data["proof_kind"],
            proof=data["proof"],
        )
    except RegisterError as error:
        messages.error(request, str(error))
        return redirect("names")
    messages.success(request, _("Sent. We look at it and answer on this page."))
    return redirect("names")


def _show(request: ArtistRequest, form: ClaimForm | None = None, status: int = 200) -> HttpResponse:
    account = request.user
    context = {
        "standings": Standing.objects.filter(account=account, revoked_at=None).select_related(
            "person"
        ),
        "claims": Claim.objects.filter(account=account).select_related("person")[:50],
        "form": form,
        "typed": form.data if form else {"name": request.GET.get("name", "")[:200]},
        "relations": Relation.choices,
        "proof_kinds": [(kind.value, kind.label) for kind in CLAIMABLE],
    }
    return render(request, "portal/names.html", context, status=status)


def _find_person(account: User, name: str) -> Person | None:
    hits = names_for(account.pk).find(name, whole=True)
    sure = [UUID(hit.person) for hit in hits if hit.kind in _SURE and hit.cue is None]
    return Person.objects.filter(pk__in=sure, is_active=True).first()
