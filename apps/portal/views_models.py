"""The registry of models at the desk, and the page that says what a version was trained on."""

from typing import cast
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.portal.lineage_page import find_members, read_lineage, read_members
from apps.portal.training_access import (
    RELEASES,
    SEES_TRACKS,
    for_registry,
    input_called,
    model_called,
)
from apps.training.lineage import lineage
from apps.training.models import ModelVersion, Snapshot
from apps.training.releasing import blockers_of
from apps.training.storing import DESCRIPTOR, MEMBERS, datasets, place_of

PER_PAGE = 50
AT_ONCE = 50_000  # members up to which the page looks for what stands against a release by itself
MOST_DIGITS = 9  # of a page's number
FILES = {"members": MEMBERS, "descriptor": DESCRIPTOR}


@for_registry
@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Every registered version, and every sealed dataset."""
    rows = ModelVersion.objects.defer("manifest", "card").select_related("base")
    rows = rows.annotate(
        datasets=Count("inputs", distinct=True),
        open_obligations=Count("obligations", filter=Q(obligations__closed_at=None), distinct=True),
    )
    text = _text(request)
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(version__icontains=text) | Q(model_class__icontains=text)
        )
    context = {
        **admin.site.each_context(request),
        "title": _("Models and what they learned from"),
        "page": Paginator(rows.order_by("name", "-id"), PER_PAGE).get_page(request.GET.get("page")),
        "q": text,
        "snapshots": Snapshot.objects.exclude(state=Snapshot.State.BUILDING)[:PER_PAGE],
        "building": Snapshot.objects.filter(state=Snapshot.State.BUILDING).count(),
    }
    return TemplateResponse(request, "admin/training/models.html", context)


@for_registry
@require_safe
def model(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """Which exact assets trained it, and under what consent terms."""
    user = cast(User, request.user)
    row = model_called(name, version)
    page = read_lineage(lineage(row))
    # What stands against a release is found by reading every file once more: large ones on demand.
    checked = page.tracks <= AT_ONCE or "check" in request.GET
    open_now = row.state == ModelVersion.State.REGISTERED
    context = {
        **admin.site.each_context(request),
        "title": str(row),
        "lineage": page,
        "checked": checked,
        "blockers": blockers_of(row) if checked and open_now else [],
        "may_release": user.has_perm(RELEASES) and open_now,
        "has_approved": row.approvals.filter(by=user).exists(),
        "approvals": row.approvals.select_related("by"),
        "obligations": row.obligations.select_related("case", "owner"),
    }
    return TemplateResponse(request, "admin/training/model.html", context)


@for_registry
@require_safe
def members(request: HttpRequest, name: str, version: str, snapshot_uid: UUID) -> HttpResponse:
    """The members of one of its datasets, a page at a time; `?q=` looks for one track."""
    user = cast(User, request.user)
    row = model_called(name, version)
    snapshot = input_called(row, snapshot_uid)
    text = _text(request)
    with_tracks = user.has_perm(SEES_TRACKS)
    if text and with_tracks:
        found = find_members(snapshot, text, with_tracks=with_tracks)
    else:
        found = read_members(snapshot, number=_number(request), with_tracks=with_tracks)
    context = {
        **admin.site.each_context(request),
        "title": _("Members of %(snapshot)s") % {"snapshot": snapshot.name},
        "model": row,
        "members": found,
        "q": text if with_tracks else "",
        "with_tracks": with_tracks,
    }
    return TemplateResponse(request, "admin/training/members.html", context)


@for_registry
@require_safe
def file(
    request: HttpRequest, name: str, version: str, snapshot_uid: UUID, what: str
) -> HttpResponseBase:
    """A file of one of its datasets, as it was sealed: its members, or its description."""
    snapshot = input_called(model_called(name, version), snapshot_uid)
    if what not in FILES:
        raise Http404(_("There is no such file."))
    try:
        opened = datasets().open(place_of(snapshot, FILES[what]), "rb")
    except FileNotFoundError as error:
        raise Http404(_("The file is missing. Put it back from its backup.")) from error
    return FileResponse(opened, as_attachment=True, filename=f"{snapshot.uid}-{FILES[what]}")


@for_registry
@require_safe
def manifest(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """The signed manifest, as it was signed."""
    row = model_called(name, version)
    response = HttpResponse(row.manifest, content_type="application/vnd.in-toto+dsse")
    response["Content-Disposition"] = f'attachment; filename="{row.name}-{row.version}.dsse.json"'
    return response


def _text(request: HttpRequest) -> str:
    """What is looked for."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def _number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 1
