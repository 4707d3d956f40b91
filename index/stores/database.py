"""The SQLite file of a local store: connections, transactions, and rows to and from our types."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from index.bm25 import Row
from index.errors import StoreError
from index.types import Article, Manifest, Passage, Precision, Published

BUSY_SECONDS = 30.0
"""How long to wait for another process's transaction; ours take milliseconds."""

ARTICLE = "a.id, a.text, a.title, a.url, a.published, a.precision, s.name, a.language, a.authors, a.origin"
"""The columns that `to_article` reads, of `articles a LEFT JOIN sources s ON s.key = a.source`."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the database; WAL lets readers go on beside the writer."""
    # Every connection is used by one thread; close() may come from another.
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def create(path: Path) -> sqlite3.Connection:
    """Open the database for writing; make its tables where they are missing."""
    db = connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript((files("index.stores") / "schema.sql").read_text())
    return db


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into a StoreError that names the store."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"the index at {path.parent} cannot be used ({error}): "
            "check its permissions and free disk space; if it is damaged, remove the folder and index again"
        ) from error
    except OSError as error:
        raise StoreError(f"the index at {path.parent} cannot be used: {error}") from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; readers are told by the generation."""
    with whole(db):
        yield
        db.execute("UPDATE generation SET number = number + 1")


@contextmanager
def whole(db: sqlite3.Connection) -> Iterator[None]:
    """All that is written or nothing."""
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # not where Ctrl-C came when the commit was done
            db.execute("ROLLBACK")
        raise


def read_manifest(db: sqlite3.Connection) -> Manifest | None:
    """The stored manifest; None in a new store."""
    stored: dict[str, Any] = {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM manifest")}
    return Manifest(**stored) if stored else None


def write_manifest(db: sqlite3.Connection, manifest: Manifest) -> None:
    """Store the manifest of a new store."""
    rows = [(name, json.dumps(value)) for name, value in asdict(manifest).items()]
    db.executemany("INSERT INTO manifest VALUES (?, ?)", rows)


def source_key(db: sqlite3.Connection, name: str | None) -> int | None:
    """The outlet's number, given one where it is new."""
    if name is None:
        return None
    db.execute("INSERT OR IGNORE INTO sources (name) VALUES (?)", (name,))
    (key,) = db.execute("SELECT key FROM sources WHERE name = ?", (name,)).fetchone()
    return int(key)


def insert_article(db: sqlite3.Connection, article: Article) -> int:
    """Store an article; its key."""
    published = article.published
    columns = {
        "id": article.id,
        "digest": article.digest,
        "origin": article.origin,
        "url": article.url,
        "title": article.title,
        "text": article.text,
        "published": int(published.at.timestamp()) if published else None,
        "precision": published.precision if published else None,
        "source": source_key(db, article.source),
        "language": article.language,
        "authors": json.dumps(article.authors),
    }
    names, holders = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = db.execute(f"INSERT INTO articles ({names}) VALUES ({holders})", tuple(columns.values()))  # noqa: S608 - names are ours
    return int(cursor.lastrowid or 0)


def delete_articles(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Remove articles and leave tombstones for their passages, which may lie in segments."""
    for id_ in ids:
        db.execute(
            "INSERT INTO tombstones SELECT p.key FROM passages p JOIN articles a ON a.key = p.article WHERE a.id = ?",
            (id_,),
        )
        db.execute("DELETE FROM articles WHERE id = ?", (id_,))


def to_article(row: Sequence[Any]) -> Article:
    """An Article of the columns ARTICLE."""
    id_, text, title, url, published, precision, source, language, authors, origin = row
    return Article(
        id=id_,
        text=text,
        title=title,
        url=url,
        published=to_published(published, precision),
        source=source,
        language=language,
        authors=tuple(json.loads(authors)),
        origin=origin,
    )


def to_published(seconds: int | None, precision: str | None) -> Published | None:
    """A date of its two columns."""
    if seconds is None or precision is None:
        return None
    return Published(datetime.fromtimestamp(seconds, UTC), Precision(precision))


def insert_passage(db: sqlite3.Connection, article: int, passage: Passage, row: Row, vector: bytes) -> None:
    """Store a passage of the article with this key."""
    db.execute(
        'INSERT INTO passages (article, ordinal, start, "end", caption, terms, counts, vector)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article,
            passage.ordinal,
            passage.start,
            passage.end,
            passage.caption,
            row.terms.tobytes(),
            row.counts.tobytes(),
            vector,
        ),
    )
