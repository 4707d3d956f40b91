"""Bytes -> Articles: plain text, JSON records, HTML pages, RSS and Atom feeds. Pure: opens nothing, fetches nothing."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from index import feeds, markup
from index.clean import derived_id, headline, label, normalise, primary_language, published, web_link
from index.decode import decode
from index.errors import InputError
from index.types import Article, Failure, Published

MAX_BYTES = 50_000_000
"""A file or record of so many bytes is no article."""

_DATED = re.compile(r"date (\d{4}(?:-\d\d(?:-\d\d)?)?)(?:\s+|$)")
_SOURCE = re.compile(r"(?:Source|Outlet): *(\S.{0,99})")
_BYLINE = re.compile(r"By (\S.{0,199})")
_BETWEEN_NAMES = re.compile(r",? and |, | & ")
_MAX_NAME_WORDS = 6
_PARTICLES = frozenset("al bin bint da das de del della den der di dos du el ibn la le ten ter van von y zu".split())


class Kind(StrEnum):
    """How the bytes of a blob are to be read."""

    TEXT = "text"
    RECORD = "record"
    """One JSON object, a line of a JSONL file."""
    PAGE = "page"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class Blob:
    """Something to be parsed, and where it came from."""

    origin: str
    """The absolute path of its file."""
    name: str
    """The file's name without suffix: the id of an article that has no other."""
    kind: Kind
    data: bytes
    line: int | None = None
    """The line of a RECORD in its file, from 1."""


def parse(blob: Blob) -> Iterator[Article | Failure]:
    """The articles of a blob; a Failure for each entry of a feed that is none.

    Raises InputError, saying why but not where, if nothing of the blob can be used.
    """
    if len(blob.data) >= MAX_BYTES:
        raise InputError(f"is larger than {MAX_BYTES // 1_000_000} MB")
    match blob.kind:
        case Kind.TEXT:
            return iter((_text(blob),))
        case Kind.RECORD:
            return iter((_record(blob),))
        case Kind.PAGE:
            return iter((markup.page(blob.data, blob.name, blob.origin),))
        case Kind.FEED:
            return iter(feeds.feed(blob.data, blob.origin))


def _text(blob: Blob) -> Article:
    """Plain text, with its date before and its credits after it, where it has them."""
    date, text = _dated(normalise(decode(blob.data)))
    paragraphs = text.split("\n\n")
    source = _pop_source(paragraphs)
    authors = _pop_byline(paragraphs)
    text = "\n\n".join(paragraphs)
    if not text:
        raise InputError("is empty")
    return Article(
        id=blob.name,
        text=text,
        title=headline(text),
        published=date,
        source=source,
        authors=authors,
        origin=blob.origin,
    )


def _dated(text: str) -> tuple[Published | None, str]:
    """The date in the first words, and the text after it; a date that does not exist is part of the text."""
    match = _DATED.match(text)
    date = published(match[1]) if match else None
    return (date, text[match.end() :]) if match and date else (None, text)


def _pop_source(paragraphs: list[str]) -> str | None:
    match = _SOURCE.fullmatch(paragraphs[-1])
    if match:
        paragraphs.pop()
    return match[1] if match else None


def _pop_byline(paragraphs: list[str]) -> tuple[str, ...]:
    """Authors from the last paragraph or else the first."""
    for place in (-1, 0):
        authors = _authors(paragraphs[place]) if paragraphs else ()
        if authors:
            paragraphs.pop(place)
            return authors
    return ()


def _authors(paragraph: str) -> tuple[str, ...]:
    """Names of a by-line, none if it is prose that begins with "By"."""
    match = _BYLINE.fullmatch(paragraph)
    names = _BETWEEN_NAMES.split(match[1]) if match else []
    return tuple(names) if all(map(_is_name, names)) else ()


def _is_name(text: str) -> bool:
    words = text.split()
    named = [word for word in words if word not in _PARTICLES]
    plain = 0 < len(words) <= _MAX_NAME_WORDS and not text.endswith((".", "!", "?", ":"))
    return plain and bool(named) and all(word[0].isupper() for word in named)


def _record(blob: Blob) -> Article:
    """One JSON object; whatever is missing but the text can be done without."""
    record = _json_object(blob.data)
    raw = _string(record, "text")
    text = normalise(raw) if raw else ""
    if not text:
        raise InputError('has no "text"')
    url = _string(record, "url")
    return Article(
        id=_id(record) or derived_id(url, text),
        text=text,
        title=label(_string(record, "title") or "") or headline(text),
        url=web_link(url),
        published=_published(record),
        source=label(_string(record, "source") or "") or None,
        language=primary_language(_string(record, "language")),
        authors=_author_list(record),
        origin=blob.origin,
    )


def _json_object(data: bytes) -> Mapping[str, Any]:
    text = decode(data)
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"is not valid JSON ({error.msg} at character {error.pos + 1})") from error
    except (ValueError, RecursionError) as error:
        raise InputError("is JSON with too long a number or too deep a nesting") from error
    if not isinstance(record, dict):
        raise InputError("is not a JSON object")
    return record


def _string(record: Mapping[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError(f'"{key}" must be a string')
    return value


def _id(record: Mapping[str, Any]) -> str:
    value = record.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise InputError('"id" must be a string or a whole number')
    return "" if value is None else label(str(value))


def _published(record: Mapping[str, Any]) -> Published | None:
    value = record.get("published")
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise InputError('"published" must be a date or seconds since 1970')
    return None if value is None else published(value)


def _author_list(record: Mapping[str, Any]) -> tuple[str, ...]:
    value = record.get("authors")
    authors = [value] if isinstance(value, str) else value or []
    if not isinstance(authors, list) or not all(isinstance(author, str) for author in authors):
        raise InputError('"authors" must be a list of strings')
    return tuple(filter(None, map(label, authors)))
