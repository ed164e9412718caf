"""Licences, receipts and permissions that artists send: checked, stored privately, taken back."""

import hashlib
import re
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.drafts import NotEditable
from apps.catalogue.file_names import clean_file_name
from apps.catalogue.models import Proof, Track, proofs
from apps.catalogue.proof_kinds import HEAD, kind_of, stem_kind_of
from apps.catalogue.upload_bytes import require_disk
from apps.catalogue.upload_errors import EmptyFile, FileTooLarge, UploadError

MAX_PROOFS = 20  # of one track
VOCALS = "vocals"  # the voice alone, to be compared instead of the mix
MAKING = "making"  # what shows how the sound was made: sound, or a picture of the session
_CONCERNS = re.compile(r"voice|vocals|making|rights|(?:borrowed|likeness|ai)\.\d{1,2}")


class NotAProof(UploadError):
    """A file that is none of the kinds we take."""

    code = "not_a_proof"
    message = _(
        "We take PDF, JPEG, PNG, plain text and saved mails (.eml) as proof, and this is none of "
        "them, or its name says something else. Save it as PDF and send it again."
    )


class NotAStem(UploadError):
    """A file that is no sound, where the vocals alone are wanted."""

    code = "not_a_stem"
    message = _(
        "We take WAV, FLAC, MP3, M4A and Ogg as a vocal stem, and this is none of them, or its "
        "name says something else. Export the vocals alone and send that file."
    )


class NotOfTheMaking(UploadError):
    """A file that is neither sound nor a document, where the making of a track is shown."""

    code = "not_of_the_making"
    message = _(
        "We take WAV, FLAC, MP3, M4A and Ogg here, or PDF, JPEG, PNG and plain text, and this is "
        "none of them. Export a stem or an earlier mix, or take a picture of the session."
    )


class TooManyProofs(UploadError):
    """More proofs than one track may have."""

    code = "too_many_proofs"
    message = _("A track has at most 20 proofs. Remove one first, or join several in one PDF.")


def add_proof(*, track: Track, by: User, concerns: str, name: str, file: File) -> Proof:  # type: ignore[type-arg]
    """Keeps a proof of one part of the declaration ("borrowed.0", "voice", "likeness.1", "ai.2"),
    or of the rights in the whole ("rights"); "vocals" takes the vocal stem, which is sound, and
    "making" takes sound or a document that shows how the track was made.

    Raises EmptyFile, FileTooLarge, NotAProof, NotAStem, NotOfTheMaking, TooManyProofs,
    StorageFull, NotEditable; ValueError where `concerns` names no part.
    """
    if not _CONCERNS.fullmatch(concerns):
        raise ValueError(f"No part of a declaration: {concerns!r}")
    size = _checked_size(name, file)
    _check_kind(concerns, clean_file_name(name), _from_start(file).read(HEAD))
    proof_id = uuid4()
    place = f"{proof_id.hex[:2]}/{proof_id.hex}"
    with transaction.atomic():
        row = _editable(track)
        if row.proofs.count() >= MAX_PROOFS:
            raise TooManyProofs
        proof = Proof.objects.create(
            id=proof_id,
            track=row,
            concerns=concerns,
            original_name=clean_file_name(name),
            file=place,
            size_bytes=size,
            sha256=hashlib.file_digest(_from_start(file), "sha256").hexdigest(),
        )
        record(kind="proof.added", subject=proof, actor=by, track=str(row.pk), concerns=concerns)
        proofs().save(place, _from_start(file))  # last: a file without a row is cleared, not shown
    return proof


def remove_proof(*, proof: Proof, by: User) -> None:
    """Takes a proof back that no submitted declaration names. Raises NotEditable.

    One that was submitted stays: it is what a decision rested on.
    """
    with transaction.atomic():
        row = _editable(proof.track)
        if is_submitted(proof):
            raise NotEditable
        record(kind="proof.removed", subject=proof, actor=by, track=str(row.pk))
        storage, place = proofs(), str(proof.file.name)
        proof.delete()
        transaction.on_commit(lambda: storage.delete(place))


def is_submitted(proof: Proof) -> bool:
    """Whether a declaration of its track names this proof."""
    documents = proof.track.declarations.values_list("document", flat=True)
    return any(str(proof.pk) in _strings(document) for document in documents)


def _strings(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_strings, value.values()))
    if isinstance(value, list):
        return set().union(*map(_strings, value))
    return {value} if isinstance(value, str) else set()


def _checked_size(name: str, file: File) -> int:  # type: ignore[type-arg]
    size = file.size
    if not size:
        raise EmptyFile
    if size > settings.MAX_PROOF_BYTES:
        raise FileTooLarge(limit=settings.MAX_PROOF_BYTES)
    require_disk(size)
    return size


def _check_kind(concerns: str, name: str, head: bytes) -> None:
    is_sound = stem_kind_of(name, head) is not None
    is_document = kind_of(name, head) is not None
    if concerns == VOCALS and not is_sound:
        raise NotAStem
    if concerns == MAKING and not (is_sound or is_document):
        raise NotOfTheMaking
    if concerns not in (VOCALS, MAKING) and not is_document:
        raise NotAProof


def _from_start(file: File) -> File:  # type: ignore[type-arg]
    file.seek(0)
    return file


def _editable(track: Track) -> Track:
    row = Track.objects.select_for_update().get(pk=track.pk)
    if not row.is_editable:
        raise NotEditable
    return row
