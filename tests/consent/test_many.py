"""One answer for many tracks: as one by one, and quick."""

from uuid import uuid4

import pytest
from django.core.management import call_command

from apps.audit.models import Event
from apps.audit.verify import verify
from apps.catalogue.models import Track
from apps.consent.choices import record_consent, revoke_consent
from apps.consent.errors import ConsentError
from apps.consent.many import record_for_tracks
from apps.consent.models import ConsentEvent, ConsentState, Evidence, Status
from apps.consent.projection import find_differences
from apps.consent.writing import How
from tests.consent.saying import SUGGEST, TERMS, TRAIN, lift, now_of, say_no, say_yes, take_back
from tests.factories import LabelFactory, ReleaseFactory, TrackFactory

YES = {"said": Status.GRANTED, "jurisdiction": "DE", "terms_version": TERMS}


@pytest.fixture
def tracks(artist, track) -> list[Track]:
    release = ReleaseFactory(owner=artist)
    more = [TrackFactory(release=release, answers={"label_licensed": False}) for _ in range(4)]
    return sorted([track, *more], key=lambda one: one.pk)


def say(by, tracks, use=SUGGEST, **more):
    keys = [one.pk for one in tracks]
    return record_for_tracks(by=by, tracks=keys, use_case=use[0], verb=use[1], **more)


def columns(event: ConsentEvent) -> dict[str, object]:
    """All that a person could tell two events apart by, but for time and chance."""
    own = {"id", "uid", "payload", "leaf_hash", "record_id", "evidence_sha256", "authority_sha256"}
    times = {"effective_from", "effective_to", "captured_at", "recorded_at"}
    names = {field.attname for field in ConsentEvent._meta.local_fields}
    return {name: getattr(event, name) for name in names - own - times - {"scope_id"}}


@pytest.mark.parametrize("use", [SUGGEST, TRAIN])
def test_a_yes_for_many_is_a_yes_for_each(tracks, artist, prove, use) -> None:
    for one in tracks:
        lift(artist, one)
    alone = say_yes(artist, tracks[0], use)
    events = say(artist, tracks[1:], use, **YES)
    assert [event.scope_id for event in events] == [str(one.pk) for one in tracks[1:]]
    assert [columns(event) for event in events] == [columns(alone)] * 4
    prove()
    assert all(now_of(one, use).allowed for one in tracks)
    assert list(find_differences()) == []
    assert not verify().fault


@pytest.mark.parametrize("said", [Status.DENIED, Status.REVOKED])
@pytest.mark.parametrize("before", [[], ["yes"], ["yes", "no"], ["no", "yes"], ["yes", "back"]])
def test_a_no_is_what_it_is_for_one(tracks, artist, prove, said, before) -> None:
    """The same history for two tracks; one hears the last word alone, the other among many."""
    verbs = {"yes": say_yes, "no": say_no, "back": take_back}
    one, other = tracks[0], tracks[1]
    for track in (one, other):
        for word in before:
            verbs[word](artist, track)
    if said == Status.DENIED:
        alone = record_consent(
            by=artist, of=one, use_case=SUGGEST[0], verb=SUGGEST[1], granted=False,
            jurisdiction="", terms_version="",
        )  # fmt: skip
    else:
        alone = revoke_consent(by=artist, of=one, use_case=SUGGEST[0], verb=SUGGEST[1])
    among = next(e for e in say(artist, tracks[1:], said=said) if e.scope_id == str(other.pk))
    assert columns(among) == columns(alone)
    said_of = ConsentEvent.objects.filter(scope_type="asset").values_list("scope_id", flat=True)
    assert list(said_of).count(str(one.pk)) == list(said_of).count(str(other.pk))
    prove()
    assert not any(now_of(track).allowed for track in tracks)
    assert list(find_differences()) == []


