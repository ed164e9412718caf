"""What the buttons of the permissions page do: one button, one sentence, one verb of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.catalogue.models import Release
from apps.consent.asking import find_permission
from apps.consent.choices import (
    object_to_use,
    record_consent,
    revoke_all,
    revoke_consent,
)
from apps.consent.finding import SELECTED
from apps.consent.models import ConsentEvent, Status
from apps.consent.permissions import permissions_of
from apps.consent.reservations import lift_no_ai, reserve_no_ai
from apps.consent.scopes import Target, reaching, scope_of
from apps.consent.writing import How

COMPONENT = "permissions page"
ACTS = ("yes", "no", "no-ai-on", "no-ai-off", "no-to-all", "show")


class NotUnderstood(Exception):
    """The form says something that this page never sends; the message is for people."""


class SayForm(forms.Form):
    """One press of a button. `say`: "yes:generative_music.train"; `only`: narrower targets."""

    say = forms.CharField(max_length=80)
    only = forms.CharField(max_length=40, required=False)
    country = forms.CharField(max_length=2, required=False)
    terms_version = forms.CharField(max_length=20, required=False)
    language = forms.CharField(max_length=12, required=False)
    authority = forms.CharField(max_length=500, required=False)
    submission_key = forms.CharField(max_length=40, required=False)


@dataclass(frozen=True)
class Said:
    """What was pressed. `code`: the permission, "" where the button is about all of them."""

    act: str
    code: str
    country: str
    terms_version: str
    language: str
    authority: str
    key: str
    address: str

    def how(self, *, with_key: bool = False) -> How:
        """For the record. A no has no key: said twice it is there already, and it always counts."""
        return How(
            component=COMPONENT,
            submission_key=self.key if with_key else "",
            authority=self.authority,
            evidence={"address": self.address},
        )


def read_said(form: SayForm, *, address: str) -> Said:
    """What was pressed; raises NotUnderstood."""
    if not form.is_valid():
        raise NotUnderstood(_NO_BUTTON)
    data = form.cleaned_data
    act, _colon, code = data["say"].partition(":")
    if act not in ACTS or (code and act not in ("yes", "no")):
        raise NotUnderstood(_NO_BUTTON)
    return Said(
        act=act,
        code=code,
        country=data["country"],
        terms_version=data["terms_version"],
        language=data["language"] or "en",
        authority=data["authority"],
        key=data["submission_key"],
        address=address,
    )


def chosen_targets(of: Target, ids: Sequence[str]) -> list[Target]:
    """The narrower targets that were ticked, or the target itself; raises NotUnderstood."""
    if not ids:
        return [of]
    wanted = {_uuid(one) for one in ids}
    found: list[Target] = []
    if isinstance(of, User):
        found = list(Release.objects.filter(owner=of, pk__in=wanted))
    elif isinstance(of, Release):
        found = list(of.tracks.select_related(*SELECTED))
        found = [one for one in found if one.pk in wanted]
    if len(found) != len(wanted):
        raise NotUnderstood(_GONE)
    return found


@transaction.atomic
def say(said: Said, *, by: User, targets: Sequence[Target]) -> str:
    """Writes it for every target, or for none; returns the sentence that tells what counts now.

    Raises a ConsentError or NotUnderstood.
    """
    for of in targets:
        _say_one(said, by, of)
    return _told(said, targets)


def _say_one(said: Said, by: User, of: Target) -> None:
    words = {"terms_version": said.terms_version, "language": said.language}
    if said.act == "no-ai-on":
        reserve_no_ai(by=by, of=of, how=said.how())
    elif said.act == "no-ai-off":
        lift_no_ai(by=by, of=of, how=said.how(with_key=True), **words)
    elif said.act == "no-to-all":
        revoke_all(by=by, of=of, how=said.how())
    elif said.act == "yes":
        _say_yes(said, by, of)
    else:
        _say_no(said, by, of)


def _say_yes(said: Said, by: User, of: Target) -> None:
    permission = find_permission(*_pair(said.code))
    record_consent(
        by=by,
        of=of,
        use_case=permission.use_case,
        verb=permission.verb,
        granted=True,
        jurisdiction=said.country,
        terms_version=said.terms_version,
        language=said.language,
        how=said.how(with_key=True),
    )


def _say_no(said: Said, by: User, of: Target) -> None:
    """An objection, a yes taken back, or a plain no, which keeps the words that were read."""
    permission = find_permission(*_pair(said.code))
    pair: dict[str, Any] = {"use_case": permission.use_case, "verb": permission.verb}
    if permission.can_be_objected_to:
        object_to_use(by=by, of=of, how=said.how(), **pair)
    elif _said_yes(of, pair):
        revoke_consent(by=by, of=of, how=said.how(), **pair)
    else:
        record_consent(
            by=by,
            of=of,
            granted=False,
            jurisdiction="",
            terms_version=said.terms_version,
            language=said.language,
            how=said.how(),
            **pair,
        )


def _said_yes(of: Target, pair: dict[str, Any]) -> bool:
    said = ConsentEvent.objects.filter(reaching(scope_of(of)), status=Status.GRANTED, **pair)
    return said.exists()


def _told(said: Said, targets: Sequence[Target]) -> str:
    if said.act == "no-ai-on":
        return _("“No AI training” is on. It counts now.")
    if said.act == "no-ai-off":
        return _("“No AI training” is off. That alone allows nothing: say yes where you want to.")
    if said.act == "no-to-all":
        return _("Every yes is taken back. It counts now.")
    if said.act == "no":
        return _("Your no is recorded. It counts now.")
    [row] = [
        one
        for one in permissions_of(targets[0], jurisdiction=said.country)
        if one.permission.code == said.code
    ]
    if row.allowed or row.shown == "pending":
        return _("Your yes is recorded. It counts in a few seconds.")
    return _("Your yes is recorded, but it does not count now: %(why)s") % {"why": row.reason_text}


def _pair(code: str) -> tuple[str, str]:
    use_case, _dot, verb = code.partition(".")
    return use_case, verb


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotUnderstood(_GONE) from None


_NO_BUTTON = gettext_lazy(
    "We could not read what was pressed. Nothing was recorded. Load the page again, and press the "
    "button once more."
)
_GONE = gettext_lazy(
    "One of the things you chose is not here any more. Nothing was recorded. Load the page again, "
    "and choose anew."
)
