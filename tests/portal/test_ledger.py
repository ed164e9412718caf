"""The public face of the log: its newest checkpoint, and the key that verifies it."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit import keys, notes
from apps.audit.models import Leaf
from apps.audit.sequencer import sequence_pending
from tests.factories import ComplianceOfficerFactory, EventFactory

pytestmark = pytest.mark.django_db


def test_before_anything_was_signed_there_is_nothing_to_see(client: Client) -> None:
    for name in ("ledger_checkpoint", "ledger_key"):
        assert client.get(reverse(name)).status_code == 404


def test_anybody_can_verify_the_newest_checkpoint(client: Client) -> None:
    keys.make_key()
    EventFactory()
    sequence_pending()
    EventFactory()
    sequence_pending()
    checkpoint, key = (client.get(f"/ledger/{name}") for name in ("checkpoint", "key"))
    assert checkpoint["Content-Type"] == key["Content-Type"] == "text/plain; charset=utf-8"
    verifier = notes.read_verifier(key.content.decode())
    said = notes.open_checkpoint(checkpoint.content.decode(), [verifier])
    assert said.size == 2
    assert verifier == keys.signer().verifier


def test_an_event_says_whether_it_is_proven_and_hands_out_its_proof(client: Client) -> None:
    client.force_login(ComplianceOfficerFactory())
    event = EventFactory(data={"note": "<b>"})
    page = reverse("admin:audit_event_change", args=[event.pk])
    proof = reverse("admin:audit_event_proof", args=[event.uid])
    assert "waiting" in client.get(page).content.decode()
    assert client.get(proof).status_code == 404
    keys.make_key()
    sequence_pending()
    shown = client.get(page).content.decode()
    assert f"proven in leaf {Leaf.objects.get(uid=event.uid).pk}" in shown
    assert proof in shown
    text = client.get(proof).content.decode()
    notes.verify_proof(text, bytes(event.leaf_hash), [keys.signer().verifier])
    assert "checkpoint" in client.get(reverse("admin:audit_checkpoint_changelist")).content.decode()
