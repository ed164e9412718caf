"""Everything that the case page shows, gathered in a handful of queries."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.policy.models import Decision
from apps.review.actions import ACTIONS
from apps.review.cells import (
    asked_words,
    declared_artists,
    due_words,
    reason_title,
    record_words,
)
from apps.review.claim import holder
from apps.review.declared import declared_lines
from apps.review.evidence import Exhibit, exhibits
from apps.review.history import history
from apps.review.listening import player
from apps.review.matches import Recording, recordings
from apps.review.models import CannedReply, Case
from apps.review.others import matched_tracks, others_of, with_names
from apps.review.queue import some_of, whole
from apps.review.severe import is_severe
from apps.review.standing import REASSIGN, waiting_proposal, why_not
from apps.review.trace import needed_labels, reason_lines, store_lines, ways_out
from apps.review.why import why_lines
from apps.screening.models import CheckResult, Finding, ScreeningRun


def find_case(pk: Any) -> Case | None:
    """The case with what its page needs, or None. Nothing is asked for that is not there."""
    case = whole(Case.objects.all()).filter(pk=pk).first()
    if case is not None:
        prefetch_related_objects([case], "reasons", *some_of(case))
    return case


def context(case: Case, user: User, sent: Any = None) -> dict[str, Any]:
    """What the template shows. `sent` is a rejected form, whose texts are not lost."""
    decision = case.decision
    earlier = list(case.track.decisions.select_related("made_by", "ruleset", "run"))
    results = run_results(decision)
    shown = exhibits((f for result in results for f in result.findings.all()), decision)
    found = recordings(shown)
    rows = tracks_around(case, found)
    others, own = others_of(found, decision.audio, user, rows)
    return {
        "case": case,
        "track": case.track,
        "decision": decision,
        "artists": declared_artists(decision.declaration.document),
        "record": record_words(case),
        "asked": asked_words(case, bool(getattr(case, "second_look", False))),
        "player": player(decision.audio, own, shown, others, user),
        "declared": declared_lines(decision.declaration.document),
        "exhibits": shown,
        "why": why_lines(decision, decision.overruled or decision.reasons, shown),
        "tags": pieces_of(shown, "tag"),
        "others": others,
        "results": results,
        **standing(case, user),
        **judged(case, decision, earlier),
        **deciding(case, user, sent),
        **around(case, earlier, rows),
    }


def standing(case: Case, user: User) -> dict[str, Any]:
    """Who has the case, and whether this person may do something about it."""
    now = timezone.now()
    near, due = due_words(case.due_at, now)
    person = holder(case, now)
    return {
        "near": near,
        "due": due,
        "holder": person,
        "is_mine": person == user,
        "refusal": why_not(case, user),
        "may_take_over": person not in (None, user) and user.has_perm(REASSIGN),
    }


def judged(case: Case, decision: Decision, earlier: list[Decision]) -> dict[str, Any]:
    """What the rulebook and people said so far."""
    machine = decision.overruled or decision.reasons
    stores = store_lines(decision)
    alike = len({(line.verdict, line.reasons) for line in stores}) == 1
    return {
        "reasons": reason_lines(decision, machine),
        "ruled": reason_lines(decision, decision.reasons) if decision.overruled else [],
        "needed": needed_labels(decision),
        "ways_out": ways_out(decision),
        "stores": stores,
        "same_for_all": stores[0] if alike else None,
        "proofs": case.track.proofs.all(),
        "decisions": [(made, reason_lines(made, made.reasons)) for made in reversed(earlier)],
        "ruling": case.ruling,
    }


def deciding(case: Case, user: User, sent: Any) -> dict[str, Any]:
    """The panel: what can be done, with which reasons and canned replies."""
    replies = CannedReply.objects.filter(is_active=True)
    proposal = waiting_proposal(case)
    return {
        "actions": [
            {"action": action, "severe": is_severe(case, action.verb)}
            for action in ACTIONS.values()
            if action.available(case, user)
        ],
        "replies": [(reply, fill(reply, case)) for reply in replies],
        "proposal": proposal,
        "proposal_reasons": [reason_title(code) for code in proposal.reason_codes]
        if proposal
        else [],
        "proposals": case.proposals.all(),
        "typed": typed(sent),
    }


def typed(sent: Any) -> dict[str, Any]:
    """What a rejected form held, so that nobody writes it twice."""
    if sent is None:
        return {}
    data = sent.data
    named = {name: data.get(name, "") for name in ("verb", "note_to_artist", "note", "answer")}
    return {**named, "reasons": data.getlist("reasons")}


def run_results(decision: Decision) -> list[CheckResult]:
    """What each check said in the run that the decision rests on, with its findings."""
    run = decision.run or latest_run(decision)
    if run is None:
        return []
    results = run.results.prefetch_related("findings")
    for result in results:
        for finding in result.findings.all():
            finding.result = result
    return list(results)


def latest_run(decision: Decision) -> ScreeningRun | None:
    """The newest run of the same declaration: a person's ruling names none of its own."""
    return (
        ScreeningRun.objects.filter(declaration=decision.declaration).order_by("created_at").last()
    )


def pieces_of(shown: list[Exhibit], kind: str) -> list[tuple[Finding, Any]]:
    """Every piece of evidence of one kind, once, beside the first finding that rests on it."""
    found: dict[str, tuple[Finding, Any]] = {}
    for exhibit in shown:
        for piece in exhibit.pieces:
            if piece.kind == kind:
                found.setdefault(repr(piece.detail), (exhibit.finding, piece))
    return list(found.values())


def tracks_around(case: Case, found: Iterable[Recording]) -> list[Any]:
    """The tracks of the release and those that share audio, in one query: a row for each case."""
    release = Q(release=case.track.release_id)
    rows = with_names(Track.objects.filter(release | matched_tracks(found)))
    return list(rows.annotate(case_id=F("cases__pk"), case_state=F("cases__state")))


def around(case: Case, earlier: list[Decision], tracks: Iterable[Any]) -> dict[str, Any]:
    """The history of the track, and the other tracks of the release with their open cases."""
    rows = [row for row in tracks if row.release_id == case.track.release_id]
    open_cases = {row.pk: row.case_id for row in rows if row.case_state == Case.State.OPEN}
    others = {row.pk: row for row in rows if row.pk != case.track_id}
    own = [row.case_id for row in rows if row.pk == case.track_id]
    runs = {made.run.pk: made.run for made in earlier if made.run}
    return {
        "happenings": history(case, own, runs.values()),
        "siblings": [(track, open_cases.get(track.pk)) for track in others.values()],
    }


def fill(reply: CannedReply, case: Case) -> str:
    """A canned reply with the names put in; unknown braces stay as they are."""
    artists = declared_artists(case.decision.declaration.document)
    names = {"title": str(case.track), "artist": artists or _("the artist")}
    text = reply.text
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return text
