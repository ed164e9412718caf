"""Permission envelopes: what each class of models needs before it may use anything. Pure.

One file per model class and version in `envelopes/`; its README says what each entry means. The
newest version that had begun is the one in force.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from apps.audit.canonical import canonical
from apps.catalogue.countries import COUNTRIES
from apps.consent.vocabulary import LAYERS, Permission, vocabulary

FOLDER = Path(__file__).with_name("envelopes")
PUBLISHED = "published.toml"
ZONES = ("ops", "gen", "share")
GROUP_OF_ZONE = {"ops": "operations", "gen": "generative", "share": "share"}
CLASS = re.compile(r"[a-z][a-z0-9_]{0,39}")
TYPES: dict[str, type] = {
    **dict.fromkeys(("model_class", "title", "effective_from", "zone"), str),
    **dict.fromkeys(("version", "min_epoch", "retention_days", "approvers"), int),
    **dict.fromkeys(("requires", "rights_layers", "feature_kinds"), list),
    **dict.fromkeys(("jurisdictions_include", "jurisdictions_exclude"), list),
    "needs_clearance": bool,
    "deadlines": dict,
}


class UnknownEnvelope(ValueError):
    """No such model class or version, or none had begun; the message lists what there is."""


class EnvelopeBroken(ValueError):
    """An envelope file breaks the rules for envelopes; the message says which."""


@dataclass(frozen=True)
class Deadlines:
    """How soon each step of a revocation is due, from when it was recorded."""

    stop_minutes: int
    trace_minutes: int
    mark_hours: int
    purge_days: int
    notify_days: int
    remedy_days: int

    def of(self, step: str) -> timedelta:
        """The time for "stop", "trace", "mark", "purge", "notify" or "remedy"."""
        for unit in ("minutes", "hours", "days"):
            if (amount := getattr(self, f"{step}_{unit}", None)) is not None:
                return timedelta(**{unit: amount})
        raise ValueError(f"No step of a revocation is called {step!r}.")


@dataclass(frozen=True)
class Envelope:
    """One published envelope. `sha256` is over all that it says, in canonical JSON."""

    model_class: str
    version: int
    title: str
    effective_from: datetime
    requires: tuple[Permission, ...]
    rights_layers: tuple[str, ...]
    min_epoch: int
    jurisdictions_include: tuple[str, ...]
    jurisdictions_exclude: tuple[str, ...]
    needs_clearance: bool
    zone: str
    feature_kinds: tuple[str, ...]
    retention_days: int
    approvers: int
    deadlines: Deadlines
    sha256: str

    @property
    def name(self) -> str:
        """ "generative_music.1": how it is written in one word."""
        return f"{self.model_class}.{self.version}"

    def admits(self, jurisdiction: str) -> bool:
        """Whether models of this class may be for this country at all."""
        if not jurisdiction or jurisdiction in self.jurisdictions_exclude:
            return False
        return not self.jurisdictions_include or jurisdiction in self.jurisdictions_include


def read_envelope(text: str) -> Envelope:
    """The envelope in this TOML text; raises EnvelopeBroken."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EnvelopeBroken(f"An envelope is no TOML: {error}.") from error
    _require_shape(data)
    found = Envelope(**_values_of(data), sha256=sha256(canonical(data)).hexdigest())
    _require_sound(found)
    return found


def _require_shape(data: Mapping[str, Any]) -> None:
    """Nothing is filled in for what is left out, and nothing is turned into what it is not."""
    _require_exactly("an envelope", data.keys(), TYPES.keys())
    for key, value in data.items():
        if not _is_a(TYPES[key], value):
            raise EnvelopeBroken(f"The entry {key} of an envelope cannot be {value!r:.80}.")
    steps = {one.name for one in fields(Deadlines)}
    _require_exactly("its deadlines", data["deadlines"].keys(), steps)
    if not all(_is_a(int, one) and one > 0 for one in data["deadlines"].values()):
        raise EnvelopeBroken("Deadlines are whole numbers above 0.")


def _require_exactly(where: str, found: Set[str], wanted: Set[str]) -> None:
    if wrong := wanted ^ found:
        raise EnvelopeBroken(f"Missing or unknown in {where}: {', '.join(sorted(wrong))}.")


def _is_a(kind: type, value: Any) -> bool:
    """True is no number. A list holds texts, each once."""
    if isinstance(value, list):
        texts = all(isinstance(one, str) for one in value)
        return kind is list and texts and len(set(value)) == len(value)
    return type(value) is kind


