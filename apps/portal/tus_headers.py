"""What tus 1.0 says in headers: read into values, or refused with a sentence. See tus.io."""

import base64
import binascii
from dataclasses import dataclass

from django.http import HttpRequest

from apps.catalogue.upload_bytes import Checksum

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
ALGORITHMS = {"sha1": 20, "sha256": 32}  # name: bytes of its digest
BODY_TYPE = "application/offset+octet-stream"


class BadHeader(Exception):
    """The request does not keep to the protocol: status, stable code, sentence."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Creation:
    """What a request to begin an upload says: bytes in all, and the client's own notes."""

    length: int
    metadata: dict[str, str]


def require_version(request: HttpRequest) -> None:
    """Passes for version 1.0.0. Raises BadHeader (412)."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise BadHeader(412, "wrong_version", f"Send the header Tus-Resumable: {VERSION}.")


def read_creation(request: HttpRequest) -> Creation:
    """Upload-Length and Upload-Metadata. Raises BadHeader (400)."""
    if "Upload-Defer-Length" in request.headers or "Upload-Concat" in request.headers:
        raise BadHeader(400, "not_offered", "Send one whole file, and its length at once.")
    length = _number(request, "Upload-Length")
    return Creation(length, _metadata(request.headers.get("Upload-Metadata", "")))


def has_body(request: HttpRequest) -> bool:
    """Whether the request brings bytes of the file (creation-with-upload)."""
    return request.content_type == BODY_TYPE


def require_body_type(request: HttpRequest) -> None:
    """Passes for bytes of a file. Raises BadHeader (415)."""
    if not has_body(request):
        raise BadHeader(415, "wrong_content_type", f"Send the header Content-Type: {BODY_TYPE}.")


def read_offset(request: HttpRequest) -> int:
    """Upload-Offset. Raises BadHeader (400)."""
    return _number(request, "Upload-Offset")


def read_size(request: HttpRequest) -> int:
    """Content-Length of the body, in bytes. Raises BadHeader (411)."""
    text = request.META.get("CONTENT_LENGTH") or ""
    if not _is_number(text):
        raise BadHeader(411, "no_content_length", "Send the header Content-Length.")
    return int(text)


def read_checksum(request: HttpRequest) -> Checksum | None:
    """Upload-Checksum, or None where there is none. Raises BadHeader (400)."""
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    digest = _decode(encoded)
    if digest is None or ALGORITHMS.get(algorithm) != len(digest):
        known = " or ".join(ALGORITHMS)
        raise BadHeader(
            400, "bad_checksum", f"Send Upload-Checksum as {known} and the digest in Base64."
        )
    return Checksum(algorithm, digest)


def _metadata(text: str) -> dict[str, str]:
    pairs = [pair.strip().partition(" ") for pair in text.split(",") if pair.strip()]
    try:
        return {key: (_decode(value) or b"").decode() for key, _, value in pairs}
    except UnicodeDecodeError as error:
        text = "Send the values of Upload-Metadata as UTF-8 in Base64."
        raise BadHeader(400, "bad_metadata", text) from error


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _number(request: HttpRequest, name: str) -> int:
    text = request.headers.get(name, "")
    if not _is_number(text):
        raise BadHeader(400, "bad_header", f"Send {name} as a whole number of bytes.")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
