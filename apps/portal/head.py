"""HEAD is answered with the headers of GET and without a body (RFC 9110, section 9.3.2)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]


def drop_body_of_head(answer: Answer) -> Answer:
    """Middleware. Views answer HEAD as they answer GET, and a server that drops the body says so
    in its log, each time.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            elif isinstance(response, HttpResponse):
                response.content = b""  # the length that was told stays
        return response

    return answered
