"""The API for training pipelines: order a snapshot, fetch what was sealed, ask about a model.

Nothing has a default, and there is no list of everything. Tracks are known by the blinded names of
one snapshot; of people nothing is said. Only an account that may see models finds anything here
(404 for others), never a token that was made for a label.
"""

from typing import Annotated, Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Header, Router, Status

from apps.accounts.models import User
from apps.consent.feature_errors import GateClosed
from apps.consent.gate import MAY_OPEN, open_feature, purpose_token
from apps.portal.api_callers import Refusal, caller_of, refuse
from apps.portal.api_training_shapes import (
    OrderAnswer,
    PurposeAnswer,
    PurposeWanted,
    SnapshotAnswer,
    Wanted,
)
from apps.portal.training_access import SEES, find_version
from apps.training.allowlist import Asked
from apps.training.errors import NameTaken, NotStaff, TrainingError
from apps.training.lineage import lineage
from apps.training.models import ModelVersion, Snapshot, SnapshotOrder
from apps.training.ordering import MAY_ORDER, order_snapshot
from apps.training.storing import DESCRIPTOR, MEMBERS, datasets, place_of

router = Router(tags=["training"])


@router.post("/allowlists", response={202: OrderAnswer, 400: Refusal, 404: Refusal, 409: Refusal})
def order(request: HttpRequest, wanted: Wanted) -> Any:
    """Orders a snapshot of the tracks that a class of models may use now. A worker seals it.

    The same question under the same name is the same order, so it is safe to ask twice.
    """
    user = _user(request, MAY_ORDER)
    if user is None:
        return _nothing()
    asked = Asked(
        model_class=wanted.model_class,
        policy_version=wanted.policy_version,
        jurisdictions=tuple(wanted.jurisdictions),
        at=wanted.valid_at,
        known_at=wanted.known_at,
    )
    try:
        made = order_snapshot(asked=asked, name=wanted.name, by=user)
    except NotStaff:
        return _nothing()
    except NameTaken as error:
        return refuse(409, error.code, str(error))
    except TrainingError as error:
        return refuse(400, error.code, str(error))
    return Status(202, _order(made))


@router.get("/allowlists/{uuid:uid}", response={200: OrderAnswer, 404: Refusal})
def order_state(request: HttpRequest, uid: UUID) -> Any:
    """What became of an order of yours."""
    user = _user(request, MAY_ORDER)
    rows = SnapshotOrder.objects.select_related("snapshot").filter(pk=uid, by=user)
    found = rows.first() if user else None
    return _order(found) if found else _nothing()


@router.get("/snapshots/{uuid:uid}", response={200: SnapshotAnswer, 404: Refusal})
def snapshot(request: HttpRequest, uid: UUID) -> Any:
    """A sealed snapshot: the question, the counts, and what proves it."""
    found = _snapshot(request, uid)
    if found is None:
        return _nothing()
    return {
        **{name: getattr(found, name) for name in SnapshotAnswer.model_fields if name in _COLUMNS},
        "envelope": f"{found.model_class}.{found.envelope_version}",
        "jurisdictions": list(found.countries),
        "filter": found.filter_text,
        "count": found.asset_count,
        "checkpoint": found.note,
    }


@router.get("/snapshots/{uuid:uid}/members", response={404: Refusal, 409: Refusal})
def members(request: HttpRequest, uid: UUID) -> Any:
    """The members file, one line of JSON for each track. Never of a snapshot that is stale."""
    return _file(request, uid, MEMBERS, "application/jsonl")


@router.get("/snapshots/{uuid:uid}/descriptor", response={404: Refusal, 409: Refusal})
def descriptor(request: HttpRequest, uid: UUID) -> Any:
    """The description of the dataset, as Croissant (JSON-LD)."""
    return _file(request, uid, DESCRIPTOR, "application/ld+json")


@router.get("/models/{slug:name}/{version}", response={200: dict, 404: Refusal})
def model(request: HttpRequest, name: str, version: str) -> Any:
    """What a model version was trained on, under which terms, and whether that verifies."""
    found = _model(request, name, version)
    return lineage(found).as_dict() if found else _nothing()


