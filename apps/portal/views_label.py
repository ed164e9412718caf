"""Pages of label staff: the decisions of their labels, their export, their API tokens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import ApiToken, User
from apps.exports.decisions import COLUMNS, Row, rows
from apps.exports.formats import TooManyRows
from apps.exports.models import Export
from apps.exports.scope import (
    ALL,
    OF_LABELS,
    asked_for,
    labels_of,
    sees_all,
    visible_decisions,
)
from apps.exports.tokens import TRAINS, TokenRefused, issue_token, revoke_token
from apps.policy.models import Decision, Outcome
from apps.portal.chart import HEIGHT, WIDTH, read_weeks
from apps.portal.download import send_decisions
from apps.portal.label_filters import TITLES, DecisionFilters
from apps.portal.stores import store_names

PER_PAGE = 50
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class OutcomeCount:
    """How many decisions have one outcome ("" is any), and the address that shows only those."""

    outcome: str
    word: str
    count: int
    query: str


def for_exports(view: View) -> View:
    """Only accounts that may export; everybody else logs in, or is told why not."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = cast(User, request.user)
        if not (user.has_perm(ALL) or user.has_perm(OF_LABELS)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)


@for_exports
@require_safe
@never_cache
def decisions(request: HttpRequest) -> HttpResponse:
    """The decisions that this person may see, filtered by the query string."""
    user = cast(User, request.user)
    form = DecisionFilters(request.GET, user=user)
    visible = visible_decisions(user)
    found = asked_for(visible, form.filters)
    columns = form.chosen_columns
    page = Paginator(found.order_by("-created_at", "-pk").values_list("pk", flat=True), PER_PAGE)
    shown = page.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": shown,
        "pages_query": _query(request, page=None),
        "columns": [(name, TITLES[name]) for name in columns],
        "rows": _rows(user, shown, columns),
        "stores": store_names() if "destinations" in columns else {},
        "counts": _counts(request, asked_for(visible, replace(form.filters, outcome=""))),
        "total": shown.paginator.count,
        "weeks": read_weeks(found),
        "chart": {"width": WIDTH, "height": HEIGHT},
        "formats": Export.Format.choices,
        "any_visible": bool(shown) or visible.exists(),
        "labels": list(labels_of(user)),
    }
    return render(request, "portal/label/decisions.html", context)


@for_exports
@require_safe
@never_cache
def decisions_export(request: HttpRequest) -> HttpResponseBase:
    """The rows that the page shows, on all its pages, as a file."""
    user = cast(User, request.user)
    form = DecisionFilters(request.GET, user=user)
    wanted = request.GET.get("format", "")
    if wanted not in Export.Format.values:
        messages.error(request, _("Choose CSV, Excel or JSON."))
        return _back(request)
    try:
        return send_decisions(
            by=user,
            decisions=visible_decisions(user),
            filters=form.filters,
            format=wanted,
            columns=COLUMNS if "every" in request.GET else form.chosen_columns,
            bom=True,  # people open it in a spreadsheet; programs use the API
        )
    except TooManyRows as error:
        messages.error(request, str(error))
        return _back(request)


def for_tokens(view: View) -> View:
    """Who may have tokens: who may export, and engineers who train."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = cast(User, request.user)
        if not any(user.has_perm(one) for one in (ALL, OF_LABELS, TRAINS)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)


@for_tokens
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The person's API tokens; a new one is shown once, in the answer that makes it."""
    user = cast(User, request.user)
    text = _issue(request, user) if request.method == "POST" else ""
    context = {
        "text": text,
        "tokens": user.api_tokens.filter(revoked_at=None).select_related("label"),
        "labels": list(labels_of(user)),
        "sees_all": sees_all(user),
        "trains": user.has_perm(TRAINS),
    }
    return render(request, "portal/label/tokens.html", context)


@for_tokens
@require_POST
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Takes one of the person's tokens back."""
    user = cast(User, request.user)
    revoke_token(token=get_object_or_404(ApiToken, pk=token_id, user=user), by=user)
    messages.success(request, _("The token is taken back. Nothing can use it any more."))
    return redirect("label_tokens")


def _issue(request: HttpRequest, user: User) -> str:
    chosen = request.POST.get("label", "")
    label = next((one for one in labels_of(user) if str(one.pk) == chosen), None)
    try:
        return issue_token(user=user, name=request.POST.get("name", ""), label=label)[1]
    except TokenRefused as error:
        messages.error(request, str(error))
        return ""


def _rows(user: User, page: Page[UUID], columns: tuple[str, ...]) -> list[list[tuple[str, Any]]]:
    """The cells of this page, newest first, as the export writes them."""
    found = rows(Decision.objects.filter(pk__in=list(page)), with_names=sees_all(user))
    newest_first = sorted(found, key=lambda row: _order(page, row))
    return [[(name, row[name]) for name in columns] for row in newest_first]


def _order(page: Page[UUID], row: Row) -> int:
    return [str(pk) for pk in page].index(str(row["decision_id"]))


def _counts(request: HttpRequest, found: QuerySet[Decision]) -> list[OutcomeCount]:
    """`found`: what the other filters let through, whatever its outcome."""
    counted = dict(found.order_by().values_list("outcome").annotate(number=Count("pk")))
    words = [("", _("all"), sum(counted.values()))]
    words += [(each.value, str(each.label), counted.get(each, 0)) for each in Outcome]
    return [
        OutcomeCount(each, word, count, _query(request, outcome=each or None, page=None))
        for each, word, count in words
    ]


def _query(request: HttpRequest, **changed: str | None) -> str:
    """The query string with some values changed, or left out where they are None."""
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return query.urlencode()


def _back(request: HttpRequest) -> HttpResponse:
    response = redirect("label_decisions")
    response["Location"] += f"?{_query(request, format=None, every=None)}"
    return response
