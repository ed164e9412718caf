"""Proofs: few kinds, told by their bytes; private; read by the artist and by reviewers."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.roles import Role
from apps.audit.models import Event
from apps.catalogue.drafts import NotEditable
from apps.catalogue.models import Proof, proofs
from apps.catalogue.proof_kinds import kind_of, stem_kind_of
from apps.catalogue.proofs import (
    NotAProof,
    NotAStem,
    NotOfTheMaking,
    TooManyProofs,
    add_proof,
    is_submitted,
    remove_proof,
)
from apps.catalogue.states import TrackState
from apps.catalogue.upload_errors import EmptyFile, FileTooLarge
from tests.factories import DeclarationFactory, ProofFactory, TrackFactory, UserFactory

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
MAIL = b"From: a@example.org\r\nSubject: Licence\r\n\r\nYou may.\r\n"


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.jpeg", b"\xff\xd8\xff\xdb", "image/jpeg"),
        ("a.txt", "You may use it, Café.".encode(), "text/plain; charset=utf-8"),
        ("a.eml", MAIL, "message/rfc822"),
        ("a.pdf", PNG, None),
        ("a.png", PDF, None),
        ("a.txt", b"MZ\x90\x00", None),
        ("a.eml", b"no header here", None),
        ("a.html", b"<html>", None),
        ("a.svg", b"<svg/>", None),
        ("a.exe", b"MZ\x90\x00", None),
        ("a.pdf.exe", PDF, None),
        ("pdf", PDF, None),
    ],
)
def test_kinds_are_told_by_bytes_and_name_together(name, head, kind):
    assert kind_of(name, head) == kind


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("vox.wav", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        ("vox.flac", b"fLaC\0", "audio/flac"),
        ("VOX.MP3", b"\xff\xfb\x90\x00", "audio/mpeg"),
        ("vox.mp3", b"ID3\x04", "audio/mpeg"),
        ("vox.m4a", b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        ("vox.ogg", b"OggS\0", "audio/ogg"),
        ("vox.wav", b"RIFF\0\0\0\0AVI LIST", None),
        ("vox.mp3", PDF, None),
        ("vox.wav", b"fLaC\0", None),
        ("vox.pdf", PDF, None),
        ("vox", b"fLaC", None),
        ("vox.wav", b"", None),
    ],
)
def test_a_stem_is_sound_by_bytes_and_name(name, head, kind):
    assert stem_kind_of(name, head) == kind


@pytest.fixture
def track(db):
    return TrackFactory()


def send(track, name="licence.pdf", data=PDF, concerns="borrowed.0") -> Proof:
    file = SimpleUploadedFile(name, data)
    return add_proof(track=track, by=track.release.owner, concerns=concerns, name=name, file=file)


class TestAdd:
    def test_kept_under_its_id(self, track):
        proof = send(track, name="../my licence.pdf")
        assert (proof.original_name, proof.size_bytes) == ("my licence.pdf", len(PDF))
        assert proof.file.name == f"{proof.pk.hex[:2]}/{proof.pk.hex}"
        with proof.file.open() as file:
            assert file.read() == PDF
        assert Event.objects.filter(kind="proof.added", subject_id=str(proof.pk)).exists()

    @pytest.mark.parametrize(
        ("data", "error"), [(b"", EmptyFile), (b"x" * 11, FileTooLarge), (b"<html>", NotAProof)]
    )
    def test_refused_and_nothing_half_written(self, track, settings, data, error):
        settings.MAX_PROOF_BYTES = 10
        with pytest.raises(error):
            send(track, data=data)
        assert not Proof.objects.exists()

    @pytest.mark.parametrize("concerns", ["", "borrowed", "voice.0", "../x", "ai.100"])
    def test_of_nothing(self, track, concerns):
        with pytest.raises(ValueError, match="No part"):
            send(track, concerns=concerns)

    @pytest.mark.parametrize(
        ("name", "data"), [("bass.wav", b"RIFF\0\0\0\0WAVE"), ("session.png", PNG), ("a.pdf", PDF)]
    )
    def test_sound_and_documents_show_how_a_track_was_made(self, track, name, data):
        assert send(track, name, data, "making").concerns == "making"

    def test_what_is_neither_shows_nothing(self, track):
        with pytest.raises(NotOfTheMaking, match="Export a stem"):
            send(track, "session.als", b"\x1f\x8b", "making")

    @pytest.mark.parametrize(("concerns", "error"), [("vocals", NotAStem), ("voice", NotAProof)])
    def test_a_stem_is_no_document_and_a_document_no_stem(self, track, concerns, error):
        with pytest.raises(error):
            send(track, "a.pdf" if concerns == "vocals" else "a.flac", b"fLaC", concerns)
        assert send(track, "a.flac", b"fLaC", "vocals").concerns == "vocals"

    def test_twenty_and_no_more(self, track):
        ProofFactory.create_batch(20, track=track)
        with pytest.raises(TooManyProofs):
            send(track)

    def test_while_it_is_being_checked(self, track):
        track.state = TrackState.SUBMITTED
        track.save()
        with pytest.raises(NotEditable):
            send(track)


class TestRemove:
    def test_with_its_file(self, track, django_capture_on_commit_callbacks):
        proof = send(track)
        with django_capture_on_commit_callbacks(execute=True):
            remove_proof(proof=proof, by=track.release.owner)
        assert not Proof.objects.exists()
        assert not proofs().exists(proof.file.name)

    def test_what_was_submitted_stays(self, track):
        proof = send(track)
        borrowed = [{"kind": "sample", "of": "Delta", "proof": str(proof.pk)}]
        DeclarationFactory(track=track, document={"borrowed": borrowed})
        assert is_submitted(proof)
        with pytest.raises(NotEditable):
            remove_proof(proof=proof, by=track.release.owner)


class TestPages:
    @pytest.fixture
    def artist(self, track) -> Client:
        client = Client()
        client.force_login(track.release.owner)
        return client

    def post(self, client, track, name="licence.pdf", data=PDF, concerns="voice"):
        file = SimpleUploadedFile(name, data)
        url = reverse("proof_add", args=[track.pk])
        answer = client.post(url, {"concerns": concerns, "file": file})
        said = [str(message) for message in answer.wsgi_request._messages]
        return answer, " ".join(said)

    def test_sent_by_a_form(self, artist, track):
        answer, said = self.post(artist, track)
        assert answer.status_code == 302
        assert "licence.pdf is added" in said
        assert track.proofs.get().concerns == "voice"

    @pytest.mark.parametrize(
        ("name", "data", "concerns", "sentence"),
        [
            ("a.html", b"<html>", "voice", "We take PDF"),
            ("a.pdf", PDF + bytes(2000), "voice", "larger than 1.0\xa0KB"),
            ("a.pdf", PDF, "nothing", "Say first what the file proves"),
        ],
    )
    def test_refused_with_a_sentence(self, artist, track, settings, name, data, concerns, sentence):
        settings.MAX_PROOF_BYTES = 1024
        _answer, said = self.post(artist, track, name, data, concerns)
        assert sentence in said
        assert not track.proofs.exists()

    def test_downloaded_and_never_shown(self, artist, track):
        proof = send(track, name="Café “licence”.pdf")
        answer = artist.get(reverse("proof", args=[proof.pk]))
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.ARTIST, 404),
            (Role.REVIEWER, 200),
            (Role.SENIOR_REVIEWER, 200),
            (Role.LABEL_STAFF, 404),
            (Role.COMPLIANCE_OFFICER, 404),
            (Role.ADMINISTRATOR, 404),
        ],
    )
    def test_who_may_read(self, track, role, status):
        client = Client()
        client.force_login(UserFactory(role=role))
        answer = client.get(reverse("proof", args=[send(track).pk]))
        assert answer.status_code == status
        answer.close()

    def test_of_somebody_elses_track(self, track):
        other = Client()
        other.force_login(UserFactory())
        answer, _said = self.post(other, track)
        assert answer.status_code == 404
        assert other.post(reverse("proof_remove", args=[send(track).pk])).status_code == 404

    def test_removed_by_a_form(self, artist, track):
        proof = send(track)
        assert artist.post(reverse("proof_remove", args=[proof.pk])).status_code == 302
        assert not Proof.objects.exists()
