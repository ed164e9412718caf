"""The short forms in which tests say yes and no."""

from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.consent.choices import record_consent, revoke_consent
from apps.consent.models import ConsentEvent
from apps.consent.reading import state_of
from apps.consent.reservations import lift_no_ai
from apps.consent.resolve import Answer
from apps.consent.scopes import Target

TERMS = "2026-11-20"
TRAIN = ("generative_music", "train")
SUGGEST = ("recommendation", "infer")


def say_yes(
    by: User, of: Target, use: tuple[str, str] = SUGGEST, country: str = "DE", **more: Any
) -> ConsentEvent:
    return record_consent(
        by=by,
        of=of,
        use_case=use[0],
        verb=use[1],
        **{"granted": True, "jurisdiction": country, "terms_version": TERMS, **more},
    )


def say_no(by: User, of: Target, use: tuple[str, str] = SUGGEST, **more: Any) -> ConsentEvent:
    return say_yes(by, of, use, **{"granted": False, **more})


def take_back(by: User, of: Target, use: tuple[str, str] = SUGGEST, **more: Any) -> ConsentEvent:
    return revoke_consent(by=by, of=of, use_case=use[0], verb=use[1], **more)


def lift(by: User, of: Target, **more: Any) -> ConsentEvent:
    return lift_no_ai(by=by, of=of, **{"terms_version": TERMS, **more})


def now_of(track: Track, use: tuple[str, str] = SUGGEST, country: str = "DE") -> Answer:
    now = timezone.now()
    return state_of(
        Track.objects.get(pk=track.pk),
        use_case=use[0],
        verb=use[1],
        jurisdiction=country,
        at=now,
        known_at=now,
    )
