"""Due dates: working days only, at the promised hour, whatever the time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.review.due import Nearness, Promise, end_of_day, nearness

KOLKATA = ZoneInfo("Asia/Kolkata")
TWO_DAYS = Promise(days=2, hour=17, zone=ZoneInfo("UTC"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-16 09:00", "2026-11-18 17:00"),  # Monday to Wednesday
        ("2026-11-16 23:59", "2026-11-18 17:00"),  # late on the same Monday
        ("2026-11-19 10:00", "2026-11-23 17:00"),  # Thursday: Friday, then Monday
        ("2026-11-20 10:00", "2026-11-24 17:00"),  # Friday to Tuesday
        ("2026-11-21 10:00", "2026-11-24 17:00"),  # Saturday counts from Monday
        ("2026-11-22 10:00", "2026-11-24 17:00"),  # so does Sunday
    ],
)
def test_counts_working_days(opened: str, due: str) -> None:
    assert TWO_DAYS.due_after(at(opened)) == at(due)


def test_holidays_are_no_working_days() -> None:
    closed = Promise(2, 17, ZoneInfo("UTC"), frozenset({date(2026, 12, 25)}))
    assert closed.due_after(at("2026-12-23 08:00")) == at("2026-12-28 17:00")


def test_the_day_is_the_desks_day() -> None:
    """22:00 UTC on Sunday is Monday in Kolkata, so Monday does not count."""
    promise = Promise(2, 17, KOLKATA)
    assert promise.due_after(at("2026-11-22 22:00")) == datetime(2026, 11, 25, 17, tzinfo=KOLKATA)


zones = st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia"])
promises = st.builds(
    Promise,
    days=st.integers(1, 12),
    hour=st.integers(0, 23),
    zone=zones.map(ZoneInfo),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=8),
)
moments = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2026-12-01"),
    timezones=st.just(UTC),
)


@given(promise=promises, opened=moments)
def test_properties_of_every_due_moment(promise: Promise, opened: datetime) -> None:
    due = promise.due_after(opened)
    local_opened, local_due = opened.astimezone(promise.zone).date(), due.astimezone(promise.zone)
    between = [
        local_opened + timedelta(days=n + 1) for n in range((local_due.date() - local_opened).days)
    ]
    assert due > opened
    assert promise.is_working_day(local_due.date())
    assert due.hour == promise.hour
    assert sum(map(promise.is_working_day, between)) == promise.days


@given(promise=promises, first=moments, second=moments)
def test_who_came_first_is_never_due_later(
    promise: Promise, first: datetime, second: datetime
) -> None:
    earlier, later = sorted((first, second))
    assert promise.due_after(earlier) <= promise.due_after(later)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-11-20 11:59", Nearness.OVERDUE),
        ("2026-11-20 12:00", Nearness.OVERDUE),
        ("2026-11-20 17:00", Nearness.TODAY),
        ("2026-11-21 09:00", Nearness.TOMORROW),
        ("2026-11-24 17:00", Nearness.LATER),
    ],
)
def test_nearness(due: str, expected: Nearness) -> None:
    assert nearness(at(due), at("2026-11-20 12:00"), ZoneInfo("UTC")) is expected


def test_today_ends_at_the_desks_midnight() -> None:
    ends = end_of_day(at("2026-11-20 20:00"), KOLKATA)
    assert ends == datetime(2026, 11, 22, tzinfo=KOLKATA)
    assert nearness(ends - timedelta(seconds=1), at("2026-11-20 20:00"), KOLKATA) is Nearness.TODAY
