"""What somebody agreed to and when, in the words they read, with its proof: the history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import Label, User
from apps.audit.models import Leaf
from apps.catalogue.models import Release, Track
from apps.consent.models import ConsentEvent, Party
from apps.consent.parties import find_ref
from apps.consent.permissions import agreed_words
from apps.consent.terms_reading import NO_AI
from apps.consent.titles import title_of
from apps.consent.vocabulary import vocabulary
from apps.portal.country_names import country
from apps.portal.permission_access import is_label


@dataclass(frozen=True)
class Agreed:
    """One thing that was said. `leaf`: its number in the log, None while it waits."""

    event: ConsentEvent
    title: str
    words: str
    where: str
    country: str
    leaf: int | None


def visible_events(user: User) -> QuerySet[ConsentEvent]:
    """What was said about an artist's music, or by the labels of label staff; newest first."""
    newest_first = ConsentEvent.objects.order_by("-id")
    if not is_label(user):
        return newest_first.filter(subject_ref=find_ref(user) or None)
    labels = Label.objects.filter(members=user)
    refs = Party.objects.filter(label__in=labels).values("ref")
    return newest_first.filter(grantor_ref__in=refs)


def about(events: QuerySet[ConsentEvent], code: str) -> QuerySet[ConsentEvent]:
    """Those about one permission, or about "No AI"; "" for all."""
    if not code:
        return events
    if code == NO_AI:
        return events.filter(use_case="")
    use_case, _dot, verb = code.partition(".")
    return events.filter(use_case=use_case, verb=verb)


def permission_titles() -> list[tuple[str, str]]:
    """Code and title of each permission, and of "No AI", for a list to choose from."""
    codes = (NO_AI, *(one.code for one in vocabulary().permissions))
    return [(code, title_of(code)) for code in codes]


def read_agreed(events: Sequence[ConsentEvent]) -> list[Agreed]:
    """These events with their words and proofs. Three queries, however many."""
    uids = [event.uid for event in events]
    leaves = dict(Leaf.objects.filter(uid__in=uids).values_list("uid", "index"))
    names = _names(events)
    return [
        Agreed(
            event=event,
            title=title_of(event.permission or NO_AI),
            words=agreed_words(event),
            where=names.get(event.scope_id, ""),
            country=country(event.jurisdiction),
            leaf=leaves.get(event.uid),
        )
        for event in events
    ]


def _names(events: Iterable[ConsentEvent]) -> dict[str, str]:
    """Scope id → its name; what was deleted has none."""
    ids = {"release": set[UUID](), "asset": set[UUID]()}
    names = {}
    for event in events:
        if event.scope_type in ids:
            ids[event.scope_type].add(UUID(event.scope_id))
        else:
            names[event.scope_id] = _("everything uploaded")
    for release in Release.objects.filter(Q(pk__in=ids["release"])):
        names[str(release.pk)] = str(release)
    for track in Track.objects.filter(Q(pk__in=ids["asset"])):
        names[str(track.pk)] = str(track)
    return names
