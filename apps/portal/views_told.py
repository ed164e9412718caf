"""The page of a recipient who was told that something was taken back: by link, without an account.

Looking changes nothing: mail programs follow links. Confirming is a press of the button.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.training.models import Notification
from apps.training.revocation.handed import lines_for
from apps.training.revocation.recipients import acknowledge, told_together

SHOWN = 20  # lines on the page; the list has all of them


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def told(request: HttpRequest, notice: UUID) -> HttpResponse:
    """What one mail told, and the button with which its recipient confirms."""
    notification = _of(notice)
    if request.method == "POST":
        acknowledge(notification=notification)
        return redirect("told", notice=notice)
    rows = told_together(notification)
    context = {
        "notification": notification,
        "rows": [(one, list(_first(one))) for one in rows],
        "open": any(one.acknowledged_at is None for one in rows),
        "due": min(one.due_at for one in rows),
    }
    return render(request, "portal/told.html", context)


@never_cache
@require_safe
def told_list(request: HttpRequest, notice: UUID) -> StreamingHttpResponse:
    """All that is to be deleted, a line each, as a text to work with."""
    rows = told_together(_of(notice))
    lines = (f"{line}\n" for one in rows for line in lines_for(one))
    response = StreamingHttpResponse(lines, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="to-delete.txt"'
    return response


def _of(notice: UUID) -> Notification:
    """Only what was sent: before that, nobody has the link."""
    rows = Notification.objects.select_related("recipient", "case").exclude(sent_at=None)
    return get_object_or_404(rows, token=notice)


def _first(notification: Notification) -> list[str]:
    found = []
    for line in lines_for(notification):
        found.append(line)
        if len(found) == SHOWN:
            break
    return found
