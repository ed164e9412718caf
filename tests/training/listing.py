"""Tracks that are cleared, and the short form of the question who may be on a list."""

from typing import Any

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.consent.clock import ledger_now
from apps.policy.models import Decision, Outcome
from apps.training.allowlist import AllowList, Asked, allow_list
from tests.consent.saying import TERMS, lift, say_yes
from tests.factories import DecisionFactory, DeclarationFactory, TrackFactory

GENERATE = ("generative_music", "train")
RANK = ("recommendation", "train")


def cleared_track(**values: Any) -> Track:
    """Submitted, decided and cleared; nobody has said anything about consent."""
    track = TrackFactory(**{"answers": {"label_licensed": False}, **values})
    declaration = DeclarationFactory(track=track)
    move(track=track, to=TrackState.SUBMITTED, actor=None)
    DecisionFactory(declaration=declaration, outcome=Outcome.ALLOWED, reasons=[])
    move(track=track, to=TrackState.CLEARED, actor=None)
    return track


def open_track(use: tuple[str, str] = GENERATE, *countries: str, **values: Any) -> Track:
    """A cleared track whose artist turned "No AI" off and said yes for these countries, or DE."""
    track = cleared_track(**values)
    owner = track.release.owner
    lift(owner, track)
    for country in countries or ("DE",):
        say_yes(owner, track, use, country)
    return track


def ask(model_class: str = "generative_music", *countries: str, **values: Any) -> Asked:
    now = ledger_now()
    told = {
        "model_class": model_class,
        "policy_version": TERMS,
        "jurisdictions": countries or ("DE",),
        "at": now,
        "known_at": now,
    }
    return Asked(**{**told, **values})


def listed(*question: str, **values: Any) -> AllowList:
    return allow_list(ask(*question, **values))


def decide_again(track: Track, outcome: str) -> Decision:
    return DecisionFactory(
        declaration=Track.objects.get(pk=track.pk).declaration, outcome=outcome, reasons=[]
    )
