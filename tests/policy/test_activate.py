"""A ruleset comes in force by two people who may, and never by a command alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.audit.models import Event
from apps.policy import activate
from apps.policy.activate import CannotActivate, activate_ruleset
from apps.policy.models import Ruleset
from apps.policy.publish import active_ruleset, publish_shipped_ruleset
from apps.policy.shipped import shipped_ids
from tests.factories import UserFactory

OLD, NEW = "2026-11-20", shipped_ids()[-1]


@pytest.fixture
def older(db: None) -> Ruleset:
    """The state of an installation that was set up under the older rulebook."""
    publish_shipped_ruleset()
    Ruleset.objects.filter(pk=NEW).update(state=Ruleset.State.DRAFT, activated_at=None)
    now = timezone.now()
    Ruleset.objects.filter(pk=OLD).update(state=Ruleset.State.ACTIVE, activated_at=now)
    return active_ruleset()


def officer(**kind: Any) -> User:
    return UserFactory(**{"role": Role.COMPLIANCE_OFFICER, **kind})


def test_a_newer_shipped_ruleset_waits_for_people(older: Ruleset) -> None:
    assert publish_shipped_ruleset().pk == OLD
    row = activate_ruleset(ruleset_id=NEW, by=officer(), second=officer())
    assert active_ruleset() == row
    assert Ruleset.objects.get(pk=OLD).state == Ruleset.State.RETIRED
    event = Event.objects.filter(kind="ruleset.activated").latest("pk")
    assert event.data["before"] == OLD
    assert event.data["second"] != str(event.actor_id)


def test_doing_it_again_changes_nothing(older: Ruleset) -> None:
    by, second = officer(), officer()
    activate_ruleset(ruleset_id=NEW, by=by, second=second)
    events = Event.objects.count()
    activate_ruleset(ruleset_id=NEW, by=second, second=by)
    assert (Event.objects.count(), active_ruleset().activated_by) == (events, by)


def test_and_back_again(older: Ruleset) -> None:
    activate_ruleset(ruleset_id=NEW, by=officer(), second=officer())
    with pytest.raises(CannotActivate, match="policy check"):
        # It lacks what newer checks find, so it is no longer the law of this product.
        activate_ruleset(ruleset_id=OLD, by=officer(), second=officer())


@pytest.mark.parametrize("role", [Role.ARTIST, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_who_may_change_rules(older: Ruleset, role: Role) -> None:
    for people in ((officer(role=role), officer()), (officer(), officer(role=role))):
        with pytest.raises(CannotActivate, match="ask compliance"):
            activate_ruleset(ruleset_id=NEW, by=people[0], second=people[1])
    assert active_ruleset().pk == OLD


def test_one_person_is_not_two_and_a_closed_account_is_nobody(older: Ruleset) -> None:
    one = officer()
    with pytest.raises(CannotActivate, match="Two different people"):
        activate_ruleset(ruleset_id=NEW, by=one, second=one)
    with pytest.raises(CannotActivate, match="ask compliance"):
        activate_ruleset(ruleset_id=NEW, by=one, second=officer(is_active=False))


def test_not_before_its_day_and_not_unproven(
    older: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = {"by": officer(), "second": officer()}
    tomorrow = timezone.now().date() + timedelta(days=1)
    Ruleset.objects.filter(pk=NEW).update(effective_from=tomorrow)
    with pytest.raises(CannotActivate, match="applies from"):
        activate_ruleset(ruleset_id=NEW, **people)
    Ruleset.objects.filter(pk=NEW).update(effective_from=timezone.now().date())
    monkeypatch.setattr(activate, "TEXTS", {**activate.TEXTS, "unheard_of": None})
    with pytest.raises(CannotActivate, match="policy check"):
        activate_ruleset(ruleset_id=NEW, **people)


def test_the_command_says_why_not_in_one_line(older: Ruleset) -> None:
    by, second = officer().email, officer().email
    for words, why in [
        (["nonsense", "--by", by, "--second", second], "Publish it first"),
        ([NEW, "--by", by, "--second", "nobody@example.org"], "No account has the address"),
    ]:
        with pytest.raises(CommandError, match=why) as caught:
            call_command("policy", "activate", *words)
        assert caught.value.returncode == 2
    call_command("policy", "activate", NEW, "--by", by, "--second", second)
    assert active_ruleset().pk == NEW
