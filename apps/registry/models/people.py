"""Protected people and the names they are known by."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """A person or group whose name is protected. Never deleted: switched off by `is_active`."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        GROUP = "group", _("group")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.PERSON)
    is_word = models.BooleanField(
        _("also an ordinary word"),
        default=False,
        help_text=_("In a title the name then counts only beside a phrase such as “AI cover”."),
    )
    # Ids that others gave out are unique where known; NULL where not, never the empty text.
    spotify_artist_id = models.CharField(
        _("Spotify artist id"), max_length=22, unique=True, null=True, blank=True
    )
    apple_artist_id = models.CharField(
        _("Apple Music artist id"), max_length=20, unique=True, null=True, blank=True
    )
    musicbrainz_id = models.CharField(
        _("MusicBrainz id"), max_length=36, unique=True, null=True, blank=True
    )
    isni = models.CharField("ISNI", max_length=16, unique=True, null=True, blank=True)
    # Where the entry came from: "shipped", "csv: file name", a person's words. `shipped_key` ties
    # it to the starter list, so that the list is never loaded twice.
    source = models.CharField(_("source"), max_length=300, blank=True)
    shipped_key = models.CharField(max_length=80, unique=True, null=True, editable=False)  # noqa: DJ001
    contact_email = models.EmailField(_("contact"), blank=True)
    is_active = models.BooleanField(_("protected"), default=True)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("protected person")
        verbose_name_plural = _("protected people")
        indexes = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """Another name of the same person: a stage name, a spelling in another script."""

    class Kind(models.TextChoices):
        ALIAS = "alias", _("other name")
        TRANSLITERATION = "transliteration", _("in another script")
        LEGAL_NAME = "legal_name", _("legal name")
        FORMER = "former", _("former name")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="aliases")
    text = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.ALIAS)

    class Meta:
        ordering = ["text"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(fields=["person", "text"], name="one_alias_per_person_and_text")
        ]

    def __str__(self) -> str:
        return self.text


class Revision(models.Model):
    """One row whose number is another after each change: who holds a copy compares it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_revision_of_the_register")
        ]

    def __str__(self) -> str:
        return str(self.number)
