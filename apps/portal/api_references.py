"""The API for references: hand in a recording, list, mend and forget.

Only an account that may do so finds anything here (404 for others), never a token that was made
for a label. Recordings are handed in with a token; people use the form at the desk.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from apps.accounts.models import User
from apps.fingerprints.deliveries import deliver_reference
from apps.fingerprints.errors import NotAReference, ReferenceRefusal
from apps.fingerprints.models import Reference, ReferenceDelivery
from apps.fingerprints.references import change_reference, remove_reference
from apps.portal.api_callers import ByToken, Caller, Refusal, caller_of, refuse
from apps.portal.receiving import AudioFiles, refused_files
from apps.portal.tus import limit_silence

SEES, ADDS, CHANGES, REMOVES = (
    f"fingerprints.{verb}_reference" for verb in ("view", "add", "change", "delete")
)
MOST_ROWS = 500
LARGEST_ID = 2**63 - 1
router = Router(tags=["references"])


class ReferenceAnswer(Schema):
    """A recording that uploads are compared with. Its print is not handed out."""

    id: int
    source: str
    title: str
    artist: str
    owner: str
    isrc: str
    rights_note: str
    duration_s: float
    sha256: str
    can_be_heard: bool
    added_at: datetime
    changed_at: datetime


class Page(Schema):
    """References by id; `next`: what to send as `after` for more, null at the end."""

    references: list[ReferenceAnswer]
    next: int | None


class Told(Schema):
    """What is known of a recording that is handed in."""

    source: str = Reference.Source.DELIVERY
    title: str = ""
    artist: str = ""
    owner: str = ""
    isrc: str = ""
    rights_note: str = ""
    no_audio: bool = False


class Mended(Schema):
    """What is to be said instead; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    artist: str | None = None
    isrc: str | None = None
    rights_note: str | None = None


class DeliveryAnswer(Schema):
    """What became of a recording that was handed in. `state`: waiting, done, refused."""

    uid: UUID
    state: str
    reference: int | None
    error: Refusal | None


class Asked(Schema):
    """Which references."""

    after: int = Field(0, ge=0, le=LARGEST_ID)
    limit: int = Field(100, ge=1, le=MOST_ROWS)
    source: Reference.Source | None = None
    owner: str | None = None
    isrc: str | None = None


class ByTokenWithFile(ByToken):
    """A program with a token; whoever may add references may send a recording of any length."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, before the body is read: others may not fill the disk."""
        caller = super().authenticate(request, token)
        if caller and _may(caller, ADDS):
            limit_silence(request)
            request.upload_handlers = [AudioFiles(request)]
        return caller


@router.post(
    "",
    auth=ByTokenWithFile(),
    response={202: DeliveryAnswer, 400: Refusal, 404: Refusal, 413: Refusal},
)
def deliver(
    request: HttpRequest,
    told: Annotated[Told, Form()],
    file: Annotated[UploadedFile | None, File()] = None,
) -> Any:
    """Hands in a recording as a multipart form. A worker hears it; ask for the uid until then.

    The same recording of the same source and owner again changes what is there.
    """
    user = _user(request, ADDS)
    if user is None:
        return _nothing()
    for _name, why in refused_files(request):
        return refuse(413, "file_too_large", why)
    if unknown := sorted(set(request.POST) - set(Told.model_fields)):
        text = _("“%(name)s” is no part of the question.") % {"name": unknown[0][:80]}
        return refuse(400, "bad_request", text)
    if file is None or not file.size:
        return refuse(400, "no_file", _("Send the recording as the part “file” of the form."))
    words = told.dict(exclude={"source", "no_audio"})
    try:
        made = deliver_reference(
            path=Path(file.temporary_file_path()),  # type: ignore[attr-defined]
            name=file.name or "",
            by=user,
            source=told.source,
            words=words,
            no_audio=told.no_audio,
        )
    except ReferenceRefusal as refusal:
        return refuse(400, "bad_words", str(refusal))
    return Status(202, _delivery(made))


