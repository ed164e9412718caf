"""How a screening goes: one line per check, from waiting to done, and where it stands in line."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.screening.check_titles import CHECK_TITLES
from apps.screening.codes import TEXTS
from apps.screening.finding_text import FindingText
from apps.screening.models import CheckResult, Finding, ScreeningRun

WAITING, RUNNING, CLEAN, NOTED, FOUND, FAILED, UNASSESSABLE = (
    "waiting",
    "running",
    "clean",
    "noted",
    "found",
    "failed",
    "unassessable",
)
_WORDS = {
    WAITING: gettext_lazy("waiting"),
    RUNNING: gettext_lazy("listening now"),
    CLEAN: gettext_lazy("nothing found"),
    NOTED: gettext_lazy("good to know"),
    FOUND: gettext_lazy("found something"),
    FAILED: gettext_lazy("failed on our side"),
    UNASSESSABLE: gettext_lazy("could not be judged"),
}
_ICONS = {
    WAITING: "waiting",
    RUNNING: "running",
    CLEAN: "cleared",
    NOTED: "info",
    FOUND: "note",
    FAILED: "refused",
    UNASSESSABLE: "none",
}
_STAGES = {
    "decoding": gettext_lazy("We are reading the audio."),
    "pictures": gettext_lazy("We are drawing the waveform."),
}


@dataclass(frozen=True)
class CheckLine:
    """One check of one run. `note` says why it could not be judged, or what it found."""

    slug: str
    title: str
    state: str
    note: str
    findings: tuple[Finding, ...] = ()

    @property
    def told(self) -> list[FindingText]:
        """What was found, each kind once, in words."""
        texts = {found.code: TEXTS.get(found.code) for found in self.findings}
        return [text for text in texts.values() if text]

    @property
    def words(self) -> str:
        """The state in words."""
        return str(_WORDS[self.state])

    @property
    def icon(self) -> str:
        """The icon of the state."""
        return _ICONS[self.state]


def check_lines(
    run: ScreeningRun | None, results: Iterable[CheckResult], weighty: Collection[str] = ()
) -> list[CheckLine]:
    """Every check in the order in which they run; those without a result wait.

    `weighty`: ids of the findings that the decision rests on; the others are good to know.
    """
    done = {result.slug: result for result in results}
    named = [(slug, _(title)) for slug, title in CHECK_TITLES.items()]
    older = [(slug, slug) for slug in done if slug not in dict(named)]  # checks of other days
    lines = [_line(slug, title, done.get(slug), weighty) for slug, title in [*named, *older]]
    if run is None or run.state != ScreeningRun.State.RUNNING or run.stage == "decoding":
        return lines
    return _mark_running(lines)


def stage_words(run: ScreeningRun | None) -> str:
    """What goes on just now, in a sentence."""
    if run is None or run.state == ScreeningRun.State.QUEUED:
        return _in_line(run)
    if run.state == ScreeningRun.State.RUNNING:
        return str(_STAGES.get(run.stage, _("We are checking your track.")))
    return _("The checks are finished.")


def _in_line(run: ScreeningRun | None) -> str:
    if run is None:
        return _("We are getting it ready.")
    if run.error_text and run.attempts:
        return run.error_text
    queued = ScreeningRun.objects.filter(state=ScreeningRun.State.QUEUED)
    before = queued.filter(created_at__lt=run.created_at).count()
    if not before:
        return _("You are next.")
    if before == 1:
        return _("One track is checked before yours.")
    return _("%(count)s tracks are checked before yours.") % {"count": before}


def _line(slug: str, title: str, result: CheckResult | None, weighty: Collection[str]) -> CheckLine:
    if result is None:
        return CheckLine(slug, title, WAITING, "")
    if result.status != CheckResult.Status.OK:
        is_error = result.status == CheckResult.Status.ERROR
        return CheckLine(slug, title, FAILED if is_error else UNASSESSABLE, _(result.note))
    findings = tuple(result.findings.all())
    weighs = any(str(found.pk) in weighty for found in findings)
    state = FOUND if weighs else NOTED if findings else CLEAN
    return CheckLine(slug, title, state, "", findings)


def _mark_running(lines: list[CheckLine]) -> list[CheckLine]:
    """The first check without a result is the one that runs now."""
    place = next((n for n, line in enumerate(lines) if line.state == WAITING), None)
    if place is None:
        return lines
    line = lines[place]
    return [*lines[:place], CheckLine(line.slug, line.title, RUNNING, ""), *lines[place + 1 :]]
