"""Rulesets as rows: publishing what is shipped, finding the one in force, reading its law."""

from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from apps.audit.record import record
from apps.policy import law
from apps.policy.models import Ruleset
from apps.policy.ruleset import load_ruleset
from apps.policy.shipped import shipped_ids, shipped_ruleset, shipped_text


class NoActiveRuleset(Exception):
    """No law is in force, so nothing can be decided."""

    def __init__(self) -> None:
        super().__init__("No ruleset is in force. Run `manage.py policy publish`.")


class PublishedRulesetChanged(Exception):
    """The shipped text differs from the one that decisions rest on."""

    def __init__(self, ruleset_id: str) -> None:
        super().__init__(
            f"Ruleset {ruleset_id} was changed after decisions were made under it. "
            "Put the old text back and give the new one an id of its own."
        )


@transaction.atomic
def publish_shipped_ruleset() -> Ruleset:
    """Stores every shipped ruleset and puts the newest in force where none is; returns that one.

    Doing it again changes nothing. A ruleset that is already in force stays so: putting a newer
    one in force is a decision of people. Raises InvalidRuleset, PublishedRulesetChanged.
    """
    rows = [_store(ruleset_id) for ruleset_id in shipped_ids()]
    active = Ruleset.objects.filter(state=Ruleset.State.ACTIVE).first()
    return active or _activate(rows[-1])


def active_ruleset() -> Ruleset:
    """The ruleset in force; raises NoActiveRuleset."""
    row = Ruleset.objects.filter(state=Ruleset.State.ACTIVE).first()
    if row is None:
        raise NoActiveRuleset
    return row


def law_of(row: Ruleset) -> law.Ruleset:
    """The law that a row holds, parsed once per text; raises InvalidRuleset."""
    return _parsed(row.text)


@lru_cache(maxsize=16)
def _parsed(text: str) -> law.Ruleset:
    return load_ruleset(text)


def _store(ruleset_id: str) -> Ruleset:
    shipped, text = shipped_ruleset(ruleset_id), shipped_text(ruleset_id)
    row = Ruleset.objects.select_for_update().filter(pk=ruleset_id).first()
    if row is not None and row.sha256 == shipped.sha256:
        return row
    if row is not None and row.decisions.exists():
        raise PublishedRulesetChanged(ruleset_id)
    row = row or Ruleset(pk=ruleset_id)
    row.text, row.sha256, row.effective_from = text, shipped.sha256, shipped.effective_from
    row.save()
    record(kind="ruleset.published", subject=row, actor=None, sha256=row.sha256)
    return row


def _activate(row: Ruleset) -> Ruleset:
    row.state, row.activated_at = Ruleset.State.ACTIVE, timezone.now()
    row.save(update_fields=["state", "activated_at"])
    record(kind="ruleset.activated", subject=row, actor=None, sha256=row.sha256)
    return row