@router.get("/models/{slug:name}/{version}/manifest", response={404: Refusal})
def manifest(request: HttpRequest, name: str, version: str) -> Any:
    """The signed manifest as it was signed: a DSSE envelope with an in-toto statement."""
    found = _model(request, name, version)
    if found is None:
        return _nothing()
    return HttpResponse(found.manifest, content_type="application/vnd.in-toto+dsse")


@router.post(
    "/purpose-tokens", response={200: PurposeAnswer, 403: Refusal, 404: Refusal, 409: Refusal}
)
def purpose(request: HttpRequest, wanted: PurposeWanted) -> Any:
    """A purpose for features of one class of models, one country and one snapshot."""
    user = _user(request, MAY_OPEN)
    sealed = _snapshot(request, wanted.snapshot_uid)
    if user is None or sealed is None:
        return _nothing()
    if (stale := _stale(sealed)) is not None:
        return stale
    if sealed.model_class != wanted.model_class or wanted.jurisdiction not in sealed.countries:
        text = _("The snapshot was sealed for %(model_class)s in %(countries)s only.") % {
            "model_class": sealed.model_class,
            "countries": ", ".join(sealed.countries),
        }
        return refuse(403, "other_purpose", text)
    try:
        token = purpose_token(
            by=user,
            model_class=wanted.model_class,
            jurisdiction=wanted.jurisdiction,
            snapshot_uid=str(sealed.uid),
        )
    except GateClosed as closed:
        return refuse(403, closed.code, str(closed))
    return {"token": token}


@router.get("/features/{uuid:feature_id}", response={403: Refusal, 404: Refusal})
def feature(
    request: HttpRequest,
    feature_id: UUID,
    token: Annotated[str, Header(alias="Purpose-Token")] = "",
) -> Any:
    """The bytes of one feature, for the purpose in the header `Purpose-Token`."""
    if _user(request, MAY_OPEN) is None:
        return _nothing()
    try:
        content = open_feature(feature_id, token)
    except GateClosed as closed:
        return refuse(403, closed.code, str(closed))
    return HttpResponse(content, content_type="application/octet-stream")


_COLUMNS = frozenset(field.name for field in Snapshot._meta.local_concrete_fields)


def _user(request: HttpRequest, permission: str) -> User | None:
    caller = caller_of(request)
    return caller.user if caller.label is None and caller.user.has_perm(permission) else None


def _snapshot(request: HttpRequest, uid: UUID) -> Snapshot | None:
    if _user(request, SEES) is None:
        return None
    return Snapshot.objects.exclude(state=Snapshot.State.BUILDING).filter(uid=uid).first()


def _model(request: HttpRequest, name: str, version: str) -> ModelVersion | None:
    if _user(request, SEES) is None:
        return None
    return find_version(name, version)


def _file(request: HttpRequest, uid: UUID, name: str, content_type: str) -> HttpResponseBase | Any:
    found = _snapshot(request, uid)
    if found is None:
        return _nothing()
    if (stale := _stale(found)) is not None:
        return stale
    try:
        opened = datasets().open(place_of(found, name), "rb")
    except FileNotFoundError:
        return refuse(409, "files_missing", _("The file is missing. Tell the compliance desk."))
    return FileResponse(
        opened, as_attachment=True, filename=f"{found.uid}-{name}", content_type=content_type
    )


def _stale(found: Snapshot) -> Any:
    """The refusal of a snapshot that may not be used any more; None for a sound one."""
    if found.state == Snapshot.State.SEALED:
        return None
    text = _("This snapshot is %(state)s: nothing may be trained on it. Order a new one.")
    return refuse(409, found.state, text % {"state": found.get_state_display()})


def _order(made: SnapshotOrder) -> dict[str, Any]:
    kept = made.snapshot
    error = {"code": made.error_code, "text": made.error_text} if made.error_code else None
    return {
        "uid": made.uid,
        "name": made.name,
        "state": made.state,
        "error": error,
        "snapshot": kept.uid if kept else None,
        "count": kept.asset_count if kept else None,
        "excluded": kept.excluded if kept else None,
        "merkle_root": kept.merkle_root if kept else None,
        "sealed_at": kept.sealed_at if kept else None,
    }


def _nothing() -> Status[dict[str, str]]:
    return refuse(404, "not_found", _("There is nothing of this name for you."))
