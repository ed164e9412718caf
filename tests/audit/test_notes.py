"""Signed notes, checkpoints and proofs as C2SP writes them."""

import base64

import pytest

from apps.audit import notes
from apps.audit.merkle import BadProof, leaf_hash, node_hash
from apps.audit.notes import BadNote, Checkpoint, Proof

SIGNER = notes.new_signer("example.org/log")
OTHER = notes.new_signer("example.org/other")
LEFT, RIGHT = leaf_hash(b"left"), leaf_hash(b"right")
SAID = Checkpoint("example.org/log", 2, node_hash(LEFT, RIGHT))

# The example key and note of the Go package sumdb/note, which C2SP signed-note generalises.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKv"
    "qfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_keys_and_notes_of_the_reference_implementation() -> None:
    verifier = notes.read_verifier(GO_VKEY)
    assert notes.open_note(GO_NOTE, [verifier]) == GO_TEXT
    signer = notes.read_signer(GO_SKEY)
    assert signer.verifier == verifier
    assert signer.sign(GO_TEXT) == GO_NOTE


def test_keys_survive_as_text_and_the_secret_one_is_not_printed() -> None:
    assert notes.read_signer(SIGNER.skey) == SIGNER
    assert notes.read_verifier(SIGNER.verifier.vkey) == SIGNER.verifier
    assert SIGNER.skey.rpartition("+")[2] not in repr(SIGNER)


def test_a_checkpoint_is_signed_and_read_back() -> None:
    note = SIGNER.sign(SAID.text)
    assert notes.open_checkpoint(note, [OTHER.verifier, SIGNER.verifier]) == SAID
    lines = note.split("\n")
    assert lines[:2] == ["example.org/log", "2"]
    assert base64.b64decode(lines[2]) == SAID.root


def test_a_second_signature_by_somebody_else_does_no_harm() -> None:
    note = SIGNER.sign(SAID.text) + OTHER.sign(SAID.text).rpartition("\n\n")[2]
    assert notes.open_checkpoint(note, [SIGNER.verifier]) == SAID


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("\n2\n", "\n3\n"),
        lambda note: note.replace("example.org/log\n2", "example.org/fog\n2"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note[:-1],
        lambda note: note.replace("— ", "- "),
        lambda note: note[:-10] + "\n",
        lambda note: "",
        lambda note: OTHER.sign(SAID.text),
        lambda note: SIGNER.sign("example.org/log\n02\n" + note.split("\n")[2] + "\n"),
        lambda note: SIGNER.sign("example.org/log\n2\nAAAA\n"),
        lambda note: SIGNER.sign("example.org/log\n2\n"),
    ],
)
def test_a_spoiled_checkpoint_is_refused(spoil) -> None:
    with pytest.raises(BadNote):
        notes.open_checkpoint(spoil(SIGNER.sign(SAID.text)), [SIGNER.verifier])


def test_a_proof_is_written_read_and_verified() -> None:
    text = Proof(1, (LEFT,), SIGNER.sign(SAID.text)).text
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
    assert notes.verify_proof(text, RIGHT, [SIGNER.verifier]) == SAID
    with_extra = text.replace("index", "extra YWJj\nindex", 1)
    assert notes.verify_proof(with_extra, RIGHT, [SIGNER.verifier]) == SAID
    with pytest.raises(BadProof):
        notes.verify_proof(text, LEFT, [SIGNER.verifier])
    with pytest.raises(BadNote):
        notes.verify_proof(text.replace("@v1", "@v2"), RIGHT, [SIGNER.verifier])


def test_a_proof_of_the_only_leaf_has_no_hashes() -> None:
    alone = SIGNER.sign(Checkpoint("example.org/log", 1, LEFT).text)
    text = Proof(0, (), alone).text
    assert notes.verify_proof(text, LEFT, [SIGNER.verifier]).size == 1


@pytest.mark.parametrize(
    "key", ["", "a+b", "a b+00000000+AAAA", GO_VKEY.replace("c74f", "c740"), "x" * 500]
)
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(BadNote):
        notes.read_verifier(key)
    with pytest.raises(BadNote):
        notes.read_signer(key)


def test_names_with_spaces_or_plus_are_refused() -> None:
    for name in ("", "a b", "a+b"):
        with pytest.raises(BadNote):
            notes.new_signer(name)
