"""Addresses of what we made to be heard and seen: signed, short-lived, good for one person."""

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse

from apps.accounts.models import User
from apps.fingerprints.models import Reference
from apps.screening.models import Rendition

_SALT = "soundcheck.rendition"
_REFERENCE_SALT = "soundcheck.reference"


class BadLink(Exception):
    """Not one of our links, or one made for somebody else."""


class ExpiredLink(BadLink):
    """A link of ours that has run out."""


def rendition_url(rendition: Rendition, *, user: User) -> str:
    """An address at which this person, logged in, gets the rendition for MEDIA_LINK_SECONDS."""
    return reverse("rendition", args=[_sign(_SALT, str(rendition.pk), user)])


def reference_url(reference: Reference, kind: str, *, user: User) -> str:
    """The same for the "preview" or the "peaks" of a reference; "" where it has none."""
    if not getattr(reference, kind):
        return ""
    return reverse("reference_sound", args=[_sign(_REFERENCE_SALT, f"{reference.pk}-{kind}", user)])


def read_link(token: str, *, user: User) -> int:
    """The id of the rendition that the token names. Raises BadLink, ExpiredLink."""
    return int(_read(_SALT, token, user))


def read_reference_link(token: str, *, user: User) -> tuple[int, str]:
    """The id of the reference, and which file of it. Raises BadLink, ExpiredLink."""
    reference_id, _, kind = _read(_REFERENCE_SALT, token, user).partition("-")
    return int(reference_id), kind


def _sign(salt: str, name: str, user: User) -> str:
    return TimestampSigner(salt=salt).sign(f"{name}.{user.pk.hex}")


def _read(salt: str, token: str, user: User) -> str:
    """What was signed for this person. Raises BadLink, ExpiredLink."""
    try:
        text = TimestampSigner(salt=salt).unsign(token, max_age=settings.MEDIA_LINK_SECONDS)
    except SignatureExpired as error:
        raise ExpiredLink from error
    except BadSignature as error:
        raise BadLink from error
    name, _, user_id = text.partition(".")
    if user_id != user.pk.hex:
        raise BadLink
    return name
