"""What the page of permissions shows: of everything somebody uploads, a release, or a track."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language

from apps.accounts.models import User
from apps.catalogue.models import Release, Track
from apps.consent import reasons
from apps.consent.clock import ledger_now
from apps.consent.models import ConsentEvent, ConsentState, Party, Status
from apps.consent.permissions import NoAI, Row, no_ai_of, permissions_of
from apps.consent.reading import is_wholly_licensed
from apps.consent.scopes import Target, kind_of, tracks_of
from apps.consent.terms_reading import TermsVersion, terms_at
from apps.consent.writing import new_key
from apps.portal.permission_access import is_label
from apps.portal.permission_lines import Part, parts_of

MOST_NARROWER = 100  # releases or tracks to choose from on one page


@dataclass(frozen=True)
class Narrower:
    """A release of the account or a track of the release. `own`: it has choices of its own."""

    id: str
    name: str
    address: str
    own: bool


@dataclass(frozen=True)
class PermissionPage:
    """All that the template needs.

    `some_off`: "No AI" is on here and off for something narrower. `some_yes`: some track has a yes.
    """

    of: Target
    scope: str
    address: str
    for_label: bool
    licensed: bool
    no_ai: NoAI
    parts: list[Part]
    terms: TermsVersion | None
    language: str
    country: str
    narrower: list[Narrower]
    some_off: bool
    some_yes: bool
    key: str

    @property
    def any_yes(self) -> bool:
        """Whether a yes stands here, or for something narrower, that could be taken back."""
        if self.some_yes:
            return True
        lines = [line for part in self.parts for _title, group in part.groups for line in group]
        return any(line.row.agreed_words and line.may_say_no for line in lines)


def read_page(of: Target, *, by: User, country: str) -> PermissionPage:
    """The page of a target. `country`: for which it answers; "" for that of the newest yes."""
    terms = terms_at(ledger_now())
    language = language_of(terms)
    rows = permissions_of(of, jurisdiction=country, language=language)
    no_ai = no_ai_of(of, language=language)
    licensed, narrower = is_wholly_licensed(of), _narrower(of)
    return PermissionPage(
        of=of,
        scope=kind_of(of),
        address=address_of(of),
        for_label=is_label(by),
        licensed=licensed,
        no_ai=no_ai,
        parts=parts_of(rows, no_ai=no_ai, licensed=licensed, terms=terms),
        terms=terms,
        language=language,
        country=country or _newest_country(rows),
        narrower=narrower,
        some_off=_some_off(of, no_ai, narrower),
        some_yes=_some_yes(of),
        key=new_key(),
    )


def language_of(terms: TermsVersion | None) -> str:
    """The reader's language where the terms have it, else their first one."""
    asked = get_language() or "en"
    if terms is None or asked in terms.languages:
        return asked
    return terms.languages[0]


def address_of(of: Target) -> str:
    """Where the page of a target is."""
    if isinstance(of, User):
        return reverse("permissions")
    name = "track_permissions" if isinstance(of, Track) else "release_permissions"
    return reverse(name, args=[of.pk])


def _newest_country(rows: Sequence[Row]) -> str:
    told = [(row.since, row.jurisdiction) for row in rows if row.since and row.jurisdiction]
    return max(told, default=(None, ""))[1]


def _some_off(of: Target, no_ai: NoAI, narrower: Sequence[Narrower]) -> bool:
    """Whether "No AI" was turned off for something narrower since it is on here."""
    if not no_ai.on or isinstance(of, Track):
        return False
    if isinstance(of, User):
        below = Q(subject_ref__in=Party.objects.filter(user=of).values("ref"))
    else:
        below = Q(scope_type="asset", scope_id__in=[one.id for one in narrower])
    lifts = ConsentEvent.objects.filter(below, status=Status.UNRESERVED)
    return (lifts.filter(effective_from__gt=no_ai.since) if no_ai.since else lifts).exists()


def _some_yes(of: Target) -> bool:
    yes = Q(allowed=True) & ~Q(reason=reasons.DEFAULT)
    states = ConsentState.objects.filter(yes | Q(waits_for__isnull=False), track__in=tracks_of(of))
    return states.exists()


def _narrower(of: Target) -> list[Narrower]:
    if isinstance(of, Track):
        return []
    found: list[Release | Track] = (
        list(of.releases.all()[:MOST_NARROWER])
        if isinstance(of, User)
        else list(of.tracks.order_by("position")[:MOST_NARROWER])
    )
    ids = [str(one.pk) for one in found]
    own = set(ConsentEvent.objects.filter(scope_id__in=ids).values_list("scope_id", flat=True))
    return [Narrower(str(one.pk), str(one), address_of(one), str(one.pk) in own) for one in found]
