"""The filters of the decisions page: a form of the query string, so that a bookmark keeps them."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Label, User
from apps.exports.decisions import COLUMNS
from apps.exports.scope import Filters, labels_of
from apps.policy.models import Outcome
from apps.policy.reasons import REASONS, REVIEW_REASONS
from apps.portal.stores import VERDICT_WORDS, store_names

SHOWN = ("made_at", "title", "main_artist", "release", "outcome", "reason_codes", "made_by")
TITLES = {
    "decision_id": _("Decision"),
    "made_at": _("Decided"),
    "track_id": _("Track id"),
    "title": _("Title"),
    "version": _("Version"),
    "main_artist": _("Main artist"),
    "isrc": _("ISRC"),
    "release": _("Release"),
    "upc": _("UPC"),
    "label": _("Label"),
    "outcome": _("Outcome"),
    "cleared_now": _("Cleared now"),
    "destinations": _("Destinations"),
    "reason_codes": _("Reasons"),
    "reason_texts": _("Reasons in full"),
    "rule_ids": _("Rules"),
    "citations": _("Rests on"),
    "ruleset_id": _("Rulebook"),
    "ruleset_sha256": _("Rulebook's hash"),
    "engine_version": _("Engine"),
    "automated_detection": _("Machine listened"),
    "automated_decision": _("Machine decided"),
    "made_by": _("Decided by"),
    "made_by_name": _("Decided by (name)"),
    "supersedes": _("Replaces"),
    "note_to_artist": _("Note to the artist"),
    "no_ai": _("No AI training"),
    "content_usage": _("Content-Usage"),
    "tdm_reservation": _("TDM reservation"),
    "cawg_training_mining": _("CAWG training and data mining"),
}
_ANY = [("", _("any"))]
_DAY = forms.DateInput(attrs={"type": "date"})


class DecisionFilters(forms.Form):
    """What the decisions page asks for. A value that makes no sense is left out, and said."""

    text = forms.CharField(label=_("Title, artist, ISRC or UPC"), max_length=100, required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=_ANY + Outcome.choices, required=False)
    since = forms.DateField(label=_("From"), required=False, widget=_DAY)
    until = forms.DateField(label=_("To and including"), required=False, widget=_DAY)
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    destination = forms.ChoiceField(label=_("Destination"), required=False)
    verdict = forms.ChoiceField(label=_("Verdict there"), required=False)
    label = forms.ModelChoiceField(
        label=_("Label"), queryset=Label.objects.none(), required=False, empty_label=_("any")
    )
    which = forms.ChoiceField(
        label=_("Decisions"),
        choices=[("", _("the latest of each track")), ("all", _("all, also replaced ones"))],
        required=False,
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=list(TITLES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query)
        self._offer("reason", sorted(_reason_titles(), key=lambda pair: pair[1]))
        self._offer("destination", store_names().items())
        self._offer("verdict", VERDICT_WORDS.items())
        cast("forms.ModelChoiceField[Label]", self.fields["label"]).queryset = labels_of(user)
        self.is_valid()

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [*_ANY, *choices]

    @property
    def filters(self) -> Filters:
        """The same, as exports know them."""
        said: dict[str, Any] = self.cleaned_data
        until = said.get("until")
        return Filters(
            outcome=said.get("outcome", ""),
            since=_midnight(said.get("since")),
            until=_midnight(until + timedelta(days=1)) if until else None,
            text=said.get("text", ""),
            reason=said.get("reason", ""),
            destination=said.get("destination", ""),
            verdict=said.get("verdict", ""),
            label=said["label"].pk if said.get("label") else None,
            latest=said.get("which") != "all",
        )

    @property
    def chosen_columns(self) -> tuple[str, ...]:
        """The columns that are shown, in the order of an export."""
        chosen = self.cleaned_data.get("columns") or SHOWN
        return tuple(name for name in COLUMNS if name in chosen)

    @property
    def further_fields(self) -> list[forms.BoundField]:
        """The fields that stand folded away; the label only where there are several."""
        names = ["since", "until", "reason", "destination", "verdict", "which"]
        labels = cast("forms.ModelChoiceField[Label]", self.fields["label"]).queryset
        several = labels is not None and labels.count() > 1
        return [self[name] for name in ([*names, "label"] if several else names)]

    @property
    def is_narrowed_further(self) -> bool:
        """Whether a field that stands folded away asks for something, or is wrong."""
        return bool({*self.changed_data, *self.errors} - {"text", "outcome", "columns"})

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for beside the latest of everything."""
        return bool(set(self.changed_data) - {"columns", "which"})


def _reason_titles() -> Iterable[tuple[str, str]]:
    return [(code, str(_(words.title))) for code, words in {**REASONS, **REVIEW_REASONS}.items()]


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None
