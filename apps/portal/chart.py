"""Decisions per week as a small chart: numbers in, the geometry of bars out. Drawn as SVG."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone

from apps.policy.models import Decision, Outcome

WEEKS = 12
WIDTH, HEIGHT, FOOT = 600, 96, 18  # of the drawing, in its own units; FOOT is for the dates
STACK = (Outcome.ALLOWED, Outcome.NEEDS_REVIEW, Outcome.NOT_ALLOWED)  # from the ground up
GAP = 8


@dataclass(frozen=True)
class Bar:
    """One part of a week's pile; `y` counts from the top."""

    outcome: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Week:
    """One week: its first day, decisions by outcome, and its pile."""

    begins: date
    counts: dict[str, int]
    bars: tuple[Bar, ...]
    middle: float

    @property
    def total(self) -> int:
        """Decisions in all."""
        return sum(self.counts.values())


def read_weeks(decisions: QuerySet[Decision]) -> list[Week]:
    """The last WEEKS weeks, this one last, with the decisions of each; one query."""
    today = timezone.localdate()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    found = (
        decisions.filter(created_at__date__gte=first)
        .annotate(week=TruncWeek("created_at"))
        .order_by()
        .values_list("week", "outcome")
        .annotate(number=Count("pk"))
    )
    counts: dict[date, Counter[str]] = {}
    for week, outcome, number in found:
        counts.setdefault(week.date(), Counter())[outcome] += number
    days = [first + timedelta(weeks=n) for n in range(WEEKS)]
    return pile([(day, counts.get(day, Counter())) for day in days])


def pile(weeks: Sequence[tuple[date, Counter[str]]]) -> list[Week]:
    """Piles up the numbers; the highest week takes the whole height."""
    highest = max((sum(counts.values()) for _day, counts in weeks), default=0) or 1
    step = WIDTH / max(len(weeks), 1)
    scale = (HEIGHT - FOOT) / highest
    return [
        Week(
            begins=day,
            counts={outcome: counts[outcome] for outcome in STACK},
            bars=tuple(_bars(counts, place * step + GAP / 2, step - GAP, scale)),
            middle=round(place * step + step / 2, 2),
        )
        for place, (day, counts) in enumerate(weeks)
    ]


def _bars(counts: Counter[str], x: float, width: float, scale: float) -> list[Bar]:
    bars, ground = [], float(HEIGHT - FOOT)
    for outcome in STACK:
        if height := counts[outcome] * scale:
            ground -= height
            place = (round(number, 2) for number in (x, ground, width, height))
            bars.append(Bar(outcome, *place))
    return bars
