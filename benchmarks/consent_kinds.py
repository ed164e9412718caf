"""Kinds of accounts, each made once through the product's own verbs, for `benchmarks/consent.py`.

An account has two releases of five tracks: seven cleared ones, one of them without a word about a
label's licence, one held, one withdrawn and one draft. `share` says how many accounts of a hundred
are of the kind. Six in ten tracks have “No AI” on, as most will; two countries are asked for.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from apps.accounts.models import Label, User
from apps.catalogue.models import AudioFile, Declaration, Release, Track
from apps.catalogue.states import TrackState
from apps.consent.choices import object_to_use, record_consent, revoke_consent
from apps.consent.disputes import open_dispute
from apps.consent.reservations import lift_no_ai, reserve_no_ai
from apps.consent.scopes import Target
from apps.policy.decide import ENGINE_VERSION, decide
from apps.policy.facts import facts_as_dict
from apps.policy.gather import gather
from apps.policy.models import Decision
from apps.policy.publish import active_ruleset, law_of

TERMS = "2026-11-20"
RANK, TAG, MODERATE, MAKE, SING = (
    ("recommendation", "train"),
    ("metadata_tagging", "train"),
    ("moderation", "train"),
    ("generative_music", "train"),
    ("voice_synthesis", "train"),
)
USES = (RANK, TAG, MODERATE, MAKE, SING)
DECLARED: dict[str, Any] = {
    "title": "A measured track",
    "artists": [{"name": "A. Artist", "role": "main"}],
    "ai": [],
    "rights_in_result": "all_held",
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "territories": ["worldwide"],
    "destinations": ["spotify"],
    "label_licensed": False,
}
STATES = [
    *[TrackState.CLEARED] * 7,
    TrackState.HELD,
    TrackState.WITHDRAWN,
    TrackState.DRAFT,
]
UNSAID = 6  # the track of which nobody said whether a label licensed it


@dataclass
class Music:
    """One account with its releases and tracks."""

    artist: User
    releases: list[Release] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)

    def yes(self, use: tuple[str, str], of: Target | None = None, country: str = "DE") -> None:
        """A yes of the artist, for everything unless `of` is narrower."""
        self._say(use, of, country, granted=True)

    def no(self, use: tuple[str, str], of: Target | None = None) -> None:
        """A no of the artist."""
        self._say(use, of, "DE", granted=False)

    def take_back(self, use: tuple[str, str], of: Target | None = None) -> None:
        """A yes that is taken back."""
        revoke_consent(by=self.artist, of=of or self.artist, use_case=use[0], verb=use[1])

    def lift(self, of: Target | None = None) -> None:
        """“No AI” off."""
        lift_no_ai(by=self.artist, of=of or self.artist, terms_version=TERMS)

    def _say(self, use: tuple[str, str], of: Target | None, country: str, *, granted: bool) -> None:
        record_consent(
            by=self.artist,
            of=of or self.artist,
            use_case=use[0],
            verb=use[1],
            granted=granted,
            jurisdiction=country,
            terms_version=TERMS,
        )


def _silent(_music: Music) -> None:
    """Never answered anything."""


def _no_to_all(music: Music) -> None:
    for use in USES:
        music.no(use)


def _suggested(music: Music) -> None:
    music.yes(("recommendation", "infer"))


def _lifted(music: Music) -> None:
    music.lift()


def _ranked(music: Music) -> None:
    music.lift()
    music.yes(RANK)
    music.yes(TAG)


def _generous(music: Music) -> None:
    _ranked(music)
    music.yes(MAKE)


def _two_countries(music: Music) -> None:
    music.lift()
    for country in ("DE", "IN"):
        music.yes(RANK, country=country)
        music.yes(MAKE, country=country)


def _elsewhere(music: Music) -> None:
    music.lift()
    music.yes(RANK, country="IN")
    music.yes(SING, country="IN")


def _one_release(music: Music) -> None:
    music.lift(music.releases[0])
    music.yes(RANK, music.releases[0])
    for track in music.tracks[:3]:
        music.yes(MAKE, track)
    music.yes(SING, music.tracks[0])


def _track_by_track(music: Music) -> None:
    music.lift()
    for track in music.tracks:
        music.yes(RANK, track)
        music.yes(MAKE, track)
    for track in music.tracks[:3]:
        music.take_back(MAKE, track)


def _changed_mind(music: Music) -> None:
    _generous(music)
    music.take_back(MAKE)


def _closed_again(music: Music) -> None:
    _generous(music)
    reserve_no_ai(by=music.artist, of=music.artist)


def _licensed(music: Music) -> None:
    Release.objects.filter(pk=music.releases[1].pk).update(label=Label.objects.get_or_create()[0])
    _generous(music)


def _objected(music: Music) -> None:
    _ranked(music)
    object_to_use(by=music.artist, of=music.artist, use_case=MODERATE[0], verb=MODERATE[1])


def _disputed(music: Music) -> None:
    _generous(music)
    open_dispute(by=music.artist, of=music.releases[0])


@dataclass(frozen=True)
class Kind:
    """What accounts of one kind have said, and how many of a hundred are of it."""

    share: int
    speak: Callable[[Music], None]

    @property
    def name(self) -> str:
        """For lists."""
        return self.speak.__name__.strip("_")


KINDS = (
    Kind(34, _silent),
    Kind(14, _no_to_all),
    Kind(8, _suggested),
    Kind(5, _lifted),
    Kind(9, _ranked),
    Kind(6, _generous),
    Kind(4, _two_countries),
    Kind(3, _elsewhere),
    Kind(4, _one_release),
    Kind(4, _track_by_track),
    Kind(3, _changed_mind),
    Kind(2, _closed_again),
    Kind(2, _licensed),
    Kind(1, _objected),
    Kind(1, _disputed),
)


def make_account(kind: Kind) -> User:
    """One account of the kind, with its music decided about and all that it says."""
    artist = User.objects.create_user(email=f"{kind.name}@example.org", name=kind.name)
    music = Music(artist)
    for number in range(2):
        music.releases.append(Release.objects.create(owner=artist, title=f"Release {number}"))
    for number, state in enumerate(STATES):
        music.tracks.append(_track(music, number, state))
    kind.speak(music)
    return artist


def _track(music: Music, number: int, state: str) -> Track:
    release = music.releases[number * 2 // len(STATES)]
    audio = AudioFile.objects.create(
        owner=music.artist,
        original_name=f"take-{number}.wav",
        file="nowhere",  # nothing here listens
        size_bytes=40_000_000,
        state=AudioFile.State.READY,
        duration_s=183.2,
        sha256=hashlib.sha256(f"{music.artist.pk}{number}".encode()).hexdigest(),
    )
    track = Track.objects.create(
        release=release,
        position=number + 1,
        state=state,
        title=f"Track {number}",
        audio=audio,
        answers={} if number == UNSAID else {"label_licensed": False},
    )
    if state != TrackState.DRAFT:
        _decide(track, said=number != UNSAID)
    return track


def _decide(track: Track, *, said: bool) -> None:
    """What was declared, and the rulebook's decision: held where no check was run."""
    document = {key: value for key, value in DECLARED.items() if said or key != "label_licensed"}
    declaration = Declaration.objects.create(
        track=track,
        audio=track.audio,
        document=document,
        sha256=hashlib.sha256(json.dumps(document).encode()).hexdigest(),
        terms_version="1",
        accepted_at=timezone.now(),
        made_by=track.release.owner,
        submission_key=str(track.pk),
    )
    Track.objects.filter(pk=track.pk).update(declaration=declaration)
    row = active_ruleset()
    ruleset = law_of(row)
    statuses = {} if track.state == TrackState.HELD else dict.fromkeys(ruleset.checks, "ok")
    facts = gather(document, [], statuses, ruleset)
    verdict = decide(facts, ruleset)
    if (verdict.outcome == "allowed") != bool(statuses):
        raise SystemExit(f"The rulebook says {verdict.outcome} of a {track.state} track.")
    Decision.objects.create(
        track=track,
        declaration=declaration,
        audio=track.audio,
        ruleset=row,
        ruleset_sha256=row.sha256,
        engine_version=ENGINE_VERSION,
        facts=facts_as_dict(facts),
        automated_detection=True,
        automated_decision=True,
        **verdict.as_dict(),
    )
