"""What is wrong with a request, in a sentence: which part is missing, unknown or not understood."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja.errors import ValidationError

MISSING, UNKNOWN = "missing", "extra_forbidden"


def say_what_is_wrong(
    request: HttpRequest, error: ValidationError | type[ValidationError]
) -> HttpResponse:
    """400 with a sentence for what was sent; the library's own 422 for what was only asked for."""
    found: list[Any] = error.errors if isinstance(error, ValidationError) else []
    if request.method not in ("POST", "PATCH") or not found:
        return JsonResponse({"detail": found}, status=422)
    return JsonResponse({"code": "bad_request", "text": _sentence(found[0])}, status=400)


def _sentence(wrong: dict[str, Any]) -> str:
    """`loc` begins with where it stands in the request, and in JSON what our function calls it."""
    first = 1 if wrong["loc"][0] == "form" else 2
    place = [str(one) for one in wrong["loc"][first:]]
    name = ".".join(place)
    if not place:
        return _("Send one JSON object with every part of the question, and nothing else.")
    if wrong["type"] == MISSING:
        return _("“%(name)s” is missing. Nothing is filled in for you.") % {"name": name}
    if wrong["type"] == UNKNOWN:
        return _("“%(name)s” is no part of the question.") % {"name": name[:80]}
    told = {"name": name, "why": wrong["msg"]}
    return _("“%(name)s” is not understood: %(why)s.") % told
