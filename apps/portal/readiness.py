"""How far a track is: what is wrong with its fields, what is not answered, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalogue.declaration import InvalidDeclaration
from apps.catalogue.metadata_rules import find_problems
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.catalogue.submit import declaration_of, find_missing, is_changed
from apps.policy.decide import Verdict
from apps.policy.law import NOT_ALLOWED, Ruleset
from apps.policy.questions import Question, open_questions, preview
from apps.policy.reasons import Explained
from apps.portal.stores import StoreVerdict, explained, store_verdicts
from apps.portal.todos import QUESTIONS, TRACK_FIELDS, Todo, missing_todo, problem_todo


@dataclass(frozen=True)
class Standing:
    """How far one track is."""

    track: Track
    law: Ruleset
    document: dict[str, Any] | None  # None where the draft is not a declaration yet
    missing: tuple[Todo, ...]
    problems: tuple[Todo, ...]

    @property
    def said(self) -> dict[str, Any]:
        """What questions read: the answers, and whether there are words."""
        answers = self.track.answers if isinstance(self.track.answers, dict) else {}
        return {**answers, "language": self.track.language}

    @cached_property
    def questions(self) -> Sequence[Question]:
        """What is still to be answered about how it was made."""
        return open_questions(self.document, self.law) if self.document is not None else ()

    @cached_property
    def verdict(self) -> Verdict | None:
        """What would be decided now if the checks found nothing."""
        return preview(self.document, self.law) if self.document is not None else None

    @property
    def stores(self) -> list[StoreVerdict]:
        """What the chosen stores would do."""
        if self.verdict is None or self.document is None:
            return []
        chosen = self.document.get("destinations")
        return store_verdicts(self.verdict.destinations, chosen, self.law)

    @property
    def hurdles(self) -> list[Explained]:
        """The reasons that would hold or refuse it as answered."""
        return explained(self.verdict, self.law) if self.verdict else []

    @cached_property
    def goes(self) -> bool:
        """Whether a submission takes it along: a draft, or changed since it was submitted."""
        is_draft = self.track.state == TrackState.DRAFT
        return is_draft or (self.track.is_editable and is_changed(self.track))

    @cached_property
    def todos(self) -> list[Todo]:
        """Everything to finish, what blocks first, each with the address of its field."""
        found = [*self.missing, *self._open(), *self._refused(), *self.problems]
        page = reverse("track", args=[self.track.pk])
        name = str(self.track)
        listed = [replace(todo, url=f"{page}#{todo.field}", about=name) for todo in found]
        return sorted(listed, key=lambda todo: not todo.blocks)

    @property
    def is_ready(self) -> bool:
        """Whether it can be submitted now."""
        return self.goes and not any(todo.blocks for todo in self.todos)

    @property
    def is_refused(self) -> bool:
        """Whether it would be refused as answered, whatever the checks find."""
        return self.verdict is not None and self.verdict.outcome == NOT_ALLOWED

    def _open(self) -> list[Todo]:
        count = len(self.questions)
        if not count:
            return []
        text = ngettext(
            "%(count)s question about how it was made",
            "%(count)s questions about how it was made",
            count,
        )
        return [Todo(QUESTIONS, text % {"count": count}, blocks=True)]

    def _refused(self) -> list[Todo]:
        """That an answer refuses the track, told before it is submitted in vain."""
        if not self.is_refused:
            return []
        text = _("As answered, it will be refused: %(why)s.")
        titles = "; ".join(reason.title for reason in self.hurdles)
        return [Todo(QUESTIONS, text % {"why": titles}, blocks=False, refuses=True)]


def stand(track: Track, law: Ruleset, today: date | None = None) -> Standing:
    """The standing of one track; its contributors and proofs may be prefetched."""
    missing = [missing_todo(found.code, found.text, track) for found in find_missing(track)]
    try:
        document = declaration_of(track)
    except InvalidDeclaration:  # `find_missing` has told what is wrong
        return Standing(track, law, None, tuple(missing), ())
    found = find_problems(document, today or timezone.localdate())
    problems = [problem_todo(problem, TRACK_FIELDS) for problem in found]
    told = {todo.field for todo in missing}
    kept = [todo for todo in dict.fromkeys(problems) if todo and todo.field not in told]
    return Standing(track, law, document, tuple(missing), tuple(kept))
