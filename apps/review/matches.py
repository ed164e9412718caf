"""Recordings that share audio with the upload, as the case page lays them beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.fingerprints.strips import read_strip
from apps.review.curves import number
from apps.review.evidence import Exhibit, Piece, seconds

MOST_STRETCHES = 9  # of one recording that are drawn
MOST_RECORDINGS = 8  # that are drawn; of the others the first is told
WIDTH, HEIGHT = 1000, 40  # of the strip, in its own units
STRANGERS = 16  # bits of 32 in which strangers differ: the top of the strip
LEAST_AROUND_S, MOST_AROUND_S = 2.0, 12.0  # shown before and after what is shared
LEAST_CHANGE = 0.002  # of the speed; below it the difference is that of two clocks
LEAST_CENTS = 10
_CLASSES = {
    "same_file": gettext_lazy("the same file"),
    "same_samples": gettext_lazy("the same in every sample"),
    "exact": gettext_lazy("the same in every sample"),
    "same_recording": gettext_lazy("the same recording"),
    "same_recording_modified": gettext_lazy("the same recording, changed"),
    "partial": gettext_lazy("a part of it"),
}


@dataclass(frozen=True)
class Stretch:
    """A stretch that both recordings share; seconds. `key`: what links and keys know it by."""

    key: str
    piece: Piece

    @property
    def start(self) -> float:
        """Where it begins in the upload."""
        return self.piece.start_s or 0.0

    @property
    def end(self) -> float:
        """Where it ends in the upload."""
        return max(self.piece.end_s or 0.0, self.start)

    @property
    def there(self) -> float | None:
        """Where it begins in the other recording; None where nobody wrote that down."""
        return seconds(self.piece.detail.get("reference_start_s"))

    @property
    def there_end(self) -> float | None:
        """Where it ends in the other recording."""
        end = seconds(self.piece.detail.get("reference_end_s"))
        if end is None and self.there is not None:
            return self.there + (self.end - self.start) * (self.speed or 1.0)
        return end

    @property
    def length(self) -> float:
        """Seconds of the upload."""
        return self.end - self.start

    @property
    def speed(self) -> float | None:
        """Of the upload, 1.0 for that of the other recording."""
        found = number(self.piece.detail.get("speed"))
        return found if found and 0.2 < found < 5 else None

    @property
    def changes(self) -> list[str]:
        """What was done to the sound, in words; nothing where it sounds as it did."""
        return [*speed_words(self.speed), *pitch_words(self.piece.detail.get("pitch_cents"))]

    @property
    def error_words(self) -> str:
        """How well it fits, in words; "" where nobody measured it."""
        error = number(self.piece.detail.get("bit_error"))
        if error is None or not 0 <= error <= 1 or self.piece.detail.get("tier") == "landmarks":
            return ""
        if error == 0:
            return _("no bit differs")
        return _("%(share)s of the bits differ") % {"share": _percent(error)}

    @property
    def window(self) -> tuple[float, float]:
        """What is drawn of the upload: the stretch, and a little around it."""
        around = min(max(self.length / 4, LEAST_AROUND_S), MOST_AROUND_S)
        return self.start - around, self.end + around

    @property
    def there_window(self) -> tuple[float, float] | None:
        """What is drawn of the other recording, so that the stretch lies below itself."""
        if self.there is None or self.there_end is None:
            return None
        scale = (self.there_end - self.there) / self.length if self.length else 1.0
        first, last = self.window
        return self.there - (self.start - first) * scale, self.there_end + (last - self.end) * scale

    @cached_property
    def columns(self) -> list[int | None]:
        """Differing bits over the stretch, of 32; [] where nobody wrote them down."""
        return read_strip(self.piece.detail.get("errors"))

    @property
    def strip(self) -> str:
        """The outline of the strip as an SVG path over the window; "" where there is none."""
        first, last = self.window
        scale = WIDTH / (last - first)
        left, wide = (self.start - first) * scale, self.length * scale
        step = wide / len(self.columns) if self.columns else 0.0
        drawn = (
            f"M{left + n * step:.1f} {HEIGHT}V{_height(bits):.1f}h{step:.2f}V{HEIGHT}Z"
            for n, bits in enumerate(self.columns)
            if bits is not None
        )
        return "".join(drawn)

    @property
    def strip_words(self) -> str:
        """The strip for those who do not see it."""
        told = [bits for bits in self.columns if bits is not None]
        if not told:
            return ""
        return _("Differing bits over the stretch: %(mean)s on average, %(most)s at most") % {
            "mean": _percent(sum(told) / len(told) / 32),
            "most": _percent(max(told) / 32),
        }

    @property
    def item_s(self) -> float:
        """How long a column of the strip lasts."""
        return self.length / len(self.columns) if self.columns else 0.0


@dataclass
class Recording:
    """One recording that shares audio with the upload; `key` as in the player's sources."""

    key: str
    reference: str
    exhibit: Exhibit
    pieces: list[Piece] = field(default_factory=list)

    @property
    def detail(self) -> Mapping[str, Any]:
        """What the check wrote down about the recording."""
        return self.pieces[0].detail

    @cached_property
    def stretches(self) -> list[Stretch]:
        """In the order of the upload."""
        ordered = sorted(self.pieces[:MOST_STRETCHES], key=lambda piece: piece.start_s or 0.0)
        return [Stretch(f"{self.key}s{n}", piece) for n, piece in enumerate(ordered, start=1)]

    @property
    def class_words(self) -> str:
        """How much of it is shared, in words."""
        found = self.detail.get("class") or self.detail.get("relation")
        return str(_CLASSES.get(str(found), found or ""))

    @property
    def shared_words(self) -> str:
        """How many seconds of the upload."""
        total = round(sum(one.length for one in self.stretches))
        return ngettext("%(n)s second", "%(n)s seconds", total) % {"n": total}

    @property
    def changes(self) -> list[str]:
        """What was done to the sound, where it is the same for every stretch."""
        told = {tuple(one.changes) for one in self.stretches}
        return list(told.pop()) if len(told) == 1 else []


