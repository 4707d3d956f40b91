"""What a language has to say to be read for time: tables, and patterns over them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from index.dates.periods import Unit, Which

REACH = 100
"""Characters before a time that are looked at, so that a long text takes no longer than in proportion."""


@dataclass(frozen=True)
class Language:
    """What `dates` needs to know of a language.

    In every pattern a space stands for any white space, and case does not matter. {month}, {weekday}, {season}, {unit},
    {number}, {ordinal}, {which}, {part} and {word} stand for the words of those tables, in a group of that name; {day}
    and {year} for numbers; {tail} for the year that follows a day or month; {counted} for its pattern.
    """

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    """Monday is 0."""
    seasons: Mapping[str, int]
    """Their first month; each has three."""
    units: Mapping[str, Unit]
    plurals: frozenset[str]
    """Those of the units that are more than one."""
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    which: Mapping[str, Which]
    words: Mapping[str, int]
    """Words for a day as such: how many days after today."""
    parts: Mapping[str, tuple[float | None, float | None] | int]
    """Fractions of a period, from and to (None is when the question was asked), or its first or, below 0, last days."""
    tail: str
    rules: tuple[tuple[str, str], ...]
    """(rule of `dates`, pattern), the first that fits a place wins."""
    doubtful: Mapping[str, str]
    """Words that mostly mean something else -> what must stand before them, where no date or year goes with them."""
    names: str
    """Names that hold words for time and are none."""
    counted: str
    """What a number counts that is no year or day."""
    counting: str
    """What stands before a number that is no year."""
    adverbial: str
    """What stands before a time that is said as such, not as part of a name."""
    noun: str
    """What stands after a time that is part of a name ("the 2020 election")."""
    title: str
    """What stands before a year that is part of a name ("Euro 2020", "the election of 2020")."""
    between: str
    """What may stand before a range."""
    to: str
    """What stands between its ends; `both` too, after `between` or where one follows the other in time."""
    both: str
    since: str
    after: str
    after_event: str
    of_event: str
    """What stands after the time of an event ("after Monday's vote")."""
    onwards: str
    until: str
    before: str
    around: str
    published: str
    """What stands before a time that the articles themselves came out at; `publications` what stands after it."""
    publications: str
    now: str
    """Words of a question about how things stand when it is asked."""
    _compiled: dict[str, re.Pattern[str]] = field(default_factory=dict, compare=False, repr=False)

    def pattern(self, text: str) -> re.Pattern[str]:
        """One of the patterns, its placeholders filled in, compiled."""
        if text not in self._compiled:
            filled = text.replace("{tail}", self.tail).replace("{counted}", self.counted)
            for name, words in self._groups.items():
                filled = filled.replace(f"{{{name}}}", f"(?P<{name}>{words})", 1).replace(f"{{{name}}}", f"(?:{words})")
            self._compiled[text] = re.compile(filled.replace(" ", r"\s+"), re.IGNORECASE)
        return self._compiled[text]

    def preceding(self, text: str, at: int, pattern: str) -> re.Match[str] | None:
        """What stands right before a place in a text, if it is of this pattern (which ends in $)."""
        return self.pattern(pattern).search(text, max(0, at - REACH), at)

    @cached_property
    def _groups(self) -> dict[str, str]:
        """What each placeholder stands for."""
        tables: dict[str, Mapping[str, object]] = {
            "month": self.months,
            "weekday": self.weekdays,
            "season": self.seasons,
            "unit": self.units,
            "ordinal": self.ordinals,
            "which": self.which,
            "part": self.parts,
            "word": self.words,
        }
        numbers = {
            "number": rf"(?<![\d.,])\b(?:\d{{1,3}}|{_any(self.numbers)})\b",
            "day": r"(?<![\d.,:/-])[0-3]?\d(?!\d)",
            "year": r"(?:1[6-9]|20)\d\d(?!\d)",
        }
        return {name: rf"\b(?:{_any(table)})\b" for name, table in tables.items()} | numbers


def _any(table: Mapping[str, object]) -> str:
    """Any key of a table, the longest first."""
    return "|".join(sorted((re.escape(word).replace(r"\ ", " ") for word in table), key=len, reverse=True))
