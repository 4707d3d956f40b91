"""Time expressions of a question, relative to when it was asked -> a window of publication dates. Pure.

What a language says is in its table (`english`); what it means, in `rules` and `times`:

- A week begins on Monday. "Yesterday" is the asker's; results are UTC.
- What recurs and has no year or week ("in September", "on Monday") is the latest that has begun when asked.
- "Last week" is the one before this; "the last week" and "the past week" are the seven days until now.
- "Two weeks ago" is a week around that day, "three days ago" the day itself.
- A year in a name ("the 2020 election", "Euro 2020") is an event that is written about for years: a wide window, which
  gives way to any other time in the question. A day in a name ("the Jan. 6 committee") is no time at all.
- What is relative to an event ("after the 2019 fire") opens at the start of the event's period, "after May 2019" at
  its end.
- Counts, ages and money ("1900 soldiers") are no years, "may", "march" and "fall" no times unless words beside say so.
- Of several times, the one that dates the publication wins, then one said as such, then the shortest.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import cos, pi

from index.dates.english import ENGLISH
from index.dates.language import Language
from index.dates.periods import DAY
from index.dates.times import Time, asked_about

LAG = DAY
"""An event is reported until the day after, as a rule."""

SLACK = timedelta(days=7)
SLACK_STATED, SLACK_NAMED = 1, 3
"""An event is still written about for a week, and so many times the length of the period that the words name."""

MOST = timedelta(days=3 * 366)
"""Neither slack nor lead is longer."""

LEAD_UPCOMING = timedelta(days=30)
"""What is to come soon was announced at most so long ago."""


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
    found = asked_about(question, asked_at.date(), language)
    return None if found is None else _window(question, asked_at, found)


def open_now(question: str, asked_at: datetime, language: Language = ENGLISH) -> bool:
    """Whether it is about how things stand when it is asked, so that fresh articles are better than old ones.

    It is if it names no time, or one that reaches until then or is to come ("today", "since 2020", "next month"), or
    if it says "latest", "now" and the like and names a past time only within a name ("the 2019 fire").
    """
    found = asked_about(question, asked_at.date(), language)
    if found is None or asked_at.date() < found.period.end:
        return True
    return found.named and language.pattern(language.now).search(question) is not None


def _window(question: str, asked_at: datetime, found: Time) -> Window | None:
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
