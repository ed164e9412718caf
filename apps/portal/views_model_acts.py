"""What is done to a model version at the desk: approving, releasing, taking its bundle along."""

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.portal.training_access import RELEASES, for_registry, model_called
from apps.training.bundle import write_bundle
from apps.training.card import card_markdown, card_of
from apps.training.errors import TrainingError
from apps.training.models import ModelVersion
from apps.training.releasing import approve_release, release_model
from apps.training.summary import summary_markdown, summary_of

LONGEST_NOTE = 2000
TEXTS: dict[str, Callable[[str, str], str]] = {
    "card": lambda name, version: card_markdown(card_of(name, version)),
    "eu-summary": lambda name, version: summary_markdown(summary_of(name, version)),
}


@for_registry
@require_POST
def approve(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """One person's yes to a release."""
    row, user = _model_for(request, name, version)
    note = request.POST.get("note", "").strip()[:LONGEST_NOTE].replace("\x00", "")
    try:
        approve_release(by=user, model_version=row, note=note)
        messages.success(request, _("Your approval is recorded."))
    except TrainingError as error:
        messages.error(request, str(error))
    return _back(row)


@for_registry
@require_POST
def release(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """Puts a version into use, once nothing stands against it."""
    row, user = _model_for(request, name, version)
    try:
        release_model(by=user, model_version=row)
        messages.success(request, _("%(model)s is released.") % {"model": row})
    except TrainingError as error:
        messages.error(request, str(error))
    return _back(row)


@for_registry
@require_safe
def bundle(request: HttpRequest, name: str, version: str) -> HttpResponseBase:
    """Everything that somebody outside needs to verify it, in one zip file."""
    row = model_called(name, version)
    packed = tempfile.TemporaryFile(prefix="soundcheck-bundle-")  # noqa: SIM115  closed when sent
    try:
        _pack(row, packed)
    except TrainingError as error:
        packed.close()
        messages.error(request, str(error))
        return _back(row)
    packed.seek(0)
    named = f"{row.name}-{row.version}.zip"
    return FileResponse(packed, as_attachment=True, filename=named, content_type="application/zip")


@for_registry
@require_safe
def text(request: HttpRequest, name: str, version: str, what: str) -> HttpResponse:
    """The model card or the EU summary of training content, as Markdown, from the register."""
    row = model_called(name, version)
    if what not in TEXTS:
        raise Http404(_("There is no such text."))
    response = HttpResponse(
        TEXTS[what](row.name, row.version), content_type="text/markdown; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{row.name}-{row.version}-{what}.md"'
    return response


def _pack(row: ModelVersion, packed: IO[bytes]) -> None:
    """The bundle, verified, then packed: lightly, because large ones would keep people waiting."""
    with tempfile.TemporaryDirectory(prefix="soundcheck-bundle-") as folder:
        place = Path(folder) / f"{row.name}-{row.version}"
        names = write_bundle(row, place)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for one in names:
                out.write(place / one, f"{place.name}/{one}")


def _model_for(request: HttpRequest, name: str, version: str) -> tuple[ModelVersion, User]:
    user = cast(User, request.user)
    if not user.has_perm(RELEASES):
        raise PermissionDenied
    return model_called(name, version), user


def _back(row: ModelVersion) -> HttpResponse:
    return redirect("training_model", name=row.name, version=row.version)
