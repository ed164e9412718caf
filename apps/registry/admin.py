"""The registers in the admin. Enrolled voices have pages of their own."""

from apps.registry.enrolled import desk

__all__ = ["desk"]
