"""What is owed: decided by a person, shown, checked where it can be, blocked when it is late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.audit import keys
from apps.audit.models import Event, Leaf
from apps.audit.notes import BadNote, new_signer
from apps.catalogue.models import Track
from apps.consent.disputes import invalidate_authority
from apps.consent.models import ConsentEvent
from apps.training.models import ModelVersion, Obligation, RevocationCase, Snapshot
from apps.training.revocation import errors
from apps.training.revocation.obligations import (
    block_overdue,
    decide_obligation,
    meet_obligation,
    open_obligations,
    retire_model,
)
from apps.training.revocation.receipts import read_receipt, undone_in
from tests.consent.saying import say_yes, take_back
from tests.factories import AdministratorFactory, ReviewerFactory
from tests.training.listing import open_track
from tests.training.revoking import GENERATE, one_case, read_log, work_off
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db
SHOWN = "Tomas compared the run with its dataset on 27 November."
State = ModelVersion.State


@pytest.fixture
def track(prove) -> Track:
    found = open_track(GENERATE)
    assert read_log(prove) == []
    return found


@pytest.fixture
def owner(track) -> User:
    return track.release.owner


@pytest.fixture
def model(track) -> ModelVersion:
    before = timezone.now() - timedelta(hours=1)
    return model_of(
        snapshot_of([track], "generative_music"),
        name="song",
        started_at=before,
        finished_at=before,
        released_at=before,
        state=State.RELEASED,
    )


@pytest.fixture
def owed(track, owner, model, prove) -> Obligation:
    take_back(owner, track, GENERATE)
    one_case(prove)
    work_off()
    return Obligation.objects.get()


def meet(owed: Obligation, by: User, remedy: str, **more) -> Obligation:
    return meet_obligation(by=by, obligation=owed, remedy=remedy, **{"evidence": SHOWN, **more})


def closed(owed: Obligation) -> RevocationCase:
    work_off()
    case = RevocationCase.objects.get(pk=owed.case_id)
    assert case.closed_at is not None
    return case


def test_only_who_may_decides(owed) -> None:
    for person in (ReviewerFactory(), AdministratorFactory(is_active=False)):
        with pytest.raises(errors.NotDecider):
            decide_obligation(by=person, obligation=owed, remedy="retire")
    assert Obligation.objects.get().remedy == ""


def test_only_the_remedies_that_there_are(owed, officer) -> None:
    with pytest.raises(errors.NotARemedy, match="retrain, unlearn"):
        decide_obligation(by=officer, obligation=owed, remedy="forget it")


def test_a_remedy_can_be_changed_until_it_is_shown(owed, officer) -> None:
    decide_obligation(by=officer, obligation=owed, remedy="retrain")
    decide_obligation(by=officer, obligation=owed, remedy="unlearn")
    assert Obligation.objects.get().remedy == "unlearn"
    meet(owed, officer, "unlearn")
    with pytest.raises(errors.AlreadyMet):
        decide_obligation(by=officer, obligation=owed, remedy="retire")


def test_trained_anew_without_it(owed, model, officer) -> None:
    for successor in (None, model):
        with pytest.raises((errors.NoSuccessor, errors.NotNewer)):
            meet(owed, officer, "retrain", successor=successor)
    clean = snapshot_of([open_track(GENERATE)], "generative_music")
    other = model_of(clean, name="other", version="v9")
    with pytest.raises(errors.NotNewer):
        meet(owed, officer, "retrain", successor=other)
    newer = model_of(clean, name="song", version="v2")
    met = meet(owed, officer, "retrain", evidence="", successor=newer)
    assert met.evidence == f"song v2 · manifest {newer.manifest_sha256}"
    model.refresh_from_db()
    assert model.state == State.RETIRED
    assert closed(owed).receipt


def test_trained_anew_with_it_all_the_same_is_not_believed(owed, model, officer) -> None:
    again = model_of(Snapshot.objects.get(), name="song", version="v2")
    with pytest.raises(errors.StillInside, match="generative_music of today"):
        meet(owed, officer, "retrain", successor=again)
    clean = snapshot_of([open_track(GENERATE)], "generative_music")
    tuned = model_of(clean, name="song", version="v3", base=again)
    with pytest.raises(errors.StillInside):
        meet(owed, officer, "retrain", successor=tuned)
    old = timezone.now() - timedelta(days=2)
    early = model_of(clean, name="song", version="v0", started_at=old, finished_at=old)
    with pytest.raises(errors.NotNewer):
        meet(owed, officer, "retrain", successor=early)
    owed.refresh_from_db()
    assert (owed.closed_at, owed.remedy) == (None, "")


def test_retiring(owed, model, officer) -> None:
    with pytest.raises(errors.NoEvidence):
        meet(owed, officer, "retire", evidence="done")
    meet(owed, officer, "retire")
    model.refresh_from_db()
    assert (model.state, model.retired_at is not None) == (State.RETIRED, True)
    assert not retire_model(by=officer, model_version=model, why="again")
    told = read_receipt(closed(owed).receipt, keys.verifiers())
    assert told["models"][0]["remedy"] == "retire"
    assert any("was released on" in text for text in told["cannot_be_undone"])


def test_licensed_after_all_only_once_the_ledger_says_so(owed, track, owner, officer, prove):
    with pytest.raises(errors.NotLicensed):
        meet(owed, officer, "licensed")
    say_yes(owner, track, GENERATE)
    prove()
    meet(owed, officer, "licensed")
    told = read_receipt(closed(owed).receipt, keys.verifiers())
    assert any("you allowed it again" in text for text in told["cannot_be_undone"])


def test_trained_before_it_counted(owed, officer) -> None:
    meet(owed, officer, "none")
    told = read_receipt(closed(owed).receipt, keys.verifiers())
    assert any("trained before" in text for text in told["cannot_be_undone"])


def test_an_invalid_authority_owes_from_the_day_on_which_it_began(
    track, owner, officer, prove
) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    resting = snapshot_of([track], "generative_music", leaf=leaf_of_yes())
    newer = model_of(resting, name="song", version="v2")
    old = model_of(resting, name="song", version="v0", started_at=long_ago, finished_at=long_ago)
    since = timezone.now() - timedelta(days=30)
    invalidate_authority(by=officer, of=track, grantor=owner, since=since)
    one_case(prove)
    work_off()
    owed = Obligation.objects.get()
    assert owed.model_version == newer != old
    with pytest.raises(errors.TrainedAfter):
        decide_obligation(by=officer, obligation=owed, remedy="none")


def leaf_of_yes() -> int:
    yes = ConsentEvent.objects.get(status="granted")
    return Leaf.objects.get(uid=yes.uid).index


def test_late_means_blocked_with_its_fine_tunes_owing_too(owed, model, officer) -> None:
    tuned = model_of(snapshot_of([], "generative_music"), name="tuned", base=model)
    assert block_overdue() == 0
    Obligation.objects.update(due_at=timezone.now())
    assert block_overdue() == 1
    assert block_overdue() == 0
    model.refresh_from_db()
    assert model.state == State.BLOCKED
    assert Event.objects.get(kind="model.blocked").data["before"] == "released"
    assert open_obligations(tuned) == open_obligations(model) == [owed]
    meet(owed, officer, "retire")
    assert open_obligations(tuned) == []


def test_the_receipt_is_signed_and_says_no_names(owed, owner, track, officer) -> None:
    meet(owed, officer, "unlearn")
    case = closed(owed)
    told = read_receipt(case.receipt, keys.verifiers())
    assert told["counts"]["tracks"] == 1
    assert told["tracks"] == [str(track.pk)]
    assert [one["step"] for one in told["steps"]][-1] == "close"
    assert any("No computation of ours can prove" in one for one in told["cannot_be_undone"])
    assert undone_in(case.receipt) == told["cannot_be_undone"]
    assert undone_in("") == undone_in("a receipt") == []
    assert owner.name not in case.receipt
    assert owner.email not in case.receipt
    with pytest.raises(BadNote):
        read_receipt(case.receipt.replace('"tracks":1', '"tracks":2'), keys.verifiers())
    with pytest.raises(BadNote):
        read_receipt(case.receipt, [new_signer("somebody/else").verifier])