def test_all_or_none(tracks, artist, officer) -> None:
    strange = TrackFactory()
    with pytest.raises(ConsentError) as refused:
        say(artist, [*tracks, strange], **YES)
    assert refused.value.code == "no_authority"
    with pytest.raises(ConsentError) as refused:
        say(artist, tracks, TRAIN, **YES)
    assert refused.value.code == "no_ai_on"
    with pytest.raises(ConsentError) as refused:
        say(officer, tracks, **YES)
    assert refused.value.code == "no_authority"
    with pytest.raises(ConsentError) as refused:
        say(artist, tracks, **{**YES, "terms_version": "1999-01-01"})
    assert refused.value.code == "terms_not_in_force"
    assert not ConsentEvent.objects.exists()
    assert not ConsentState.objects.exists()


def test_what_a_label_licensed_stays_out(tracks, artist) -> None:
    lift(artist, artist)
    release = tracks[0].release
    release.label = LabelFactory()
    release.save()
    with pytest.raises(ConsentError) as refused:
        say(artist, tracks, TRAIN, **YES)
    assert refused.value.code == "label_licensed"


def test_the_same_submission_writes_nothing_twice(tracks, artist) -> None:
    how = How(submission_key="form-1", evidence={"address": "192.0.2.1"})
    first = say(artist, tracks, how=how, **YES)
    again = say(artist, tracks, how=how, **YES)
    assert [one.uid for one in again] == [one.uid for one in first]
    assert ConsentEvent.objects.count() == Evidence.objects.count() == len(tracks)
    assert set(Evidence.objects.values_list("actor", flat=True)) == {artist.pk}


def test_nobody_is_asked_about_nothing(tracks, artist) -> None:
    assert say(artist, [], **YES) == []
    keys = [tracks[0].pk, uuid4()]
    with pytest.raises(ConsentError) as refused:
        record_for_tracks(by=artist, tracks=keys, use_case=SUGGEST[0], verb=SUGGEST[1], **YES)
    assert refused.value.code == "not_found"
    assert not ConsentEvent.objects.exists()


def test_queries_do_not_grow_with_the_tracks(tracks, artist, django_assert_max_num_queries) -> None:
    say(artist, tracks[:1], **YES)
    with django_assert_max_num_queries(24):
        say(artist, tracks, **YES)
    with django_assert_max_num_queries(24):
        say(artist, tracks, said=Status.REVOKED)


def test_an_import_takes_what_is_alike_at_once(
    tracks, artist, tmp_path, django_assert_max_num_queries
) -> None:
    head = "target,status,use_case,verb,by,jurisdiction,terms_version,authority\n"
    line = f"{{}},granted,recommendation,infer,{artist.email},DE,{TERMS},letter 4\n"
    Track.objects.filter(pk=tracks[0].pk).update(isrc="QZABC2600001")
    names = ["QZ-ABC-26-00001", *(str(one.pk) for one in tracks[1:])]
    file = tmp_path / "many.csv"
    file.write_text(head + "".join(line.format(name) for name in names), "utf-8")
    with django_assert_max_num_queries(45):
        call_command("consent", "import", str(file))
    assert ConsentEvent.objects.filter(status="granted", method="import").count() == len(tracks)


def test_one_line_of_the_trail_tells_of_one_act(tracks, artist, prove) -> None:
    before = set(Event.objects.values_list("pk", flat=True))
    events = say(artist, tracks, said=Status.DENIED)
    [told] = Event.objects.exclude(pk__in=before)
    assert (told.kind, told.subject_id, told.actor) == ("consent.denied", str(artist.pk), artist)
    assert told.data["events"] == [str(event.uid) for event in events]
    assert told.data["permission"] == f"{SUGGEST[0]}.{SUGGEST[1]}"
    prove()
    assert not verify(details=True).fault


def test_two_holders_who_never_spoke_get_their_names_at_once(officer) -> None:
    strangers = [TrackFactory(), TrackFactory()]
    events = say(officer, strangers, said=Status.DENIED)
    assert len({event.subject_ref for event in events}) == 2
    assert list(find_differences()) == []
