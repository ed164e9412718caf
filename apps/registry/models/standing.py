"""What is proven between an account and a protected person, and how it came to be."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.registry.models.people import Person


class Relation(models.TextChoices):
    """How an account stands to a protected person."""

    REPRESENTS = "represents", _("is, or represents, this artist")
    SAME_NAME = "same_name", _("another artist of the same name")


class ProofKind(models.TextChoices):
    """What a standing rests on."""

    DOCUMENT = "document", _("document")
    SPOTIFY_ARTIST_ID = "spotify_artist_id", _("Spotify artist id")
    APPLE_ARTIST_ID = "apple_artist_id", _("Apple Music artist id")
    ARTIST_KEY = "artist_key", _("artist key")
    KNOWN_TO_US = "known_to_us", _("known to us")


def _both_or_neither(who: str, when: str) -> Q:
    """Who did something and when: both are known, or it has not happened."""
    return Q(**{f"{who}__isnull": True, f"{when}__isnull": True}) | Q(
        **{f"{who}__isnull": False, f"{when}__isnull": False}
    )


class Standing(models.Model):
    """This account is, or speaks for, the person; or shares nothing with them but the name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="standings",
        verbose_name=_("account"),
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="standings", verbose_name=_("person")
    )
    relation = models.CharField(_("relation"), max_length=16, choices=Relation.choices)
    proof_kind = models.CharField(_("proof"), max_length=24, choices=ProofKind.choices)
    proof = models.TextField(_("what proves it"), blank=True, max_length=1000)
    note = models.TextField(_("internal note"), blank=True, max_length=2000)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField()
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-granted_at"]
        verbose_name = _("standing")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"],
                condition=Q(revoked_at__isnull=True),
                name="one_open_standing_per_account_and_person",
            ),
            models.CheckConstraint(
                condition=_both_or_neither("revoked_by", "revoked_at"),
                name="a_revoked_standing_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.person}"


class Claim(models.Model):
    """An artist says: I am, or represent, them. It is worth nothing until staff answer yes."""

    class State(models.TextChoices):
        OPEN = "open", _("being looked at")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("not accepted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="name_claims",
        verbose_name=_("account"),
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="claims", verbose_name=_("person")
    )
    relation = models.CharField(_("relation"), max_length=16, choices=Relation.choices)
    proof_kind = models.CharField(_("proof"), max_length=24, choices=ProofKind.choices)
    proof = models.TextField(_("what proves it"), max_length=1000)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.OPEN)
    answer = models.TextField(_("answer to the artist"), blank=True, max_length=1000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("claim to a name")
        verbose_name_plural = _("claims to names")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"],
                condition=Q(state="open"),
                name="one_open_claim_per_account_and_person",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_answered_claim_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.person}"


class ArtistKey(models.Model):
    """A one-time key which a protected artist hands to whoever may release under the name.

    Only its SHA-256 is kept; `prefix` is what people recognise it by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="keys", verbose_name=_("person")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"))
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("artist key")
        constraints = [
            models.CheckConstraint(
                condition=_both_or_neither("used_by", "used_at"),
                name="a_used_artist_key_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=_both_or_neither("revoked_by", "revoked_at"),
                name="a_revoked_artist_key_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
                name="an_artist_key_is_used_or_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… · {self.person}"
