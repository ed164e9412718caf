"""Which questions still matter for a declaration, in the order that ends soonest. Pure, no Django.

The law itself says when to stop: with everything detected taken as clean, a question is open where
it is not answered yet and a fact that it feeds can still change the outcome, or the verdict of a
chosen destination. "I do not know" is an answer; it leads to a person.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from apps.policy.decide import Verdict, decide
from apps.policy.declared import BORROWED_KINDS, declared_facts
from apps.policy.declared_ai import AI_FACTS, PRODUCTION, SOUND, WRITING, TermsOf
from apps.policy.entries import read_list
from apps.policy.gather import clean_facts
from apps.policy.law import Ruleset
from apps.policy.shipped import shipped_ruleset
from apps.policy.texts import questions as texts
from apps.policy.texts.questions import BORROWED_LABELS, PART_LABELS, Choice, QuestionText
from apps.policy.tool_terms import register_terms

__all__ = ["Choice", "Question", "open_questions", "preview"]

TRAINING_FACTS = ("model_training", "writing_training")


@dataclass(frozen=True)
class Question:
    """One open question.

    `path` is where the answer goes in the declaration, as in "ai.0.extent". `about` says which
    entry is meant, in words ("the vocals"), "" where there is only one.
    """

    slug: str
    path: str
    facts: tuple[str, ...]
    about: str
    wording: QuestionText

    @property
    def text(self) -> str:
        """The question."""
        return self.wording.text

    @property
    def help(self) -> str:
        """What it means, in a sentence or two."""
        return self.wording.help

    @property
    def kind(self) -> str:
        """How it is answered; see QuestionText."""
        return self.wording.kind

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The answers; none where something is typed."""
        return self.wording.choices


def preview(
    declaration: Mapping[str, Any],
    ruleset: Ruleset | None = None,
    *,
    terms_of: TermsOf | None = None,
) -> Verdict:
    """What would be decided if every check ran and found nothing.

    Defaults: the newest shipped ruleset, and the register of AI tools as of today.
    """
    law = ruleset or shipped_ruleset()
    terms = terms_of or register_terms(datetime.now(UTC).date())
    return decide({**declared_facts(declaration, terms_of=terms), **clean_facts(law)}, law)


def open_questions(
    declaration: Mapping[str, Any],
    ruleset: Ruleset | None = None,
    *,
    terms_of: TermsOf | None = None,
) -> tuple[Question, ...]:
    """The questions that are not answered and can still matter; empty where nothing can.

    Same defaults as `preview`. Where the track is refused already, nothing is asked.
    """
    verdict = preview(declaration, ruleset, terms_of=terms_of)
    needed = _needed(verdict, declaration)
    return tuple(
        question for ask in ORDER for question in ask(declaration) if needed & set(question.facts)
    )


def _needed(verdict: Verdict, said: Mapping[str, Any]) -> set[str]:
    """Facts that can still change the outcome, or the verdict of a destination that was chosen.

    Where none was chosen yet, all of them count.
    """
    if verdict.outcome == "not_allowed":
        return set()
    chosen = said.get("destinations") or verdict.destinations
    stores = [verdict.destinations[slug] for slug in chosen if slug in verdict.destinations]
    return {*verdict.needed_facts, *(name for store in stores for name in store.needed_facts)}


Said = Mapping[str, Any]


def _ai_used(said: Said) -> Iterator[Question]:
    if read_list(said, "ai") is None:
        yield Question("ai_used", "ai", AI_FACTS, "", texts.AI_USED)


def _ai_parts(said: Said) -> Iterator[Question]:
    if any("part" not in entry for entry in read_list(said, "ai") or ()):
        yield Question("ai_parts", "ai", AI_FACTS, "", texts.AI_PARTS)


def _ai_extent(said: Said) -> Iterator[Question]:
    for place, entry in _entries(said, "ai"):
        part = entry.get("part")
        if part and "extent" not in entry:
            facts = ("ai_recording", "ai_writing", "ai_production", "ai_vocals", "ai_artwork")
            about = PART_LABELS.get(part, part)
            yield Question("ai_extent", f"ai.{place}.extent", facts, about, _extent_text(part))


def _extent_text(part: str) -> QuestionText:
    if part == "whole_recording":
        return texts.EXTENT_OF_WHOLE
    if part in SOUND:
        return texts.EXTENT_OF_SOUND
    return texts.EXTENT_OF_WRITING if part in WRITING else texts.EXTENT_OF_OTHER


