"""Who is on a list, why everybody else is not, and what cannot be asked at all."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.consent import terms_reading
from apps.consent.clock import ledger_now
from apps.policy.gate import clearance
from apps.policy.models import Outcome
from apps.training import allowlist, listing_now, listing_then
from apps.training.allowlist import Asked, allow_list
from apps.training.errors import (
    CountryBarred,
    KnownBefore,
    NoCountry,
    NotYet,
    PolicyNotInForce,
    TrainingError,
    UnknownCountry,
    UnknownModelClass,
    UnknownPolicy,
)
from tests.consent.new_terms import publish, wider_terms
from tests.consent.saying import lift, take_back
from tests.consent.test_allowed import Story
from tests.factories import AudioFileFactory, LabelFactory
from tests.training.listing import (
    GENERATE,
    ask,
    cleared_track,
    decide_again,
    listed,
    open_track,
)

pytestmark = pytest.mark.django_db


def test_on_the_list_with_what_it_rests_on(prove) -> None:
    track, _other = open_track(), cleared_track()
    assert listed().count == 0
    prove()
    found = listed()
    assert (found.count, found.excluded, set(found.tracks)) == (1, {"no_ai": 1}, {track})
    [member] = found.members()
    assert member.track_id == track.pk
    assert member.content_sha256 == track.audio.sha256
    assert member.decision == track.decisions.get().pk
    [yes] = member.yeses
    assert (yes.terms, yes.question.jurisdiction) == ("2026-11-20", "DE")
    assert yes.leaf is not None


def test_every_country_has_to_be_allowed(prove) -> None:
    both, one = open_track(GENERATE, "DE", "FR"), open_track()
    prove()
    assert set(listed().tracks) == {both, one}
    found = listed("generative_music", "FR", "DE", "FR")
    assert set(found.tracks) == {both}
    assert found.asked.jurisdictions == ("DE", "FR")
    assert len(next(iter(found.members())).yeses) == 2


def test_one_class_opens_no_other(prove) -> None:
    open_track()
    prove()
    for other in ("ranking", "voice_synthesis", "third_party", "style_transfer"):
        assert listed(other).count == 0


def test_what_needs_no_yes_says_so(prove) -> None:
    track = cleared_track()
    [member] = listed("search").members()
    assert (member.track_id, member.yeses[0].terms, member.yeses[0].leaf) == (track.pk, "", None)
    assert listed("fraud").excluded == {"no_ai": 1}
    lift(track.release.owner, track)
    prove()
    [member] = listed("fraud").members()
    assert (member.yeses[0].terms, member.yeses[0].leaf) == ("", None)


def test_only_what_the_gate_would_let_out(prove) -> None:
    track = open_track()
    prove()
    changes = [
        lambda: decide_again(track, Outcome.NEEDS_REVIEW),
        lambda: Track.objects.filter(pk=track.pk).update(audio=AudioFileFactory()),
        lambda: move(track=track, to=TrackState.HELD, actor=None),
        lambda: Track.objects.filter(pk=track.pk).update(declaration=None),
    ]
    before = Track.objects.values().get(pk=track.pk)
    for change in changes:
        assert listed().count == 1
        change()
        assert not clearance(track=track).cleared
        assert listed().excluded.keys() <= {"not_cleared", "unknown_metadata"}
        assert listed().count == 0
        Track.objects.filter(pk=track.pk).update(**before)
        if track.decisions.count() > 1:
            decide_again(track, Outcome.ALLOWED)


def test_a_recording_without_a_hash_is_on_no_list(prove) -> None:
    open_track(audio=AudioFileFactory(sha256=""))
    prove()
    assert listed().excluded == {"content_unknown": 1}


def test_a_label_found_later_counts_at_once(prove) -> None:
    track = open_track()
    prove()
    track.release.label = LabelFactory()
    track.release.save()
    assert listed().excluded == {"label_licensed": 1}
    track.release.label = None
    track.release.save()
    Track.objects.filter(pk=track.pk).update(answers={"label_licensed": "false"})
    assert listed().excluded == {"label_licensed": 1}
    Track.objects.filter(pk=track.pk).update(answers={})
    assert listed().excluded == {"unknown_metadata": 1}


@pytest.mark.parametrize("seed", range(3))
def test_the_list_in_sql_is_the_list_of_a_replay(seed: int, prove) -> None:
    """Whatever people say in whatever order, for one country or several."""
    story = Story(seed, prove)
    for track in [cleared_track(release=one.release) for one in story.tracks[:3]]:
        story.tracks.append(track)
    classes = ["generative_music", "ranking", "fraud", "moderation", "search", "voice_synthesis"]
    for _ in range(18):
        story.go_on()
        for model_class in classes:
            for countries in (("DE",), ("DE", "FR")):
                sought = listed(model_class, *countries).sought
                now = listing_now.count(sought)
                then = Counter(reason for reason, _ in listing_then.ranked(sought))
                assert sum(now.values()) == Track.objects.count() == sum(then.values())
                assert now.get("", 0) == then[""], (model_class, countries)
                members = set(listing_now.members(sought))
                assert members == {one for _, one in listing_then.ranked(sought) if one}


@pytest.mark.parametrize("seed", range(3))
def test_first_reasons_are_those_of_a_replay(seed: int, prove) -> None:
    story = Story(seed, prove)
    for _ in range(18):
        story.go_on()
        for model_class in ("generative_music", "fraud"):
            sought = listed(model_class).sought
            now = listing_now.count(sought)
            then = Counter(reason for reason, _ in listing_then.ranked(sought))
            for one in (now, then):  # no state is kept of a yes for another country
                one["not_granted"] = one.get("not_granted", 0) + one.pop("jurisdiction", 0)
            assert {k: v for k, v in now.items() if v} == {k: v for k, v in then.items() if v}


def test_as_of_a_past_day(prove) -> None:
    track = open_track()
    prove()
    allowed_at = ledger_now()
    take_back(track.release.owner, track, GENERATE)
    later = cleared_track()
    now = ledger_now()
    past = allow_list(ask(at=allowed_at, known_at=allowed_at + timedelta(0)))
    assert past.is_now  # a moment ago is now, and now it is taken back
    assert past.count == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allowlist, "NOW", timedelta(0))
        past = allow_list(ask(at=allowed_at, known_at=allowed_at))
        assert (past.is_now, past.count, past.excluded) == (False, 1, {})
        assert set(past.tracks) == {track}
        assert [one.track_id for one in past.members()] == [track.pk]
        known = allow_list(ask(at=allowed_at, known_at=now))
        assert known.count == 1  # a yes taken back held until then
        assert sum(known.excluded.values()) == 1
        assert later not in known.tracks
        decide_again(track, Outcome.NOT_ALLOWED)
        assert allow_list(ask(at=allowed_at, known_at=allowed_at)).count == 1
        today = ledger_now()
        assert allow_list(ask(at=today, known_at=today)).count == 0


WRONG = [
    ({"model_class": "everything"}, UnknownModelClass),
    ({"model_class": ""}, UnknownModelClass),
    ({"policy_version": "2020-01-01"}, UnknownPolicy),
    ({"policy_version": ""}, UnknownPolicy),
    ({"jurisdictions": ()}, NoCountry),
    ({"jurisdictions": ("DE", "")}, NoCountry),
    ({"jurisdictions": ("de",)}, UnknownCountry),
    ({"jurisdictions": ("EU",)}, UnknownCountry),
    ({"jurisdictions": ("DE'; DROP TABLE catalogue_track; --",)}, UnknownCountry),
]


@pytest.mark.parametrize(("change", "error"), WRONG, ids=lambda one: str(one)[:50])
def test_a_question_that_is_not_sound_is_refused(change, error) -> None:
    with pytest.raises(error) as caught:
        listed(**change)
    assert str(caught.value).endswith((".", ". There are: "))
    assert issubclass(error, TrainingError)


def test_wider_terms_end_older_yeses_and_the_old_name_is_refused(prove, monkeypatch) -> None:
    open_track()
    prove()
    publish(monkeypatch, wider_terms(timezone.now() - timedelta(minutes=1)))
    monkeypatch.setattr(allowlist, "terms_at", terms_reading.terms_at)
    with pytest.raises(PolicyNotInForce, match="next are"):
        listed()
    found = listed(policy_version="next")
    assert (found.count, found.excluded) == (0, {"old_terms": 1})


def test_a_country_that_the_envelope_bars(monkeypatch) -> None:
    barred = replace(allowlist.envelope_of("search", timezone.now()), jurisdictions_exclude=("US",))
    monkeypatch.setattr(allowlist, "envelope_of", lambda *_: barred)
    with pytest.raises(CountryBarred, match="US"):
        listed("search", "DE", "US")


def test_times_that_cannot_be_asked_about() -> None:
    now = timezone.now()
    tomorrow, long_ago = now + timedelta(days=1), now - timedelta(days=3000)
    with pytest.raises(NotYet):
        listed(at=tomorrow, known_at=tomorrow)
    with pytest.raises(NotYet):
        listed(known_at=tomorrow)
    with pytest.raises(KnownBefore):
        listed(known_at=now - timedelta(days=2))
    with pytest.raises(UnknownModelClass):
        listed(at=long_ago, known_at=now)


def test_nothing_is_filled_in() -> None:
    with pytest.raises(TypeError):
        Asked(model_class="search", policy_version="2026-11-20", jurisdictions=("DE",))  # type: ignore[call-arg]
    assert not hasattr(allowlist, "all_tracks")
