"""Where a draft can carry proofs: what each would prove, and what was sent already."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalogue.models import Proof, Track
from apps.catalogue.proof_kinds import KINDS, STEMS
from apps.catalogue.proofs import VOCALS
from apps.catalogue.states import TrackState
from apps.policy.models import Decision
from apps.policy.texts.questions import BORROWED_LABELS, PART_LABELS

RIGHTS = "rights"
_STEM = gettext_lazy("The vocals alone, from the same session and as long as the track.")
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
        return ",".join(STEMS if self.concerns == VOCALS else KINDS)


def proof_slots(track: Track) -> list[Slot]:
    """Every part of the answers that a proof would help, in the order of the questions."""
    sent = list(track.proofs.all())
    provable = list(_provable(track.answers))
    if _voice_is_asked(track) or any(one.concerns == VOCALS for one in sent):
        provable.append((VOCALS, _("Vocal stem"), _STEM, False))
    if provable or sent or track.state != TrackState.DRAFT:
        provable.append((RIGHTS, _("Anything else that shows your rights"), _RIGHTS, False))
    return [
        Slot(path, label, text, needed, [one for one in sent if one.concerns == path])
        for path, label, text, needed in provable
    ]


def _voice_is_asked(track: Track) -> bool:
    """Whether the last decision could not tell whose voice it is, or took it for somebody's."""
    if track.state == TrackState.DRAFT:
        return False
    last = Decision.objects.current().filter(track=track).first()
    fact = (last.facts.get("protected_voice") or {}) if last else {}
    return bool(fact) and fact.get("value") not in ("no_match", "not_compared")


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
