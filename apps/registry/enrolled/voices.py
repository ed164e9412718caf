"""The register as the checks see it: `voices_for(track)`. Every voice read is an audit event.

What is kept of a comparison: that it was made, of whom, for which track. Never a score.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.uuids import read_uuid
from apps.audit.record import record
from apps.catalogue.text import fold
from apps.registry.enrolled.errors import RegisterOff
from apps.registry.enrolled.steps import register
from apps.registry.enrolled.stored import read_print
from apps.registry.models import (
    Alias,
    Person,
    VoiceClip,
    VoiceEnrolment,
    Voiceprint,
    VoiceQuestion,
    VoiceState,
)
from apps.registry.voice.contract import EnrolledVoice, Voices

MOST_TARGETS = 3


class DatabaseVoices:
    """The register for the screening of one track, or of none (a command)."""

    def __init__(self, track_id: UUID | None) -> None:
        self._track = track_id

    @property
    def is_on(self) -> bool:
        """Whether a compliance officer has turned the register on."""
        return register().is_on

    def targets(self, *, people: Collection[str], names: Collection[str]) -> list[EnrolledVoice]:
        """At most three enrolled voices: asked about (complaints first), then `people`, `names`.

        [] while the register is off. Raises VoiceUnreadable where one cannot be decrypted.
        """
        if not self.is_on:
            return []
        wanted = [*self._asked_about(), *people]
        wanted += [str(pk) for pk in people_named(names)] if names else []
        rows = {str(row.enrolment.person_id): row for row in readable(among=set(wanted))}
        chosen = [rows[pk] for pk in dict.fromkeys(wanted) if pk in rows][:MOST_TARGETS]
        return self._read(chosen)

    def everyone(self) -> list[EnrolledVoice]:
        """All enrolled voices where somebody asked for the ranking of this track; else []."""
        asked = self.is_on and self._questions().filter(is_sweep=True).exists()
        return self._read(readable()) if asked else []

    def named(self, names: Collection[str]) -> list[EnrolledVoice]:
        """The enrolled voices of all people with these names; all voices where none is given.

        Raises RegisterOff, unlike the others: somebody asked, and is told.
        """
        if not self.is_on:
            raise RegisterOff
        return self._read(
            readable(among={str(pk) for pk in people_named(names)} if names else None)
        )

    def _questions(self) -> "QuerySet[VoiceQuestion]":
        rows = VoiceQuestion.objects.order_by("created_at")
        return rows.filter(track=self._track) if self._track else rows.none()

    def _asked_about(self) -> list[str]:
        asked = self._questions().filter(person__isnull=False)
        rows = list(asked.values_list("reason", "person_id"))
        first = VoiceQuestion.Reason.COMPLAINT
        return [str(person) for _reason, person in sorted(rows, key=lambda row: row[0] != first)]

    def _read(self, rows: Iterable[Voiceprint]) -> list[EnrolledVoice]:
        return read(rows, track=str(self._track) if self._track else None)


def voices_for(track_id: UUID | None) -> Voices:
    """The register for the screening of this track."""
    return DatabaseVoices(track_id)


def readable(among: Collection[str] | None = None) -> list[Voiceprint]:
    """The prints of active, unexpired enrolments; only of the people `among` (ids) if given."""
    rows = Voiceprint.objects.select_related("enrolment__person", "key").filter(
        enrolment__state=VoiceState.ACTIVE,
        enrolment__expires_at__gt=timezone.now(),
        enrolment__person__is_active=True,
    )
    if among is not None:
        rows = rows.filter(enrolment__person__in=[pk for text in among if (pk := read_uuid(text))])
    return list(rows.order_by("enrolment__person__name", "pk"))


def read(rows: Iterable[Voiceprint], **why: str | None) -> list[EnrolledVoice]:
    """Decrypts the voices and writes an event for each. Raises VoiceUnreadable."""
    found = []
    for row in rows:
        clips = VoiceClip.objects.filter(enrolment=row.enrolment_id).values_list("segment", "pk")
        found.append(read_print(row, {segment: str(pk) for segment, pk in clips}))
        person = str(row.enrolment.person_id)
        record(kind="voice.compared", subject=row.enrolment, actor=None, person=person, **why)
    return found


def read_others(enrolment: VoiceEnrolment) -> list[EnrolledVoice]:
    """Every other enrolled voice, to see whether a new one can be told apart from it."""
    others = [row for row in readable() if row.enrolment.person_id != enrolment.person_id]
    return read(others, enrolment=str(enrolment.pk))


def people_named(names: Collection[str]) -> list[UUID]:
    """People one of whose names equals one of these, but for case, accents and punctuation.

    In the order of `names`. Only people with an enrolment are looked at.
    """
    folded = [fold(name) for name in names]
    enrolled = Person.objects.filter(voice_enrolments__isnull=False).distinct()
    known = [*enrolled.values_list("name", "pk")]
    known += Alias.objects.filter(person__in=enrolled).values_list("text", "person_id")
    of_name: dict[str, list[UUID]] = {}
    for name, pk in known:
        of_name.setdefault(fold(name), []).append(pk)
    return list(dict.fromkeys(pk for name in folded if name for pk in of_name.get(name, ())))
