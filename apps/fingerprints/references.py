"""Adding, changing and removing references from outside. The only writes of these rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from apps.accounts.models import Label, User
from apps.audit.record import record
from apps.catalogue.identifiers import InvalidIdentifier, check_isrc
from apps.fingerprints.errors import (
    IsrcInvalid,
    NotAReference,
    ReferenceWithoutTitle,
    TextTooLong,
    UnknownSource,
)
from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.packed import VERSION, Words
from apps.fingerprints.log import note, number_of
from apps.fingerprints.models import RecordingPrint, Reference
from apps.fingerprints.retro_asking import ask_retro
from apps.fingerprints.sounds import forget_files

WORDS = ("title", "artist", "isrc", "rights_note")
MOST = {"title": 300, "artist": 300, "owner": 200, "rights_note": 2000}  # characters


@dataclass(frozen=True)
class Heard:
    """What a recording is known by. `items`: empty where its print says nothing. `marks`: packed
    landmarks; empty where there are none, None where nobody looked.
    """

    sha256: str
    pcm_sha256: str
    items: Sequence[int] | Items
    duration_s: float
    marks: Sequence[int] | Words | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Items and landmarks as rows keep them."""
        return columns_of(self.items, self.marks)


@transaction.atomic
def add_reference(
    *,
    heard: Heard,
    by: User | None,
    source: str = Reference.Source.DELIVERY,
    title: str,
    artist: str = "",
    owner: str = "",
    isrc: str = "",
    rights_note: str = "",
) -> Reference:
    """A new reference; the same samples of the same source and owner again change what is there.

    Raises UnknownSource, ReferenceWithoutTitle, TextTooLong, IsrcInvalid.
    """
    told = {"title": title, "artist": artist, "owner": owner, "rights_note": rights_note}
    if source not in Reference.Source.values:
        raise UnknownSource(given=source, allowed=", ".join(Reference.Source.values))
    values = checked_words({**told, "isrc": isrc})
    owned = values.pop("owner")
    same = Reference.objects.filter(source=source, owner=owned, pcm_sha256=heard.pcm_sha256)
    printed = {
        "sha256": heard.sha256,
        **heard.columns,
        "duration_s": heard.duration_s,
    }
    before = same.select_for_update().first()
    if before and not differs(before, {**values, **printed}):
        return before
    row, added = Reference.objects.update_or_create(
        source=source,
        owner=owned,
        pcm_sha256=heard.pcm_sha256,
        defaults={**values, **printed},
    )
    if before is None or differs(before, heard.columns):
        note([number_of(row)])
        ask_retro(reference_id=row.pk)
    kind = "reference.added" if added else "reference.changed"
    record(kind=kind, subject=row, actor=by, source=source, owner=owned, **values)
    return row


@transaction.atomic
def change_reference(*, reference_id: int, by: User | None, **words: str) -> Reference:
    """Changes what is said of a reference: title, artist, isrc, rights_note.

    Raises NotAReference, ReferenceWithoutTitle, TextTooLong, IsrcInvalid. Where nothing differs,
    nothing is written.
    """
    row = Reference.objects.select_for_update().filter(pk=reference_id).first()
    if row is None:
        raise NotAReference(given=reference_id)
    kept = {name: getattr(row, name) for name in WORDS}
    values = checked_words(kept | words)
    changed = {name: text for name, text in values.items() if kept[name] != text}
    if changed:
        for name, text in changed.items():
            setattr(row, name, text)
        row.save(update_fields=[*changed, "changed_at"])
        record(kind="reference.changed", subject=row, actor=by, **changed)
    return row


@transaction.atomic
def remove_reference(*, reference_id: int, by: User | None) -> None:
    """Forgets a reference: nothing is compared with it any more, and licences for it go with it.

    Raises NotAReference.
    """
    row = Reference.objects.select_for_update().filter(pk=reference_id).first()
    if row is None:
        raise NotAReference(given=reference_id)
    note([number_of(row)])
    told = {"title": row.title, "source": row.source}
    licences = list(row.licences.order_by("pk").values_list("pk", flat=True))
    record(kind="reference.removed", subject=row, actor=by, **told, licences=licences)
    forget_files([row.preview.name, row.peaks.name])
    row.delete()


def is_labels_own(reference: Reference, label: Label | None) -> bool:
    """Whether a label delivered the reference of its own recording, by the name of its owner.

    Who may release under a label is decided by our staff. What a takedown notice names is nobody's
    own.
    """
    if label is None or reference.source == Reference.Source.TAKEDOWN:
        return False
    return " ".join(label.name.split()).casefold() == reference.owner.casefold()


def checked_words(words: dict[str, str]) -> dict[str, str]:
    """The same texts as they are kept. Raises ReferenceWithoutTitle, TextTooLong, IsrcInvalid."""
    values = {name: " ".join(text.split()) for name, text in words.items()}
    if not values["title"]:
        raise ReferenceWithoutTitle
    for name, most in MOST.items():
        if len(values.get(name, "")) > most:
            raise TextTooLong(field=name, most=most)
    if values["isrc"]:
        try:
            values["isrc"] = check_isrc(values["isrc"])
        except InvalidIdentifier as error:
            raise IsrcInvalid(given=values["isrc"][:40], why=error.why) from error
    return values


def columns_of(items: Sequence[int] | Items, marks: Sequence[int] | Words | None) -> dict[str, Any]:
    """A print and packed landmarks as rows keep them; None where nobody looked for landmarks."""
    return {
        "items": np.asarray(items, dtype="<u4").tobytes(),
        "marks": np.asarray(() if marks is None else marks, dtype="<u4").tobytes(),
        "marks_version": 0 if marks is None else VERSION,
    }


def differs(row: RecordingPrint | Reference, values: dict[str, Any]) -> bool:
    """Whether a row holds other values than these."""
    stored = {name: getattr(row, name) for name in values}
    bytes_ = {name: bytes(stored[name]) for name in ("items", "marks") if name in stored}
    return stored | bytes_ != values
