"""Taking one answer into the answers of a draft. Pure: answers in, answers out."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.policy.questions import Choice, Question
from apps.portal.question_extras import read_extras

Answers = dict[str, Any]
_NAMES = {"ai": "part", "borrowed": "kind"}  # what an entry of the list is called by


class NotAnswered(Exception):
    """The form was sent without an answer, or with two that exclude each other."""


@dataclass(frozen=True)
class Change:
    """The answers after one question, and where the entries that proofs name have gone."""

    answers: Answers
    moved: dict[str, str | None] = field(default_factory=dict)


def take_answer(answers: Mapping[str, Any], question: Question, data: QueryDict) -> Change:
    """The answers with this one in them; raises NotAnswered with a sentence for the person."""
    if question.kind == "several":
        return _take_several(deepcopy(dict(answers)), question, data.getlist("choice"))
    changed = deepcopy(dict(answers))
    if question.kind == "one":
        _take_one(changed, question, _chosen(question, data.get("choice", "")))
    for problem in read_extras(question, entry_at(changed, question.path), data):
        raise NotAnswered(problem)
    return Change(changed, _emptied(answers, changed))


def drop_entry(answers: Mapping[str, Any], key: str, place: int) -> Change:
    """The answers without one entry of a list; raises NotAnswered where there is none."""
    entries = deepcopy(list(answers.get(key) or ()))
    if not 0 <= place < len(entries):
        raise NotAnswered(_("This was taken out already."))
    kept = [(n, entry) for n, entry in enumerate(entries) if n != place]
    return _replace(dict(answers), key, kept, len(entries))


def add_entry(answers: Mapping[str, Any], key: str, name: str) -> Change:
    """The answers with one more entry; `name` is its kind, "" where entries have none."""
    entry = {_NAMES[key]: name} if key in _NAMES else {}
    return Change({**deepcopy(dict(answers)), key: [*deepcopy(answers.get(key) or []), entry]})


def entry_at(answers: Answers, path: str) -> Answers:
    """The record that an answer at this path belongs to; made where it is missing.

    "ai.0.extent" and "ai.0" are in the first entry about AI, "voice.imitates" in the voice,
    "rights_in_result" in the answers themselves.
    """
    key, *rest = path.split(".")
    if rest and rest[0].isdecimal():
        record = answers[key][int(rest[0])]
    elif rest:
        record = answers.setdefault(key, {})
    else:
        record = answers
    found: Answers = record
    return found


def word_of(choice: Choice) -> str:
    """What forms send for a choice: "true" and "false" where its value is a flag."""
    return str(choice.value).lower()


def is_set(answers: Mapping[str, Any], key: str, value: Any) -> bool:
    """Whether the answers say already what a choice sets; [{}] stands for any list with entries."""
    return bool(answers.get(key)) if value == [{}] else key in answers and answers[key] == value


def _chosen(question: Question, value: str) -> Choice:
    choice = next((one for one in question.choices if word_of(one) == value), None)
    if choice is None:
        raise NotAnswered(_("Choose an answer. “I do not know” is one, where it is offered."))
    return choice


def _take_one(answers: Answers, question: Question, choice: Choice) -> None:
    if choice.sets:
        _set(answers, question, choice)
    elif choice.adds:
        same = choice.adds.get("part")
        others = [entry for entry in answers.get(question.path, []) if entry.get("part") != same]
        answers[question.path] = [*others, dict(choice.adds)]
    else:
        name = question.path.split(".")[-1]
        entry_at(answers, question.path)[name] = choice.value


def _set(answers: Answers, question: Question, choice: Choice) -> None:
    """What another choice of the same question had set is taken back first."""
    if all(is_set(answers, key, value) for key, value in choice.sets.items()):
        return
    for key, value in [pair for other in question.choices for pair in other.sets.items()]:
        if answers.get(key) == value:
            answers.pop(key, None)
    for key, value in choice.sets.items():
        if not is_set(answers, key, value):
            answers[key] = deepcopy(value)


def _take_several(answers: Answers, question: Question, values: list[str]) -> Change:
    chosen = [one for one in question.choices if word_of(one) in values]
    if not chosen:
        raise NotAnswered(_("Choose at least one, or go back."))
    alone = [choice for choice in chosen if choice.sets]
    if alone and len(chosen) > 1:
        raise NotAnswered(_("“Nothing” and something do not go together. Choose again."))
    key, name = question.path, _NAMES[question.path]
    before = list(answers.get(key) or ())
    if alone:
        return Change({**answers, **deepcopy(dict(alone[0].sets))}, _gone(key, len(before)))
    wanted = [choice.adds[name] for choice in chosen]
    kept = [(n, entry) for n, entry in enumerate(before) if entry.get(name) in wanted]
    known = {entry.get(name) for _n, entry in kept}
    fresh = [(None, dict(one.adds)) for one in chosen if one.adds[name] not in known]
    return _replace(answers, key, [*kept, *fresh], len(before))


def _replace(answers: Answers, key: str, entries: list[Any], count: int) -> Change:
    """Puts the list together again. `entries`: pairs of the old place (or None) and the entry."""
    moved = _gone(key, count)
    for now, (before, _entry) in enumerate(entries):
        if before is not None:
            moved[f"{key}.{before}"] = f"{key}.{now}"
    return Change({**answers, key: [entry for _before, entry in entries]}, moved)


def _emptied(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str | None]:
    """Where the entries of lists have gone that are empty now."""
    lists = [key for key, value in before.items() if isinstance(value, list) and not after.get(key)]
    return {path: to for key in lists for path, to in _gone(key, len(before[key])).items()}


def _gone(key: str, count: int) -> dict[str, str | None]:
    return {f"{key}.{place}": None for place in range(count)}
