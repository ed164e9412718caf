"""The manifest store of a file, as c2pa-rs reports it: which manifests speak for it, how well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.registry.tools import find_tool
from apps.screening.marks.fields import MAX_VALUE

Json = Mapping[str, Any]

SUNO = "com.suno.provenance"
_MOST_MANIFESTS = 50
# Not knowing the signer, or not having asked for revocations, does not make a manifest wrong.
_HARMLESS = ("signingCredential.untrusted", "signingCredential.ocsp", "timeStamp.untrusted")


@dataclass(frozen=True)
class Manifest:
    """One manifest. `depth` 0: of the file itself; `part`: of a component only."""

    label: str
    content: Json
    depth: int
    part: bool
    valid: bool

    @property
    def assertions(self) -> list[Json]:
        """What it asserts, in order."""
        return [mapping(item) for item in listed(self.content.get("assertions"))]

    @property
    def tool(self) -> str | None:
        """The registered generator that wrote it, by its own assertion or its claim generator."""
        if any(assertion.get("label") == SUNO for assertion in self.assertions):
            return "suno"
        names = [info.get("name") for info in self._generators]
        written = str(self.content.get("claim_generator") or "").partition("/")[0]
        return next((slug for slug in map(slug_of, [*names, written]) if slug), None)

    @property
    def version(self) -> str | None:
        """The version that its first generator gives."""
        version = next((info.get("version") for info in self._generators), None)
        return version if isinstance(version, str) else None

    @property
    def issuer(self) -> str | None:
        """Whom its certificate names. Not checked against any list."""
        issuer = mapping(self.content.get("signature_info")).get("issuer")
        return issuer[:MAX_VALUE] if isinstance(issuer, str) else None

    @property
    def _generators(self) -> list[Json]:
        return [mapping(item) for item in listed(self.content.get("claim_generator_info"))]


def find_problem(store: Json) -> str | None:
    """Why the active manifest does not hold, in one sentence; None when it does."""
    if "error" in store:
        return str(store["error"])[:MAX_VALUE]
    if str(store.get("active_manifest")) not in mapping(store.get("manifests")):
        return "The manifest store names no manifest of this file."
    failed = [code for code in _failures(store) if not code.startswith(_HARMLESS)]
    if failed:
        return f"Validation failed: {', '.join(failed[:5])}."[:MAX_VALUE]
    return "Validation failed." if store.get("validation_state") == "Invalid" else None


def reach(store: Json, *, valid: bool) -> Iterator[Manifest]:
    """The active manifest and all that it was made from, each once, nearest first."""
    manifests = mapping(store.get("manifests"))
    waiting = [(str(store.get("active_manifest")), 0, False)]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_MANIFESTS:
        label, depth, part = waiting.pop(0)
        content = manifests.get(label)
        if label in seen or not isinstance(content, Mapping):
            continue
        seen.add(label)
        yield Manifest(label, content, depth, part, valid)
        for ingredient in map(mapping, listed(content.get("ingredients"))):
            is_part = part or ingredient.get("relationship") != "parentOf"
            waiting.append((str(ingredient.get("active_manifest")), depth + 1, is_part))


def slug_of(name: object) -> str | None:
    """The register's slug of a generator of sound; None for anything else."""
    if not isinstance(name, str):
        return None
    if name.startswith("Google C2PA Core Generator"):
        return "lyria"  # in sound; in pictures it stands for other programs
    tool = find_tool(name)
    return tool.slug if tool and tool.makes_audio else None


def mapping(value: object) -> Json:
    """The value if it is an object, otherwise an empty one: stores come from strangers."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[Any]:
    """The value if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def _failures(store: Json) -> list[str]:
    results = mapping(mapping(store.get("validation_results")).get("activeManifest"))
    found = [*listed(store.get("validation_status")), *listed(results.get("failure"))]
    return list(dict.fromkeys(str(mapping(item).get("code")) for item in found))
