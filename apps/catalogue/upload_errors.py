"""Why an upload was not taken. `code` is stable for programs; the message is for the person."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class UploadError(Exception):
    """An upload, or a part of it, was not taken."""

    code = "upload_failed"
    message: Any = ""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or str(self.message))


class EmptyFile(UploadError):
    """A file without a single byte."""

    code = "empty_file"
    message = gettext_lazy("This file is empty. Export it again.")


class FileTooLarge(UploadError):
    """A file larger than we take."""

    code = "file_too_large"

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            _("This file is larger than %(limit)s. Send it as FLAC, or in parts.")
            % {"limit": filesizeformat(limit)}
        )
        self.limit = limit


class StorageFull(UploadError):
    """Our disk has no room for it."""

    code = "storage_full"
    message = gettext_lazy(
        "We have no room for this file at the moment. That is our fault. "
        "Nothing is lost: try again in an hour."
    )


class OffsetMismatch(UploadError):
    """A part that does not begin where the stored bytes end."""

    code = "offset_mismatch"
    message = gettext_lazy("This part does not begin where the last one ended. Ask where to go on.")


class TooManyBytes(UploadError):
    """A part that would make the file longer than was announced."""

    code = "longer_than_announced"
    message = gettext_lazy(
        "The file is longer than was announced. It may have changed on the way: upload it again."
    )


class ChecksumMismatch(UploadError):
    """A part that arrived changed; it was thrown away."""

    code = "checksum_mismatch"
    message = gettext_lazy("This part arrived damaged and was thrown away. Send it again.")


class UploadBusy(UploadError):
    """Another request holds the upload, or took it over in the middle of this one."""

    code = "upload_busy"
    message = gettext_lazy("Another window is sending this file. Try again in a few seconds.")


class UploadExpired(UploadError):
    """Nothing arrived for too long, and the bytes were let go."""

    code = "upload_expired"
    message = gettext_lazy("This upload waited too long and was let go. Upload the file again.")
