"""Writing decisions: the machine's on a finished run, and a person's on a track."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import Track
from apps.policy import law
from apps.policy.decide import ENGINE_VERSION, Ruling, Verdict, decide
from apps.policy.declared import declared_facts
from apps.policy.facts import Fact, Facts, facts_as_dict, facts_from_dict
from apps.policy.gather import gather
from apps.policy.models import Decision, Outcome
from apps.policy.publish import active_ruleset, law_of
from apps.policy.reasons import APPROVE, ASK, REFUSE, REVIEW_REASONS, UnknownReason
from apps.policy.tool_terms import register_terms
from apps.policy.trace import MADE, logged_of
from apps.screening.models import Finding, ScreeningRun

OUTCOME_OF = {
    APPROVE: Outcome.ALLOWED,
    ASK: Outcome.NEEDS_REVIEW,
    REFUSE: Outcome.NOT_ALLOWED,
}


class RulingConflict(Exception):
    """What a person looked at is no longer the latest; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            _("This track was decided or changed while you looked at it. Load the page again.")
        )


class ReasonMissing(Exception):
    """A person's decision needs at least one reason that fits it."""

    def __init__(self) -> None:
        super().__init__(_("Choose at least one reason that fits your decision."))


@transaction.atomic
def decide_run(*, run: ScreeningRun) -> Decision:
    """The machine's decision on a run: written now, or the one that the run has already.

    Everything that the run did not record counts as unknown. Raises NoActiveRuleset.
    """
    track = _lock(run.track_id)
    made = Decision.objects.filter(run=run, automated_decision=True).first()
    if made is not None:
        return made
    row = active_ruleset()
    ruleset = law_of(row)
    facts = gather_run(run, ruleset)
    decision = _fill(decide(facts, ruleset), facts)
    decision.track, decision.run, decision.ruleset = track, run, row
    decision.declaration, decision.audio = run.declaration, run.audio
    decision.automated_detection = decision.automated_decision = True
    return _write(decision, actor=None)


@transaction.atomic
def record_ruling(
    *,
    track: Track,
    by: User,
    outcome: str,
    reason_codes: Sequence[str],
    note: str = "",
    note_to_artist: str = "",
    expected_decision: Decision | UUID | str,
) -> Decision:
    """A person's decision on a track, superseding the one that they looked at.

    `reason_codes` are codes of `REVIEW_REASONS` whose verb fits the outcome. Raises UnknownReason,
    ReasonMissing, and RulingConflict when `expected_decision` is not the track's latest decision
    any more, or the artist has changed what it was about. Nothing is written then.
    """
    codes = _fitting(reason_codes, outcome)
    row = _lock(track.pk)
    before = current_decision(row)
    expected = (
        expected_decision.pk if isinstance(expected_decision, Decision) else expected_decision
    )
    if before is None or str(before.pk) != str(expected) or not is_about(before, row):
        raise RulingConflict
    ruling, ruleset = Ruling(outcome, codes), law_of(before.ruleset)
    facts = _settled(before) if outcome == Outcome.ALLOWED else facts_from_dict(before.facts)
    decision = _fill(decide(facts, ruleset, ruling), facts)
    decision.track, decision.run, decision.ruleset = row, before.run, before.ruleset
    decision.declaration, decision.audio = before.declaration, before.audio
    decision.ruling, decision.made_by = ruling.as_dict(), by
    decision.note, decision.note_to_artist = note, note_to_artist
    decision.automated_detection, decision.automated_decision = before.automated_detection, False
    return _write(decision, actor=by)


def current_decision(track: Track) -> Decision | None:
    """The latest decision about a track."""
    return Decision.objects.current().filter(track=track).select_related("ruleset").first()


def is_about(decision: Decision, track: Track) -> bool:
    """Whether a decision is about the declaration and the audio that the track has now."""
    same_words = decision.declaration_id == track.declaration_id
    return same_words and decision.audio_id == track.audio_id


def gather_run(run: ScreeningRun, ruleset: law.Ruleset) -> dict[str, Fact]:
    """The facts of a run's declaration, check results and findings."""
    findings = Finding.objects.filter(result__run=run).order_by("result_id", "position")
    return gather(
        run.declaration.document,
        list(findings),
        dict(run.results.values_list("slug", "status")),
        ruleset,
        trouble=run.error_text,
        terms_of=register_terms(run.declaration.accepted_at.date()),
    )


def _lock(track_id: UUID) -> Track:
    return Track.objects.select_for_update().get(pk=track_id)


def _fitting(codes: Sequence[str], outcome: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(codes))
    for code in chosen:
        if code not in REVIEW_REASONS:
            raise UnknownReason(code)
    if not chosen or any(OUTCOME_OF[REVIEW_REASONS[code].verb] != outcome for code in chosen):
        raise ReasonMissing
    return chosen


def _settled(before: Decision) -> dict[str, Fact]:
    """The facts after a person approved: what was declared and contradicted stands as declared."""
    facts = facts_from_dict(before.facts)
    declared = declared_facts(before.declaration.document)
    for name, fact in facts.items():
        said = declared.get(name)
        if fact.value is None and said is not None and said.value is not None:
            facts[name] = Fact(said.value, "reviewed", fact.evidence, "Stands as declared.")
    return facts


def _fill(verdict: Verdict, facts: Facts) -> Decision:
    data = verdict.as_dict()
    return Decision(engine_version=ENGINE_VERSION, facts=facts_as_dict(facts), **data)


def _write(decision: Decision, *, actor: User | None) -> Decision:
    decision.supersedes = current_decision(decision.track)
    decision.ruleset_sha256 = decision.ruleset.sha256
    decision.save()
    kept = Decision.objects.select_related("audio").get(pk=decision.pk)
    record(kind=MADE, subject=decision, actor=actor, **logged_of(kept))
    return decision
