"""The embedded store: a folder with a SQLite database, which is the truth, and segments derived from it."""

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.errors import StoreError
from index.stores import database as sql
from index.stores import view
from index.stores.view import View
from index.stores.vocabulary import known
from index.stores.writer import Writer
from index.text import terms
from index.types import Article, Filter, Manifest, Passage, Scored, Status, Vectors

REFRESH_SECONDS = 1.0
"""How old a search's view of another process's commits may be."""


class LocalStore:
    """See `index.types.Store`; every error is a StoreError that names the folder.

    Searches may come from any thread, each of which gets a connection of its own. Writing begins with
    `claim`, which takes the folder's write lock until `close`; writes come from one thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = folder / "dateline.sqlite"
        self._segments = folder / "segments"
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._view: View | None = None
        self._checked = 0.0
        self._writer: Writer | None = None

    def claim(self, manifest: Manifest) -> None:
        """Take the write lock and make this the manifest, or check it against the stored one."""
        with sql.explained(self._database):
            self._writer = Writer(self._folder, self._database, self._segments, manifest)

    def replace(self, article: Article, passages: Sequence[Passage], vectors: Vectors) -> None:
        """One transaction an article."""
        with sql.explained(self._database):
            self._writing().replace(article, passages, vectors)

    def remove(self, ids: Iterable[str]) -> None:
        """One transaction for all."""
        with sql.explained(self._database):
            self._writing().remove(ids)

    def flush(self) -> None:
        """Write derived files where that is worth it; searches are as right without."""
        with sql.explained(self._database):
            self._writing().flush()

    def _writing(self) -> Writer:
        if self._writer is None:
            raise StoreError(f"the index at {self._folder} is open for reading: claim it before writing")
        return self._writer

    def manifest(self) -> Manifest:
        """What the store was built with."""
        with sql.explained(self._database):
            stored = sql.read_manifest(self._reading())
        if stored is None:
            raise StoreError(
                f"the index at {self._folder} is empty: fill it with `dateline index --data {self._folder} SOURCE...`"
            )
        return stored

    def digests(self, ids: Iterable[str]) -> dict[str, str]:
        """One look-up for each id."""
        with sql.explained(self._database):
            db = self._reading()
            rows = (db.execute("SELECT id, digest FROM articles WHERE id = ?", (id_,)).fetchone() for id_ in ids)
            return dict(row for row in rows if row)

    def origins(self, under: str) -> Iterator[tuple[str, str]]:
        """(id, origin) of every article read from the path `under` or from below it."""
        below = f"{under.rstrip('/')}/"
        with sql.explained(self._database):
            query = "SELECT id, origin FROM articles WHERE origin = ? OR (origin >= ? AND origin < ?)"
            yield from self._reading().execute(query, (under, below, below[:-1] + "0"))  # "0" follows "/"

    def lexical(self, text: str, k: int, where: Filter) -> list[Scored]:
        """BM25 over the question's terms; passages that hold none of them are left out."""
        with sql.explained(self._database):
            now, db = self._current(), self._reading()
            query = known(db, terms(text))
            allowed = now.allowed(where, self._source_keys(db, where)) & now.model.holding(query)
            scores = now.model.get_scores(query)
        return now.ranked(scores, k, allowed)

    def semantic(self, vector: Vectors, k: int, where: Filter) -> list[Scored]:
        """Exact: every vector is looked at."""
        with sql.explained(self._database):
            now = self._current()
            allowed = now.allowed(where, self._source_keys(self._reading(), where))
        return now.ranked(now.similarities(vector), k, allowed)

    def _source_keys(self, db: sqlite3.Connection, where: Filter) -> list[int]:
        if not where.sources:
            return []
        wanted = {name.casefold() for name in where.sources}
        return [key for key, name in db.execute("SELECT key, name FROM sources") if name.casefold() in wanted]

    def passages(self, keys: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Passages with their articles, in the keys' order; those removed meanwhile are left out."""
        query = f"""
            SELECT p.ordinal, p.start, p."end", p.caption, {sql.ARTICLE}
            FROM passages p JOIN articles a ON a.key = p.article LEFT JOIN sources s ON s.key = a.source
            WHERE p.key = ?
        """  # noqa: S608 - the columns are ours
        found = {}
        with sql.explained(self._database):
            db = self._reading()
            for key in keys:
                for ordinal, start, end, caption, *columns in db.execute(query, (key,)):
                    article = sql.to_article(columns)
                    found[key] = (
                        Passage(article.id, ordinal, article.text[start:end], start, end, bool(caption)),
                        article,
                    )
        return found

    def outlets(self) -> list[str]:
        """The names of the outlets that articles came from."""
        with sql.explained(self._database):
            return [name for (name,) in self._reading().execute("SELECT name FROM sources ORDER BY key")]

    def status(self) -> Status:
        """Size and reach, counted now."""
        with sql.explained(self._database):
            db = self._reading()
            (articles,), (passages,) = (
                db.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - the names are ours
                for table in ("articles", "passages")
            )
            outlets = db.execute(
                "SELECT s.name, count(*) AS n FROM articles a JOIN sources s ON s.key = a.source"
                " GROUP BY s.key ORDER BY n DESC, s.name"
            ).fetchall()
            dated = "SELECT published, precision FROM articles WHERE published IS NOT NULL ORDER BY published"
            oldest, newest = (db.execute(f"{dated} {order} LIMIT 1").fetchone() for order in ("ASC", "DESC"))
            stored = sql.read_manifest(db)
        return Status(
            articles=articles,
            passages=passages,
            outlets=dict(outlets),
            oldest=sql.to_published(*oldest) if oldest else None,
            newest=sql.to_published(*newest) if newest else None,
            encoder=stored.encoder if stored else None,
            bytes=sum(_size(file) for file in self._folder.rglob("*")),
        )

    def close(self) -> None:
        """Close every connection and give the write lock back."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()
        if self._writer:
            self._writer.close()
            self._writer = None

    def exists(self) -> bool:
        """Whether it has been made; what it holds may still be nothing, or damaged."""
        return self._database.exists()

    def _reading(self) -> sqlite3.Connection:
        """This thread's connection."""
        if not self.exists():
            raise StoreError(
                f"there is no index at {self._folder}: make one with `dateline index --data {self._folder} SOURCE...`"
            )
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = sql.connect(self._database)
            with self._guard:
                self._connections.append(db)
        return db

    def _current(self) -> View:
        """The view to search in, at most REFRESH_SECONDS behind the newest commit."""
        db = self._reading()
        with self._guard:
            if self._view is None or time.monotonic() - self._checked >= REFRESH_SECONDS:
                (generation,) = db.execute("SELECT number FROM generation").fetchone()
                if self._view is None or self._view.generation != generation:
                    self._view = view.load(db, self._segments, self._view)
                self._checked = time.monotonic()
            return self._view


def _size(file: Path) -> int:
    """Bytes of a file; 0 for a folder, and for what a merge has just removed."""
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:
        return 0
