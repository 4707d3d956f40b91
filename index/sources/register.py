"""The sources of a data folder and what is remembered of them: a SQLite file beside the index."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import InputError
from index.sources.schedule import FIRST, LEFT_OVER, back_off, next_interval
from index.sources.types import Found, Kind, Known, Outcome, Source
from index.stores.database import connect, explained, whole

_WEEK_OF_DAYS = 7
_DAY = 86_400

_TABLES = """
CREATE TABLE IF NOT EXISTS sources (
    key INTEGER PRIMARY KEY,
    place TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT,
    added REAL NOT NULL,
    etag TEXT,
    modified TEXT,
    interval REAL NOT NULL,
    due REAL NOT NULL,
    closed_until REAL NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    read_at REAL,
    article_at REAL
);
-- Of the entries that a source lists now; those it no longer lists are forgotten.
CREATE TABLE IF NOT EXISTS entries (
    source INTEGER NOT NULL REFERENCES sources (key) ON DELETE CASCADE,
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    tries INTEGER NOT NULL,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;
-- How many articles came of a source on a day (days since 1970), for the last week.
CREATE TABLE IF NOT EXISTS arrivals (
    source INTEGER NOT NULL REFERENCES sources (key) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    PRIMARY KEY (source, day)
) WITHOUT ROWID;
"""

_SOURCES = """
SELECT key, place, kind, title, added, etag, modified, interval, due, closed_until, failures, error, read_at,
       article_at, (SELECT coalesce(sum(articles), 0) FROM arrivals WHERE source = key AND day > ?)
FROM sources ORDER BY key
"""


class Register:
    """The sources of a data folder. Used from one thread; other processes may use theirs at the same time.

    Every method takes the time as seconds since 1970; every error is a StoreError that names the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "sources.sqlite"
        self._made: sqlite3.Connection | None = None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on a database that is made when it is first needed."""
        with explained(self._path):
            if self._made is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._made = connect(self._path)
                self._made.execute("PRAGMA journal_mode = WAL")
                self._made.executescript(_TABLES)
            with whole(self._made):
                yield self._made

    def add(self, place: str, kind: Kind, title: str | None, now: float) -> bool:
        """Follow a place from now on; False if that was so already."""
        with self._open() as db:
            added = db.execute(
                "INSERT OR IGNORE INTO sources (place, kind, title, added, interval, due) VALUES (?, ?, ?, ?, ?, ?)",
                (place, kind, title, now, FIRST, now),
            )
        return added.rowcount > 0

    def remove(self, place: str) -> None:
        """Follow a place no longer; what came of it stays in the index. Raises InputError if it is not followed."""
        with self._open() as db:
            gone = db.execute("DELETE FROM sources WHERE place = ?", (place,)).rowcount
        if not gone:
            raise InputError(f"{place} is not among the sources: `dateline sources list` tells which are")

    def sources(self, now: float) -> list[Source]:
        """All of them, in the order they were added."""
        if not self._path.exists():
            return []
        with self._open() as db:
            rows = db.execute(_SOURCES, (int(now // _DAY) - _WEEK_OF_DAYS,)).fetchall()
        return [Source(key, place, Kind(kind), *rest) for key, place, kind, *rest in rows]

    def memory(self, source: Source) -> dict[str, Known]:
        """What is remembered of a source's entries."""
        with self._open() as db:
            rows = db.execute("SELECT id, digest, tries FROM entries WHERE source = ?", (source.key,)).fetchall()
        return {id_: Known(digest, tries) for id_, digest, tries in rows}

    def remember(self, source: Source, found: list[Found], new: int, now: float) -> None:
        """Note what has just been put into the index, and how many articles of it are new; not before it is in.

        A source that has been removed meanwhile is passed over.
        """
        rows = [(source.key, one.entry, one.known.digest, one.known.tries) for one in found if one.entry and one.known]
        with self._open() as db:
            if not db.execute("SELECT 1 FROM sources WHERE key = ?", (source.key,)).fetchone():
                return
            db.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)
            if new:
                day = int(now // _DAY)
                db.execute(
                    "INSERT INTO arrivals VALUES (?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET articles = articles + excluded.articles",
                    (source.key, day, new),
                )
                db.execute("DELETE FROM arrivals WHERE day <= ?", (day - _WEEK_OF_DAYS,))
                db.execute("UPDATE sources SET article_at = ? WHERE key = ?", (now, source.key))

    def settle(self, source: Source, outcome: Outcome, now: float, *, brought: bool) -> None:
        """Note how a look ended, when all that it delivered is in."""
        with self._open() as db:
            if outcome.error is None:
                self._succeeded(db, source, outcome, now, brought=brought)
            else:
                self._failed(db, source, outcome, now)
            if outcome.wait:
                db.execute("UPDATE sources SET closed_until = ? WHERE key = ?", (now + outcome.wait, source.key))
            if outcome.moved:  # not where the new address is followed already: then both stay
                db.execute("UPDATE OR IGNORE sources SET place = ? WHERE key = ?", (outcome.moved, source.key))

    def _succeeded(
        self, db: sqlite3.Connection, source: Source, outcome: Outcome, now: float, *, brought: bool
    ) -> None:
        interval = next_interval(source.interval, brought=brought)
        if outcome.entries is not None:
            self._forget_others(db, source, outcome.entries)
        etag, modified = (source.etag, source.modified) if outcome.unchanged else (outcome.etag, outcome.modified)
        db.execute(
            "UPDATE sources SET title = coalesce(?, title), etag = ?, modified = ?, interval = ?, due = ?,"
            " failures = 0, error = NULL, read_at = ? WHERE key = ?",
            (
                outcome.title,
                etag if outcome.complete else None,  # so that what was left over is sent again
                modified if outcome.complete else None,
                interval,
                now + (interval if outcome.complete else LEFT_OVER),
                now,
                source.key,
            ),
        )

    def _failed(self, db: sqlite3.Connection, source: Source, outcome: Outcome, now: float) -> None:
        failures = source.failures + 1
        due = now + back_off(source.interval, failures)
        db.execute(
            "UPDATE sources SET failures = ?, error = ?, due = ? WHERE key = ?",
            (failures, outcome.error, due, source.key),
        )

    def _forget_others(self, db: sqlite3.Connection, source: Source, listed: frozenset[str]) -> None:
        kept = {id_ for (id_,) in db.execute("SELECT id FROM entries WHERE source = ?", (source.key,))}
        gone = ((source.key, id_) for id_ in kept - listed)
        db.executemany("DELETE FROM entries WHERE source = ? AND id = ?", gone)

    def close(self) -> None:
        """Release the file."""
        if self._made is not None:
            self._made.close()
            self._made = None
