"""Votes on answers, kept for evaluation: one JSON object a line, without the voter."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

from bot.as_json import to_json
from bot.telegram.memory import Exchange

VERSION = 1
"""Of the format of a line."""


class Feedback:
    """A file that votes are added to. Usable from several threads."""

    def __init__(self, path: Path, dateline: str) -> None:
        """Opens nothing yet.

        Args:
            path: The file; made, for its owner alone to read, when the first vote comes.
            dateline: The version of Dateline that answers.
        """
        self._path = path
        self._dateline = dateline
        self._lock = threading.Lock()

    def add(self, exchange: Exchange, *, good: bool) -> None:
        """Keep one vote. Raises OSError."""
        entry = {
            "format": VERSION,
            "dateline": self._dateline,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "good": good,
            "asked": exchange.asked,
            "answer": to_json(exchange.answer),
        }
        with self._lock:
            self._path.touch(mode=0o600)
            with self._path.open("a", encoding="ascii") as file:
                file.write(json.dumps(entry) + "\n")
