"""Parts of files over HTTP (RFC 9110, section 14): one range, as players ask for when seeking."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

BLOCK = 64 * 1024
_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


@dataclass(frozen=True)
class ByteRange:
    """First and last byte, counted from 0, both included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """Bytes in it."""
        return self.last - self.first + 1


class Unsatisfiable(Exception):
    """A range that begins behind the end of the file."""


def read_range(header: str, size: int) -> ByteRange | None:
    """The range that is asked for; None to send everything (none, several, or not understood).

    `size`: bytes of the file. Raises Unsatisfiable.
    """
    match = _ONE_RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        return _within(size - min(int(last), size), size - 1, size)
    if last and int(last) < int(first):
        return None
    return _within(int(first), min(int(last), size - 1) if last else size - 1, size)


def _within(first: int, last: int, size: int) -> ByteRange:
    if first >= size:
        raise Unsatisfiable
    return ByteRange(first, last)


def send_file(
    request: HttpRequest, file: IO[bytes], *, size: int, content_type: str, etag: str
) -> HttpResponseBase:
    """The file, or the part that is asked for, as a stream; closes the file when it is sent."""
    wanted = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        wanted = ""  # the client holds parts of another version
    try:
        part = read_range(wanted, size)
    except Unsatisfiable:
        file.close()
        return HttpResponse(
            status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
        )
    sent = part or ByteRange(0, size - 1)
    response = _stream(request, file, sent, status=206 if part else 200)
    if part:
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    response["Content-Type"] = content_type
    response["Content-Length"] = str(sent.size)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    return response


def _stream(
    request: HttpRequest, file: IO[bytes], part: ByteRange, status: int
) -> HttpResponseBase:
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status)
    return StreamingHttpResponse(Blocks(file, part), status=status)


class Blocks:
    """A part of a file in blocks. Closing it closes the file, also when nobody read from it."""

    def __init__(self, file: IO[bytes], part: ByteRange) -> None:
        self._file, self._left = file, part.size
        file.seek(part.first)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """The next block, at most BLOCK bytes."""
        block = self._file.read(min(BLOCK, self._left)) if self._left else b""
        if not block:
            self.close()
            raise StopIteration
        self._left -= len(block)
        return block

    def close(self) -> None:
        """Closes the file. The web server calls it at the end of every answer."""
        self._file.close()
