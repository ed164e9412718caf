"""How private bytes leave the house: never sniffed, never run, never kept by others."""

from typing import TypeVar

from django.http import HttpResponseBase

Answer = TypeVar("Answer", bound=HttpResponseBase)

# A sandboxed document of no origin that may load nothing: whatever a file turns out to be.
_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def seal(response: Answer) -> Answer:
    """Sets the headers that keep a file from being more than bytes to its reader."""
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    return response
