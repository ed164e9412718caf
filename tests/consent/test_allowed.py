"""Lists of tracks for one use: the states in SQL agree with the ledger replayed."""

import contextlib
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.catalogue.models import Track
from apps.consent.allowed import answers_as_of, tracks_allowed
from apps.consent.choices import object_to_use
from apps.consent.disputes import close_dispute, invalidate_authority, open_dispute
from apps.consent.errors import ConsentError, JurisdictionMissing
from apps.consent.exclusions import exclusions
from apps.consent.models import ConsentRecord, ConsentState
from apps.consent.projection import find_differences, rebuild
from apps.consent.reservations import reserve_no_ai
from apps.consent.vocabulary import UnknownPermission, vocabulary
from tests.consent.saying import SUGGEST, TRAIN, lift, say_no, say_yes, take_back
from tests.factories import ComplianceOfficerFactory, ReleaseFactory, TrackFactory

pytestmark = pytest.mark.django_db


def listed(use: tuple[str, str], country: str = "DE", **more: object) -> set[Track]:
    values = {"jurisdiction": country, "min_epoch": 1, "at": timezone.now(), **more}
    return set(tracks_allowed(use_case=use[0], verb=use[1], **values))


def replayed(use: tuple[str, str], country: str = "DE") -> set[Track]:
    now = timezone.now()
    told = answers_as_of(
        Track.objects.all(),
        use_case=use[0],
        verb=use[1],
        jurisdiction=country,
        min_epoch=1,
        at=now,
        known_at=now,
    )
    return {track for track, answer in told if answer.allowed}


def test_only_what_was_allowed_for_this_use_and_country(track, artist, prove) -> None:
    TrackFactory(answers={"label_licensed": False})
    assert listed(SUGGEST) == set()
    say_yes(artist, track)
    assert listed(SUGGEST) == set()
    prove()
    assert listed(SUGGEST) == {track}
    assert listed(SUGGEST, "FR") == listed(("recommendation", "train")) == set()
    assert listed(SUGGEST, min_epoch=2) == set()
    assert listed(SUGGEST, at=timezone.now() + timedelta(days=731)) == set()
    take_back(artist, track)
    assert listed(SUGGEST) == set()


def test_what_needs_no_yes_lists_all_but_who_objected(track, artist) -> None:
    other = TrackFactory()
    use = ("analytics", "infer")
    object_to_use(by=artist, of=artist, use_case=use[0], verb=use[1])
    assert listed(use) == {other}
    assert listed(("fraud_spam", "train")) == set()


def test_a_label_found_later_takes_the_track_off_the_list_at_once(track, artist, prove) -> None:
    lift(artist, track)
    say_yes(artist, track, TRAIN)
    prove()
    assert listed(TRAIN) == {track}
    track.answers = {"label_licensed": True}
    track.save()
    assert listed(TRAIN) == set()


def test_nothing_is_filled_in() -> None:
    with pytest.raises(JurisdictionMissing):
        listed(SUGGEST, "")
    with pytest.raises(UnknownPermission):
        listed(("everything", "train"))
    with pytest.raises(TypeError):
        tracks_allowed(use_case="recommendation", verb="infer")  # type: ignore[call-arg]


def test_a_dispute_and_a_void_authority(track, artist, officer, prove) -> None:
    say_yes(artist, track)
    prove()
    opened = open_dispute(by=artist, of=track.release)
    assert listed(SUGGEST) == set()
    close_dispute(by=officer, of=track.release, dispute=opened.record_id)
    prove()
    assert listed(SUGGEST) == {track}
    long_ago = timezone.now() - timedelta(days=9)
    invalidate_authority(by=officer, of=track, grantor=artist, since=long_ago)
    assert listed(SUGGEST) == set()
    assert ConsentState.objects.get().reason == "invalid_authority"
    say_yes(artist, track)
    prove()
    assert listed(SUGGEST) == {track}


USES = [TRAIN, SUGGEST, ("analytics", "infer"), ("fraud_spam", "train"), ("moderation", "train")]


