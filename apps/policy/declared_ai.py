"""What a declaration says about AI, part by part, as facts. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.policy.entries import read_list, worst
from apps.policy.facts import Fact

EXTENTS = ("none", "assisted", "generated")
SOUND = ("vocals", "instruments", "whole_recording")
WRITING = ("lyrics", "composition", "arrangement")
PRODUCTION = ("mixing", "mastering", "stem_separation", "cleanup")
ARTWORK = ("artwork",)
TRAINING = ("not_applicable", "licensed_or_own", "unlicensed")
INPUTS = ("not_applicable", "own_or_cleared", "not_cleared")
TOOL_LICENCE = ("no_limit_known", "commercial", "not_commercial")
AI_FACTS = (
    "ai_recording", "model_training", "tool_licence", "ai_writing", "writing_training",
    "ai_production", "ai_inputs", "ai_vocals", "ai_artwork",
)  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What the registry knows of one tool in one version and plan at one time.

    `training`: "licensed_or_own", "unlicensed", "disputed", or None where it is not known.
    `licence`: "commercial", "not_commercial", None where the plan decides and is not known, or
    "no_limit_known". `note` says it in a sentence with its source.
    """

    training: str | None
    licence: str | None
    note: str


@dataclass(frozen=True)
class Entry:
    """One entry of the "ai" list, with what the registry knows of its tool."""

    path: str
    part: str | None
    extent: str | None
    said_training: str | None
    inputs: str | None
    terms: Terms | None

    def may_be(self, parts: Sequence[str]) -> bool:
        """Whether it is about one of these parts, or does not say about which."""
        return self.part is None or self.part in parts

    def extent_in(self, parts: Sequence[str]) -> str | None:
        """How much AI it reports in these parts; unknown where it does not name its part."""
        if self.part is None:
            return "none" if self.extent == "none" else None
        return self.extent if self.part in parts else "none"


TermsOf = Callable[[Mapping[str, Any]], Terms | None]


def no_terms(entry: Mapping[str, Any]) -> Terms | None:
    """The registry that knows no tool."""
    return None


def ai_facts(said: Mapping[str, Any], terms_of: TermsOf) -> dict[str, Fact]:
    """The facts named in AI_FACTS; all unknown where nothing was said about AI."""
    listed = read_list(said, "ai")
    if listed is None:
        return {name: Fact(None, "declared") for name in AI_FACTS}
    entries = [_entry(place, item, terms_of) for place, item in enumerate(listed)]
    recording = _recording(entries, _is_instrumental(said))
    makers = _makers(entries, recording)
    writers = [entry for entry in entries if entry.may_be(WRITING) and entry.extent != "none"]
    return {
        "ai_recording": _fact(recording, entries, SOUND),
        "model_training": _model_training(makers, recording),
        "tool_licence": _tool_licence(makers),
        "ai_writing": _fact(_extent(entries, WRITING), entries, WRITING),
        "writing_training": _writing_training(writers, _extent(entries, WRITING)),
        "ai_production": _fact(_production(entries), entries, PRODUCTION),
        "ai_inputs": _inputs(entries),
        "ai_vocals": _fact(_vocals(entries, _is_instrumental(said)), entries, SOUND),
        "ai_artwork": _fact(_extent(entries, ARTWORK), entries, ARTWORK),
    }


def _entry(place: int, item: Mapping[str, Any], terms_of: TermsOf) -> Entry:
    extent, training, inputs = (item.get(k) for k in ("extent", "model_training", "inputs"))
    return Entry(
        path=f"ai.{place}",
        part=item.get("part"),
        extent=extent if extent in EXTENTS else None,
        said_training=training if training in TRAINING[1:] else None,
        inputs=inputs if inputs in INPUTS[1:] else None,
        terms=terms_of(item),
    )


def _is_instrumental(said: Mapping[str, Any]) -> bool:
    return said.get("instrumental") is True or said.get("language") == "zxx"


def _extent(entries: Sequence[Entry], parts: Sequence[str]) -> str | None:
    return worst([entry.extent_in(parts) for entry in entries], EXTENTS)