def _all_of_it(said: Said) -> Iterator[Question]:
    by_part = {entry.get("part"): entry for _, entry in _entries(said, "ai")}
    made = by_part.get("instruments", {})
    instrumental = said.get("instrumental") is True or said.get("language") == "zxx"
    if instrumental and made.get("extent") == "generated" and "whole_recording" not in by_part:
        wording = replace(texts.ALL_OF_IT, choices=tuple(_as_made(made)))
        yield Question("all_of_it", "ai", ("ai_recording",), "", wording)


def _as_made(made: Mapping[str, Any]) -> Iterator[Choice]:
    """The answers; a whole that the same tool made has the answers about that tool already."""
    for choice in texts.ALL_OF_IT.choices:
        generated = choice.adds["extent"] == "generated"
        yield replace(choice, adds={**made, **choice.adds}) if generated else choice


def _ai_tool(said: Said) -> Iterator[Question]:
    for place, entry, about in _makers(said):
        if "tool" not in entry and "model_training" not in entry:
            yield Question("ai_tool", f"ai.{place}", TRAINING_FACTS, about, texts.AI_TOOL)


def _ai_plan(said: Said) -> Iterator[Question]:
    for place, entry, about in _makers(said):
        if "tool" in entry and "plan" not in entry:
            facts = (*TRAINING_FACTS, "tool_licence")
            yield Question("ai_plan", f"ai.{place}.plan", facts, about, texts.AI_PLAN)


def _ai_training(said: Said) -> Iterator[Question]:
    for place, entry, about in _makers(said):
        if "model_training" not in entry:
            path = f"ai.{place}.model_training"
            yield Question("ai_training", path, TRAINING_FACTS, about, texts.AI_TRAINING)


def _ai_inputs(said: Said) -> Iterator[Question]:
    for place, entry in _entries(said, "ai"):
        part, unanswered = entry.get("part"), "inputs" not in entry
        if part and part != "artwork" and entry.get("extent") != "none" and unanswered:
            about = PART_LABELS.get(part, part)
            path = f"ai.{place}.inputs"
            yield Question("ai_inputs", path, ("ai_inputs",), about, texts.AI_INPUTS)


def _voice(said: Said) -> Iterator[Question]:
    voice = said.get("voice")
    if not isinstance(voice, Mapping) or "imitates" not in voice:
        yield Question("voice", "voice.imitates", ("voice",), "", texts.VOICE)


def _likeness(said: Said) -> Iterator[Question]:
    if read_list(said, "likeness") is None:
        yield Question("likeness", "likeness", ("likeness",), "", texts.LIKENESS)
    for place, entry in _entries(said, "likeness"):
        if "permission" not in entry:
            path, about = f"likeness.{place}.permission", entry.get("person") or ""
            yield Question("likeness_permission", path, ("likeness",), about, texts.PERMISSION)


def _borrowed(said: Said) -> Iterator[Question]:
    entries = read_list(said, "borrowed")
    if entries is None or any("kind" not in entry for entry in entries):
        yield Question("borrowed", "borrowed", (*BORROWED_KINDS, "beat_terms"), "", texts.BORROWED)


def _licence(said: Said) -> Iterator[Question]:
    for place, entry in _entries(said, "borrowed"):
        kind = entry.get("kind")
        about = entry.get("of") or BORROWED_LABELS.get(str(kind), "")
        if kind and "licence" not in entry:
            yield Question(
                "borrowed_licence", f"borrowed.{place}.licence", (kind,), about, texts.LICENCE
            )
        if kind == "beat" and not isinstance(entry.get("exclusive"), bool):
            path = f"borrowed.{place}.exclusive"
            yield Question("beat_exclusive", path, ("beat_terms",), about, texts.EXCLUSIVE)


def _rights(said: Said) -> Iterator[Question]:
    if "rights_in_result" not in said:
        facts = ("rights_in_result",)
        yield Question("rights_in_result", "rights_in_result", facts, "", texts.RIGHTS)


def _makers(said: Said) -> Iterator[tuple[int, Mapping[str, Any], str]]:
    """Entries whose tool made something that people hear or read."""
    for place, entry in _entries(said, "ai"):
        part, extent = entry.get("part"), entry.get("extent")
        made = extent == "generated" and part not in (*PRODUCTION, "artwork")
        if part and (made or (part == "whole_recording" and extent == "assisted")):
            yield place, entry, PART_LABELS.get(part, part)


def _entries(said: Said, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield from enumerate(read_list(said, key) or ())


ORDER: tuple[Callable[[Said], Iterator[Question]], ...] = (
    _ai_used,
    _ai_parts,
    _ai_extent,
    _all_of_it,
    _ai_tool,
    _ai_plan,
    _ai_training,
    _ai_inputs,
    _voice,
    _likeness,
    _borrowed,
    _licence,
    _rights,
)
