"""Time expressions of a question, relative to when it was asked -> a window of publication dates. Pure.

What a language says is in its table (`calendar_words`); what it means is here, a rule each:

- A week begins on Monday. "Yesterday" is the asker's; results are UTC.
- What recurs and has no year or week ("in September", "on Monday") is the latest that has begun when asked.
- "Last week" is the one before this; "the last week" and "the past week" are the seven days until now.
- "Two weeks ago" is a week around that day, "three days ago" the day itself.
- A year in a name ("the 2020 election", "Euro 2020") is an event that is written about for years: a named, wide window,
  which gives way to any other time in the question. A day in a name ("the Jan. 6 committee") is no time at all.
- What is relative to an event ("after the 2019 fire") opens at the start of the event's period, "after May 2019" at its end.
- Of several times, the one that dates the publication wins, then one said as such, then the shortest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import cos, pi

from index.calendar_words import ENGLISH, Language
from index.expressions import EARLIEST, YEAR, Mention, mentions, resolve
from index.periods import DAY, Period, shift

LAG = DAY
"""An event is reported until the day after, as a rule."""

SLACK = timedelta(days=7)
SLACK_STATED, SLACK_NAMED = 1, 3
"""An event is still written about for a week, and so many times the length of the period that the words name."""

MOST = timedelta(days=3 * 366)
"""Neither slack nor lead is longer."""

LEAD_UPCOMING = timedelta(days=30)
"""What is to come soon was announced at most so long ago."""

_NAMES = {"day", "month", "season", "year", "years"}
"""Rules whose times can be part of a name."""


@dataclass(frozen=True, slots=True)
class Window:
    """When what a question asks about happened, and so about when articles on it came out."""

    start: datetime
    """Aware UTC, inclusive: the first instant of the period that the words name."""
    end: datetime
    """Aware UTC, exclusive."""
    words: str
    """The words of the question that say it."""
    at: tuple[int, int]
    """Their offsets in the question."""
    slack: timedelta
    """How much later than `end` (and LAG) an article about it may come out; longer for longer and vaguer periods."""
    lead: timedelta
    """How much earlier than `start`: a day, as zones differ; the event's own length for one in a name; for what was
    still to come when asked, twice the time until then and a month, as announcements come before."""
    exact: bool
    """The words date the publication itself ("articles of last week"), so they may filter; else a soft preference."""
    label: str
    """The period in the asker's days, as briefly as it can be said."""

    def __str__(self) -> str:
        """What an answer prints: 28 Sep 2020, 21-28 Sep 2020, Sep 2020, since 3 Nov 2020."""
        return self.label

    def fit(self, published: datetime) -> float:
        """How well a publication date (aware) suits: 1 within the window and LAG after it, falling to 0 on both sides.

        (1 + cos(pi * x)) / 2, x the part of `lead` or of `slack` that it is early or late by, at most 1. An exact
        window has no LAG.
        """
        early = (self.start - published) / self.lead
        late = (published - self.end - (timedelta(0) if self.exact else LAG)) / self.slack
        return (1 + cos(pi * min(max(early, late, 0.0), 1.0))) / 2


def window(question: str, asked_at: datetime, language: Language = ENGLISH) -> Window | None:
    """The time that a question is about, if it names one.

    Args:
        question: Any text.
        asked_at: When it was asked (aware); its zone is the asker's.
        language: What the question is written in.
    """
    found = _asked_about(question, asked_at.date(), language)
    return found and _window(question, asked_at, found)


def open_now(question: str, asked_at: datetime, language: Language = ENGLISH) -> bool:
    """Whether it is about how things stand when it is asked, so that fresh articles are better than old ones.

    It is if it names no time, or one that reaches until then or is to come ("today", "since 2020", "next month"), or
    if it says "latest", "now" and the like and names a past time only within a name ("the 2019 fire").
    """
    found = _asked_about(question, asked_at.date(), language)
    if found is None or asked_at.date() < found.period.end:
        return True
    return found.named and language.pattern(language.now).search(question) is not None


@dataclass(frozen=True, slots=True)
class _Time:
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


