"""A small world for exports: two labels, three tracks, four decisions, every kind of cell."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import time_machine

from apps.accounts.models import Label, User
from apps.accounts.roles import Role
from apps.catalogue.models import Release, Track
from apps.catalogue.states import TrackState
from apps.policy.decide import Reason
from apps.policy.models import Decision, Outcome
from tests.factories import (
    DecisionFactory,
    DeclarationFactory,
    LabelFactory,
    MembershipFactory,
    ReleaseFactory,
    TrackFactory,
    UserFactory,
)

MORNING = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HELD = Reason("found.F1", "check_unfinished", Outcome.NEEDS_REVIEW, ("R9",), ())
REFUSED = Reason("recording.N1", "unlicensed_model", Outcome.NOT_ALLOWED, ("R1",), ())
BY_HAND = Reason("", "rights_proven", Outcome.ALLOWED, (), ())


@dataclass
class World:
    nile: Label
    delta: Label
    staff: User  # of Nile Records
    reviewer: User
    river: Track  # of Nile Records: held by the machine, then cleared by a person
    rain: Track  # of Nile Records: refused
    other: Track  # of Delta Tapes
    decisions: list[Decision]


def uid(number: int) -> UUID:
    return UUID(int=number)


def make_world() -> World:
    nile = LabelFactory(id=uid(1), name="Nile Records")
    delta = LabelFactory(id=uid(2), name="Delta Tapes")
    staff = UserFactory(role=Role.LABEL_STAFF, name="Staff")
    MembershipFactory(user=staff, label=nile)
    reviewer = UserFactory(role=Role.REVIEWER, name="Rita Reviewer")
    river = make_track(nile, 11, "River", TrackState.CLEARED)
    rain = make_track(nile, 12, '=HYPERLINK("http://x")', TrackState.REFUSED)
    other = make_track(delta, 13, "Delta", TrackState.HELD)
    to = {"spotify": {"verdict": "deliver"}, "bandcamp": {"verdict": "refused"}}
    held = make_decision(river, 21, Outcome.NEEDS_REVIEW, HELD)
    cleared = make_decision(
        river, 22, Outcome.ALLOWED, BY_HAND, made_by=reviewer, destinations=to, note="secret",
        note_to_artist="Thank you, and good luck.",
    )  # fmt: skip
    refused = make_decision(rain, 23, Outcome.NOT_ALLOWED, REFUSED, HELD)
    theirs = make_decision(other, 24, Outcome.NEEDS_REVIEW, HELD)
    made = [held, cleared, refused, theirs]
    return World(nile, delta, staff, reviewer, river, rain, other, made)


def make_track(label: Label, number: int, title: str, state: TrackState) -> Track:
    release: Release = ReleaseFactory(id=uid(number + 20), title="Monsoon, EP", label=label)
    track: Track = TrackFactory(id=uid(number), release=release, title=title, state=state)
    document = {
        "title": title,
        "version_title": None,
        "artists": [{"name": "Amna", "role": "main"}, {"name": "Zoë", "role": "composer"}],
        "isrc": "QZABC2600001",
        "upc": "036000291452",
        "destinations": ["spotify"],
    }
    DeclarationFactory(track=track, document=document)
    return track


def make_decision(track: Track, number: int, outcome: str, *reasons: Reason, **more) -> Decision:
    with time_machine.travel(MORNING.replace(minute=number % 60), tick=False):
        return DecisionFactory(
            id=uid(number),
            declaration=track.declaration,
            outcome=outcome,
            reasons=[reason.as_dict() for reason in reasons],
            **more,
        )
