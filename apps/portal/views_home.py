"""The first page: what this is, for visitors; the place where they work, for everybody else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from apps.accounts.models import User
from apps.accounts.roles import Role

_PLACES = {Role.ARTIST: "releases", Role.LABEL_STAFF: "label_decisions"}


def home(request: HttpRequest) -> HttpResponse:
    """Visitors read what Soundcheck is; people who are logged in go where their work lies."""
    if not request.user.is_authenticated:
        return render(request, "portal/home.html")
    return redirect(_place(request.user))


def _place(user: User) -> str:
    try:
        return reverse(_PLACES.get(Role(user.role), "admin:index"))
    except NoReverseMatch:
        return reverse("account_email")
