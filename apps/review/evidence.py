"""What the checks found, in the order in which a reviewer should look at it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.policy.models import Decision, Outcome
from apps.review.visible import plain
from apps.screening.codes import TEXTS, FindingText
from apps.screening.models import Finding

REFUSED, HELD, NOTE = "refused", "held", "note"
_KINDS: dict[str, str] = {
    Outcome.NOT_ALLOWED: REFUSED,
    Outcome.NEEDS_REVIEW: HELD,
    Outcome.ALLOWED: NOTE,
}
MOST_DIFFERENCES = 20
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ORDER = (REFUSED, HELD, NOTE)
# How sure a check is, in words; the number stands beside it.
_SURENESS = (
    (1.0, gettext_noop("certain")),
    (0.95, gettext_noop("very strong")),
    (0.75, gettext_noop("strong")),
    (0.5, gettext_noop("likely")),
    (0.25, gettext_noop("possible")),
)


@dataclass(frozen=True)
class Exhibit:
    """One finding with its text and weight: "refused" or "held" where the decision rests on it."""

    finding: Finding
    kind: str

    @property
    def text(self) -> FindingText:
        """The catalogue's words; a code that was retired shows as itself."""
        known = TEXTS.get(self.finding.code)
        return known or FindingText(self.finding.code, self.finding.summary, "", "")

    @property
    def sureness(self) -> str:
        """The score in a word."""
        return sureness(self.finding.score)

    @cached_property
    def pieces(self) -> list["Piece"]:
        """Everything there is to look at or listen to."""
        return [Piece(item) for item in self.finding.evidence if isinstance(item, Mapping)]

    @property
    def shown(self) -> list["Piece"]:
        """What is looked at first: all of it, but for the figures behind curves."""
        return [piece for piece in self.pieces if piece not in self.figures]

    @property
    def figures(self) -> list["Piece"]:
        """The figures behind curves: they open on demand."""
        if not any(piece.kind == "plot" for piece in self.pieces):
            return []
        return [piece for piece in self.pieces if piece.kind == "measure"]

    @property
    def how_often(self) -> list[str]:
        """How much a measured pattern or likeness says, as its check was measured; in sentences."""
        details = [piece.detail for piece in self.figures]
        seen = (detail.get("likelihood_ratio") for detail in details)
        told = [_("Seen %(often)s.") % {"often": words} for words in seen if words]
        rates = (detail.get(name) for detail in details for name in ("false_alarm", "miss"))
        return [plain(text) for text in (*told, *rates) if isinstance(text, str)]


@dataclass(frozen=True)
class Piece:
    """One item of evidence as a check wrote it down."""

    item: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """ "audio", "tag", "field", "c2pa", "match", "measure", "plot", "name" or "voice"."""
        return str(self.item.get("kind", ""))

    @property
    def detail(self) -> Mapping[str, Any]:
        """What the check says about it; {} where it says nothing."""
        detail = self.item.get("detail")
        return detail if isinstance(detail, Mapping) else {}

    @property
    def start_s(self) -> float | None:
        """Where it begins in the track, in seconds."""
        return seconds(self.item.get("start_s"))

    @property
    def end_s(self) -> float | None:
        """Where it ends in the track, in seconds."""
        return seconds(self.item.get("end_s"))

    @property
    def rows(self) -> list[tuple[str, Any]]:
        """The details as name and value, in the order of the check."""
        return [(str(name).replace("_", " "), value) for name, value in self.detail.items()]

    @property
    def clip_url(self) -> str:
        """Of a voice: where the enrolled stretch can be heard; "" where none was kept."""
        clip = str(self.detail.get("clip") or "")
        if not _UUID.fullmatch(clip):
            return ""
        return reverse("admin:registry_voiceclip_sound", args=[clip])

    @property
    def differences(self) -> list[Mapping[str, Any]]:
        """Of a name: the characters that differ from the protected one, each with its name."""
        found = self.detail.get("difference")
        if not isinstance(found, list):
            return []
        rows = (one for one in found if isinstance(one, Mapping))
        return [one for one in rows if one.get("expected") is not None][:MOST_DIFFERENCES]


@dataclass(frozen=True)
class Region:
    """A place in the track that matters: what the player marks and the keys 1 to 9 jump to."""

    start: float
    end: float
    label: str
    kind: str
    piece: Piece

    def as_dict(self) -> dict[str, Any]:
        """As `<track-player>` reads it."""
        return {"start": self.start, "end": self.end, "label": self.label, "kind": self.kind}


def sureness(score: float) -> str:
    """How sure a check is, in a word."""
    return next((_(word) for least, word in _SURENESS if score >= least), _("weak sign"))


def figure(value: object) -> Any:
    """A value of a check in words: lists and tables as one line, yes and no, a dash for nothing."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and value:
        return ", ".join(str(figure(one)) for one in value)
    if isinstance(value, dict) and value:
        told = (f"{str(name).replace('_', ' ')} {figure(one)}" for name, one in value.items())
        return "; ".join(told)
    return "–" if value is None or value in ([], {}) else value


def seconds(value: object) -> float | None:
    """A place in a track, if that is what it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if value >= 0 else None


def exhibits(findings: Iterable[Finding], decision: Decision) -> list[Exhibit]:
    """Findings with their weight: what the decision rests on first, then what made a fact; the
    surest first within each.
    """
    weight, told = weights(decision), _behind_facts(decision)
    shown = [Exhibit(found, weight.get(str(found.pk), NOTE)) for found in findings]
    return sorted(
        shown,
        key=lambda one: (
            _ORDER.index(one.kind),
            str(one.finding.pk) not in told,
            -one.finding.score,
        ),
    )


def _behind_facts(decision: Decision) -> set[str]:
    return {str(key) for fact in decision.facts.values() for key in fact.get("evidence") or ()}


def weights(decision: Decision) -> dict[str, str]:
    """The weight of each finding that some reason rests on, by the strictest such reason."""
    found: dict[str, str] = {}
    reasons = decision.overruled or decision.reasons
    for kind, reason in sorted(((_kind(r), r) for r in reasons), key=lambda p: _ORDER.index(p[0])):
        for name in reason.get("facts", []):
            for identity in decision.facts.get(name, {}).get("evidence", []):
                found.setdefault(str(identity), kind)
    return found


def regions(shown: Iterable[Exhibit]) -> list[Region]:
    """Every span of audio in the evidence, in the order of the track."""
    spans = [
        Region(piece.start_s, piece.end_s, label_of(exhibit, piece), exhibit.kind, piece)
        for exhibit in shown
        for piece in exhibit.pieces
        if piece.start_s is not None and piece.end_s is not None
    ]
    return sorted(spans, key=lambda region: (region.start, _ORDER.index(region.kind)))


def label_of(exhibit: Exhibit, piece: Piece) -> str:
    """What the chip of a region says."""
    title = _(exhibit.text.title)
    other = piece.detail.get("title")
    return f"{title}: {plain(other, short=80)}" if other else title


def _kind(reason: Mapping[str, Any]) -> str:
    return _KINDS.get(str(reason.get("outcome")), HELD)
