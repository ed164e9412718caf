"""Whether the rulebook has cleared a track: the release gate's answer, for a million at once.

Now, in SQL: as `policy.gate.clearance` answers for no particular destination. As of a past day,
from what is kept: decisions and declarations are never changed, and every move of a track is an
event.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.audit.models import Event
from apps.catalogue.models import Declaration, Track
from apps.catalogue.states import TrackState
from apps.policy.models import Decision, Outcome

# At most one row for each track: decisions form a line, and this is its end.
CURRENT = f"""
    LEFT JOIN policy_decision AS verdict ON verdict.track_id = standing.track_id
        AND verdict.outcome = '{Outcome.ALLOWED.value}'
        AND verdict.declaration_id = standing.declaration_id
        AND verdict.audio_id = standing.audio_id
        AND NOT EXISTS (
            SELECT 1 FROM policy_decision AS later WHERE later.supersedes_id = verdict.id)
        AND EXISTS (
            SELECT 1 FROM policy_ruleset AS law
            WHERE law.id = verdict.ruleset_id AND law.sha256 = verdict.ruleset_sha256)
"""  # noqa: S608
CLEARED = f"(standing.state = '{TrackState.CLEARED.value}' AND verdict.id IS NOT NULL)"
STATE_KINDS = tuple(f"track.{state}" for state in TrackState.values)


@dataclass(frozen=True)
class Stood:
    """What stood about a track then: the decision that cleared it, where one did, and the audio."""

    decision: UUID | None
    content_sha256: str


def stood_then(tracks: Collection[Track], known_at: datetime) -> dict[UUID, Stood]:
    """For each track what was decided and declared by then, in four queries.

    A draft has no declaration: what counts is the audio that it has, if it had come by then.
    """
    keys = [track.pk for track in tracks]
    made = Declaration.objects.filter(track__in=keys, created_at__lte=known_at)
    declared = {
        one.track_id: one
        for one in made.select_related("audio").defer("document").order_by("created_at")
    }
    decisions = Decision.objects.filter(track__in=keys, created_at__lte=known_at)
    last = {
        one.track_id: one
        for one in decisions.only(
            "track", "outcome", "declaration", "audio", "ruleset_sha256", "ruleset__sha256"
        )
        .select_related("ruleset")
        .order_by("created_at")
    }
    moved = _states_then(keys, known_at)
    return {
        track.pk: _stood(declared[track.pk], last.get(track.pk), moved.get(str(track.pk)))
        if track.pk in declared
        else Stood(None, _drafted(track, known_at))
        for track in tracks
    }


def _states_then(keys: Collection[UUID], known_at: datetime) -> dict[str, str]:
    moves = Event.objects.filter(
        subject_type=Track._meta.label_lower,
        subject_id__in=[str(key) for key in keys],
        kind__in=STATE_KINDS,
        at__lte=known_at,
    ).order_by("id")
    return dict(moves.values_list("subject_id", "kind"))


def _drafted(track: Track, known_at: datetime) -> str:
    audio = track.audio
    return audio.sha256 if audio and audio.created_at <= known_at else ""


def _stood(declared: Declaration, last: Decision | None, moved: str | None) -> Stood:
    holds = (
        last is not None
        and last.outcome == Outcome.ALLOWED
        and (last.declaration_id, last.audio_id) == (declared.pk, declared.audio_id)
        and last.ruleset_sha256 == last.ruleset.sha256
        and moved == f"track.{TrackState.CLEARED}"
    )
    return Stood(last.pk if last and holds else None, declared.audio.sha256)
