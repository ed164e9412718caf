"""Pseudonyms: from an account, label or registry to its name in the ledger, and forgetting it."""

import hmac
import secrets
from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Label, User
from apps.audit.record import record
from apps.consent.errors import AccountOpen
from apps.consent.models import Evidence, Party

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


@transaction.atomic
def forget_party(*, who: User, by: User | None) -> int:
    """Deletes the key of an account's pseudonym and the evidence of its events.

    The events and their proofs stay; nobody can tell any more whom they speak of. Returns how many
    events lost their evidence. Whatever was allowed is no longer: its holder is unknown. Raises
    AccountOpen: somebody who goes on would begin again without the noes that they said.
    """
    if who.is_active:
        raise AccountOpen
    ref = find_ref(who)
    if not ref:
        return 0
    gone, _ = Evidence.objects.filter(event__subject_ref=ref).delete()
    Party.objects.filter(ref=ref).delete()
    record(kind="consent.party_forgotten", subject=who, actor=by, events=gone)
    return gone


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
