"""What the two ways of listing share: what is looked for, and one track that was found."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.consent.envelope_states import Question, questions_of
from apps.consent.envelopes_reading import Envelope

NOT_CLEARED = "not_cleared"  # the rulebook has not cleared the recording as it is
CONTENT_UNKNOWN = "content_unknown"  # nobody knows the hash of its bytes


@dataclass(frozen=True)
class Sought:
    """A question that is known to be sound."""

    envelope: Envelope
    jurisdictions: tuple[str, ...]
    min_epoch: int
    at: datetime
    known_at: datetime

    @property
    def questions(self) -> list[Question]:
        """Each of them has to be answered with yes."""
        return questions_of(self.envelope, self.jurisdictions)


@dataclass(frozen=True)
class Yes:
    """What one question rests on. `leaf` is missing and `terms` empty where no yes was needed."""

    question: Question
    terms: str
    leaf: int | None


@dataclass(frozen=True)
class Listed:
    """One track on a list. `decision`: the one that cleared it; None where none was needed."""

    track_id: UUID
    content_sha256: str
    decision: UUID | None
    yeses: tuple[Yes, ...]
