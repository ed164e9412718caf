"""The register as one account meets it: the names, and what is proven of the account. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.registry.names.contract import NameHit, Standing
from apps.registry.names.index import NameIndex
from apps.registry.names.search import find_names


@dataclass(frozen=True)
class ProtectedNames:
    """Names and standings of one moment; `standings` by the id of the person."""

    index: NameIndex
    standings: Mapping[str, Standing] = field(default_factory=dict)

    def find(self, text: str, *, whole: bool) -> list[NameHit]:
        """Protected names in a text, surest first; see `search.find_names`."""
        return find_names(self.index, text, whole=whole)

    def standing(self, person: str) -> Standing | None:
        """What is proven between the account and the person; None where nothing is."""
        return self.standings.get(person)
