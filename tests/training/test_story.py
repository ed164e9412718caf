"""The whole story on real rows: from a yes to a released model, back again, and its proofs."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.audit import keys
from apps.audit.verify import verify
from apps.catalogue.models import Track
from apps.consent.features import features_of
from apps.consent.models import DerivedFeature
from apps.pipeline.ledger import keep_ledger
from apps.pipeline.revocation_mail import send_revocation_mails
from apps.pipeline.sweep import sweep
from apps.training.affected import models_affected_by
from apps.training.bundle import verify_bundle, write_bundle
from apps.training.errors import NotToRelease, ReleaseRefused, Stale
from apps.training.lineage import lineage_of
from apps.training.models import ModelVersion, Notification, Obligation, RevocationCase, Snapshot
from apps.training.proofs import prove_track
from apps.training.releasing import approve_release, blockers_of, release_model
from apps.training.revocation.errors import NotNewer
from apps.training.revocation.obligations import block_overdue, meet_obligation
from apps.training.revocation.receipts import read_receipt
from apps.training.revocation.recipients import disclose
from apps.training.staleness import find_stale
from tests.consent.featuring import make
from tests.consent.saying import take_back
from tests.training.listing import GENERATE, listed, open_track
from tests.training.making import registered, run_now, sealed
from tests.training.revoking import recipient, work_off

pytestmark = pytest.mark.django_db
MODEL, FIRST, SECOND = "genaudio", "v2026.04.3", "v2026.05.0"


@pytest.fixture
def tracks(prove) -> list[Track]:
    """Three artists who turned “No AI” off and said yes to training music models, in Germany."""
    found = [open_track(GENERATE) for _ in range(3)]
    keep_ledger()
    return found


@pytest.fixture
def ours(tracks) -> Track:
    """The one whose artist changes their mind."""
    return tracks[0]


def released(officer: User, administrator: User, model: ModelVersion) -> ModelVersion:
    for person in (officer, administrator):
        approve_release(by=person, model_version=model)
    return release_model(by=officer, model_version=model)


def test_a_permission_from_the_yes_to_the_proof_that_it_is_gone(
    ours: Track, tracks, officer: User, administrator: User, tmp_path: Path
) -> None:
    artist = ours.release.owner

    # Consent was given, so the track is on the list, in the snapshot, and in the model.
    assert ours in listed().tracks
    feature, other_feature = make(ours), make(tracks[1])
    spring = sealed(officer)
    assert spring.asset_count == 3
    model = released(officer, administrator, registered(officer, spring, version=FIRST))
    again = registered(officer, spring, version="v2026.04.4", run=run_now(run_id="run-2"))
    disclose(by=officer, recipient=recipient(), what="The spring dataset", snapshot=spring)
    told = {track for track, *_terms in lineage_of(MODEL, FIRST).members()}
    assert told == {one.pk for one in tracks}

    # The artist takes it back. It counts at once, before anything else has happened.
    take_back(artist, ours, GENERATE)
    assert ours not in listed().tracks
    assert find_stale(spring).stale == {ours.pk}

    # A case opens by itself and is worked off.
    keep_ledger()
    assert sweep()["cases"] == 1
    work_off()
    case = RevocationCase.objects.get()
    assert case.steps.get(kind="stop").proof["still_allowed"] == 0
    feature.refresh_from_db()
    assert (bytes(feature.wrapped_key), feature.purged_at is not None) == (b"", True)
    assert list(features_of([one.pk for one in tracks])) == [other_feature]
    spring.refresh_from_db()
    assert spring.state == Snapshot.State.STALE
    assert models_affected_by([ours.pk]) == [model, again]
    owed = Obligation.objects.get(model_version=model)
    assert owed.owner == officer

    # The recipient is told, and confirms without an account.
    send_revocation_mails()
    mail = outbox.outbox[-1]
    assert mail.to == [Notification.objects.get().recipient.email]
    link = reverse("told", args=[Notification.objects.get().token])
    assert link in mail.body
    assert Client().post(link).status_code == 302
    work_off()
    assert case.steps.get(kind="notify").done_at is not None

    # Nothing more is registered on the same dataset; nothing of it is released once time is over.
    with pytest.raises(Stale):
        registered(officer, spring, version="v2026.04.5", run=run_now(run_id="run-3"))
    for person in (officer, administrator):
        approve_release(by=person, model_version=again)
    long_ago = timezone.now() - timedelta(days=2)
    Snapshot.objects.filter(pk=spring.pk).update(stale_since=long_ago)
    assert "stale" in {one.code for one in blockers_of(again)}
    with pytest.raises(ReleaseRefused):
        release_model(by=officer, model_version=again)

    # What is owed and late blocks the version itself.
    Obligation.objects.update(due_at=timezone.now())
    assert block_overdue() == 2
    with pytest.raises(NotToRelease):
        release_model(by=officer, model_version=model)

    # Trained anew: an older run is not believed, a newer one without the track is.
    shown_by = {"by": officer, "obligation": owed, "remedy": "retrain", "evidence": ""}
    with pytest.raises(NotNewer):
        meet_obligation(**shown_by, successor=again)
    summer = sealed(officer)
    assert summer.asset_count == 2
    newer = registered(officer, summer, version=SECOND, run=run_now(run_id="run-4"))
    released(officer, administrator, newer)
    meet_obligation(**shown_by, successor=newer)
    never = Obligation.objects.get(model_version=again)
    meet_obligation(
        by=officer, obligation=never, remedy="retire", evidence="Never released; weights deleted."
    )
    model.refresh_from_db()
    assert model.state == ModelVersion.State.RETIRED

    # The case closes with a receipt that anybody can verify, and the artist has it.
    work_off()
    case.refresh_from_db()
    said = read_receipt(case.receipt, keys.verifiers())
    assert said["tracks"] == [str(ours.pk)]
    assert said["counts"]["features_deleted"] == said["counts"]["recipients_confirmed"] == 1
    assert [one["remedy"] for one in said["models"]] == ["retrain", "retire"]
    assert any("was released on" in text for text in said["cannot_be_undone"])
    outbox.outbox.clear()
    send_revocation_mails()
    assert outbox.outbox[0].to == [artist.email]
    client = Client()
    client.force_login(artist)
    shown = client.get(reverse("case_receipt", args=[case.pk]))
    assert shown.content.decode() == case.receipt

    # Both versions still answer for themselves: what was, and that it is gone.
    assert len(list(lineage_of(MODEL, FIRST).members())) == 3
    assert {track for track, *_terms in lineage_of(MODEL, SECOND).members()} == {
        one.pk for one in tracks[1:]
    }
    assert [one["present"] for one in prove_track(model, ours)["datasets"]] == [True]
    absent = prove_track(newer, ours)["datasets"][0]
    assert absent["present"] is False
    folder = tmp_path / "bundle"
    write_bundle(newer, folder)
    assert verify_bundle(folder, asset=absent["asset_ref"])
    keep_ledger()
    assert verify().fault is None
    assert DerivedFeature.objects.filter(purged_at=None).count() == 1
