"""Puts what an asset says about AI on every page and file that shows or plays it."""

from collections.abc import Iterable
from typing import TypeVar

from django.conf import settings
from django.http import HttpResponseBase
from django.urls import reverse

from apps.catalogue.models import AudioFile, Release, Track
from apps.consent.asset_signals import signals_by_id
from apps.consent.signals import Signals, strictest

Answer = TypeVar("Answer", bound=HttpResponseBase)


def policy_url() -> str:
    """Where somebody outside reads how to ask."""
    return f"{settings.SITE_URL}{reverse('tdm_policy')}"


def signals_now(of: Track | Release | AudioFile) -> Signals:
    """The signals of a track, or the strictest of the tracks of a release or a recording."""
    if isinstance(of, Track):
        found: Iterable[Track] = [of]
    else:
        found = of.tracks.select_related("release", "declaration")
    return strictest(signals_by_id(list(found)).values())


def tell(response: Answer, of: Track | Release | AudioFile) -> Answer:
    """Sets `Content-Usage`, `tdm-reservation` and, where there is one, `tdm-policy`."""
    for name, value in signals_now(of).headers(policy_url()).items():
        response[name] = value
    return response
