"""Questions that were answered: what was said, and the same question once more to change it."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.policy.questions import ORDER, Question
from apps.portal.answering import entry_at, is_set, word_of

Answers = Mapping[str, Any]
# What is taken out of an entry to make its question open again.
_KEYS = {
    "ai_extent": ("extent",),
    "ai_tool": ("tool", "tool_version", "plan", "model_training"),
    "ai_plan": ("plan",),
    "ai_training": ("model_training",),
    "ai_inputs": ("inputs",),
    "voice": ("imitates",),
    "likeness_permission": ("permission",),
    "borrowed_licence": ("licence",),
    "beat_exclusive": ("exclusive",),
    "rights_in_result": ("rights_in_result",),
}
_OF_ENTRY = {
    "ai": ("ai_extent", "ai_tool", "ai_training", "ai_inputs"),
    "likeness": ("likeness_permission",),
    "borrowed": ("borrowed_licence", "beat_exclusive"),
}
_WHOLE = ("ai_used", "ai_parts", "likeness", "borrowed")


@dataclass(frozen=True)
class Answered:
    """One question with its answer in words. `values` are the choices that stand."""

    question: Question
    words: str
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """How links and forms call it."""
        return name_of(self.question)


def name_of(question: Question) -> str:
    """One word for a question of one draft: "ai_extent:ai.0.extent"."""
    return f"{question.slug}:{question.path}"


def answered_questions(said: Answers) -> list[Answered]:
    """Everything answered so far, in the order in which it is asked."""
    return [found for name in _names(said) if (found := find_answered(said, name))]


def find_answered(said: Answers, name: str) -> Answered | None:
    """The answered question of this name; None where it is not answered, or makes no sense now."""
    question = find_question(said, name)
    if question is None:
        return None
    values = _values(said, question)
    words = _words(said, question, values)
    return Answered(question, words, values) if words else None


def find_question(said: Answers, name: str) -> Question | None:
    """The question of this name as it would be asked again; None where there is none."""
    slug, _colon, path = name.partition(":")
    try:
        opened = _without(said, slug, path)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        return None
    asked = (question for ask in ORDER for question in ask(opened))
    return next((q for q in asked if q.slug == slug and q.path == path), None)


def _names(said: Answers) -> Iterator[str]:
    yield "ai_used:ai"
    if said.get("ai"):
        yield "ai_parts:ai"
    for key in ("ai", "voice", "likeness", "borrowed"):
        if key in ("likeness", "borrowed"):
            yield f"{key}:{key}"
        if key == "voice":
            yield "voice:voice.imitates"
        for place in range(len(said.get(key) or ()) if key in _OF_ENTRY else 0):
            for slug in _OF_ENTRY[key]:
                last = "" if slug == "ai_tool" else f".{_KEYS[slug][0]}"
                yield f"{slug}:{key}.{place}{last}"
    yield "rights_in_result:rights_in_result"


def _without(said: Answers, slug: str, path: str) -> dict[str, Any]:
    """The answers with this question open."""
    opened = deepcopy(dict(said))
    if slug == "ai_parts":
        opened["ai"] = [{}]
    elif slug in _WHOLE:
        opened.pop(path, None)
    else:
        entry = entry_at(opened, path)
        for key in _KEYS[slug]:
            entry.pop(key, None)
    return opened


def _values(said: Answers, question: Question) -> tuple[str, ...]:
    """The choices that stand."""
    if question.kind == "several":
        key, name = question.path, "part" if question.path == "ai" else "kind"
        if key in said and not said[key]:
            return tuple(word_of(one) for one in question.choices if one.sets)
        return tuple(dict.fromkeys(str(entry.get(name)) for entry in said.get(key) or ()))
    if any(choice.sets for choice in question.choices):
        path = question.path
        fits = (word_of(one) for one in question.choices if is_set(said, path, one.sets.get(path)))
        return tuple(fits)[:1]
    value = entry_at(dict(said), question.path).get(question.path.split(".")[-1])
    return () if value is None else (str(value).lower(),)


def _words(said: Answers, question: Question, values: tuple[str, ...]) -> str:
    entry = entry_at(dict(said), question.path)
    if question.kind == "tool":
        parts = [entry.get("tool"), entry.get("tool_version")]
        known = " ".join(str(part) for part in parts if part)
        unknown = _("not known") if entry.get("model_training") == "unknown" else ""
        return known or unknown
    labels = [_(one.label) for one in question.choices if word_of(one) in values]
    if not labels:
        return ""
    typed = entry.get("of") or entry.get("person") if "." in question.path else None
    return ", ".join([*labels, *([str(typed)] if typed else [])])
