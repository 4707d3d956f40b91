"""Many questions in one process: JSON lines in, one JSON object out for each."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from bot.options import moment
from index.errors import DatelineError, InputError

MAX_LINE = 100_000
"""Bytes of a line; a question is far shorter."""

Answering = Callable[[str, datetime | None], Mapping[str, object]]


def answers(lines: BinaryIO, asked_at: datetime | None, answer: Answering) -> Iterator[dict[str, object]]:
    """One object for each line that is not blank: what `answer` made of it, or an "error"; with the line's "id".

    Args:
        lines: `{"id": ..., "question": "...", "asked_at": "2020-09-29"}` each; only the question is required.
        asked_at: For the lines that say nothing of it.
        answer: Called with a question and when it is asked.
    """
    for line in _lines(lines):
        record: Mapping[str, Any] = {}
        try:
            record = _record(line)
            result = answer(*_asked(record, asked_at))
        except DatelineError as error:
            result = {"error": str(error)}
        yield {"id": record.get("id"), **result}


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines that are not blank; of one that is too long only its beginning."""
    while line := stream.readline(MAX_LINE):
        piece = line
        while len(piece) == MAX_LINE and not piece.endswith(b"\n"):
            piece = stream.readline(MAX_LINE)
        if line.strip():
            yield line


def _record(line: bytes) -> Mapping[str, Any]:
    """The line's object, with an id that can be told again; raises InputError."""
    if len(line) == MAX_LINE:
        raise InputError(f"the line is longer than {MAX_LINE:,} bytes")
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"the line is not JSON in UTF-8 ({error})") from error
    if not isinstance(record, dict):
        raise InputError('the line is not a JSON object: write {"question": "..."}')
    if not isinstance(record.get("id"), str | int | None):
        raise InputError('"id" must be a string or a whole number')
    return record


def _asked(record: Mapping[str, Any], asked_at: datetime | None) -> tuple[str, datetime | None]:
    question, at = record.get("question"), record.get("asked_at")
    if not isinstance(question, str):
        raise InputError('"question" must be a string')
    if not isinstance(at, str | None):
        raise InputError('"asked_at" must be a date in a string')
    return question, asked_at if at is None else moment(at, end=True)
