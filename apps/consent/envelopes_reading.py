"""Permission envelopes: what each class of models needs before it may use anything. Pure.

One file per model class and version in `envelopes/`; its README says what each entry means. The
newest version that had begun is the one in force.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from apps.audit.canonical import canonical
from apps.consent.vocabulary import LAYERS, Permission, UnknownPermission, vocabulary

FOLDER = Path(__file__).with_name("envelopes")
PUBLISHED = "published.toml"
ZONES = ("ops", "gen", "share")
GROUP_OF_ZONE = {"ops": "operations", "gen": "generative", "share": "share"}


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
    data = tomllib.loads(text)
    _require_exactly(data)
    try:
        requires = tuple(vocabulary().by_code(code) for code in data["requires"])
        deadlines = Deadlines(**data["deadlines"])
    except (UnknownPermission, TypeError) as error:
        raise EnvelopeBroken(f"{data['model_class']}: {error}") from error
    said: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
    }
    begins = datetime.fromisoformat(data["effective_from"]).replace(tzinfo=UTC)
    found = Envelope(
        **said
        | {
            "requires": requires,
            "deadlines": deadlines,
            "effective_from": begins,
            "sha256": sha256(canonical(data)).hexdigest(),
        }
    )
    _require_sound(found)
    return found


def _require_exactly(data: Mapping[str, Any]) -> None:
    """Nothing is filled in for what is left out."""
    wanted = {one.name for one in fields(Envelope)} - {"sha256"}
    if wrong := wanted ^ data.keys():
        raise EnvelopeBroken(f"Missing or unknown in an envelope: {', '.join(sorted(wrong))}.")


def _require_sound(one: Envelope) -> None:
    if one.zone not in ZONES or not one.requires or set(one.rights_layers) - set(LAYERS):
        raise EnvelopeBroken(f"{one.name}: its zone, permissions or rights are none of ours.")
    if not one.rights_layers:
        raise EnvelopeBroken(f"{one.name}: it names no rights.")
    if any(wanted.group != GROUP_OF_ZONE[one.zone] for wanted in one.requires):
        raise EnvelopeBroken(f"{one.name}: each kind of use has a zone of its own.")
    if one.approvers < 2:
        raise EnvelopeBroken(f"{one.name}: no model is released by one person.")


@cache
def all_envelopes() -> tuple[Envelope, ...]:
    """Every envelope that comes with the product, by class and version; raises EnvelopeBroken."""
    files = [file for file in FOLDER.glob("*.toml") if file.name != PUBLISHED]
    found = [read_envelope(file.read_text(encoding="utf-8")) for file in files]
    return tuple(sorted(found, key=lambda one: (one.zone != "ops", one.model_class, one.version)))


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


def envelope_called(model_class: str, version: int) -> Envelope:
    """One version of an envelope, in force or not; raises UnknownEnvelope."""
    for one in all_envelopes():
        if (one.model_class, one.version) == (model_class, version):
            return one
    raise UnknownEnvelope(f"There is no envelope {model_class}.{version}.")
