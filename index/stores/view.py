"""What searches see of a local store: one generation of the database, as arrays."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.bm25 import BM25, Floats, Row, best, build
from index.stores import segments as files
from index.stores.segments import UNDATED, Segment
from index.types import Filter, Scored, Vectors

TAIL = """
    SELECT p.key, p.terms, p.counts, p.vector, a.published, a.source
    FROM passages p JOIN articles a ON a.key = p.article WHERE p.key > ? ORDER BY p.key
"""

ATTEMPTS = 10
"""How often to look again when a merge replaces a segment between its name and its files being read."""


@dataclass(frozen=True, slots=True)
class View:
    """One generation of a store; immutable, shared by threads."""

    generation: int
    segments: dict[str, Segment]
    """By name, oldest first."""
    tail: Segment
    """The passages that are in no segment yet."""
    model: BM25
    published: NDArray[np.int64]
    sources: NDArray[np.int64]

    @property
    def parts(self) -> list[Segment]:
        """The segments and the tail, in the order of their slots."""
        return [*self.segments.values(), self.tail]

    @property
    def living(self) -> list[NDArray[np.bool_]]:
        """For each part, which of its passages have not been removed."""
        bounds = accumulate((len(part.published) for part in self.parts), initial=0)
        return [self.model.alive[first:last] for first, last in pairwise(bounds)]

    def allowed(self, where: Filter, sources: Sequence[int]) -> NDArray[np.bool_]:
        """Which slots a filter lets through; an undated article passes no filter by date."""
        mask = self.model.alive.copy()
        if where.after:
            mask &= self.published >= where.after.timestamp()
        if where.before:
            mask &= (self.published < where.before.timestamp()) & (self.published != UNDATED)
        if where.sources:
            mask &= np.isin(self.sources, sources)
        return mask

    def ranked(self, scores: Floats, k: int, allowed: NDArray[np.bool_]) -> list[Scored]:
        """The k allowed slots with the largest scores, best first."""
        slots = best(scores, self.model.keys, k, allowed)
        columns = (self.model.keys[slots].tolist(), scores[slots].tolist(), self.published[slots].tolist())
        return [Scored(key, score, _instant(seconds)) for key, score, seconds in zip(*columns, strict=True)]

    def similarities(self, vector: Vectors) -> Floats:
        """The dot product of every slot's vector with this one."""
        return np.concatenate([part.vectors @ vector for part in self.parts]).astype(np.float64)


def _instant(seconds: int) -> datetime | None:
    return None if seconds == UNDATED else datetime.fromtimestamp(seconds, UTC)


def load(db: sqlite3.Connection, folder: Path, last: View | None) -> View:
    """The store's present generation; segments that `last` has open are used again."""
    for _ in range(ATTEMPTS):
        try:
            return _load(db, folder, last)
        except FileNotFoundError as missing:
            gone = missing
    raise gone


def _load(db: sqlite3.Connection, folder: Path, last: View | None) -> View:
    db.execute("BEGIN")  # one snapshot for all that is read
    try:
        (generation,) = db.execute("SELECT number FROM generation").fetchone()
        listed = db.execute("SELECT name, high FROM segments ORDER BY high").fetchall()
        removed = [key for (key,) in db.execute("SELECT passage FROM tombstones")]
        tail = _tail(db, max((high for _, high in listed), default=0))
    finally:
        db.execute("COMMIT")
    opened = last.segments if last else {}
    segments = {name: opened.get(name) or files.load(folder / name) for name, _ in listed}
    parts = [*segments.values(), tail]
    model = BM25(part.postings for part in parts)
    if removed:
        model.remove(removed)
    published = np.concatenate([part.published for part in parts])
    return View(generation, segments, tail, model, published, np.concatenate([part.sources for part in parts]))


def _tail(db: sqlite3.Connection, high: int) -> Segment:
    rows = db.execute(TAIL, (high,)).fetchall()
    postings = build(
        [
            Row(key, np.frombuffer(terms, dtype=np.uint32), np.frombuffer(counts, dtype=np.uint16))
            for key, terms, counts, *_ in rows
        ]
    )
    halves = np.frombuffer(b"".join(row[3] for row in rows), dtype=np.float16)
    return Segment(
        postings=postings,
        vectors=halves.astype(np.float32).reshape(len(rows), _dimension(db)),
        published=np.array([UNDATED if row[4] is None else row[4] for row in rows], dtype=np.int64),
        sources=np.array([row[5] or 0 for row in rows], dtype=np.int64),
    )


def _dimension(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT value FROM manifest WHERE name = 'dimension'").fetchone()
    return int(row[0]) if row else 0
