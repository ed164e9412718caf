"""A tus client in a few lines, and the sound that it sends."""

import base64

from django.test import Client
from django.urls import reverse

from apps.catalogue.models import AudioFile

SOUND = bytes(range(256)) * 8  # 2048 bytes of nothing in particular
BODY = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


def stored() -> bytes:
    with AudioFile.objects.get().file.open() as file:
        return file.read()


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def begin(client: Client, release, *, length=2048, name="01 rain.wav", **more):
    headers = {
        **TUS,
        "Upload-Length": str(length),
        "Upload-Metadata": f"filename {b64(name)},filetype {b64('audio/wav')}",
        **more.pop("headers", {}),
    }
    return client.post(reverse("upload_begin", args=[release.pk]), headers=headers, **more)


def patch(client: Client, url: str, data: bytes, *, offset=0, **headers):
    return client.patch(
        url,
        data,
        content_type=BODY,
        headers={**TUS, "Upload-Offset": str(offset), **headers},
        CONTENT_TYPE=BODY,
        CONTENT_LENGTH=str(len(data)),
    )