def recordings(shown: Iterable[Exhibit]) -> list[Recording]:
    """Every recording in the evidence once, the weightiest finding first, with its stretches."""
    found: dict[str, Recording] = {}
    for exhibit in shown:
        for piece in exhibit.pieces:
            if piece.kind == "match" and piece.start_s is not None:
                name = str(piece.detail.get("reference") or piece.detail.get("title") or "")
                fresh = Recording(f"m{len(found) + 1}", name, exhibit)
                kept = found.setdefault(name, fresh).pieces
                if all(_place(piece) != _place(one) for one in kept):
                    kept.append(piece)
    return list(found.values())


def stretch_of(piece: Piece, among: Iterable[Recording]) -> tuple[Recording, Stretch] | None:
    """The recording and the stretch that a piece of evidence tells of, if it is drawn."""
    if piece.kind != "match":
        return None
    name = str(piece.detail.get("reference") or piece.detail.get("title") or "")
    for one in among:
        for stretch in one.stretches if one.reference == name else ():
            if _place(stretch.piece) == _place(piece):
                return one, stretch
    return None


def speed_words(speed: float | None) -> list[str]:
    """ "3.1 % faster", or nothing where nobody would say so."""
    if speed is None or abs(speed - 1) < LEAST_CHANGE:
        return []
    share = _percent(abs(speed - 1), 1)
    text = _("%(share)s faster") if speed > 1 else _("%(share)s slower")
    return [text % {"share": share}]


def pitch_words(cents: object) -> list[str]:
    """ "2 semitones higher", or nothing where nobody would say so. `cents`: of a semitone each."""
    found = number(cents)
    if found is None or abs(found) < LEAST_CENTS or abs(found) > 4800:
        return []
    steps = f"{abs(found) / 100:.1f}".removesuffix(".0")
    plural = 1 if steps == "1" else 2
    if found > 0:
        text = ngettext("%(n)s semitone higher", "%(n)s semitones higher", plural)
    else:
        text = ngettext("%(n)s semitone lower", "%(n)s semitones lower", plural)
    return [text % {"n": steps}]


def _percent(share: float, digits: int = 0) -> str:
    text = f"{100 * share:.{digits}f}".removesuffix(".0")
    return _("%(number)s\u00a0%%") % {"number": "<1" if text == "0" and share else text}


def _height(bits: int) -> float:
    return HEIGHT - max(1.0, HEIGHT * min(bits, STRANGERS) / STRANGERS)


def _place(piece: Piece) -> tuple[object, ...]:
    return piece.start_s, piece.end_s, piece.detail.get("reference_start_s")
