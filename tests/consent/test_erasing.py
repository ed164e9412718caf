"""A request for erasure: what is shown, what goes, what stays proven."""

import json

import pytest

from apps.accounts.models import User
from apps.audit.models import Event, EventDetail
from apps.audit.proofs import proof_of
from apps.audit.record import record
from apps.audit.verify import verify
from apps.consent import errors
from apps.consent.allowed import tracks_allowed
from apps.consent.clock import ledger_now
from apps.consent.erasing import erase_person, find_forgettable
from apps.consent.features import features_of
from apps.consent.models import ConsentEvent, Evidence, Party
from apps.consent.projection import find_differences
from apps.consent.writing import How
from tests.consent.featuring import allow, make
from tests.consent.saying import SUGGEST, say_yes
from tests.consent.test_command import run
from tests.factories import ArtistFactory, ReviewerFactory, TrackFactory

pytestmark = pytest.mark.django_db
WHY = "request 12 of 2026-11-27"


@pytest.fixture
def left(track, artist, prove) -> User:
    """Somebody who said much, and closed the account."""
    allow(track)
    say_yes(artist, track)
    prove()
    make(track)
    record(kind="user.changed", subject=artist, actor=ReviewerFactory(), name="Ada Lovelace")
    artist.is_active = False
    artist.save()
    return artist


def listed() -> bool:
    asked = {"use_case": SUGGEST[0], "verb": SUGGEST[1], "jurisdiction": "DE", "min_epoch": 1}
    return tracks_allowed(**asked, at=ledger_now()).exists()


def test_it_shows_first_and_forgets_nothing(left, officer) -> None:
    before = EventDetail.objects.count(), Evidence.objects.count(), Party.objects.count()
    words = ["erase", left.email, "--by", officer.email, "--reason", WHY]
    code, text = run(*words, "--json")
    told = json.loads(text)
    assert (code, told["forgotten"], told["has_pseudonym"], told["evidence"]) == (0, False, True, 3)
    assert told["events"] == {
        "consent.granted": 2,
        "consent.unreserved": 1,
        "user.changed": 1,
    }
    code, text = run(*words)
    assert (code, "Add --yes" in text, "consent.granted: 2" in text) == (0, True, True)
    after = EventDetail.objects.count(), Evidence.objects.count(), Party.objects.count()
    assert before == after


def test_it_forgets_and_every_proof_still_holds(left, officer, track, prove) -> None:
    assert listed()
    leaves = verify().leaves
    code, text = run("erase", left.email, "--by", officer.email, "--reason", WHY, "--yes", "--json")
    assert (code, json.loads(text)["forgotten"]) == (0, True)
    assert not Party.objects.filter(user=left).exists()
    assert not Evidence.objects.exists()
    assert not EventDetail.objects.filter(actor=left).exists()
    assert not any("Ada" in str(row.data) for row in EventDetail.objects.all())
    assert not listed()
    assert list(find_differences()) == []
    assert not features_of([track.pk]).exists()
    prove()
    report = verify(details=True)
    assert (report.fault, report.leaves > leaves) == (None, True)
    assert all(proof_of(one.uid) for one in ConsentEvent.objects.all())
    told = Event.objects.filter(kind="event.details_erased").first()
    assert (told.actor, told.data["reason"]) == (officer, WHY)


def test_again_it_finds_nothing(left, officer) -> None:
    assert not find_forgettable(left).is_nothing
    erase_person(who=left, by=officer, reason=WHY)
    count = Event.objects.count()
    assert find_forgettable(left).is_nothing
    assert erase_person(who=left, by=officer, reason=WHY).is_nothing
    assert Event.objects.count() == count


def test_others_lose_nothing(left, officer, prove) -> None:
    other = TrackFactory(answers={"label_licensed": False})
    say_yes(other.release.owner, other)
    prove()
    erase_person(who=left, by=officer, reason=WHY)
    assert Evidence.objects.get().event.scope_id == str(other.pk)
    assert Party.objects.get().user == other.release.owner
    assert listed()


def test_what_another_said_about_the_person_is_named_by_its_event(left, officer) -> None:
    note = record(kind="case.noted", subject=officer, actor=officer, text="Ada rang")
    erase_person(who=left, by=officer, reason=WHY)
    assert Event.objects.get(pk=note.pk).data == {"text": "Ada rang"}
    words = ["erase", left.email, "--by", officer.email, "--reason", WHY, "--event", note.uid]
    assert run(*words, "--yes")[0] == 0
    assert Event.objects.get(pk=note.pk).data == {}


def test_only_officers_and_only_of_closed_accounts_and_with_a_reason(left, officer) -> None:
    reviewer, active = ReviewerFactory(), ArtistFactory()
    for person, by, reason, error in (
        (left, reviewer, WHY, errors.NoAuthority),
        (left, left, WHY, errors.NoAuthority),
        (active, officer, WHY, errors.AccountOpen),
        (left, officer, "  ", errors.ReasonMissing),
    ):
        with pytest.raises(error):
            erase_person(who=person, by=by, reason=reason)
    assert Party.objects.filter(user=left).exists()
    for words, code in (
        ([active.email, "--by", officer.email, "--reason", WHY, "--yes"], 1),
        ([left.email, "--by", reviewer.email, "--reason", WHY, "--yes"], 1),
        ([left.email, "--by", officer.email, "--reason", " ", "--yes"], 2),
        (["nobody@example.org", "--by", officer.email, "--reason", WHY], 2),
        ([left.email, "--by", officer.email, "--reason", WHY, "--event", "x"], 2),
    ):
        assert run("erase", *words)[0] == code


def test_proofs_given_for_others_are_kept(label_staff, track, officer, prove) -> None:
    say_yes(label_staff, track, how=How(authority="contract 7"))
    label_staff.is_active = False
    label_staff.save()
    found = find_forgettable(label_staff)
    assert (found.kept, found.evidence) == (1, 0)
    erase_person(who=label_staff, by=officer, reason=WHY)
    assert Evidence.objects.get().data["authority"] == "contract 7"
