"""API tokens: issued once, known by their hash, taken back at once.

The rows belong to `accounts`, which knows no audit; the verbs stand here, where exports need them.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import ApiToken, Label, User
from apps.audit.record import record
from apps.exports.scope import labels_of, sees_all

TRAINS = "training.add_snapshot"  # their tokens reach datasets and models, and no decision
MARK = "sck_"  # lets scanners for leaked secrets know ours
MAX_TOKENS = 20  # in use at a time, of one account
_SEEN_EVERY = timedelta(minutes=1)


class TokenRefused(Exception):
    """A token could not be made; the message says what to do."""


def issue_token(*, user: User, name: str, label: Label | None = None) -> tuple[ApiToken, str]:
    """A new token of this account, and its text, which cannot be seen again.

    Without a label it reaches every decision for accounts that see all, and datasets and models for
    engineers; others may not have one. Raises TokenRefused.
    """
    if not name.strip():
        raise TokenRefused(_("Give the token a name, so that you know it again."))
    _require_label(user, label)
    text = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if user.api_tokens.filter(revoked_at=None).count() >= MAX_TOKENS:
            raise TokenRefused(_("You have 20 tokens in use. Take one back first."))
        token = ApiToken.objects.create(
            user=user,
            label=label,
            name=name.strip()[:80],
            prefix=text[:10],
            sha256=_digest(text),
        )
        within = str(label.pk) if label else None
        record(kind="api_token.issued", subject=token, actor=user, label=within)
    return token, text


def revoke_token(*, token: ApiToken, by: User) -> None:
    """Takes a token back; doing it again changes nothing."""
    with transaction.atomic():
        taken = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
        if taken.update(revoked_at=timezone.now()):
            record(kind="api_token.revoked", subject=token, actor=by)


def find_token(text: str) -> ApiToken | None:
    """The token in use with this text, of an account that is active; notes that it was used."""
    rows = ApiToken.objects.select_related("user", "label")
    token = rows.filter(sha256=_digest(text), revoked_at=None, user__is_active=True).first()
    if token is not None:
        _note_use(token)
    return token


def _require_label(user: User, label: Label | None) -> None:
    if label is None and not (sees_all(user) or user.has_perm(TRAINS)):
        raise TokenRefused(_("Choose the label that the token is for."))
    if label is not None and not labels_of(user).filter(pk=label.pk).exists():
        raise TokenRefused(_("Choose one of your labels."))


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > _SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _digest(text: str) -> str:
    """A plain hash is enough: 256 random bits cannot be guessed."""
    return hashlib.sha256(text.encode()).hexdigest()
