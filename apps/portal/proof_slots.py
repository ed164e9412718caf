"""Where a draft can carry proofs: what each would prove, and what was sent already."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalogue.models import Proof, Track
from apps.catalogue.proof_kinds import KINDS, STEMS
from apps.catalogue.proofs import MAKING, VOCALS
from apps.catalogue.states import TrackState
from apps.policy.models import Decision
from apps.policy.texts.questions import BORROWED_LABELS, PART_LABELS

RIGHTS = "rights"
_STEM = gettext_lazy("The vocals alone, from the same session and as long as the track. %(size)s")
_SIZE = gettext_lazy("At most %(limit)s a file: FLAC or MP3 keeps it small.")
_MAKING = gettext_lazy("A stem or an earlier mix as audio, or a picture of the session. %(size)s")
_RIGHTS = gettext_lazy("A contract, a transfer, an earlier release, the session's stems list.")
_LICENCE = gettext_lazy("A contract, a receipt, or an e-mail that names the work and the use.")
_CONSENT = gettext_lazy("In writing: the person, this use, and how long it holds.")
_RECEIPT = gettext_lazy("The receipt of your plan, or the page that says how it was trained.")


@dataclass(frozen=True)
class Slot:
    """One thing to prove. `needed`: without a proof the track is held."""

    concerns: str
    label: str
    help: Any
    needed: bool
    proofs: list[Proof]

    @property
    def accept(self) -> str:
        """What the file dialogue offers."""
        kinds = {VOCALS: [*STEMS], MAKING: [*STEMS, *KINDS]}
        return ",".join(kinds.get(self.concerns, [*KINDS]))


def proof_slots(track: Track) -> list[Slot]:
    """Every part of the answers that a proof would help, in the order of the questions."""
    sent = list(track.proofs.all())
    provable = [*_provable(track.answers), *_asked_by_ear(track, sent)]
    if provable or sent or track.state != TrackState.DRAFT:
        provable.append((RIGHTS, _("Anything else that shows your rights"), _RIGHTS, False))
    return [
        Slot(path, label, text, needed, [one for one in sent if one.concerns == path])
        for path, label, text, needed in provable
    ]


def _asked_by_ear(track: Track, sent: list[Proof]) -> Iterator[tuple[str, str, Any, bool]]:
    """What the last decision leaves to ask about what was heard, and what was sent about it."""
    heard = {one.concerns for one in sent}
    if track.state != TrackState.DRAFT:
        last = Decision.objects.current().filter(track=track).first()
        heard |= _open_by_ear(last.facts) if last else set()
    size = {"size": _SIZE % {"limit": filesizeformat(settings.MAX_PROOF_BYTES)}}
    if MAKING in heard:
        yield MAKING, _("How the sound was made"), _MAKING % size, False
    if VOCALS in heard:
        yield VOCALS, _("Vocal stem"), _STEM % size, False


def _open_by_ear(facts: Mapping[str, Any]) -> set[str]:
    """Which of the two could not be told, or speaks against what was declared."""
    quiet = {
        "protected_voice": ("no_match", "not_compared"),
        "generated_sound": ("no_sign", "not_listened", None),
    }
    slots = {"protected_voice": VOCALS, "generated_sound": MAKING}
    open_ones = (name for name in slots if facts.get(name))
    return {slots[name] for name in open_ones if facts[name].get("value") not in quiet[name]}


def _provable(answers: Mapping[str, Any]) -> Iterator[tuple[str, str, Any, bool]]:
    for place, use in enumerate(answers.get("ai") or ()):
        if use.get("extent") == "generated" and use.get("model_training") == "licensed_or_own":
            part = _(PART_LABELS.get(use.get("part", ""), ""))
            tool = use.get("tool") or _("the tool")
            label = _("How %(tool)s was trained: %(part)s") % {"tool": tool, "part": part}
            yield f"ai.{place}", label, _RECEIPT, False
    voice = answers.get("voice") or {}
    if voice.get("imitates") == "consenting_person":
        who = voice.get("person") or _("the person who is imitated")
        yield "voice", _("Consent of %(who)s") % {"who": who}, _CONSENT, True
    for place, use in enumerate(answers.get("likeness") or ()):
        if use.get("permission") == "yes":
            who = use.get("person") or _("this person")
            yield f"likeness.{place}", _("Permission of %(who)s") % {"who": who}, _CONSENT, True
    for place, one in enumerate(answers.get("borrowed") or ()):
        if one.get("licence") == "held":
            what = one.get("of") or _(BORROWED_LABELS.get(one.get("kind", ""), ""))
            yield f"borrowed.{place}", _("Licence for %(what)s") % {"what": what}, _LICENCE, True
