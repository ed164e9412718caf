"""What matches mean to whoever uploads: explained by a licence, or common material.

Wraps a catalogue: the same question, and its answers with what the registers know about them. An
explanation is looked up anew at every screening, so that an expired licence explains nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from apps.catalogue.models import Track
from apps.fingerprints.licence_rows import MaterialLicence
from apps.fingerprints.licence_standing import ENDED, NOT_YET, standing_on
from apps.fingerprints.licences import WORLDWIDE
from apps.fingerprints.match_names import reference_key, track_key
from apps.fingerprints.matching import Licensed, Match
from apps.fingerprints.models import Reference
from apps.fingerprints.retro_memory import remembered

SAME_AUDIO = ("same_file", "same_samples")
EDGE_S = 1.0  # how far a found part may reach past a licensed one; edges are right to 0.7 s
MOSTLY = 0.5  # of the upload: what is heard in less of it is a part of it
COVERS = 0.8  # share of a part that another match must share to be about the same material

Span = tuple[float, float]
Holder = tuple[str, str]


class Shelf(Protocol):
    """What finds matches, as `DatabaseCatalogue` does."""

    def find(self, *args: Any, **asked: Any) -> list[Match]: ...


@dataclass(frozen=True)
class Asker:
    """Who uploads, for which countries, on which day. No countries: unknown, so only a licence for
    the whole world will do. `account_id` None: nobody; only licences for everybody count."""

    account_id: UUID | None
    territories: frozenset[str]
    day: date


def asker_of(document: Mapping[str, Any] | None, account_id: UUID | None, day: date) -> Asker:
    """The same, by a declaration."""
    given = (document or {}).get("territories")
    codes = given if isinstance(given, list) else []
    return Asker(account_id, frozenset(map(str, codes)), day)


class ExplainedCatalogue:
    """A catalogue whose matches say what explains them, and what is common.

    `track_id`: the track that asks; what looking back found in it is among its matches.
    """

    def __init__(self, shelf: Shelf, asker: Asker, track_id: UUID | None = None) -> None:
        self.shelf, self.asker, self.track_id = shelf, asker, track_id

    def find(self, *, duration_s: float, **asked: Any) -> list[Match]:
        """As `DatabaseCatalogue.find`."""
        found = self.shelf.find(duration_s=duration_s, **asked)
        if self.track_id is not None:
            known = {match.reference for match in found}
            found = [*found, *remembered(self.track_id, str(asked["pcm_sha256"]), known)]
        return explain([_as_heard(match, duration_s) for match in found], self.asker)


def explain(matches: Sequence[Match], asker: Asker) -> list[Match]:
    """The same matches with their licences, and with how many rights holders have the part.

    Of common material that a licence explains, the match that it names is kept for all of them.
    """
    foreign = [match for match in matches if not match.same_owner]
    who = _holders(foreign)
    licences = _licences(foreign, who, asker) if foreign else []
    licensed = [_licensed(one, licences, who, asker) for one in foreign]
    told = [replace(one, common=_common(one, licensed, who)) for one in licensed]
    kept = {one.reference: one for one in told if not _explained_with(one, told)}
    shown = (one if one.same_owner else kept.get(one.reference) for one in matches)
    return [one for one in shown if one]


def _as_heard(match: Match, duration_s: float) -> Match:
    """A loop that is heard whole, but in a small part of the upload, is a part of the upload."""
    heard = sum(end - start for start, end in _here(match))
    whole = match.relation in SAME_AUDIO or heard >= MOSTLY * duration_s
    return match if whole else replace(match, relation="partial")


def _holders(matches: Sequence[Match]) -> dict[str, Holder]:
    """Who holds rights in what was matched, as far as we know, by match."""
    keys = {
        key: match.reference
        for match in matches
        if (key := reference_key(match.reference)) is not None
    }
    rows = Reference.objects.filter(pk__in=keys).values_list("pk", "owner", "artist")
    holders = {keys[pk]: ("owner", (owner or artist).casefold()) for pk, owner, artist in rows}
    tracks = [match.reference for match in matches if reference_key(match.reference) is None]
    ids = [found for text in tracks if (found := track_key(text))]
    owners = Track.objects.filter(pk__in=ids).values_list("pk", "release__owner_id")
    return holders | {str(pk): ("account", str(owner)) for pk, owner in owners}


def _licences(
    matches: Sequence[Match], who: Mapping[str, Holder], asker: Asker
) -> list[MaterialLicence]:
    """Licences about these matches that this account may use, also those that do not count today;
    exclusive ones first.
    """
    references = [key for match in matches if (key := reference_key(match.reference)) is not None]
    tracks = [found for match in matches if (found := track_key(match.reference))]
    covered = Q(reference__in=references) | Q(track__in=tracks)
    for name in {name for kind, name in who.values() if kind == "owner" and name}:
        covered |= Q(owner__iexact=name)
    rows = MaterialLicence.objects.filter(covered)
    rows = rows.filter(Q(account=None) | Q(account=asker.account_id))
    return sorted(rows, key=lambda row: (not row.exclusive, row.pk))


def _why_not(row: MaterialLicence, asker: Asker) -> str:
    """Why a licence explains nothing to whoever asks; "" where it does."""
    standing = standing_on(row, asker.day)
    if row.revoked_at is not None:
        return f"was taken back on {timezone.localtime(row.revoked_at).date().isoformat()}"
    if standing == NOT_YET:
        return f"begins on {row.starts_on.isoformat()}"
    if standing == ENDED and row.ends_on is not None:
        return f"ended on {row.ends_on.isoformat()}"
    return "" if _covers_countries(row, asker) else "does not cover every country"


def _covers_countries(row: MaterialLicence, asker: Asker) -> bool:
    if WORLDWIDE in row.territories:
        return True
    return bool(asker.territories) and asker.territories <= set(row.territories)


def _licensed(
    match: Match, licences: Iterable[MaterialLicence], who: Mapping[str, Holder], asker: Asker
) -> Match:
    """The match with what explains it, or with the licence that does not any more."""
    about = [(row, _why_not(row, asker)) for row in licences if _is_about(row, match, who)]
    for row, why in about:
        if not why:
            until = row.ends_on.isoformat() if row.ends_on else ""
            return replace(match, licence=Licensed(row.pk, row.licensor, row.exclusive, until))
    lapsed = [f"licence {row.pk} of {row.licensor} {why}" for row, why in about]
    return replace(match, lapsed=lapsed[-1]) if lapsed else match


def _is_about(row: MaterialLicence, match: Match, who: Mapping[str, Holder]) -> bool:
    """Whether a licence covers what was matched.

    A recording that is uploaded as it is, is no use of material in another: only an exclusive
    licence explains that. What a takedown notice names, only a licence for that recording does.
    """
    if match.relation in SAME_AUDIO and not row.exclusive:
        return False
    key = reference_key(match.reference)
    if key is not None and row.reference_id == key:
        return _within(row, match)
    if key is None:
        return str(row.track_id or "") == match.reference and _within(row, match)
    kind, name = who.get(match.reference, ("", ""))
    same_owner = kind == "owner" and bool(name) and row.owner.casefold() == name
    return same_owner and match.source != Reference.Source.TAKEDOWN


def _within(row: MaterialLicence, match: Match) -> bool:
    if row.part_start_s is None or row.part_end_s is None:
        return True
    low, high = row.part_start_s - EDGE_S, row.part_end_s + EDGE_S
    return all(low <= start and end <= high for start, end in _there(match))


def _common(match: Match, matches: Sequence[Match], who: Mapping[str, Holder]) -> int:
    """How many rights holders have every part of this match, where it is common; otherwise 0."""
    counts = []
    for span in _here(match):
        sharing = [other for other in matches if _shares(other, span)]
        counts.append(len({who[one.reference] for one in sharing if _known(one, who)}))
    fewest = min(counts, default=0)
    return fewest if fewest >= settings.COMMON_MATERIAL_AT else 0


def _known(match: Match, who: Mapping[str, Holder]) -> bool:
    return bool(who.get(match.reference, ("", ""))[1])


def _explained_with(match: Match, matches: Sequence[Match]) -> bool:
    """Whether this is common material that a licence for another match of it explains."""
    alone = match.licence or not match.common or match.relation != "partial"
    if alone or match.source == Reference.Source.TAKEDOWN:
        return False
    licensed = [one for one in matches if one.licence and one.common]
    return all(any(_shares(one, span) for one in licensed) for span in _here(match))


def _shares(match: Match, span: Span) -> bool:
    """Whether a match is about this stretch of the upload."""
    start, end = span
    shared = (min(end, stop) - max(start, begin) for begin, stop in _here(match))
    return max(shared) >= COVERS * (end - start)


def _here(match: Match) -> list[Span]:
    """The stretches of the upload."""
    if match.pieces:
        return [(one.q_start, one.q_end) for one in match.pieces]
    return [(match.query_start_s, match.query_end_s)]


def _there(match: Match) -> Iterator[Span]:
    """The stretches of what was matched."""
    if match.pieces:
        yield from ((one.r_start, one.r_end) for one in match.pieces)
    else:
        yield match.reference_start_s, match.reference_end_s
