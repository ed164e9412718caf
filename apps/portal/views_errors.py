"""The page for our own faults: it says so, and gives a reference that finds the log line."""

import logging
import secrets
import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

log = logging.getLogger(__name__)
RETRY_AFTER_S = "5"


def server_error(request: HttpRequest) -> HttpResponse:
    """Says that it was us. A database that is away or busy is a 503; nothing was written then."""
    reference = secrets.token_hex(4)
    error = sys.exc_info()
    log.error("Reference %s: %s %s", reference, request.method, request.path, exc_info=error)
    busy = isinstance(error[1], OperationalError)
    page = loader.get_template("503.html" if busy else "500.html")
    response = HttpResponse(page.render({"reference": reference}), status=503 if busy else 500)
    if busy:
        response["Retry-After"] = RETRY_AFTER_S
    return response
