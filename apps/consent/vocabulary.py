"""What may be asked of an upload: use cases, verbs, bases and defaults, read from data. Pure.

A permission is a pair of use case and verb. `permission(use_case, verb)` finds it and raises
UnknownPermission for anything else, so that a misspelt use case never means yes.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("vocabulary.toml")

VERBS = ("derive", "infer", "train", "share")
BASES = ("consent", "contract", "legitimate_interest", "legal_obligation")
GROUPS = ("operations", "generative", "share")
LAYERS = ("recording", "composition", "voice_likeness")  # the artwork is no part of a track
ALL_LAYERS = "all"
# Computing features belongs to the use it is done for; the first of these that the use case has.
DERIVE_FOLLOWS = ("infer", "train", "share")


class UnknownPermission(ValueError):
    """No such use case, or a verb that it does not have; the message lists what there is."""


@dataclass(frozen=True)
class Permission:
    """One thing that can be allowed or not: a use case and a verb."""

    use_case: str
    verb: str
    group: str
    title: str
    basis: str
    default: bool
    cawg: tuple[str, ...]
    aipref: tuple[str, ...]
    dpv: tuple[str, ...]

    @property
    def code(self) -> str:
        """ "generative_music.train": how the permission is written in one word."""
        return f"{self.use_case}.{self.verb}"

    @property
    def is_generative(self) -> bool:
        """Whether software is involved that makes sound."""
        return self.group == "generative"

    @property
    def is_ai_training(self) -> bool:
        """What "No AI" and label-licensed content bar: training, anything generative, sharing.

        Operations that only listen (`infer`) go on: rights checks and moderation among them.
        """
        return self.verb == "train" or self.group != "operations"

    @property
    def can_be_objected_to(self) -> bool:
        """An objection is the answer to a legitimate interest (GDPR, article 21)."""
        return self.basis == "legitimate_interest"

    @property
    def can_be_refused(self) -> bool:
        """Whether a choice exists at all: not for what the law or the service itself needs."""
        return self.basis in ("consent", "legitimate_interest") or self.group == "share"


# What holds for AI training of whatever kind, before anybody is asked for one. Nobody can choose
# it: it is in no vocabulary. The states keep it for every track for which "No AI" was lifted.
ANY_AI = Permission("any_ai", "train", "operations", "", "legitimate_interest", True, (), (), ())


@dataclass(frozen=True)
class Vocabulary:
    """All permissions of one version, in the order in which they are shown."""

    version: str
    permissions: tuple[Permission, ...]

    def permission(self, use_case: str, verb: str) -> Permission:
        """The permission that answers for this pair; `derive` follows the use it is done for."""
        found = {one.verb: one for one in self.permissions if one.use_case == use_case}
        if not found:
            raise UnknownPermission(f'There is no use case "{use_case}". There are: {self.listed}.')
        if verb == "derive":
            verb = next(name for name in DERIVE_FOLLOWS if name in found)
        if verb not in found:
            there = ", ".join(["derive", *found])
            raise UnknownPermission(f'{use_case} has no verb "{verb}". It has: {there}.')
        return found[verb]

    def by_code(self, code: str) -> Permission:
        """The permission written "use_case.verb"; raises UnknownPermission."""
        use_case, _, verb = code.partition(".")
        return self.permission(use_case, verb)

    @property
    def use_cases(self) -> tuple[str, ...]:
        """Their codes, in order."""
        return tuple(dict.fromkeys(one.use_case for one in self.permissions))

    @property
    def listed(self) -> str:
        """The use cases in one line, for messages."""
        return ", ".join(self.use_cases)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with the product."""
    return read_vocabulary(FILE.read_text(encoding="utf-8"))


def read_vocabulary(text: str) -> Vocabulary:
    """The vocabulary in this TOML text; raises ValueError where it breaks its own rules."""
    data = tomllib.loads(text)
    found = tuple(
        _permission(entry, verb, said)
        for entry in data["use_cases"]
        for verb, said in entry["verbs"].items()
    )
    codes = [one.code for one in found]
    if len(set(codes)) != len(codes):
        raise ValueError("A permission stands in the vocabulary twice.")
    return Vocabulary(version=data["version"], permissions=found)


def _permission(entry: dict[str, Any], verb: str, said: dict[str, Any]) -> Permission:
    one = Permission(
        use_case=entry["code"],
        verb=verb,
        group=entry["group"],
        title=entry["title"],
        basis=said["basis"],
        default=said["default"],
        cawg=tuple(said["cawg"]),
        aipref=tuple(entry["aipref"]),
        dpv=tuple(entry["dpv"]),
    )
    _require_sound(one)
    return one


def _require_sound(one: Permission) -> None:
    if one.verb not in VERBS[1:] or one.basis not in BASES or one.group not in GROUPS:
        raise ValueError(f"{one.code}: its verb, basis or group is none of ours.")
    if one.group != "operations" and one.default:
        raise ValueError(
            f"{one.code}: whatever generates or shares is off until somebody says yes."
        )
    if one.group == "generative" and one.basis != "consent":
        raise ValueError(f"{one.code}: nothing but consent allows generative use.")
    if one.basis == "consent" and one.default:
        raise ValueError(f"{one.code}: consent is never assumed.")
