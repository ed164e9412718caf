"""What the panel "How it was made" shows: one question, what was answered, where it leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.catalogue.models import Track
from apps.policy.questions import Choice, Question
from apps.policy.texts.questions import BORROWED_LABELS
from apps.portal.answering import word_of
from apps.portal.asked import Answered, answered_questions, find_answered, find_question, name_of
from apps.portal.proof_slots import proof_slots
from apps.portal.question_extras import Extra, extras_of
from apps.portal.readiness import Standing
from apps.registry.reading import load_tools

LISTS = ("borrowed", "likeness")  # lists that can hold several entries of one kind
# The artwork belongs to the release and is asked there, once.
_ELSEWHERE = {"ai_parts": ("artwork",)}
_SHARED = ("ai_tool", "ai_inputs", "ai_training")  # often the same for all parts


@dataclass(frozen=True)
class Input:
    """An extra input with what stands in it."""

    extra: Extra
    value: Any


@dataclass(frozen=True)
class Panel:
    """The panel of one track. `question` is None where nothing more is asked."""

    standing: Standing
    question: Question | None
    again: Answered | None
    problem: str = ""
    typed: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """What the form calls its question."""
        return name_of(self.question) if self.question else ""

    @cached_property
    def answered(self) -> list[Answered]:
        """Everything that was answered."""
        return answered_questions(self.standing.said)

    @property
    def choices(self) -> list[tuple[Choice, str, bool]]:
        """The choices of the question, what the form sends for each, and whether it stands."""
        if self.question is None:
            return []
        typed = self.typed or {}
        stand = typed.get("choice") or (self.again.values if self.again else ())
        hidden = _ELSEWHERE.get(self.question.slug, ())
        shown = [one for one in self.question.choices if one.value not in hidden]
        return [(one, word_of(one), word_of(one) in stand) for one in shown]

    @property
    def inputs(self) -> list[Input]:
        """The inputs beside the choices, with what was typed or saved."""
        if self.question is None:
            return []
        entry = _entry(self.standing.track, self.question)
        typed = self.typed or {}
        extras = extras_of(self.question, entry)
        return [Input(one, _value(one, entry, typed)) for one in extras]

    @property
    def tools(self) -> Sequence[str]:
        """Names to choose a tool from."""
        return sorted((tool.name for tool in load_tools()), key=str.lower)

    @property
    def others(self) -> int:
        """How many other parts are asked the very same."""
        if self.question is None or self.question.slug not in _SHARED or self.again:
            return 0
        return sum(one.slug == self.question.slug for one in self.standing.questions) - 1

    @property
    def back(self) -> str:
        """The address of the question before this one; "" for the first."""
        names = [one.name for one in self.answered]
        place = names.index(self.name) if self.name in names else len(names)
        return self.address(names[place - 1]) if place else ""

    def address(self, name: str) -> str:
        """Where a question stands."""
        return f"{reverse('questions', args=[self.standing.track.pk])}?question={name}"


def read_panel(standing: Standing, wanted: str | None = None) -> Panel:
    """The panel with the question that was asked for, or the first open one."""
    question = find_question(standing.said, wanted) if wanted else None
    if question is None:
        question, wanted = (standing.questions[0] if standing.questions else None), None
    again = find_answered(standing.said, wanted) if wanted else None
    return Panel(standing, question, again)


def question_context(panel: Panel) -> dict[str, Any]:
    """For `_questions.html`."""
    track = panel.standing.track
    return {
        "panel": panel,
        "standing": panel.standing,
        "track": track,
        "question_url": reverse("questions", args=[track.pk]),
        "lists": {key: _names(track.answers.get(key) or ()) for key in LISTS},
        "slots": proof_slots(track),
        "locked": not track.is_editable,
    }


def _names(entries: Iterable[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """Place and name of the entries of a list."""
    kinds = {kind: _(label) for kind, label in BORROWED_LABELS.items()}
    return [
        (place, one.get("of") or one.get("person") or kinds.get(str(one.get("kind")), _("unnamed")))
        for place, one in enumerate(entries)
    ]


def _entry(track: Track, question: Question) -> Mapping[str, Any]:
    key, *rest = question.path.split(".")
    found = track.answers.get(key)
    if rest and rest[0].isdecimal() and isinstance(found, list) and int(rest[0]) < len(found):
        found = found[int(rest[0])]
    return found if isinstance(found, Mapping) else {}


def _value(extra: Extra, entry: Mapping[str, Any], typed: Mapping[str, Any]) -> Any:
    if extra.name in typed:
        return typed[extra.name][0] if typed[extra.name] else ""
    value = entry.get(extra.name)
    if extra.kind == "tick":
        return "tool" not in entry and entry.get("model_training") == "unknown"
    return ", ".join(value) if isinstance(value, list) else value
