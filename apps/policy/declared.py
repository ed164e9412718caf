"""Turns a declaration into declared facts. Pure: the document in, facts out.

A missing key says nothing, so its facts are unknown; an empty list says "none". Where one fact
stands for several entries, the worst entry counts, and an entry that says too little makes the
fact unknown unless another one is already as bad as can be.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.policy.declared_ai import TermsOf, ai_facts, no_terms
from apps.policy.entries import read_list, worst
from apps.policy.facts import Fact

BORROWED_KINDS = ("cover", "remix", "sample", "beat", "interpolation")
CLEARANCE = ("none", "cleared", "claimed", "not_cleared")
LIKENESS = ("none", "permission_with_proof", "permission_without_proof", "without_permission")
BEAT_TERMS = ("not_applicable", "exclusive", "non_exclusive")


def declared_facts(
    declaration: Mapping[str, Any] | None, *, terms_of: TermsOf = no_terms
) -> dict[str, Fact]:
    """Every declared fact of a parsed declaration; None declares nothing.

    `terms_of` looks an AI tool up in the registry; it may make a fact more cautious, or fill in
    what the artist did not know, never soften what they said.
    """
    said = declaration or {}
    return {
        **ai_facts(said, terms_of),
        "voice": _voice(said),
        "likeness": _likeness(said),
        **_borrowed(said),
        "rights_in_result": _plain(said, "rights_in_result"),
    }


def _plain(said: Mapping[str, Any], key: str) -> Fact:
    value = said.get(key)
    if not isinstance(value, str):
        return Fact(None, "declared")
    return Fact(value, "declared", (key,))


def _voice(said: Mapping[str, Any]) -> Fact:
    voice = said.get("voice")
    imitates = voice.get("imitates") if isinstance(voice, Mapping) else None
    if not isinstance(voice, Mapping) or not isinstance(imitates, str):
        return Fact(None, "declared")
    if imitates == "consenting_person":
        imitates = "consent_with_proof" if voice.get("proof") else "consent_without_proof"
    return Fact(imitates, "declared", ("voice",))


def _likeness(said: Mapping[str, Any]) -> Fact:
    entries = read_list(said, "likeness")
    if entries is None:
        return Fact(None, "declared")
    value = worst([_permission(entry) for entry in entries], LIKENESS)
    return Fact(value, "declared", _paths("likeness", entries))


def _permission(entry: Mapping[str, Any]) -> str | None:
    if entry.get("permission") == "yes":
        return "permission_with_proof" if entry.get("proof") else "permission_without_proof"
    return "without_permission" if entry.get("permission") == "no" else None


def _borrowed(said: Mapping[str, Any]) -> dict[str, Fact]:
    entries = read_list(said, "borrowed")
    if entries is None:
        return {name: Fact(None, "declared") for name in (*BORROWED_KINDS, "beat_terms")}
    facts = {kind: _clearance(entries, kind) for kind in BORROWED_KINDS}
    return {**facts, "beat_terms": _beat_terms(entries)}


def _clearance(entries: Sequence[Mapping[str, Any]], kind: str) -> Fact:
    places = _places(entries, kind)
    value = worst([_licence(entries[place]) for place in places], CLEARANCE)
    return Fact(value, "declared", tuple(f"borrowed.{place}" for place in places))


def _licence(entry: Mapping[str, Any]) -> str | None:
    if "kind" not in entry:
        return None
    if entry.get("licence") == "held":
        return "cleared" if entry.get("proof") else "claimed"
    return "not_cleared" if entry.get("licence") == "not_held" else None


def _beat_terms(entries: Sequence[Mapping[str, Any]]) -> Fact:
    places = _places(entries, "beat")
    words = {True: "exclusive", False: "non_exclusive"}
    exclusive = [entries[place].get("exclusive") for place in places]
    value = worst([words.get(e) if isinstance(e, bool) else None for e in exclusive], BEAT_TERMS)
    return Fact(value, "declared", tuple(f"borrowed.{place}" for place in places))


def _places(entries: Sequence[Mapping[str, Any]], kind: str) -> list[int]:
    """Where entries of this kind stand; one that names no kind could be any."""
    return [n for n, entry in enumerate(entries) if entry.get("kind", kind) == kind]


def _paths(key: str, entries: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(f"{key}.{place}" for place in range(len(entries))) or (key,)
