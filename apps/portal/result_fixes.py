"""What an artist can do about a reason: buttons that lead to the field, the question, the proof."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalogue.models import Track
from apps.policy.decide import UNDETERMINED
from apps.policy.models import Decision
from apps.review.evidence import Exhibit

_TRACK_FORM = {
    "title": "track_title",
    "version_title": "track_version_title",
    "artists": "track_credits",
    "language": "track_language",
    "isrc": "track_isrc",
    "original_release_year": "track_original_release_year",
    "parental_advisory": "track_parental_advisory",
}
_RELEASE_FORM = {"upc": "release_upc", "territories": "release_countries"}
_QUESTIONS = {
    "ai_recording": "ai_parts:ai",
    "ai_writing": "ai_parts:ai",
    "ai_vocals": "ai_parts:ai",
    "voice": "voice:voice.imitates",
    "likeness": "likeness:likeness",
    "rights_in_result": "rights_in_result:rights_in_result",
}
_AI = ("ai_recording", "model_training", "tool_licence", "ai_writing", "writing_training")
_BORROWED = ("cover", "remix", "sample", "beat", "interpolation", "india_cover")
_AUDIO = ("completeness", "sound", "format")
_TEXTS = ("points_at_artist", "disguise", "store_text", "numbers", "protected_name")
_ANSWERS = (*_AI, "ai_inputs", "ai_vocals", "rights_in_result", "contradiction", "answers")
_HEARD = ("generated_sound", "protected_voice")
_PROVABLE = (*_BORROWED, "voice", "likeness", "earlier_audio", "model_training", *_HEARD)
# What a person's reason is about, in the facts of the law.
_PERSONS = {
    "ask_licence": {"sample"},
    "ask_consent": {"voice"},
    "ask_declaration": {"contradiction"},
    "ask_training": {"model_training"},
    "ask_rights": {"earlier_audio"},
    "ask_better_file": {"completeness"},
    "ask_isrc": {"isrc"},
    "ask_metadata": {"title"},
    "refused_unlicensed_model": {"ai_recording"},
    "refused_voice_clone": {"voice"},
    "refused_likeness": {"likeness"},
    "refused_rights": {"earlier_audio"},
    "refused_borrowed": {"sample"},
    "refused_duplicate": {"earlier_audio"},
    "refused_dishonest": {"contradiction"},
}
_OBJECTABLE = (
    *_AUDIO, *_TEXTS, *_HEARD, "earlier_audio", "contradiction", "answers", "admits_borrowing"
)  # fmt: skip


@dataclass(frozen=True)
class Fix:
    """One thing that the artist can do about a reason."""

    label: Any
    url: str
    primary: bool = False


def fixes_of(
    track: Track, decision: Decision, reason: Mapping[str, Any], found: list[Exhibit]
) -> Iterator[Fix]:
    """Buttons that lead to the place where it can be mended; the first is the likeliest."""
    if not track.is_editable:
        return
    for number, fix in enumerate(_ways(track, _mendable(decision, reason), found)):
        yield Fix(fix.label, fix.url, primary=number == 0)


def _ways(track: Track, facts: set[str], found: list[Exhibit]) -> Iterator[Fix]:
    page = reverse("track", args=[track.pk])
    if facts & set(_AUDIO):
        yield Fix(_("Replace the file"), f"{page}#track_audio")
    asks = facts & {*_ANSWERS, *_BORROWED, "voice", "likeness", "admits_borrowing"}
    answer = Fix(_("Change the answer"), f"{page}{_question(facts)}#made")
    if asks & set(_ANSWERS):
        yield answer
    if facts & set(_PROVABLE):
        borrowed = facts & {*_BORROWED, "earlier_audio"}
        label = _("Add the licence") if borrowed else _("Add the proof")
        yield Fix(label, f"{page}#proofs")
    for name in sorted(facts & {"isrc", "title"}):
        yield Fix(_("Change the field"), f"{page}#{_TRACK_FORM[name]}")
    if "protected_name" in facts:
        name = next((p.detail["name"] for e in found for p in e.pieces if p.detail.get("name")), "")
        typed = f"?{urlencode({'name': name})}" if name else ""
        yield Fix(_("Prove the name"), f"{reverse('names')}{typed}")
    if facts & set(_TEXTS):
        yield from _fields(track, found)
    if asks and not asks & set(_ANSWERS):
        yield answer
    if facts & set(_OBJECTABLE) and track.state == "held":
        yield Fix(_("Explain"), reverse("track_explain", args=[track.pk]))


def _question(facts: set[str]) -> str:
    names = [name for fact, name in _QUESTIONS.items() if fact in facts]
    if not names and facts & {*_BORROWED, "admits_borrowing"}:
        names = ["borrowed:borrowed"]
    return f"?question={names[0]}" if names else ""


def _fields(track: Track, found: list[Exhibit]) -> Iterator[Fix]:
    """One button per field that a check named."""
    seen = set()
    for exhibit in found:
        for piece in exhibit.pieces:
            root = str(piece.detail.get("path", "")).split("[")[0].split(".")[0]
            if root in seen:
                continue
            seen.add(root)
            if root in _TRACK_FORM:
                page = reverse("track", args=[track.pk])
                yield Fix(_("Change the field"), f"{page}#{_TRACK_FORM[root]}")
            elif root in _RELEASE_FORM:
                page = reverse("release", args=[track.release_id])
                yield Fix(_("Change the field"), f"{page}#{_RELEASE_FORM[root]}")


def _mendable(decision: Decision, reason: Mapping[str, Any]) -> set[str]:
    """The facts that the artist can do something about. A fact that we could not find out is not
    theirs to mend; a person's reason names no facts, so its code stands for some."""
    facts = set(reason.get("facts") or ())
    if reason.get("code") == UNDETERMINED:
        return {f for f in facts if (decision.facts.get(f) or {}).get("source") != "detected"}
    return facts | _PERSONS.get(str(reason.get("code")), set())
