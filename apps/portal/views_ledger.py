"""What everybody may know of the ledger: its newest checkpoint and the key that verifies it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.audit.models import Checkpoint


@require_safe
@never_cache
def ledger_checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint as a C2SP signed note. 404 while there is none."""
    return _plain(_newest().note)


@require_safe
@never_cache
def ledger_key(request: HttpRequest) -> HttpResponse:
    """The public key as a vkey: name, id and key. 404 while nothing was signed."""
    return _plain(_newest().vkey + "\n")


def _newest() -> Checkpoint:
    newest = Checkpoint.objects.last()
    if newest is None:
        raise Http404(_("Nothing was signed yet."))
    return newest


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