def _recording(entries: Sequence[Entry], instrumental: bool) -> str | None:
    """none < assisted < elements < substantial < mainly. The policy sets no threshold for
    "mainly": generated vocals and instruments together are all there is; help across the whole
    recording is more than an element; and in an instrumental, generated instruments may be all
    there is, unless the artist says something about the recording as a whole."""
    whole, vocals, instruments = (
        _extent(entries, (part,)) for part in ("whole_recording", "vocals", "instruments")
    )
    if whole == "generated" or (vocals == "generated" and instruments == "generated"):
        return "mainly"
    if None in (whole, vocals, instruments):
        return None
    if whole == "assisted" or vocals == "generated":
        return "substantial"
    if instruments == "generated":
        told = any(entry.part == "whole_recording" for entry in entries)
        return None if instrumental and not told else "elements"
    return "assisted" if "assisted" in (vocals, instruments) else "none"


def _makers(entries: Sequence[Entry], recording: str | None) -> list[Entry]:
    """Entries whose model made, or may have made, sound that is in the recording."""
    if recording in ("none", "assisted"):
        return []
    return [
        entry
        for entry in entries
        if entry.may_be(SOUND)
        and (
            entry.extent in ("generated", None)
            or (entry.extent == "assisted" and entry.part == "whole_recording")
        )
    ]


def _model_training(makers: Sequence[Entry], recording: str | None) -> Fact:
    if recording in ("none", "assisted"):
        return Fact("not_applicable", "declared", ("ai",))
    found = [(entry, _training(entry)) for entry in makers]
    return _trained(makers, _mixed(found))


def _mixed(found: Sequence[tuple[Entry, str | None]]) -> str | None:
    """Unlicensed where one unlicensed model made the whole, or all of them are unlicensed."""
    values = {training for _, training in found}
    whole = any(
        training == "unlicensed" and entry.part == "whole_recording" and entry.extent == "generated"
        for entry, training in found
    )
    if whole:
        return "unlicensed"
    if None in values or not values:
        return None
    return values.pop() if len(values) == 1 else "mixed"


def _writing_training(writers: Sequence[Entry], writing: str | None) -> Fact:
    if writing in ("none", "assisted"):
        return Fact("not_applicable", "declared", ("ai",))
    makers = [entry for entry in writers if entry.extent != "assisted"]
    return _trained(makers, worst([_training(entry) for entry in makers], TRAINING))


def _training(entry: Entry) -> str | None:
    """What was said and what the registry knows, the more cautious of both."""
    said, known = entry.said_training, entry.terms.training if entry.terms else None
    if known is None or said == "unlicensed":
        return said
    if said is None:
        return None if known == "disputed" else known
    return said if known == said else None


def _trained(makers: Sequence[Entry], value: str | None) -> Fact:
    notes = [e.terms.note for e in makers if e.terms and _training(e) != e.said_training]
    told = " ".join(dict.fromkeys(notes))
    return Fact(value, "derived" if notes else "declared", _evidence(makers), told)


def _tool_licence(makers: Sequence[Entry]) -> Fact:
    values = [entry.terms.licence if entry.terms else "no_limit_known" for entry in makers]
    value = worst(values, TOOL_LICENCE)
    notes = [] if value in TOOL_LICENCE[:2] else [e.terms.note for e in makers if e.terms]
    return Fact(value, "derived", _evidence(makers), " ".join(dict.fromkeys(notes)))


def _production(entries: Sequence[Entry]) -> str | None:
    extent = _extent(entries, PRODUCTION)
    return {"none": "none", "assisted": "used", "generated": "used"}.get(extent or "")


def _vocals(entries: Sequence[Entry], instrumental: bool) -> str | None:
    """Vocals of their own, and those that come with a generated recording."""
    parts = ("vocals",) if instrumental else ("vocals", "whole_recording")
    return _extent(entries, parts)


def _inputs(entries: Sequence[Entry]) -> Fact:
    """What went into every tool that had to do with the track; artwork is not part of it."""
    used = [entry for entry in entries if entry.extent != "none" and entry.part != "artwork"]
    return Fact(worst([entry.inputs for entry in used], INPUTS), "declared", _evidence(used))


def _fact(value: str | None, entries: Sequence[Entry], parts: Sequence[str]) -> Fact:
    return Fact(value, "declared", _evidence([entry for entry in entries if entry.may_be(parts)]))


def _evidence(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.path for entry in entries) or ("ai",)
