"""What I agreed to: the history, the receipt of one answer, and its proof."""

from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.audit.errors import LedgerError
from apps.audit.models import Checkpoint
from apps.audit.proofs import proof_of
from apps.consent.models import ConsentEvent
from apps.consent.receipts import MEDIA_TYPE, receipt_of
from apps.portal.agreed_page import about, permission_titles, read_agreed, visible_events
from apps.portal.permission_access import for_speakers

PER_PAGE = 50


@for_speakers
@never_cache
@require_safe
def agreed(request: HttpRequest) -> HttpResponse:
    """Everything that was said, newest first; `?permission=` shows one permission."""
    titles = permission_titles()
    wanted = request.GET.get("permission", "")
    wanted = wanted if wanted in dict(titles) else ""
    events = about(visible_events(cast(User, request.user)), wanted)
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": read_agreed(list(page)),
        "titles": titles,
        "wanted": wanted,
        "checkpoint": Checkpoint.objects.last(),
    }
    return render(request, "portal/agreed.html", context)


@for_speakers
@never_cache
@require_safe
def agreed_receipt(request: HttpRequest, event_uid: UUID) -> HttpResponse:
    """The receipt of one answer as JSON-LD, to keep: all that was said, in which words."""
    event = _event(request, event_uid)
    options = {"indent": 2, "ensure_ascii": False}
    response = JsonResponse(receipt_of(event), json_dumps_params=options, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="receipt-{event.uid}.jsonld"'
    return response


@for_speakers
@never_cache
@require_safe
def agreed_proof(request: HttpRequest, event_uid: UUID) -> HttpResponse:
    """The proof that one answer is in the log, as a text. 404 while it waits."""
    event = _event(request, event_uid)
    try:
        text = proof_of(event.uid)
    except LedgerError as error:
        raise Http404(str(error)) from error
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="proof-{event.uid}.txt"'
    return response


def _event(request: HttpRequest, event_uid: UUID) -> ConsentEvent:
    return get_object_or_404(visible_events(cast(User, request.user)), uid=event_uid)
