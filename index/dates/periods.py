"""Calendar periods: what contains a day, what recurs, what is some units away. Pure; days without a zone."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import MINYEAR, date, timedelta
from enum import Enum, auto
from typing import NamedTuple

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

LEAP_GAP = 8
"""Years between two 29 Februaries, at most (1896 and 1904)."""


class Unit(NamedTuple):
    """A length of time: so many days, or so many months."""

    days: float
    months: int


class Which(Enum):
    """Which one of those that recur: "last Monday", "this summer", "next week", "the coming weekend"."""

    LAST = auto()
    THIS = auto()
    NEXT = auto()
    COMING = auto()


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` up to, but not with, `end`."""

    first: date
    end: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.first).days

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.end

    def __str__(self) -> str:
        """As briefly as it can be said: 28 Sep 2020, 21-28 Sep 2020, Mar-May 2021, 2022, 30 Dec 2020 - 3 Jan 2021."""
        last = self.end - DAY
        skip = self._grain()
        left, right = ([str(day.day), MONTHS[day.month - 1], str(day.year)][skip:] for day in (self.first, last))
        same = next((n for n in range(len(left)) if left[n:] == right[n:]), len(left))
        if not same:
            return " ".join(right)
        return ("-" if same == 1 else " - ").join([" ".join(left[:same]), " ".join(right)])

    def _grain(self) -> int:
        """How much of (day, month, year) need not be said: whole months need no days, whole years no months."""
        if (self.first.day, self.end.day) != (1, 1):
            return 0
        return 2 if (self.first.month, self.end.month) == (1, 1) else 1

    @property
    def opening(self) -> "Period":
        """What to call its beginning: itself, if it is a month or a year; else its first day."""
        return self if self._whole else day_of(self.first)

    @property
    def closing(self) -> "Period":
        """What to call its end: itself, if it is a month or a year; else its last day."""
        return self if self._whole else day_of(self.end - DAY)

    @property
    def _whole(self) -> bool:
        return any(self == containing(unit, self.first) for unit in (Unit(0, 1), Unit(0, 12)))

    def share(self, low: float, high: float) -> "Period":
        """Its days, or its months if it has several whole ones, from one fraction to another."""
        count, unit = self.days, Unit(1, 0)
        if self._grain():
            whole = 12 * (self.end.year - self.first.year) + self.end.month - self.first.month
            count, unit = (whole, Unit(0, 1)) if whole > 1 else (count, unit)
        first, end = (shift(self.first, unit, round(fraction * count)) for fraction in (low, high))
        return Period(first, end)

    def edge(self, days: int) -> "Period":
        """Its first days, or, as many as the number is below 0, its last."""
        if days < 0:
            return Period(self.end + days * DAY, self.end)
        return Period(self.first, self.first + days * DAY)

    def widened(self) -> "Period":
        """With half its length, or three days if that is more, at either side."""
        margin = timedelta(days=max(3, self.days // 2))
        return Period(self.first - margin, self.end + margin)


def day_of(day: date) -> Period:
    """The one day."""
    return Period(day, day + DAY)


def months(year: int, month: int, count: int = 1) -> Period:
    """So many calendar months from that one on."""
    first = date(year, month, 1)
    return Period(first, shift(first, Unit(0, 1), count))


def shift(day: date, unit: Unit, count: int) -> date:
    """So many units later; the 31st of a month that has none is its last day.

    Raises:
        ValueError, OverflowError: Beyond the calendar.
    """
    if not unit.months:
        return day + timedelta(days=round(count * unit.days))
    year, month = divmod(day.year * 12 + day.month - 1 + count * unit.months, 12)
    if year < MINYEAR:
        raise OverflowError(year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def containing(unit: Unit, day: date) -> Period:
    """The day itself, or the week (from Monday), month, quarter, year or decade that it lies in."""
    if unit.months:
        index = (day.year * 12 + day.month - 1) // unit.months * unit.months
        return months(index // 12, index % 12 + 1, unit.months)
    first = day - timedelta(days=day.weekday() if unit.days == WEEK.days else 0)
    return Period(first, first + timedelta(days=max(1, round(unit.days))))


def neighbour(unit: Unit, day: date, which: Which) -> Period:
    """Last, this or next week, month, quarter, year or decade, as seen from a day."""
    step = {Which.LAST: -1, Which.THIS: 0}.get(which, 1)
    return containing(unit, shift(containing(unit, day).first, unit, step))


def yearly(month: int, asked: date, day: int | None = None, count: int = 1) -> Iterator[Period]:
    """A day of the year, or some months from one on, year by year around `asked`; years without it are left out."""
    for year in range(max(1, asked.year - LEAP_GAP), min(9998, asked.year + LEAP_GAP) + 1):
        if day is None:
            yield months(year, month, count)
        elif 1 <= day <= monthrange(year, month)[1]:
            yield day_of(date(year, month, day))


def weekly(weekday: int, asked: date, count: int = 1) -> Iterator[Period]:
    """A weekday (Monday is 0), or some days from it on, week by week around `asked`."""
    monday = containing(Unit(7, 0), asked).first
    for week in (-1, 0, 1):
        first = monday + week * WEEK + weekday * DAY
        yield Period(first, first + count * DAY)


def choose(which: Which | None, periods: Iterable[Period], asked: date, here: Period) -> Period | None:
    """The one that is meant among those that recur, in order.

    Without a word for it, the latest that has begun; "last" is the latest that is over; "this" holds `asked`, or
    lies in the year or week `here`; "next" is the first after `here`; "coming" is the first yet to begin.
    """
    periods = list(periods)
    if which is None:
        return max((p for p in periods if p.first <= asked), key=_first, default=None)
    if which is Which.LAST:
        return max((p for p in periods if p.end <= asked), key=_first, default=None)
    if which is Which.THIS:
        near = [p for p in periods if asked in p] + [p for p in periods if p.first in here]
        return next(iter(near), None)
    after = here.end if which is Which.NEXT else asked + DAY
    return min((p for p in periods if p.first >= after), key=_first, default=None)


def _first(period: Period) -> date:
    return period.first