def _window(question: str, asked_at: datetime, found: _Time) -> Window | None:
    start, end = (_midnight(day, asked_at) for day in (found.period.first, found.period.end))
    if start >= end:  # a day that its zone left out (Samoa, 30 Dec 2011)
        return None
    length = end - start
    slack = min(SLACK + (SLACK_NAMED if found.named else SLACK_STATED) * length, MOST)
    lead = min(length, MOST) if found.named and not found.onwards else DAY
    if start > asked_at:
        lead = 2 * (start - asked_at) + LEAD_UPCOMING
    if found.exact:
        slack = lead = DAY
    words = question[found.start : found.end]
    return Window(start, end, words, (found.start, found.end), slack, lead, found.exact, found.label)


def _midnight(day: date, asked_at: datetime) -> datetime:
    return datetime.combine(day, time(), asked_at.tzinfo).astimezone(UTC)


def _asked_about(question: str, asked: date, language: Language) -> _Time | None:
    return max(_times(question, asked, language), key=lambda found: found.rank, default=None)


def _times(question: str, asked: date, language: Language) -> Iterator[_Time]:
    """Every time in a question: ranges first joined, then what stands before and after each considered."""
    found = mentions(question, asked, language)
    joined = {}
    for first, second in pairwise(found):
        if first.start not in joined and (both := _range(question, first, second, asked, language)):
            joined[first.start] = joined[second.start] = both
    singles = (mention for mention in found if mention.start not in joined)
    for each in [*dict.fromkeys(joined.values()), *filter(None, (_named(question, one, language) for one in singles))]:
        related = _related(question, each, asked, language)
        if related:
            yield _dated(question, related, language)


def _range(question: str, first: Mention, second: Mention, asked: date, language: Language) -> _Time | None:
    """Both ends as one time, if a range joins them; the year of one is that of the other."""
    opening = language.pattern(language.between).search(question, 0, first.start)
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
    return _Time(opening.start() if opening else first.start, second.end, period, str(period))


def _named(question: str, mention: Mention, language: Language) -> _Time | None:
    """A time as such or as part of a name; None for a day in a name, whose year is not known."""
    start, end, said = mention.start, mention.end, mention.match.groupdict()
    found = _Time(start, end, mention.period, str(mention.period))
    dated = mention.rule in _NAMES and not said.get("part") and not said.get("which")
    if not dated or language.pattern(language.adverbial).search(question, 0, start):
        return found
    before = mention.rule == "year" and language.pattern(language.title).search(question, 0, start)
    if not before and not language.pattern(language.noun).match(question, end):
        return found
    return None if mention.rule == "day" and mention.floating else replace(found, named=True)


def _related(question: str, found: _Time, asked: date, language: Language) -> _Time | None:
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
        if match := language.pattern(pattern).search(question, 0, found.start):
            return relation(replace(found, start=match.start()), asked)
    return _since(found, asked) if language.pattern(language.onwards).match(question, found.end) else found


def _since(found: _Time, asked: date) -> _Time:
    if found.period.first > asked:
        return found
    label = f"since {found.period.opening}"
    return replace(found, period=Period(found.period.first, asked + DAY), label=label, onwards=True)


def _after(found: _Time, asked: date) -> _Time:
    """From its end on; from its start, if it is not over."""
    if found.period.end > asked:
        return _since(found, asked)
    return replace(found, period=Period(found.period.end, asked + DAY), label=f"after {found.period}", onwards=True)


def _after_event(found: _Time, asked: date) -> _Time:
    return _since(replace(found, named=True), asked)


def _until(found: _Time, asked: date) -> _Time | None:
    return _endless(found, found.period.end, f"until {found.period.closing}", asked)


def _before(found: _Time, asked: date) -> _Time | None:
    return _endless(found, found.period.first, f"before {found.period.opening}", asked)


def _endless(found: _Time, end: date, label: str, asked: date) -> _Time | None:
    if found.period.first > asked or end <= EARLIEST:
        return None
    return replace(found, period=Period(EARLIEST, end), label=label, endless=True)


def _around(found: _Time, _: date) -> _Time:
    period = found.period.widened()
    return replace(found, period=period, label=str(period))


def _dated(question: str, found: _Time, language: Language) -> _Time:
    """Exact, if its words date the publication."""
    before = language.pattern(language.published).search(question, 0, found.start)
    after = language.pattern(language.publications).match(question, found.end)
    return replace(found, exact=not found.named and bool(before or after))
