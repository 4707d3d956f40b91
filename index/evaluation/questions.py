"""Question sets: lines of JSON -> what is asked, and what is right."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from index.errors import InputError
from index.types import Failure


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an article says it: a sentence of it, or characters [start, end) of its text."""

    article: str
    sentence: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a set."""

    id: str
    question: str
    answerable: bool
    asked_at: date | None = None
    answers: tuple[str, ...] = ()
    """Any of them is right."""
    supporting: tuple[str, ...] = ()
    """Ids of the articles that say it."""
    evidence: tuple[Evidence, ...] = ()
    history: tuple[str, ...] = ()
    """Questions asked before it, oldest first."""
    kind: str | None = None
    strict: bool | None = None
    """The set vouches for it more than for the others; None in a set that makes no such difference."""

    @property
    def at(self) -> datetime | None:
        """The last second (UTC) of the day on which it is asked: all that came out on it may be known."""
        return datetime.combine(self.asked_at, time(23, 59, 59), UTC) if self.asked_at else None

    def record(self) -> dict[str, Any]:
        """JSON's own types, of which `asked` makes the question again."""
        evidence = [{key: value for key, value in asdict(e).items() if value is not None} for e in self.evidence]
        return {**asdict(self), "asked_at": str(self.asked_at) if self.asked_at else None, "evidence": evidence}


def read(lines: Iterable[bytes], origin: str) -> tuple[list[Asked], list[Failure]]:
    """The questions of a set's lines, and what is wrong with the lines that hold none; blank lines are passed over.

    Args:
        lines: One JSON object each, of the keys of `Asked`; `id`, `question` and `answerable` are required, others
            than those of `Asked` are passed over.
        origin: What the lines were read from; failures name it with the line's number.
    """
    found: dict[str, Asked] = {}
    failures = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = asked(_object(line))
        except InputError as error:
            failures.append(Failure(f"{origin}:{number}", str(error)))
            continue
        if question.id in found:
            failures.append(Failure(f"{origin}:{number}", f"is a second question with the id {question.id!r}"))
        found.setdefault(question.id, question)
    return list(found.values()), failures


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not JSON in UTF-8 ({error})") from error
    if not isinstance(record, dict):
        raise InputError("is not a JSON object")
    return record


def asked(record: Mapping[str, Any]) -> Asked:
    """The question of one record. Raises InputError, with the key that is wrong."""
    return Asked(
        id=_words(record, "id"),
        question=_words(record, "question"),
        answerable=_typed(record, "answerable", bool, "true or false"),
        asked_at=_day(record),
        answers=_strings(record, "answers"),
        supporting=_strings(record, "supporting"),
        evidence=tuple(_evidence(item) for item in _list(record, "evidence")),
        history=_strings(record, "history"),
        kind=_typed(record, "kind", str | None, "a string"),
        strict=_typed(record, "strict", bool | None, "true or false"),
    )


def _typed(record: Mapping[str, Any], key: str, wanted: Any, said: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    value = record.get(key)
    if not isinstance(value, wanted):
        raise InputError(f'"{key}" must be {said}')
    return value


def _words(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f'"{key}" must be a string that is not empty')
    return value


def _list(record: Mapping[str, Any], key: str) -> list[Any]:
    return _typed(record, key, list | None, "a list") or []


def _strings(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _list(record, key)
    if not all(isinstance(value, str) for value in values):
        raise InputError(f'"{key}" must be a list of strings')
    return tuple(values)


def _day(record: Mapping[str, Any]) -> date | None:
    text = _typed(record, "asked_at", str | None, "a day (2020-09-29) or null")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f'"asked_at" must be a day (2020-09-29) or null, not {text!r}') from error


def _evidence(item: object) -> Evidence:
    match item:
        case {"article": str(article), "sentence": str(sentence)} if sentence:
            return Evidence(article, sentence)
        case {"article": str(article), "start": int(start), "end": int(end)} if 0 <= start < end:
            return Evidence(article, None, start, end)
    raise InputError('"evidence" must be a list of {"article", "sentence"} or {"article", "start", "end"}')
