"""Pseudonyms: from an account, label or registry to its name in the ledger."""

import hmac
import secrets
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from apps.accounts.models import Label, User
from apps.consent.models import Party

KEY_BYTES = 32


def party_of(who: User | Label | str) -> Party:
    """The party of an account, a label or a registry named by a text; made at first sight."""
    found = Party.objects.filter(**_lookup(who)).first()
    return found or _make(who)


def find_ref(who: User | Label | str) -> str:
    """Its pseudonym, or "" where it never spoke and nobody spoke for it."""
    found = Party.objects.filter(**_lookup(who)).values_list("ref", flat=True).first()
    return found or ""


def refs_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Account → pseudonym, for those that have one."""
    found = Party.objects.filter(user_id__in=set(user_ids)).values_list("user_id", "ref")
    return {user_id: ref for user_id, ref in found if user_id}


def made_refs_of(users: Iterable[User]) -> dict[UUID, str]:
    """Account → pseudonym; made at first sight."""
    users = list(users)
    found = refs_of(user.pk for user in users)
    return {user.pk: found.get(user.pk) or _make(user).ref for user in users}


def _lookup(who: User | Label | str) -> dict[str, object]:
    if isinstance(who, User):
        return {"user": who}
    return {"label": who} if isinstance(who, Label) else {"registry": who}


def _make(who: User | Label | str) -> Party:
    key = secrets.token_bytes(KEY_BYTES)
    name = who if isinstance(who, str) else str(who.pk)
    ref = hmac.new(key, f"{type(who).__name__}:{name}".encode(), sha256).hexdigest()
    # Two requests at once: the second finds what the first made.
    made, _ = Party.objects.get_or_create(**_lookup(who), defaults={"ref": ref, "key": key})
    return made
