"""What articles state about themselves, made uniform: text, names, dates, links. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import urlsplit

import sentencex

from index.types import Precision, Published

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_RUN = re.compile("  +")
_PLAIN_LINK = re.compile(r"https?://[\w.-]+(?:/[!-~]*)?", re.ASCII)  # needs no parsing: most articles have such a one
_SPACES = re.compile("[\t\x1c-\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Control characters, soft hyphens, zero-width and directional marks, halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)

WRAP_WIDTH = range(50, 101)
"""Characters of the longest line of a text that was wrapped by hand or by a mail program."""

MAX_HEADLINE = 160
"""Characters of a title that had to be made from the text."""

_HEADLINE_WITHIN = 2000
_ENDS_SENTENCE = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_COMPOUND = re.compile(r"\w-$")

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_PRECISIONS = (Precision.YEAR, Precision.MONTH, Precision.DAY)
_ZULU = re.compile(r" *(?:UTC|GMT)$")
_LONGEST_DATE = 10  # ISO 8601 writes a date without a time in at most so many characters
_YEARS = range(1000, 10_000)


def normalise(text: str) -> str:
    """Text in NFC whose lines are its paragraphs, one blank line apart, single spaces between the words.

    Control and zero-width characters go; words are neither lost nor moved. Lines that were wrapped to a width are
    put together again.
    """
    text = _visible(text)
    if "  " in text:
        text = _RUN.sub(" ", text)
    lines = list(map(str.strip, text.split("\n")))
    if _is_wrapped(lines):
        lines = list(_unwrap(lines))
    return "\n\n".join(filter(None, lines))


def label(text: str) -> str:
    """Normalised text as one line: a title, a name."""
    plain = text.isascii() and text.isprintable()  # as most are, and there are several in each article
    return " ".join((text if plain else normalise(text)).split())


def _visible(text: str) -> str:
    if not text.replace("\n", " ").isprintable():
        text = _UNSEEN.sub("", _SPACES.sub(" ", _NEWLINES.sub("\n", text)))
    return unicodedata.normalize("NFC", text)


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether a width, not the author, broke the lines: none is long, and many break within a sentence."""
    if max(map(len, lines)) not in WRAP_WIDTH:
        return False
    breaks = [(line, following) for line, following in pairwise(lines) if line and following]
    return bool(breaks) and 3 * sum(_runs_on(line, following) for line, following in breaks) >= len(breaks)


def _runs_on(line: str, following: str) -> bool:
    return following[0].islower() and not _ENDS_SENTENCE.search(line)


def _unwrap(lines: Sequence[str]) -> Iterator[str]:
    """Paragraphs of wrapped lines; a line that ends early ends its paragraph, unless its sentence runs on."""
    full = max(map(len, lines)) * 0.8
    paragraph = ""
    for line, following in pairwise([*lines, ""]):
        paragraph += line
        reach = len(line) + 1 + len(following.partition(" ")[0])
        caption = paragraph.startswith("[") and line.endswith("]")
        apart = caption or (following.startswith("[") and _ENDS_SENTENCE.search(line))
        if line and following and not apart and (reach > full or _runs_on(line, following)):
            paragraph += "" if _COMPOUND.search(line) else " "
        else:
            yield paragraph
            paragraph = ""


def headline(text: str) -> str:
    """What an article without a title is called: its first sentence that is not a caption, cut at a word."""
    paragraphs = text.split("\n\n")
    prose = next((p for p in paragraphs if not (p.startswith("[") and p.endswith("]"))), paragraphs[0].strip("[ ]"))
    prose = prose or text
    start = prose[:_HEADLINE_WITHIN]
    first = sentencex.get_sentence_boundaries("en", start)[0]
    sentence = start[first["start_index"] : first["end_index"]].strip()
    if len(sentence) <= MAX_HEADLINE:
        return sentence
    cut = sentence[:MAX_HEADLINE]
    return (cut.rpartition(" ")[0] or cut[:-1]).rstrip(" ,;:–—-") + "…"


def derived_id(url: str | None, text: str) -> str:
    """The id of an article that brings none: as lasting as its URL, or else its text, is."""
    kind, seen = ("url", url) if url else ("text", text)
    return f"{kind}-{hashlib.sha256(seen.encode(errors='replace')).hexdigest()[:16]}"


def web_link(url: str | None) -> str | None:
    """The URL if it is one that a reader can follow, absolute and of the web."""
    if url and _PLAIN_LINK.fullmatch(url):
        return url
    link = label(url or "")
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in {"http", "https"} and parts.hostname else None


def primary_language(tag: str | None) -> str | None:
    """The language of a tag: "en-GB" -> "en" (https://www.rfc-editor.org/rfc/rfc5646#section-2.2.1)."""
    return re.split("[-_]", label(tag or ""))[0].lower() or None


def published(value: str | float) -> Published | None:
    """The instant that a date or date-time names, None for what is neither.

    Args:
        value: ISO 8601 (also a month or a year alone), RFC 822, or seconds since 1970. A time without an offset
            is taken as UTC; four digits are a year.
    """
    if isinstance(value, str):
        return _iso(_ZULU.sub("Z", value.strip())) or _rfc822(value)
    if value in _YEARS:
        return _iso(str(int(value)))
    try:
        return _instant(datetime.fromtimestamp(value, UTC), Precision.TIME)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(value: str) -> Published | None:
    try:
        if match := _DATE.fullmatch(value):
            year, month, day = (int(part or 1) for part in match.groups())
            return _instant(datetime(year, month, day, tzinfo=UTC), _PRECISIONS[value.count("-")])
        precision = Precision.TIME if len(value) > _LONGEST_DATE else Precision.DAY
        return _instant(datetime.fromisoformat(value), precision)
    except (ValueError, OverflowError):
        return None


def _rfc822(value: str) -> Published | None:
    timed = ":" in value
    try:
        at = parsedate_to_datetime(value if timed else f"{value} 00:00")
        return _instant(at, Precision.TIME if timed else Precision.DAY)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _instant(at: datetime, precision: Precision) -> Published:
    """In UTC and whole seconds, which is what a Published can write down."""
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return Published(at.replace(microsecond=0), precision)
