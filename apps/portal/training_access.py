"""Who opens the desk's pages about datasets and models, and who may do what there."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.training.affected import snapshots_behind
from apps.training.models import ModelVersion, Snapshot

SEES = "training.view_modelversion"
RELEASES = "training.release_modelversion"
SEES_TRACKS = "catalogue.view_track"  # which tracks the members are; for engineers they are blinded

View = Callable[..., HttpResponseBase]


def for_registry(view: View) -> View:
    """Only who may see models, of those who have a seat at the desk."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not user.has_perm(SEES):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def find_version(name: str, version: str) -> ModelVersion | None:
    """The version with this name, where there is one. No text of the database holds a NUL."""
    if "\x00" in name + version:
        return None
    rows = ModelVersion.objects.select_related("base", "registered_by")
    return rows.filter(name=name, version=version).first()


def model_called(name: str, version: str) -> ModelVersion:
    """The same; 404 where there is none."""
    found = find_version(name, version)
    if found is None:
        raise Http404(_("There is no such model version."))
    return found


def input_called(model: ModelVersion, snapshot_uid: UUID) -> Snapshot:
    """A dataset that the model, or what it was built on, learned from; 404 for any other."""
    found = next((one for one in snapshots_behind(model) if one.uid == snapshot_uid), None)
    if found is None:
        raise Http404(_("%(model)s did not learn from this dataset.") % {"model": model})
    return found
