"""How much one account may send in a day. Knows numbers only; who counts them owns the rows."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WINDOW = timedelta(hours=24)  # every upload is forgotten this long after it began


@dataclass(frozen=True)
class Usage:
    """What an account has sent within WINDOW: files, and bytes in all."""

    files: int
    size_bytes: int


class QuotaReached(Exception):
    """The account has sent as much as it may for now. `code` is stable, the message is plain."""

    code = "quota_reached"


def require_room(usage: Usage, *, size_bytes: int) -> None:
    """Passes when one more file of this size fits. Raises QuotaReached.

    The limits are settings.UPLOADS_PER_DAY and settings.UPLOAD_BYTES_PER_DAY.
    """
    files, total = settings.UPLOADS_PER_DAY, settings.UPLOAD_BYTES_PER_DAY
    if usage.files >= files:
        raise QuotaReached(
            ngettext(
                "You can upload %(count)d file a day. Go on tomorrow, or write to us.",
                "You can upload %(count)d files a day. Go on tomorrow, or write to us.",
                files,
            )
            % {"count": files}
        )
    if usage.size_bytes + size_bytes > total:
        left = max(0, total - usage.size_bytes)
        raise QuotaReached(
            _(
                "You can upload %(total)s a day, and %(left)s of it is left. "
                "Send a smaller file, go on tomorrow, or write to us."
            )
            % {"total": filesizeformat(total), "left": filesizeformat(left)}
        )
