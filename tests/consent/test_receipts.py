"""Receipts: everything that was said, and where it stands in the log."""

import json

import pytest

from apps.audit import keys
from apps.audit.notes import open_checkpoint
from apps.audit.verify import verify
from apps.consent.choices import object_to_use
from apps.consent.disputes import close_dispute, invalidate_authority, open_dispute
from apps.consent.models import ConsentEvent, Evidence
from apps.consent.receipts import receipt_of
from apps.consent.reservations import reserve_no_ai
from tests.consent.saying import TERMS, lift, say_no, say_yes, take_back

pytestmark = pytest.mark.django_db


def test_a_yes_in_full(track, artist, prove) -> None:
    event = say_yes(artist, track)
    told = receipt_of(event)
    assert told["proof"]["status"] == "pending"
    assert told["dct:conformsTo"].endswith("dpv-27560#receipt")
    assert told["dpv:hasConsentStatus"] == "dpv:ConsentGiven"
    assert told["dpv:hasJurisdiction"] == "DE"
    notice = told["dpv:hasNotice"]
    assert notice["dct:hasVersion"] == TERMS
    assert "suggest it to listeners" in notice["dct:description"]
    assert told["dpv:hasPurpose"]["dpv:hasWithdrawalMethod"].startswith("http")
    prove()
    proof = receipt_of(event)["proof"]
    assert proof["status"] == "in_the_log"
    assert proof["leaf_index"] >= 0
    assert open_checkpoint(proof["checkpoint"], keys.verifiers())
    text = json.dumps(receipt_of(event))
    assert artist.email not in text
    assert artist.name not in text


def test_each_state_in_the_words_of_the_vocabulary(track, artist, officer) -> None:
    def state(event: ConsentEvent) -> str:
        return receipt_of(event)["dpv:hasConsentStatus"].removeprefix("dpv:Consent")

    assert state(say_no(artist, track)) == "Refused"
    say_yes(artist, track)
    assert receipt_of(say_yes(artist, track))["dpv:hasConsentStatus"] == "dpv:RenewedConsentGiven"
    assert state(take_back(artist, track)) == "Withdrawn"
    say_yes(artist, track)
    assert state(take_back(officer, track)) == "Revoked"
    assert state(lift(artist, track)) == "Unknown"
    assert state(reserve_no_ai(by=artist, of=track)) == "Withdrawn"
    lie = invalidate_authority(
        by=officer, of=track, grantor=artist, since=ConsentEvent.objects.first().recorded_at
    )
    assert state(lie) == "Invalidated"
    assert receipt_of(lie)["dpv:hasNotice"] is None


def test_the_log_verifies_with_every_kind_of_event_and_after_erasing(
    track, artist, officer, prove
) -> None:
    say_yes(artist, track, include=("DE", "AT"), exclude=("US",))
    take_back(artist, track)
    lift(artist, track)
    reserve_no_ai(by=artist, of=track)
    object_to_use(by=artist, of=track, use_case="analytics", verb="infer")
    opened = open_dispute(by=artist, of=track)
    close_dispute(by=officer, of=track, dispute=opened.record_id)
    invalidate_authority(by=officer, of=track, grantor=artist, since=opened.recorded_at)
    prove()
    report = verify()
    assert report.fault is None
    assert report.leaves >= 8
    Evidence.objects.all().delete()
    assert verify().fault is None
