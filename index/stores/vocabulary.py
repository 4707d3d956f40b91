"""The numbers that a local store gives to terms."""

import sqlite3
from collections.abc import Iterable
from functools import cached_property


class Vocabulary:
    """Term -> number, for the writer: in memory, and saved with the transaction that needed a new one.

    Read when first needed: a run that finds every article unchanged needs none.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._fresh: list[str] = []

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT term, number FROM terms"))

    def numbers(self, terms: Iterable[str]) -> list[int]:
        """The number of each term, a new one where it is unknown."""
        return [self._number(term) for term in terms]

    def _number(self, term: str) -> int:
        number = self._numbers.get(term)
        if number is None:
            number = self._numbers[term] = len(self._numbers)
            self._fresh.append(term)
        return number

    def save(self, db: sqlite3.Connection) -> None:
        """Write the new numbers, within the caller's transaction."""
        db.executemany("INSERT INTO terms (term, number) VALUES (?, ?)", [(t, self._numbers[t]) for t in self._fresh])

    def settle(self, *, committed: bool) -> None:
        """Keep the new numbers after a commit, forget them after a rollback."""
        if not committed:
            for term in self._fresh:
                del self._numbers[term]
        self._fresh.clear()


def known(db: sqlite3.Connection, terms: Iterable[str]) -> list[int]:
    """The numbers of those terms that the store holds, repeats kept; for a question."""
    rows = (db.execute("SELECT number FROM terms WHERE term = ?", (term,)).fetchone() for term in terms)
    return [int(row[0]) for row in rows if row]
