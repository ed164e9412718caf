"""The list as of a past time: the ledger replayed, with the decisions that stood then.

One track after the other, in batches; for a million tracks that is minutes, not seconds.
"""

from collections.abc import Iterator
from uuid import UUID

from apps.catalogue.models import Track
from apps.consent.envelope_states import Question as Wanted
from apps.consent.reading import batches, told_of
from apps.consent.reasons import YES
from apps.consent.resolve import Answer, Question, state
from apps.training.clearing import Stood, stood_then
from apps.training.listed import CONTENT_UNKNOWN, NOT_CLEARED, Listed, Sought, Yes
from apps.training.listing_now import ALL_REASONS

CHUNK = 500


def ranked(sought: Sought) -> Iterator[tuple[str, Listed | None]]:
    """Each track that was there: the first reason against it, or "" and the track as listed."""
    there = Track.objects.filter(created_at__lte=sought.known_at)
    chosen = there.select_related("release", "declaration", "audio").order_by("pk")
    for batch in batches(chosen.iterator(CHUNK)):
        stood = stood_then(batch, sought.known_at)
        for track, entries, asset in told_of(batch):
            answers = [
                (one, state(_question(sought, one), entries, asset)) for one in sought.questions
            ]
            yield _placed(sought, track.pk, answers, stood[track.pk])


def _question(sought: Sought, one: Wanted) -> Question:
    return Question(
        permission=one.permission,
        at=sought.at,
        known_at=sought.known_at,
        jurisdiction=one.jurisdiction,
        min_epoch=sought.min_epoch,
        layer=one.layer,
    )


def _placed(
    sought: Sought, track_id: UUID, answers: list[tuple[Wanted, Answer]], stood: Stood
) -> tuple[str, Listed | None]:
    against = [answer.reason for _, answer in answers if not answer.allowed]
    if sought.envelope.needs_clearance and stood.decision is None:
        against.append(NOT_CLEARED)
    if not stood.content_sha256:
        against.append(CONTENT_UNKNOWN)
    if against:
        return min(against, key=ALL_REASONS.index), None
    yeses = tuple(_yes(one, answer) for one, answer in answers)
    decision = stood.decision if sought.envelope.needs_clearance else None
    return "", Listed(track_id, stood.content_sha256, decision, yeses)


def _yes(one: Wanted, answer: Answer) -> Yes:
    if answer.reason != YES or answer.entry is None:
        return Yes(one, "", None)
    return Yes(one, answer.entry.terms_version, answer.entry.leaf)
