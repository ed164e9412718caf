"""Adding references by the thousand: several files heard at once, rows written one after another.

What is there already is known by the hash of its file and costs no decoding, so that the same
command again goes on where it was stopped. Each file is a transaction of its own.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.accounts.models import User
from apps.fingerprints.errors import ReferenceRefusal
from apps.fingerprints.models import Reference
from apps.fingerprints.references import checked_words
from apps.fingerprints.sounds import keep_sounds, may_keep
from apps.pipeline.offline import answer, shown_name
from apps.pipeline.reference_files import (
    FIELDS,
    add_listened,
    already_there,
    change_words,
    is_complete,
    listen,
)

Line = dict[str, Any]
ADDED, CHANGED, THERE, FAILED = "added", "changed", "there", "failed"
WORKERS = min(4, os.cpu_count() or 1)  # files that are heard at once


@dataclass(frozen=True)
class Wanted:
    """A file that is to be a reference. `told`: source, and the words that are known.

    `line`: of the list that names it. `problem`: why its row cannot be used; "" for good ones.
    `note`: what is odd about it all the same.
    """

    path: Path
    told: Mapping[str, str]
    line: int | None = None
    problem: str = ""
    note: str = ""


def add_all(
    wanted: Iterable[Wanted], *, by: User | None, no_audio: bool = False, workers: int = WORKERS
) -> Iterator[Line]:
    """A line for each file, in their order: its id and state, or why there is none.

    State: "added", "changed", "there" or "failed". Nothing is raised for a single file.
    """
    pool = ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="listen")
    waiting: deque[tuple[Wanted, bool, Reference | None, Line | Future[Line]]] = deque()
    try:
        for one in wanted:
            keep = may_keep(one.told["source"]) and not no_audio
            waiting.append((one, keep, *_begin(one, keep, by, pool)))
            if len(waiting) > 2 * workers:
                yield _finish(*waiting.popleft(), by)
        while waiting:
            yield _finish(*waiting.popleft(), by)
    finally:
        pool.shutdown(cancel_futures=True)


def why_words_are_refused(told: Mapping[str, str]) -> str:
    """What is wrong with the words of a row, in a sentence; "" for good ones."""
    words = {name: told.get(name, "") for name in FIELDS}
    try:
        checked_words({**words, "title": words["title"] or "from the file"})
    except ReferenceRefusal as refusal:
        return str(refusal)
    return ""


def _begin(
    one: Wanted, keep: bool, by: User | None, pool: ThreadPoolExecutor
) -> tuple[Reference | None, Line | Future[Line]]:
    """What is there already is done at once; the rest is heard."""
    if one.problem:
        return None, {"error": {"code": "bad_row", "text": one.problem}}
    looked = answer(one.path, lambda: {"row": already_there(one.path, one.told), "error": None})
    if looked["error"]:
        return None, looked
    row = looked["row"]
    if row is None or not is_complete(row, keep=keep):
        return row, pool.submit(_hear, one.path, keep)
    return row, answer(one.path, lambda: _keep_up(row, one, keep, by))


def _hear(path: Path, keep: bool) -> Line:
    return answer(path, lambda: {"found": listen(path, name=path.name, keep=keep), "error": None})


def _keep_up(row: Reference, one: Wanted, keep: bool, by: User | None) -> Line:
    changed = change_words(row, one.told, by)
    if row.preview and not keep:
        keep_sounds(reference_id=row.pk, sounds=None)
    return {"error": None, "row": row, "state": CHANGED if changed else THERE}


def _finish(
    one: Wanted, keep: bool, before: Reference | None, began: Line | Future[Line], by: User | None
) -> Line:
    line = began.result() if isinstance(began, Future) else began
    if not line["error"] and "found" in line:
        line = answer(one.path, lambda: _write(one, line["found"], before, by))
    place: Line = {"file": shown_name(one.path)} | ({"line": one.line} if one.line else {})
    place |= {"note": one.note} if one.note else {}
    if line["error"]:
        nothing = {"id": None, "title": None, "items": 0, "peaks": 0, "state": FAILED}
        return {**place, **nothing, "error": line["error"]}
    row = Reference.objects.get(pk=line["row"].pk)
    sizes = {"items": len(bytes(row.items)) // 4, "peaks": max(0, len(bytes(row.marks)) // 4 - 1)}
    told = {"id": row.pk, "title": row.title, **sizes}
    return {
        **place,
        **told,
        "state": line["state"],
        "can_be_heard": bool(row.preview),
        "error": None,
    }


def _write(one: Wanted, found: Any, before: Reference | None, by: User | None) -> Line:
    row, is_new = add_listened(found, one.told, by, before)
    return {"error": None, "row": row, "state": ADDED if is_new else CHANGED}
