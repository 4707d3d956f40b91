"""The times that a question speaks of: periods, and what the words around them make of them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from index.dates.expressions import EARLIEST, Mention, mentions, resolve
from index.dates.language import Language
from index.dates.periods import DAY, Period, shift
from index.dates.rules import YEAR

_NAMES = {"day", "month", "season", "year", "years"}
"""Rules whose times can be part of a name."""


@dataclass(frozen=True, slots=True)
class Time:
    """`question[start:end]` speaks of a period."""

    start: int
    end: int
    period: Period
    label: str
    named: bool = False
    """It is part of a name."""
    exact: bool = False
    endless: bool = False
    """It has no beginning: "before 2020"."""
    onwards: bool = False
    """It lasts until the question: "since 2020"."""

    @property
    def rank(self) -> tuple[bool, bool, bool, int]:
        """The greatest is what the question is about."""
        return self.exact, not self.endless, not self.named, -self.period.days


def asked_about(question: str, asked: date, language: Language) -> Time | None:
    """The time that a question asked on a day is about: of several the one with the highest rank."""
    return max(_times(question, asked, language), key=lambda found: found.rank, default=None)


def _times(question: str, asked: date, language: Language) -> Iterator[Time]:
    """Every time in a question: ranges first joined, then what stands before and after each considered."""
    found = mentions(question, asked, language)
    joined = {}
    for first, second in pairwise(found):
        if first.start not in joined and (both := _range(question, first, second, language)):
            joined[first.start] = joined[second.start] = both
    singles = (mention for mention in found if mention.start not in joined)
    for each in [*dict.fromkeys(joined.values()), *filter(None, (_named(question, one, language) for one in singles))]:
        related = _related(question, each, asked, language)
        if related:
            yield _dated(question, related, language)


def _range(question: str, first: Mention, second: Mention, language: Language) -> Time | None:
    """Both ends as one time, if a range joins them; the year of one is that of the other."""
    opening = language.preceding(question, first.start, language.between)
    to = language.pattern(language.to).fullmatch(question, first.end, second.start)
    if not to and not language.pattern(language.both).fullmatch(question, first.end, second.start):
        return None
    last: Period | None = second.period
    if second.floating and not first.floating:
        a_year_on = shift(first.period.first, YEAR, 1) - DAY
        last = resolve(second.rule, second.match, a_year_on, language)
    start = resolve(first.rule, first.match, last.first, language) if last and first.floating else first.period
    if not (start and last and start.first < last.end) or not (to or opening or start.end == last.first):
        return None
    period = Period(start.first, last.end)
    return Time(opening.start() if opening else first.start, second.end, period, str(period))


def _named(question: str, mention: Mention, language: Language) -> Time | None:
    """A time as such or as part of a name; None for a day in a name, whose year is not known."""
    start, end, said = mention.start, mention.end, mention.match.groupdict()
    found = Time(start, end, mention.period, str(mention.period))
    dated = mention.rule in _NAMES and not said.get("part") and not said.get("which")
    if not dated or language.preceding(question, start, language.adverbial):
        return found
    before = mention.rule == "year" and language.preceding(question, start, language.title)
    if not before and not language.pattern(language.noun).match(question, end):
        return found
    return None if mention.rule == "day" and mention.floating else replace(found, named=True)


def _related(question: str, found: Time, asked: date, language: Language) -> Time | None:
    """What "since", "before", "around" and the like make of a time; None for a deadline yet to come."""
    of_event = language.pattern(language.of_event).match(question, found.end)
    relations = (
        (language.since, _since),
        (language.after, _since if of_event or found.named else _after),
        (language.after_event, _after_event),
        (language.until, _until),
        (language.before, _before),
        (language.around, _around),
    )
    for pattern, relation in relations:
        if match := language.preceding(question, found.start, pattern):
            return relation(replace(found, start=match.start()), asked)
    return _since(found, asked) if language.pattern(language.onwards).match(question, found.end) else found


def _since(found: Time, asked: date) -> Time:
    if found.period.first > asked:
        return found
    label = f"since {found.period.opening}"
    return replace(found, period=Period(found.period.first, asked + DAY), label=label, onwards=True)


def _after(found: Time, asked: date) -> Time:
    """From its end on; from its start, if it is not over."""
    if found.period.end > asked:
        return _since(found, asked)
    return replace(found, period=Period(found.period.end, asked + DAY), label=f"after {found.period}", onwards=True)


def _after_event(found: Time, asked: date) -> Time:
    return _since(replace(found, named=True), asked)


def _until(found: Time, asked: date) -> Time | None:
    return _endless(found, found.period.end, f"until {found.period.closing}", asked)


def _before(found: Time, asked: date) -> Time | None:
    return _endless(found, found.period.first, f"before {found.period.opening}", asked)


def _endless(found: Time, end: date, label: str, asked: date) -> Time | None:
    if found.period.first > asked or end <= EARLIEST:
        return None
    return replace(found, period=Period(EARLIEST, end), label=label, endless=True)


def _around(found: Time, _: date) -> Time:
    period = found.period.widened()
    return replace(found, period=period, label=str(period))


def _dated(question: str, found: Time, language: Language) -> Time:
    """Exact, if its words date the publication."""
    before = language.preceding(question, found.start, language.published)
    after = language.pattern(language.publications).match(question, found.end)
    return replace(found, exact=not found.named and bool(before or after))
