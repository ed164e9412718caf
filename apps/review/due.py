"""When a person owes an answer: working days only, always at the same hour. Pure, no Django."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SATURDAY = 5


@dataclass(frozen=True)
class Promise:
    """How soon we answer: this many working days after the day it came in, at `hour` o'clock.

    `days` counts from 1 and `hour` from 0 to 23, both in `zone`. Saturdays, Sundays and
    `holidays` are no working days.
    """

    days: int
    hour: int
    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this day."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def due_after(self, opened: datetime) -> datetime:
        """The moment by which a case opened at `opened` (aware) is owed an answer."""
        day = opened.astimezone(self.zone).date()
        left = self.days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working_day(day)
        return datetime.combine(day, time(self.hour), tzinfo=self.zone)


class Nearness(StrEnum):
    """How close a due moment is."""

    OVERDUE = "overdue"
    TODAY = "today"
    TOMORROW = "tomorrow"
    LATER = "later"


def nearness(due: datetime, now: datetime, zone: ZoneInfo) -> Nearness:
    """Where `due` lies as seen from `now`, by the calendar of `zone`; both are aware."""
    if due <= now:
        return Nearness.OVERDUE
    days = (due.astimezone(zone).date() - now.astimezone(zone).date()).days
    return {0: Nearness.TODAY, 1: Nearness.TOMORROW}.get(days, Nearness.LATER)


def end_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of tomorrow in `zone`: what is due before it is due today."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=zone)
