"""Who asks the API, and how it says no."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Schema, Status
from ninja.security import HttpBearer, SessionAuth

from apps.accounts.models import Label, User
from apps.catalogue.models import Track
from apps.exports.scope import visible_decisions, visible_tracks
from apps.exports.tokens import find_token
from apps.policy.models import Decision


@dataclass(frozen=True)
class Caller:
    """Who asks: a person, within one label where their token names one."""

    user: User
    label: Label | None = None

    def tracks(self) -> QuerySet[Track]:
        """The tracks that exist for them."""
        found = visible_tracks(self.user)
        return found.filter(release__label=self.label) if self.label else found

    def decisions(self) -> QuerySet[Decision]:
        """The decisions that exist for them."""
        found = visible_decisions(self.user)
        return found.filter(track__release__label=self.label) if self.label else found


class ByToken(HttpBearer):
    """A program with a token."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, or None for a token that is not in use."""
        found = find_token(token)
        return Caller(found.user, found.label) if found else None


class BySession(SessionAuth):
    """A person who is logged in."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        """The caller, or None for visitors."""
        user = request.user
        return Caller(user) if isinstance(user, User) and user.is_active else None


class Refusal(Schema):
    """Why there is no answer."""

    code: str
    text: str


def caller_of(request: HttpRequest) -> Caller:
    """Who asks; every address of the API has found that out before."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    return caller


def refuse(status: int, code: str, text: str) -> Status[dict[str, str]]:
    """An answer that is none, with a sentence."""
    return Status(status, {"code": code, "text": text})