def _values_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The entries as the fields of an Envelope; raises EnvelopeBroken."""
    said = {key: tuple(one) if isinstance(one, list) else one for key, one in data.items()}
    try:
        said["requires"] = tuple(vocabulary().by_code(code) for code in data["requires"])
        said["effective_from"] = datetime.fromisoformat(data["effective_from"]).replace(tzinfo=UTC)
    except ValueError as error:  # UnknownPermission is one
        raise EnvelopeBroken(f"{data['model_class']}: {error}") from error
    said["deadlines"] = Deadlines(**data["deadlines"])
    return said


def _require_sound(one: Envelope) -> None:
    for holds, what in _rules(one):
        if not holds:
            raise EnvelopeBroken(f"{one.name}: {what}")


def _rules(one: Envelope) -> Sequence[tuple[bool, str]]:
    """Each rule for envelopes: whether it holds, and what is wrong where it does not."""
    countries = {*one.jurisdictions_include, *one.jurisdictions_exclude}
    groups = {wanted.group for wanted in one.requires}
    return (
        (CLASS.fullmatch(one.model_class) is not None, "its model class is no short plain name."),
        (one.version > 0 and one.min_epoch > 0, "versions and epochs are counted from 1."),
        (bool(one.title.strip()), "it has no title."),
        (one.zone in ZONES, "its zone is none of ours."),
        (bool(one.requires), "it asks for no permission."),
        (groups == {GROUP_OF_ZONE.get(one.zone)}, "each kind of use has a zone of its own."),
        (bool(one.rights_layers), "it names no rights."),
        (set(one.rights_layers) <= set(LAYERS), "its rights are none of ours."),
        (countries <= COUNTRIES, "it names what is no country."),
        (bool(one.feature_kinds), "it may compute nothing."),
        (all(map(CLASS.fullmatch, one.feature_kinds)), "a kind of feature is no short plain name."),
        (one.retention_days > 0, "it keeps nothing for even a day."),
        (one.approvers >= 2, "no model is released by one person."),
    )


@cache
def all_envelopes() -> tuple[Envelope, ...]:
    """Every envelope that comes with the product, by class and version; raises EnvelopeBroken."""
    return read_folder(FOLDER)


def read_folder(folder: Path) -> tuple[Envelope, ...]:
    """The envelopes in a folder, operations first; raises EnvelopeBroken."""
    found = [_read_file(file) for file in folder.glob("*.toml") if file.name != PUBLISHED]
    return tuple(sorted(found, key=lambda one: (one.zone != "ops", one.model_class, one.version)))


def _read_file(file: Path) -> Envelope:
    """A file is named after what it holds, so that no version is there twice."""
    try:
        found = read_envelope(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise EnvelopeBroken(f"{file.name} is no UTF-8.") from error
    if file.name != f"{found.name}.toml":
        raise EnvelopeBroken(f"{file.name} holds {found.name}: give it that name.")
    return found


@cache
def published_envelopes() -> Mapping[str, str]:
    """Name → the hash under which it was published."""
    text = (FOLDER / PUBLISHED).read_text(encoding="utf-8")
    return {str(key): str(value) for key, value in tomllib.loads(text)["sha256"].items()}


def model_classes() -> tuple[str, ...]:
    """The classes that have an envelope, operations first."""
    return tuple(dict.fromkeys(one.model_class for one in all_envelopes()))


def envelope_of(model_class: str, at: datetime) -> Envelope:
    """The envelope in force for a class of models; raises UnknownEnvelope."""
    begun = [
        one
        for one in all_envelopes()
        if one.model_class == model_class and one.effective_from <= at
    ]
    if not begun:
        listed = ", ".join(model_classes())
        raise UnknownEnvelope(
            f'No envelope is in force for the model class "{model_class}". There are: {listed}.'
        )
    return max(begun, key=lambda one: one.version)


def is_in_force(envelope: Envelope, at: datetime) -> bool:
    """Whether it is the newest version of its class that had begun."""
    try:
        return envelope_of(envelope.model_class, at) == envelope
    except UnknownEnvelope:
        return False


def envelope_called(model_class: str, version: int) -> Envelope:
    """One version of an envelope, in force or not; raises UnknownEnvelope."""
    for one in all_envelopes():
        if (one.model_class, one.version) == (model_class, version):
            return one
    raise UnknownEnvelope(f"There is no envelope {model_class}.{version}.")
