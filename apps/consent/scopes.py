"""What a choice is about: everything of an account, one release, or one track."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.accounts.models import Label, User
from apps.catalogue.models import Release, Track
from apps.consent.parties import party_of

Target = User | Release | Track


@dataclass(frozen=True)
class Scope:
    """A target in the words of the ledger. `id` of an account is its pseudonym."""

    type: str
    id: str
    owner: User
    label: Label | None
    subject_ref: str
    target: Target


def kind_of(target: Target) -> str:
    """The scope's type in the words of the ledger: account, release or asset."""
    if isinstance(target, User):
        return "account"
    return "asset" if isinstance(target, Track) else "release"


def scope_of(target: Target) -> Scope:
    """The scope of an account, a release or a track."""
    if isinstance(target, User):
        ref = party_of(target).ref
        return Scope(kind_of(target), ref, target, None, ref, target)
    release = target.release if isinstance(target, Track) else target
    ref = party_of(release.owner).ref
    return Scope(kind_of(target), str(target.pk), release.owner, release.label, ref, target)


def tracks_of(target: Target) -> QuerySet[Track]:
    """The tracks that a choice about this reaches, as they are now."""
    if isinstance(target, User):
        return Track.objects.filter(release__owner=target)
    if isinstance(target, Release):
        return Track.objects.filter(release=target)
    return Track.objects.filter(pk=target.pk)


def covering(scope: Scope) -> Q:
    """The events whose scope holds this one: itself and what is wider."""
    found = Q(scope_type=scope.type, scope_id=scope.id)
    if scope.type != "account":
        found |= Q(scope_type="account", scope_id=scope.subject_ref)
    if isinstance(scope.target, Track):
        found |= Q(scope_type="release", scope_id=str(scope.target.release_id))
    return found


def reaching(scope: Scope) -> Q:
    """Events that touch anything of this scope: what covers it, and what is narrower."""
    found = covering(scope)
    if isinstance(scope.target, User):
        return Q(subject_ref=scope.subject_ref)
    if isinstance(scope.target, Release):
        tracks = [str(key) for key in tracks_of(scope.target).values_list("pk", flat=True)]
        found |= Q(scope_type="asset", scope_id__in=tracks)
    return found
