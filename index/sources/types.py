"""What is followed, and what a look at it found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from index.types import Article, Failure
from index.web.urls import host_of

STALE_AFTER = 7 * 86_400.0
"""Seconds without a new article after which a source counts as stale: even a weekly one brings one in that time."""


class Kind(StrEnum):
    """How a source is looked at."""

    FEED = "feed"
    """RSS, Atom or JSON Feed."""
    SITEMAP = "sitemap"
    PAGE = "page"
    """One article, which may change."""
    FILES = "files"
    """A file or folder."""


class Health(StrEnum):
    """How a source fares."""

    NEW = "new"
    """It has not been looked at yet."""
    OK = "ok"
    STALE = "stale"
    """It can be read, and has had nothing new for STALE_AFTER."""
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Source:
    """Something that is followed; times are seconds since 1970."""

    key: int
    place: str
    """An address on the web or an absolute path."""
    kind: Kind
    title: str | None
    added: float
    etag: str | None
    modified: str | None
    """The validators of the last response whose entries have all been taken."""
    interval: float
    """Seconds between two looks, as they have turned out to be worth it."""
    due: float
    closed_until: float
    """When its host, which asked to be left alone, may be asked again."""
    failures: int
    """Looks that failed, one after the other, up to now."""
    error: str | None
    """Why the last look failed; None if it did not."""
    read_at: float | None
    """When it was last read, or found unchanged."""
    article_at: float | None
    """When an article last came of it."""
    recent: int
    """Articles that came of it in the last week."""

    @property
    def host(self) -> str:
        """What it shares with the sources that must not be asked at the same time."""
        return self.place if self.kind is Kind.FILES else host_of(self.place)

    def health(self, now: float) -> Health:
        """How it fares."""
        if self.failures:
            return Health.FAILING
        if self.read_at is None:
            return Health.NEW
        return Health.STALE if now - (self.article_at or self.added) > STALE_AFTER else Health.OK

    def a_day(self, now: float) -> float:
        """Articles a day, over the last week or since it was added."""
        return self.recent / min(max((now - self.added) / 86_400, 1.0), 7.0)


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an entry."""

    digest: str
    tries: int
    """How often its page could not be had, if it is to be tried again; 0 when the entry is done with."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something new or changed in a source."""

    item: Article | Failure
    entry: str | None = None
    """The id under which it is remembered; None for what is not."""
    known: Known | None = None
    """What to remember."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a look at a source ended."""

    error: str | None = None
    wait: float | None = None
    """Seconds for which its host asked to be left alone."""
    unchanged: bool = False
    moved: str | None = None
    """The address that has for good taken its place."""
    title: str | None = None
    etag: str | None = None
    modified: str | None = None
    entries: frozenset[str] | None = None
    """The ids of all that it lists now; None where that was not seen."""
    complete: bool = True
    """False if some entries are left for the next look."""


Deliver: TypeAlias = Callable[[Found], None]
Memory: TypeAlias = Mapping[str, Known]
"""What is remembered of a source's entries, by id."""
