"""What a time expression means, a rule each: its words, and the day on which it was said, -> a period. Pure."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from index.dates.language import Language
from index.dates.periods import (
    DAY,
    Period,
    Unit,
    Which,
    choose,
    containing,
    day_of,
    months,
    neighbour,
    shift,
    weekly,
    yearly,
)

WEEK, MONTH, YEAR, DECADE = Unit(7, 0), Unit(0, 1), Unit(0, 12), Unit(0, 120)

FEW = 4
"""Weeks in "the past weeks"."""


class Said:
    """The words of one match of a rule, looked up in the tables."""

    def __init__(self, match: re.Match[str], language: Language, asked: date) -> None:
        self.match, self.language, self.asked = match, language, asked

    def __getitem__(self, group: str) -> str | None:
        word = self.match.groupdict().get(group)
        return word if word is None else " ".join(word.lower().split())

    def number(self, group: str) -> int:
        """Of a group in digits, 0 if it is not said."""
        return int(self[group] or 0)

    @property
    def month(self) -> int:
        """From 1, by its name or in digits."""
        word = self["month"]
        return self.language.months[word] if word else self.number("numeric")

    @property
    def which(self) -> Which | None:
        """Which one of those that recur."""
        word = self["which"]
        return self.language.which[word] if word else None

    @property
    def year(self) -> int | None:
        """The year that goes with a day, month, quarter or season, as a number or as "last year"."""
        if whose := self["whose"]:
            return neighbour(YEAR, self.asked, self.language.which[whose]).first.year
        return self.number("year") or None

    @property
    def unit(self) -> Unit:
        """The unit of time."""
        return self.language.units[self["unit"] or ""]

    @property
    def amount(self) -> int:
        """How many units; "the coming weeks" are a few."""
        word = self["number"]
        if word is None:
            return FEW if self["unit"] in self.language.plurals else 1
        return int(word) if word.isdigit() else self.language.numbers[word]

    def part(self, period: Period) -> Period:
        """The part of a period that the words name: "early", "the end of", "later"."""
        word = self["part"]
        if word is None:
            return period
        share = self.language.parts[word]
        if isinstance(share, int):
            return period.edge(share)
        low, high = share
        if high is None:
            return Period(period.first, self.asked + DAY)
        return Period(self.asked, period.end) if low is None else period.share(low, high)


def _recurring(said: Said, month: int, day: int | None = None, count: int = 1) -> Period | None:
    """A day, month or season of the year that is said, or of the one that is meant."""
    if year := said.year:
        return months(year, month, count) if day is None else day_of(date(year, month, day))
    return choose(said.which, yearly(month, said.asked, day, count), said.asked, containing(YEAR, said.asked))


def _day(said: Said) -> Period | None:
    month, day = said.month, said.number("day")
    if month > 12 and said["point"] is not None:  # noqa: PLR2004 -- 9/28/2020: the month stands first
        month, day = day, month
    found = _recurring(said, month, day)
    return containing(WEEK, found.first) if found and said["week"] is not None else found


def _days(said: Said) -> Period | None:
    last = _recurring(said, said.month, said.number("last"))
    return last and Period(last.first.replace(day=said.number("day")), last.end)


def _month_day(said: Said) -> Period | None:
    months_back = (shift(said.asked.replace(day=1), MONTH, -back) for back in range(3))
    days = (first + (said.number("day") - 1) * DAY for first in months_back)
    return next((day_of(day) for day in days if day <= said.asked and day.day == said.number("day")), None)


def _quarter(said: Said) -> Period | None:
    number = said.number("quarter") or said.language.ordinals[said["ordinal"] or ""]
    return _recurring(said, 3 * number - 2, count=3)


def _season(said: Said) -> Period | None:
    found = _recurring(said, said.language.seasons[said["season"] or ""], count=3)
    return found and said.part(found)


def _month_named(said: Said) -> Period | None:
    found = _recurring(said, said.month)
    return found and said.part(found)


def _rolling(said: Said) -> Period:
    if said["ahead"]:
        return Period(said.asked + DAY, shift(said.asked, said.unit, said.amount) + DAY)
    return Period(shift(said.asked, said.unit, -said.amount), said.asked + DAY)


def _ago(said: Said) -> Period:
    """A unit's length around that day."""
    day = shift(said.asked, said.unit, -said.amount)
    half = timedelta(days=(shift(day, said.unit, 1) - day).days // 2)
    return Period(day - half, day + half + DAY)


def _before_last(said: Said) -> Period:
    return containing(said.unit, shift(containing(said.unit, said.asked).first, said.unit, -2))


def _word(said: Said) -> Period:
    return day_of(said.asked + said.language.words[said["word"] or ""] * DAY)


def _weekend(said: Said) -> Period | None:
    return choose(said.which, weekly(5, said.asked, 2), said.asked, containing(WEEK, said.asked))


def _unit(said: Said) -> Period:
    return said.part(neighbour(said.unit, said.asked, said.which or Which.THIS))


def _weekday(said: Said) -> Period | None:
    weekday = said.language.weekdays[said["weekday"] or ""]
    if whose := said["whose"]:
        return day_of(neighbour(WEEK, said.asked, said.language.which[whose]).first + weekday * DAY)
    return choose(said.which, weekly(weekday, said.asked), said.asked, containing(WEEK, said.asked))


def _decade(said: Said) -> Period:
    return containing(DECADE, date(said.number("year"), 1, 1))


def _years(said: Said) -> Period | None:
    first, last = said.number("year"), said["until"] or ""
    until = int(str(first)[: -len(last)] + last)
    return Period(date(first, 1, 1), date(until + 1, 1, 1)) if until > first else None


def _year(said: Said) -> Period:
    return said.part(containing(YEAR, date(said.number("year"), 1, 1)))


RULES: dict[str, Callable[[Said], Period | None]] = {
    "day": _day,
    "days": _days,
    "month_day": _month_day,
    "quarter": _quarter,
    "season": _season,
    "month": _month_named,
    "rolling": _rolling,
    "ago": _ago,
    "before_last": _before_last,
    "word": _word,
    "weekend": _weekend,
    "unit": _unit,
    "weekday": _weekday,
    "decade": _decade,
    "years": _years,
    "year": _year,
}
"""The rules that a language's table may name."""
