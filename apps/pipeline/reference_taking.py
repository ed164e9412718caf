"""Hearing what was handed in as a reference. Nothing is raised: the row says how it ended."""

import logging
from pathlib import Path
from uuid import UUID

from apps.fingerprints.deliveries import MAX_ATTEMPTS, claim_delivery, close_delivery, give_back
from apps.fingerprints.errors import ReferenceRefusal
from apps.fingerprints.models import ReferenceDelivery
from apps.fingerprints.sounds import may_keep
from apps.pipeline.originals import local_path
from apps.pipeline.reference_files import add_listened, listen
from apps.screening.audio import UnusableAudio

log = logging.getLogger(__name__)
OUR_FAULT = "Hearing it failed three times on our side. Nothing was kept. Send it again, or ask us."
MISSING = "The file is missing from our storage. It is our fault. Send it again."


def take_reference(uid: UUID | str) -> None:
    """Hears one delivery and writes its reference. Twice changes nothing."""
    row = claim_delivery(uid)
    if row is None:
        return
    try:
        _take(row)
    except UnusableAudio as error:
        close_delivery(row, code=error.code, text=error.text)
    except ReferenceRefusal as refusal:
        close_delivery(row, code="bad_words", text=str(refusal))
    except FileNotFoundError:
        close_delivery(row, code="file_missing", text=MISSING)
    except Exception:  # MemoryError too: let out, it would end the worker
        log.exception("Delivery %s could not be heard", row.pk)
        if row.attempts >= MAX_ATTEMPTS:
            close_delivery(row, code="our_fault", text=OUR_FAULT)
        else:
            give_back(row)


def _take(row: ReferenceDelivery) -> None:
    keep = may_keep(row.source) and not row.no_audio
    with local_path(row.file) as path:
        found = listen(Path(path), name=row.original_name, keep=keep)
    reference, _is_new = add_listened(found, {**row.words, "source": row.source}, row.by)
    close_delivery(row, reference=reference)
