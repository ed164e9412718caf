"""Where the files of plain forms go while they arrive: to the disk, in blocks, under a limit.

Django counts every byte of a form but those of files, and would fill the disk for anybody who
asks. `SmallFiles` stands in settings for every form; a view that takes more says so itself.
"""

import errno
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from apps.catalogue.upload_bytes import INCOMING
from apps.catalogue.upload_errors import FileTooLarge, StorageFull, UploadError

_REFUSED = "soundcheck.refused_files"
_SPARE = 1024**2  # bytes for the other fields of a form and for what stands between the parts


class _Incoming(TemporaryUploadedFile):
    """A file on the disk of the unfinished uploads, so that it can be moved and not copied."""

    def __init__(self, name: str, content_type: str | None, charset: str | None) -> None:
        folder = Path(settings.UPLOAD_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = tempfile.NamedTemporaryFile(prefix=INCOMING, dir=folder)  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, 0, charset)


class LimitedFiles(FileUploadHandler):
    """Writes each file to the disk; one that is too large, or finds no room, is left out."""

    chunk_size = 256 * 1024
    setting = ""  # names the most bytes that one file may have
    files = 1  # files a form, when the limit of the whole request is reckoned

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.limit: int = getattr(settings, self.setting)
        self.received = 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        """Refuses a request that cannot fit before a byte of it is read."""
        if content_length > self.files * self.limit * 2 + _SPARE:
            raise RequestDataTooBig("The form is larger than any that we take.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begins a file."""
        super().new_file(*args, **kwargs)
        self.received = 0
        self.file = _Incoming(self.file_name or "", self.content_type, self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Adds a block to the file, or leaves the file out and says why."""
        self.received += len(raw_data)
        if self.received > self.limit:
            self._refuse(FileTooLarge(limit=self.limit))
        try:
            self.file.write(raw_data)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self._refuse(StorageFull())

    def file_complete(self, file_size: int) -> _Incoming:
        """The whole file, ready to be read or moved."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def _refuse(self, error: UploadError) -> None:
        self.file.close()
        request = self.request
        if request is not None:
            request.META.setdefault(_REFUSED, []).append((self.file_name or "", str(error)))
        raise SkipFile


class SmallFiles(LimitedFiles):
    """Files of ordinary forms: proofs."""

    setting = "MAX_PROOF_BYTES"


class AudioFiles(LimitedFiles):
    """Audio from a browser without JavaScript, several at once."""

    setting = "MAX_AUDIO_BYTES"
    files = 20


def refused_files(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and sentences of the files that were left out while the form arrived."""
    refused: list[tuple[str, str]] = request.META.get(_REFUSED, [])
    return refused
