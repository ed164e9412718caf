"""From a draft to a frozen declaration: what the artist says about one track, once and for all."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.declaration import InvalidDeclaration, parse_declaration
from apps.catalogue.models import AudioFile, Declaration, Release, Track
from apps.catalogue.terms import require_current

WITH_PROOF = ("borrowed", "likeness", "voice")
MAX_KEY = 64


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a track (or, without one, the release) from being submitted."""

    track_id: UUID | None
    code: str
    text: str


class NotReady(Exception):
    """Something must be finished before submitting; `problems` say what, each in a sentence."""

    def __init__(self, problems: tuple[Missing, ...]) -> None:
        super().__init__(" ".join(problem.text for problem in problems))
        self.problems = problems


def declaration_of(track: Track) -> dict[str, Any]:
    """The declaration document of a draft, as `parse_declaration` accepts it.

    Holds only what was answered: a question left open is a key left out. Proofs are the track's
    own uploads, whatever id an answer names. Raises InvalidDeclaration.
    """
    said = {key: value for key, value in _described(track).items() if value not in ("", None, [])}
    answers = track.answers if isinstance(track.answers, dict) else {"answers": track.answers}
    document = parse_declaration({**answers, **said})
    _add_artwork(document, track.release.artwork_ai)
    _attach_proofs(document, track)
    return parse_declaration(document)


def find_missing(track: Track) -> list[Missing]:
    """What must be finished before this track can be screened; empty when nothing."""
    return [Missing(track.pk, code, text) for code, text in _problems(track)]


def is_changed(track: Track) -> bool:
    """Whether anything declared, a proof or the audio is new since the last submission."""
    last = track.declaration
    if last is None or last.audio_id != track.audio_id:
        return True
    if any(proof.created_at > last.created_at for proof in track.proofs.all()):
        return True
    try:
        return last.sha256 != fingerprint_of(declaration_of(track))
    except InvalidDeclaration:  # `find_missing` says what is wrong with it
        return True


@transaction.atomic
def freeze_declaration(
    *, track: Track, by: User, terms_version: str, submission_key: str
) -> Declaration:
    """The declaration of this submission: written now, or the one that the same key made before.

    `submission_key` comes from the form, so that a form sent twice is one submission; a blank one
    makes a submission of its own. Raises NotReady, TermsChanged.
    """
    row = Track.objects.select_for_update(of=("self",)).select_related("release").get(pk=track.pk)
    key = submission_key[:MAX_KEY] or uuid4().hex
    if made := row.declarations.filter(submission_key=key).first():
        return made
    require_current(terms_version)
    problems = find_missing(row)
    if problems or row.audio is None:
        raise NotReady(tuple(problems))
    declaration = _write(row, row.audio, by, terms_version, key)
    row.declaration = track.declaration = declaration
    row.save(update_fields=["declaration", "changed_at"])
    return declaration


def fingerprint_of(document: dict[str, Any]) -> str:
    """SHA-256 of the document in one fixed spelling."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _write(track: Track, audio: AudioFile, by: User, terms_version: str, key: str) -> Declaration:
    document = declaration_of(track)
    declaration = Declaration.objects.create(
        track=track,
        audio=audio,
        document=document,
        sha256=fingerprint_of(document),
        terms_version=terms_version,
        accepted_at=timezone.now(),
        made_by=by,
        submission_key=key,
    )
    record(
        kind="declaration.made",
        subject=declaration,
        actor=by,
        track=str(track.pk),
        terms=terms_version,
        sha256=declaration.sha256,
    )
    return declaration


def _described(track: Track) -> dict[str, Any]:
    release: Release = track.release
    return {
        "title": track.title,
        "version_title": track.version_title,
        "language": track.language,
        "artists": [{"name": one.name, "role": one.role} for one in track.contributors.all()],
        "isrc": track.isrc,
        "upc": release.upc,
        "territories": release.territories,
        "destinations": release.destinations,
        "parental_advisory": track.parental_advisory,
        "original_release_year": track.original_release_year,
    }


def _add_artwork(document: dict[str, Any], extent: str) -> None:
    """The artwork is the release's; it joins the track's answers once those are given.

    Alone it must not: a list with the artwork only would say that no other part used AI.
    """
    if extent in ("assisted", "generated") and "ai" in document:
        parts = [use for use in document["ai"] if use.get("part") != "artwork"]
        document["ai"] = [*parts, {"part": "artwork", "extent": extent}]


def _attach_proofs(document: dict[str, Any], track: Track) -> None:
    sent = {proof.concerns: proof.pk for proof in track.proofs.all()}  # the newest wins
    for path, entry in _provable(document):
        entry.pop("proof", None)
        if path in sent:
            entry["proof"] = str(sent[path])


def _provable(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of the document that may carry a proof, with the path that proofs name."""
    for key in WITH_PROOF:
        found = document.get(key)
        if isinstance(found, list):
            yield from ((f"{key}.{place}", entry) for place, entry in enumerate(found))
        elif found is not None:
            yield key, found


def _problems(track: Track) -> Iterator[tuple[str, str]]:
    name = str(track)
    if not track.title.strip():
        yield "no_title", _("%(track)s: give the track a title.") % {"track": name}
    audio = track.audio
    if audio is None:
        yield "no_audio", _("%(track)s: add the audio file.") % {"track": name}
    elif audio.state == AudioFile.State.RECEIVED:
        yield (
            "audio_being_read",
            _("%(track)s: we are still reading the file. Try again in a moment.") % {"track": name},
        )
    elif audio.state == AudioFile.State.REFUSED:
        yield (
            "audio_refused",
            _("%(track)s: the file cannot be used. %(why)s")
            % {"track": name, "why": audio.error_text},
        )
    try:
        declaration_of(track)
    except InvalidDeclaration as error:
        for problem in error.problems:
            yield "declaration_invalid", f"{name}: {problem.path}: {problem.text}"
