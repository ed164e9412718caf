"""Addresses of renditions: signed, short-lived, good for one person."""

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse

from apps.accounts.models import User
from apps.screening.models import Rendition

_SALT = "soundcheck.rendition"


class BadLink(Exception):
    """Not one of our links, or one made for somebody else."""


class ExpiredLink(BadLink):
    """A link of ours that has run out."""


def rendition_url(rendition: Rendition, *, user: User) -> str:
    """An address at which this person, logged in, gets the rendition for MEDIA_LINK_SECONDS."""
    token = TimestampSigner(salt=_SALT).sign(f"{rendition.pk}.{user.pk.hex}")
    return reverse("rendition", args=[token])


def read_link(token: str, *, user: User) -> int:
    """The id of the rendition that the token names. Raises BadLink, ExpiredLink."""
    try:
        text = TimestampSigner(salt=_SALT).unsign(token, max_age=settings.MEDIA_LINK_SECONDS)
    except SignatureExpired as error:
        raise ExpiredLink from error
    except BadSignature as error:
        raise BadLink from error
    rendition_id, _, user_id = text.partition(".")
    if user_id != user.pk.hex:
        raise BadLink
    return int(rendition_id)