class Story:
    """People who say one thing after another, by chance."""

    def __init__(self, seed: int, prove) -> None:
        self.dice, self.prove = random.Random(seed), prove
        self.officer, self.opened = ComplianceOfficerFactory(), []
        releases = ReleaseFactory.create_batch(2)
        self.tracks = [
            TrackFactory(release=self.dice.choice(releases), answers={"label_licensed": licensed})
            for licensed in (False, False, False, True, None)
        ]

    def go_on(self) -> None:
        dice, track = self.dice, self.dice.choice(self.tracks)
        owner = track.release.owner
        of, use = dice.choice([track, track, track.release, owner]), dice.choice(USES)
        country, layer = dice.choice(["DE", "DE", "FR"]), dice.choice(["recording", "all"])
        acts = {
            "yes": lambda: say_yes(owner, of, use, country),
            "part": lambda: say_yes(owner, of, use, layer=layer),
            "no": lambda: say_no(owner, of, use),
            "back": lambda: take_back(dice.choice([owner, self.officer]), of, use),
            "lift": lambda: lift(owner, of),
            "lift again": lambda: lift(owner, of),
            "reserve": lambda: reserve_no_ai(by=owner, of=of),
            "dispute": lambda: self.opened.append((of, open_dispute(by=owner, of=of))),
            "settle": self.close,
            "prove": self.prove,
        }
        with contextlib.suppress(ConsentError):
            acts[dice.choice(list(acts))]()

    def close(self) -> None:
        if self.opened:
            of, event = self.opened.pop()
            close_dispute(by=self.officer, of=of, dispute=event.record_id)


@pytest.mark.parametrize("seed", range(6))
def test_states_agree_with_the_replay_after_any_story(seed: int, prove) -> None:
    story = Story(seed, prove)
    for _ in range(30):
        story.go_on()
        for use in USES:
            for country in ("DE", "FR", "IN"):
                assert listed(use, country) == replayed(use, country)
    prove()
    assert list(find_differences()) == []
    before = set(ConsentState.objects.values_list("track", "use_case", "verb", "allowed"))
    rebuild()
    assert set(ConsentState.objects.values_list("track", "use_case", "verb", "allowed")) == before
    for permission in vocabulary().permissions:
        use = (permission.use_case, permission.verb)
        assert listed(use) == replayed(use)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_left_out_is_counted_by_its_first_reason(seed: int, prove) -> None:
    story = Story(seed, prove)
    for _ in range(20):
        story.go_on()
        now = timezone.now()
        for use in USES:
            asked = {"use_case": use[0], "verb": use[1], "jurisdiction": "DE", "min_epoch": 1}
            told = answers_as_of(Track.objects.all(), **asked, at=now, known_at=now)
            wanted = Counter(answer.reason for _track, answer in told if not answer.allowed)
            found = Counter(exclusions(**asked, at=now))
            if use == SUGGEST:  # without a state, nobody asked whether there is a dispute
                for one in (wanted, found):
                    one["not_granted"] += one.pop("dispute", 0) + one.pop("jurisdiction", 0)
            assert merged(found) == merged(wanted), use


def merged(counted: Counter[str]) -> dict[str, int]:
    """A yes for another country is "not granted" where no state was kept for this one."""
    counted["not_granted"] += counted.pop("jurisdiction", 0)
    return {reason: count for reason, count in counted.items() if count}


def test_a_changed_state_is_found(track, artist, prove) -> None:
    say_yes(artist, track)
    prove()
    ConsentState.objects.update(policy_epoch=9)
    [line] = find_differences()
    assert line.startswith(str(track.pk))
    ConsentState.objects.all().delete()
    assert len(list(find_differences())) == 1


def test_consent_records_has_the_columns_of_the_source(track, artist, prove) -> None:
    say_yes(artist, track)
    assert not ConsentRecord.objects.exists()
    prove()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM consent_records")
        names = [column[0] for column in cursor.description]
    assert names == [
        "id",
        "user_id",
        "asset_id",
        "use_case",
        "consent_status",
        "policy_version",
        "jurisdiction",
        "captured_at",
        "revoked_at",
    ]
    row = ConsentRecord.objects.get()
    assert (row.user, row.asset, row.use_case, row.consent_status, row.jurisdiction) == (
        artist,
        track,
        "recommendation.infer",
        "granted",
        "DE",
    )
    take_back(artist, track)
    row = ConsentRecord.objects.get(jurisdiction="DE")
    assert (row.consent_status, row.revoked_at is not None) == ("revoked", True)
    ConsentState.objects.filter(jurisdiction="DE").update(
        status="granted", effective_to=timezone.now() - timedelta(days=1)
    )
    row = ConsentRecord.objects.get(jurisdiction="DE")
    assert (row.consent_status, row.revoked_at is not None) == ("revoked", True)
