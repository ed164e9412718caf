"""The index of one host: a folder of segments that all its workers share, and a few newer prints.

The folder can be lost: it is made again from the prints it was made of. `manifest.json` names the
segments that count, which of their prints are gone, and up to where the owner's log of changes was
followed. It is replaced in one rename, so that a crash leaves the old state or the new one, and
files that nobody names; the next writer removes them. Writers take turns by a lock on a file.

What came after the manifest is held in memory by each process for itself (`apply`), until one of
them writes it down (`flush`). Whether a print lies in memory, in a small segment or in a large one
makes no difference to what is found.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from apps.fingerprints.engine.files import write_segment
from apps.fingerprints.engine.manifest import (
    KEPT,
    Position,
    State,
    read_state,
    stamp_of,
    write_manifest,
    writing,
)
from apps.fingerprints.engine.parts import IsHidden, Part
from apps.fingerprints.engine.segment import Segment
from apps.fingerprints.keys import Items

RATIO = 4  # a segment is merged with what came later once that is a quarter as large
MOST_DEAD = 0.2  # share of a segment's prints that may be gone before it is written again


class Store:
    """Arrays of numbers, called prints here, under numbers of their own. Subclasses search them.

    `Store(folder)` opens what is there, or nothing. One process uses one object from one thread.
    `kind`: what segments are made of the prints.
    """

    kind: ClassVar[type[Segment]] = Segment

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._newer: dict[int, Items] = {}
        self._gone: set[int] = set()
        self._newer_part: Part | None = None
        self._state = read_state(self.folder, self.kind)
        self.position = self._state.position

    # --- reading ---

    def reload(self) -> bool:
        """Reads the manifest again if another process has replaced it; says whether it did.

        Then what was applied since the former manifest has to be applied again from `position` on.
        """
        if stamp_of(self.folder) == self._state.stamp:
            return False
        self._take(read_state(self.folder, self.kind))
        return True

    def parts(self, is_hidden: IsHidden | None = None) -> list[Part]:
        """All segments and what is in memory, as somebody sees it who may not see all."""
        parts = self._live_parts()
        return [part.hiding(is_hidden) for part in parts] if is_hidden else parts

    def numbers(self) -> set[int]:
        """All prints that would be found."""
        return {
            int(number)
            for part in self._live_parts()
            for place, number in enumerate(part.segment.numbers)
            if place not in part.dead
        }

    def stats(self) -> dict[str, int]:
        """Prints, items, segments and bytes on disk; `newer`: prints that are in memory only."""
        parts = self._live_parts()
        sizes = [(self.folder / name).stat().st_size for name in self._state.names]
        return {
            "prints": sum(len(part.segment.numbers) - len(part.dead) for part in parts),
            "items": sum(len(part.segment.items) for part in parts),
            "segments": len(self._state.names),
            "bytes": sum(sizes),
            "dead": sum(len(part.dead) for part in self._state.parts),
            "newer": len(self._newer),
        }

    # --- following ---

    def apply(self, changes: Mapping[int, Items | None], position: Position | None = None) -> None:
        """Takes changes in: a print, new or in place of an earlier one, or None to forget it.

        They are in memory until `flush`. `position`: where the log stands after them.
        """
        for number, items in changes.items():
            self._gone.add(number)
            self._newer.pop(number, None)
            if items is not None:
                self._newer[number] = np.array(items, dtype=np.uint32)
        self._newer_part = None
        self.position = position or self.position

    @property
    def waiting(self) -> int:
        """How many changes are in memory only."""
        return len(self._gone)

    def flush(self) -> bool:
        """Writes what is in memory to the disk and merges what has become small beside it.

        Returns False, having written nothing, when another process is writing or has written since:
        then `reload`. Raises OSError, after which the index is as it was.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with writing(self.folder) as mine:
            if not mine or stamp_of(self.folder) != self._state.stamp:
                return False
            self._write(self._with_newer(), self.position)
            return True

    def replace_all(
        self, prints: Iterator[tuple[int, Items]], items: int, position: Position
    ) -> bool:
        """Makes the whole index again; False when another process is writing.

        `items`: how many there will be, about: the length of keys goes by it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with writing(self.folder) as mine:
            if not mine:
                return False
            bits = self.kind.bits_for(items)
            self._write(list(self._built(prints, bits)), position, bits)
            return True

    # --- inside ---

    def _live_parts(self) -> list[Part]:
        if self._newer_part is None:
            numbers = sorted(self._newer)
            held = [self._newer[n] for n in numbers]
            segment = self.kind.build(numbers, held, self._state.key_bits)
            self._newer_part = Part.of(segment)
            self._state.parts = [self._without_gone(part) for part in self._state.parts]
        return [*self._state.parts, self._newer_part]

    def _without_gone(self, part: Part) -> Part:
        gone = np.isin(part.segment.numbers, np.fromiter(self._gone, np.int64, len(self._gone)))
        dead = part.dead | set(np.flatnonzero(gone).tolist())
        return part if len(dead) == len(part.dead) else Part.of(part.segment, dead)

    def _with_newer(self) -> list[tuple[str, frozenset[int]]]:
        """Names of the segments that come after, each with which prints of it are gone."""
        self._live_parts()
        kept = list(zip(self._state.names, self._state.parts, strict=True))
        fresh = [self._live_parts()[-1]] if self._newer else []
        while kept and _is_small_beside(kept[-1][1], fresh):
            fresh.insert(0, kept.pop()[1])
        segments: list[tuple[str, frozenset[int]]] = []
        for name, part in kept:
            if len(part.dead) > MOST_DEAD * len(part.segment.numbers):
                segments += self._built(_prints_of([part]), self._state.key_bits)
            else:
                segments.append((name, part.dead))
        return [*segments, *self._built(_prints_of(fresh), self._state.key_bits)]

    def _built(
        self, prints: Iterator[tuple[int, Items]], bits: int
    ) -> Iterator[tuple[str, frozenset[int]]]:
        """Writes prints into as many segments as they need; their names, and nothing gone."""
        numbers: list[int] = []
        held: list[Items] = []
        size = 0
        for number, items in prints:
            if held and not self.kind.fits(len(held) + 1, size + len(items)):
                yield self._written(self.kind.build(numbers, held, bits))
                numbers, held, size = [], [], 0
            numbers.append(number)
            held.append(items)
            size += len(items)
        if held:
            yield self._written(self.kind.build(numbers, held, bits))

    def _written(self, segment: Segment) -> tuple[str, frozenset[int]]:
        name = f"{uuid.uuid4().hex}.{segment.SUFFIX}"
        write_segment(self.folder / name, segment)
        return name, frozenset()

    def _write(
        self,
        segments: Sequence[tuple[str, frozenset[int]]],
        position: Position,
        bits: int | None = None,
    ) -> None:
        write_manifest(self.folder, segments, position, bits or self._state.key_bits)
        self._take(read_state(self.folder, self.kind))
        named = {*KEPT, *self._state.names}
        for path in self.folder.iterdir():
            if path.name not in named:
                path.unlink(missing_ok=True)

    def _take(self, state: State) -> None:
        self._state, self.position = state, state.position
        self._newer, self._gone, self._newer_part = {}, set(), None


def _is_small_beside(part: Part, fresh: Sequence[Part]) -> bool:
    """Whether a segment is written again, together with what came after it."""
    own, size = len(part.segment.items), sum(len(one.segment.items) for one in fresh)
    prints = sum(len(one.segment.numbers) for one in [part, *fresh])
    return bool(fresh) and own < RATIO * size and part.segment.fits(prints, own + size)


def _prints_of(parts: Sequence[Part]) -> Iterator[tuple[int, Items]]:
    for part in parts:
        for place, number in enumerate(part.segment.numbers):
            if place not in part.dead:
                yield int(number), part.segment.print_at(place)
