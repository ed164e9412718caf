"""Names of protected people: how they are compared with what was written. Pure, no Django."""

from apps.registry.names.contract import Names
from apps.registry.names.index import Entry, NameIndex
from apps.registry.names.protected import ProtectedNames

__all__ = ["Entry", "NameIndex", "Names", "ProtectedNames"]
