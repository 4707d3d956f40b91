"""The one process at a time that changes a local store."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import filelock
import numpy as np

from index.bm25 import count
from index.errors import StoreLocked
from index.stores import database as sql
from index.stores import segments as files
from index.stores import view
from index.stores.vocabulary import Vocabulary
from index.text import scored_text, terms
from index.types import Article, Manifest, Passage, Vectors

SEGMENT_PASSAGES = 8_192
"""Passages that are written as a segment; fewer are read from the database at open (about 50 ms)."""


class Writer:
    """Holds the write lock of a store's folder from its making until `close`; used from one thread."""

    def __init__(self, folder: Path, database: Path, segments: Path, manifest: Manifest) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._database = database
        self._segments = segments
        self._lock = filelock.FileLock(folder / "write.lock")
        try:
            self._lock.acquire(blocking=False)
        except filelock.Timeout as held:
            raise StoreLocked(
                f"another process is writing to the index at {folder}: try again when it is done"
            ) from held
        try:
            self._db = sql.create(database)
            self._check(manifest)
            self._vocabulary = Vocabulary(self._db)
            self._view = view.load(self._db, segments, None)
            self._unsegmented = len(self._view.tail.published)
            self._drop_orphans()
        except BaseException:
            self._lock.release()
            raise

    def _check(self, manifest: Manifest) -> None:
        stored = sql.read_manifest(self._db)
        if stored is None:
            with sql.transaction(self._db):
                sql.write_manifest(self._db, manifest)
        else:
            manifest.check(stored, str(self._database.parent))

    def _drop_orphans(self) -> None:
        """Remove what a killed writer left on disk and never listed."""
        for folder in self._segments.glob("*"):
            if folder.name not in self._view.segments:
                files.drop(folder)

    def replace(self, article: Article, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Put an article in; one transaction."""
        halves = vectors.astype(np.float16)
        with self._committing() as db:
            sql.delete_articles(db, [article.id])
            key = sql.insert_article(db, article)
            for passage, half in zip(passages, halves, strict=True):
                row = count(0, self._vocabulary.numbers(terms(scored_text(article, passage))))
                sql.insert_passage(db, key, passage, row, half.tobytes())
            self._vocabulary.save(db)
        self._unsegmented += len(passages)
        if self._unsegmented >= SEGMENT_PASSAGES:
            self._write_segment()

    def remove(self, ids: Iterable[str]) -> None:
        """Take articles out; one transaction for all."""
        with self._committing() as db:
            sql.delete_articles(db, ids)

    def flush(self) -> None:
        """Write a segment if it is worth one, and empty the write-ahead log."""
        if self._unsegmented >= SEGMENT_PASSAGES // 8:
            self._write_segment()
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give the write lock back."""
        self._db.close()
        self._lock.release()

    @contextmanager
    def _committing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, with the vocabulary in step."""
        committed = False
        try:
            with sql.transaction(self._db):
                yield self._db
            committed = True
        finally:
            self._vocabulary.settle(committed=committed)

    def _write_segment(self) -> None:
        """Turn the tail into a segment, merged with those before it that are not twice its size.

        The files are complete before the transaction that lists them; a reader that still has the replaced
        ones open keeps them, one that has only their names looks again.
        """
        now = self._view = view.load(self._db, self._segments, self._view)
        newest = files.to_merge([len(part.published) for part in now.parts])
        segment = files.merged(now.parts[-newest:], now.living[-newest:])
        names = list(now.segments)
        replaced, kept = names[len(names) + 1 - newest :], names[: len(names) + 1 - newest]
        high = int(now.tail.postings.keys[-1])
        name = f"{high:012d}"
        files.save(segment, self._segments / name)
        with self._committing() as db:
            db.executemany("DELETE FROM segments WHERE name = ?", [(old,) for old in replaced])
            db.execute("INSERT INTO segments VALUES (?, ?)", (name, high))
            low = int(kept[-1]) if kept else 0
            db.execute("DELETE FROM tombstones WHERE passage > ? AND passage <= ?", (low, high))
        for old in replaced:
            files.drop(self._segments / old)
        self._unsegmented = 0
