"""The gate: what it opens, and each way in which it stays closed."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import Checkpoint, Event, Pending
from apps.catalogue.models import Track
from apps.consent import gate
from apps.consent.envelopes_reading import all_envelopes, read_envelope
from apps.consent.feature_errors import CLOSED, GateClosed
from apps.consent.features import purge_features
from apps.consent.gate import open_feature
from apps.consent.models import DerivedFeature, FeatureParent
from apps.consent.reservations import reserve_no_ai
from tests.consent.featuring import GEN, SOUND, allow, ask, make, refused
from tests.consent.saying import TRAIN, lift, say_no, say_yes, take_back
from tests.consent.test_envelopes import TEXT
from tests.emptying import ledger_lifted
from tests.factories import ArtistFactory, LabelFactory, TrackFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(db) -> User:
    return UserFactory(role="training_engineer")


@pytest.fixture
def allowed(track, prove) -> Track:
    allow(track)
    prove()
    return track


@pytest.fixture
def feature(allowed) -> DerivedFeature:
    return make(allowed)


@pytest.fixture
def token(engineer, feature) -> str:
    return ask(engineer)


def file_of(feature: DerivedFeature) -> Path:
    return Path(storages[f"features_{feature.zone}"].path(feature.place))


def test_an_opening_is_recorded_with_its_purpose(feature, engineer) -> None:
    assert open_feature(feature.pk, ask(engineer, snapshot_uid="a snapshot")) == SOUND
    assert open_feature(str(feature.pk), ask(engineer)) == SOUND
    event = Event.objects.filter(kind="feature.opened").first()
    assert (event.subject_id, event.actor) == (str(feature.pk), engineer)
    assert event.data == {
        "envelope": "generative_music.1",
        "jurisdiction": "DE",
        "snapshot": "a snapshot",
    }
    assert not Event.objects.filter(kind="feature.refused").exists()


def test_a_refusal_is_recorded_with_its_code(feature, token, engineer, artist) -> None:
    take_back(artist, feature.parents.get().track, TRAIN)
    assert refused(feature, token) == "not_permitted"
    event = Event.objects.get(kind="feature.refused")
    assert (event.subject_id, event.actor) == (str(feature.pk), engineer)
    assert (event.data["code"], event.data["envelope"]) == ("not_permitted", "generative_music.1")
    assert not Event.objects.filter(kind="feature.opened").exists()


@pytest.mark.parametrize("wrong", [uuid4(), "", "no id", "'; DROP TABLE", "x" * 999, "\x00"])
def test_an_unknown_feature_is_not_opened(token, wrong) -> None:
    assert refused(wrong, token) == "unknown_feature"
    assert Event.objects.filter(kind="feature.refused").count() == 1


def test_a_purged_feature_is_not_opened(feature, token) -> None:
    DerivedFeature.objects.filter(pk=feature.pk).update(wrapped_key=b"")  # being purged
    assert refused(feature, token) == "purged"
    purge_features(features=[feature], reason="test")
    assert refused(feature, token) == "purged"


@pytest.mark.parametrize("wrong", ["", "nonsense", "a:b:c", "é", "\x00" * 9])
def test_a_text_that_is_no_token_opens_nothing(feature, wrong) -> None:
    assert refused(feature, wrong) == "token_invalid"
    assert Event.objects.get(kind="feature.refused").actor is None


def test_a_token_that_was_changed_or_made_for_something_else_opens_nothing(feature, token) -> None:
    said = signing.loads(token, salt=gate.SALT)
    for text in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "e" + token,
        signing.dumps(said),
        signing.dumps(said, salt=gate.SALT, key="another key of ours, long enough to be one"),
        signing.dumps({**said, "more": 1}, salt=gate.SALT),
        signing.dumps([1, 2], salt=gate.SALT),
        signing.dumps("text", salt=gate.SALT),
    ):
        assert refused(feature, text) == "token_invalid"
    assert open_feature(feature.pk, token) == SOUND


@pytest.mark.parametrize("seconds", [900, 99_999])
def test_a_purpose_ends_after_fifteen_minutes_at_most(feature, engineer, settings, seconds) -> None:
    settings.GATE_TOKEN_S = seconds
    token, now = ask(engineer), timezone.now()
    with time_machine.travel(now + timedelta(seconds=890)):
        assert open_feature(feature.pk, token) == SOUND
    with time_machine.travel(now + timedelta(seconds=902)):
        assert refused(feature, token) == "token_expired"


def test_a_purpose_can_be_shorter(feature, engineer, settings) -> None:
    settings.GATE_TOKEN_S = 60
    token = ask(engineer)
    with time_machine.travel(timezone.now() + timedelta(seconds=62)):
        assert refused(feature, token) == "token_expired"


def test_only_engineers_are_given_a_purpose_and_only_while_they_are(
    feature, token, engineer
) -> None:
    for person in (ArtistFactory(), UserFactory(role="reviewer"), UserFactory(role="label_staff")):
        with pytest.raises(GateClosed) as closed:
            ask(person)
        assert closed.value.code == "not_allowed"
    engineer.is_active = False
    engineer.save()
    assert refused(feature, token) == "not_allowed"
    engineer.is_active, engineer.role = True, "artist"
    engineer.save()
    assert refused(feature, token) == "not_allowed"


@pytest.mark.parametrize("country", ["", "de", "XX", "EU", "Germany", "--"])
def test_a_country_that_is_none_is_given_no_purpose(engineer, country) -> None:
    with pytest.raises(GateClosed) as closed:
        ask(engineer, country=country)
    assert closed.value.code == "country_left_out"


def test_a_class_that_is_none_is_given_no_purpose(engineer) -> None:
    with pytest.raises(GateClosed) as closed:
        ask(engineer, "generative_musik")
    assert closed.value.code == "unknown_envelope"


def test_another_envelope_opens_nothing(feature, engineer, artist, allowed, prove) -> None:
    for use in ("generative_research", "voice_synthesis"):
        say_yes(artist, allowed, (use, "train"))
    say_yes(artist, allowed, ("recommendation", "train"))
    prove()
    for other in ("generative_research", "voice_synthesis", "ranking", "rights_check"):
        assert refused(feature, ask(engineer, other)) == "other_envelope"
    ops = make(allowed, envelope="ranking")
    assert refused(ops, ask(engineer)) == "other_envelope"
    assert open_feature(ops.pk, ask(engineer, "ranking")) == SOUND


def test_an_envelope_that_changed_or_was_followed_ends_the_purpose(
    feature, token, engineer, monkeypatch
) -> None:
    for old, new in (('"log_mel", ', ""), ("version = 1", "version = 2")):
        found = (*[one for one in all_envelopes() if one.model_class != GEN],)
        changed = read_envelope(TEXT.replace(old, new))
        monkeypatch.setattr(
            "apps.consent.envelopes_reading.all_envelopes", lambda found=(*found, changed): found
        )
        assert refused(feature, token) == "unknown_envelope"
    assert refused(feature, ask(engineer)) == "other_envelope"


def test_another_zone_opens_nothing(feature, token) -> None:
    DerivedFeature.objects.filter(pk=feature.pk).update(zone="ops")
    assert refused(feature, token) == "other_zone"


def test_a_process_without_the_key_of_the_zone_opens_nothing(feature, token, settings) -> None:
    settings.FEATURE_KEY_GEN = ""
    assert refused(feature, token) == "zone_closed"
    settings.FEATURE_KEY_GEN = "another key than the one it was sealed with, and long enough"
    assert refused(feature, token) == "bytes_changed"


def test_a_parent_that_is_gone_closes_it(feature, token, engineer, allowed) -> None:
    child = make(parents=[feature])
    assert open_feature(child.pk, token) == SOUND
    DerivedFeature.objects.filter(pk=feature.pk).update(
        purged_at=timezone.now(), purge_reason="test", wrapped_key=b""
    )
    assert refused(child, token) == "parent_gone"
    alone = make(allowed, content=b"alone")
    FeatureParent.objects.filter(feature=alone).delete()
    assert refused(alone, token) == "parent_gone"
    last = make(allowed, content=b"last")
    Track.objects.filter(pk=allowed.pk).delete()
    assert refused(last, token) == "parent_gone"


def take_it_back(track: Track) -> None:
    take_back(track.release.owner, track, TRAIN)


def say_no_to_all(track: Track) -> None:
    say_no(track.release.owner, track.release.owner, TRAIN)


def reserve(track: Track) -> None:
    reserve_no_ai(by=track.release.owner, of=track)


def license_it(track: Track) -> None:
    track.release.label = LabelFactory()
    track.release.save()


def say_nothing_about_labels(track: Track) -> None:
    Track.objects.filter(pk=track.pk).update(answers={})


def forget(track: Track) -> None:
    User.objects.filter(pk=track.release.owner_id).update(is_active=False)
    track.release.owner.consent_party.delete()


@pytest.mark.parametrize(
    "act",
    [take_it_back, say_no_to_all, reserve, license_it, say_nothing_about_labels, forget],
    ids=lambda act: act.__name__,
)
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_what_is_not_permitted_today_is_not_opened(feature, token, allowed, act, depth) -> None:
    """At once, without a leaf, and through whatever was made of it."""
    for number in range(depth):
        feature = make(parents=[feature], params={"depth": number})
    assert open_feature(feature.pk, token) == SOUND
    act(allowed)
    assert refused(feature, token) == "not_permitted"


def test_every_parent_has_to_be_permitted_in_the_country_asked_for(
    allowed, engineer, prove, artist
) -> None:
    other = TrackFactory(answers={"label_licensed": False})
    allow(other)
    say_yes(artist, allowed, TRAIN, "FR")
    prove()
    mixed = make(allowed, other)
    assert open_feature(mixed.pk, ask(engineer)) == SOUND
    assert refused(mixed, ask(engineer, country="FR")) == "not_permitted"
    assert open_feature(make(allowed).pk, ask(engineer, country="FR")) == SOUND


def test_a_yes_after_a_no_opens_again_once_it_is_in_the_log(
    feature, token, allowed, artist, prove
) -> None:
    take_back(artist, allowed, TRAIN)
    say_yes(artist, allowed, TRAIN)
    assert refused(feature, token) == "not_permitted"
    prove()
    assert open_feature(feature.pk, token) == SOUND


def test_a_late_log_closes_everything(feature, token, artist, settings) -> None:
    lift(artist, artist)  # something waits for its leaf
    assert open_feature(feature.pk, token) == SOUND
    Pending.objects.update(at=timezone.now() - timedelta(seconds=59))
    assert open_feature(feature.pk, token) == SOUND
    Pending.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert refused(feature, token) == "ledger_late"
    settings.GATE_LEDGER_LAG_S = 600
    assert open_feature(feature.pk, token) == SOUND


def test_a_log_that_lost_leaves_closes_everything(feature, token) -> None:
    with ledger_lifted(connection):
        Checkpoint.objects.all().delete()
    assert refused(feature, token) == "ledger_behind"


def test_bytes_that_are_missing_or_changed_are_not_opened(feature, token) -> None:
    file = file_of(feature)
    sealed = file.read_bytes()
    file.write_bytes(sealed[:-1])
    assert refused(feature, token) == "bytes_changed"
    file.write_bytes(bytes([sealed[0] ^ 1]) + sealed[1:])
    assert refused(feature, token) == "bytes_changed"
    file.unlink()
    assert refused(feature, token) == "bytes_missing"
    file.write_bytes(sealed)
    DerivedFeature.objects.filter(pk=feature.pk).update(sha256="0" * 64)
    assert refused(feature, token) == "bytes_changed"


def test_bytes_of_another_feature_are_not_opened_in_its_place(feature, token, allowed) -> None:
    other = make(allowed, content=b"other")
    file_of(feature).write_bytes(file_of(other).read_bytes())
    assert refused(feature, token) == "bytes_changed"


def test_a_row_of_a_table_has_no_bytes_to_open(track, engineer, prove) -> None:
    row = make(
        track,
        envelope="rights_check",
        kind="chromaprint",
        content=None,
        table="catalogue_track",
        place=track.pk,
    )
    assert refused(row, ask(engineer, "rights_check")) == "in_a_table"


def test_whatever_the_database_holds_nothing_but_a_refusal_comes_out(feature, token) -> None:
    for wrong in ({"wrapped_key": b"short"}, {"nonce": b""}, {"place": "../../secret-key"}):
        kept = {name: getattr(feature, name) for name in wrong}
        DerivedFeature.objects.filter(pk=feature.pk).update(**wrong)
        assert refused(feature, token) in ("bytes_changed", "bytes_missing")
        DerivedFeature.objects.filter(pk=feature.pk).update(**kept)
    assert open_feature(feature.pk, token) == SOUND


def test_a_purpose_holds_what_it_is_bound_to(token, engineer) -> None:
    said = signing.loads(token, salt=gate.SALT)
    assert said.pop("ledger_size") == Checkpoint.objects.order_by("-size").first().size
    assert said == {
        "envelope": "generative_music.1",
        "sha256": read_envelope(TEXT).sha256,
        "model_class": GEN,
        "jurisdiction": "DE",
        "snapshot_uid": "",
        "by": str(engineer.pk),
    }


def test_every_code_has_a_sentence() -> None:
    assert all(str(text).endswith((".", ". %(reason)s")) for text in CLOSED.values())