@router.get("", response={200: Page, 404: Refusal})
def references(request: HttpRequest, asked: Annotated[Asked, Query()]) -> Any:
    """References in the order of their ids, 500 at most."""
    if _user(request, SEES) is None:
        return _nothing()
    told = {"source": asked.source, "owner": asked.owner, "isrc": asked.isrc}
    wanted = {name: value for name, value in told.items() if value is not None}
    if any("\x00" in value for value in wanted.values()):
        return {"references": [], "next": None}
    rows = Reference.objects.filter(pk__gt=asked.after, **wanted).defer("items", "marks")
    found = list(rows.order_by("pk")[: asked.limit + 1])
    shown = found[: asked.limit]
    more = shown[-1].pk if len(found) > asked.limit else None
    return {"references": [_told(row) for row in shown], "next": more}


@router.get("/deliveries/{uuid:uid}", response={200: DeliveryAnswer, 404: Refusal})
def delivery(request: HttpRequest, uid: UUID) -> Any:
    """What became of a recording that was handed in."""
    user = _user(request, ADDS)
    found = ReferenceDelivery.objects.filter(pk=uid).first() if user else None
    return _delivery(found) if found else _nothing()


@router.get("/{int:reference_id}", response={200: ReferenceAnswer, 404: Refusal})
def reference(request: HttpRequest, reference_id: int) -> Any:
    """One reference."""
    found = _find(reference_id) if _user(request, SEES) else None
    return _told(found) if found else _nothing()


@router.patch("/{int:reference_id}", response={200: ReferenceAnswer, 400: Refusal, 404: Refusal})
def change(request: HttpRequest, reference_id: int, mended: Mended) -> Any:
    """Mends what is said of a reference: title, artist, isrc, rights_note."""
    user = _user(request, CHANGES)
    if user is None or reference_id > LARGEST_ID:
        return _nothing()
    words = {name: text for name, text in mended.dict().items() if text is not None}
    try:
        change_reference(reference_id=reference_id, by=user, **words)
    except NotAReference:
        return _nothing()
    except ReferenceRefusal as refusal:
        return refuse(400, "bad_words", str(refusal))
    found = _find(reference_id)
    return _told(found) if found else _nothing()


@router.delete("/{int:reference_id}", response={204: None, 404: Refusal})
def remove(request: HttpRequest, reference_id: int) -> Any:
    """Forgets a reference, its print and its copy: nothing is compared with it any more."""
    user = _user(request, REMOVES)
    if user is None or reference_id > LARGEST_ID:
        return _nothing()
    try:
        remove_reference(reference_id=reference_id, by=user)
    except NotAReference:
        return _nothing()
    return Status(204, None)


def _may(caller: Caller, permission: str) -> bool:
    return caller.label is None and caller.user.has_perm(permission)


def _user(request: HttpRequest, permission: str) -> User | None:
    caller = caller_of(request)
    return caller.user if _may(caller, permission) else None


def _find(reference_id: int) -> Reference | None:
    if reference_id > LARGEST_ID:
        return None
    return Reference.objects.filter(pk=reference_id).defer("items", "marks").first()


def _told(row: Reference) -> dict[str, Any]:
    names = (name for name in ReferenceAnswer.model_fields if name not in ("id", "can_be_heard"))
    told = {name: getattr(row, name) for name in names}
    return {"id": row.pk, "can_be_heard": bool(row.preview), **told}


def _delivery(row: ReferenceDelivery) -> dict[str, Any]:
    error = {"code": row.error_code, "text": row.error_text} if row.error_code else None
    return {"uid": row.pk, "state": row.state, "reference": row.reference_id, "error": error}


def _nothing() -> Status[dict[str, str]]:
    return refuse(404, "not_found", _("There is nothing of this name for you."))
