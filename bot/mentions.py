"""The names, places, dates and numbers that a text mentions. Pure; by form alone, in English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from index.text import STOP_WORDS


class Sort(StrEnum):
    """What a mention is of; a place is a name that stands where places stand ("in Vilnius")."""

    NAME = "name"
    PLACE = "place"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` mentions something of this sort."""

    sort: Sort
    start: int
    end: int
    text: str


MONTHS = (
    "january february march april may june july august september october november december"
    " jan feb mar apr jun jul aug sept sep oct nov dec"
).split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_AMOUNTS = {word: float(i) for i, word in enumerate(UNITS)} | {word: 10.0 * i for i, word in enumerate(TENS, start=2)}
_PARTS = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)|([a-z]+)")
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}

_MONTH = rf"(?:{'|'.join(m.capitalize() for m in MONTHS)})\b\.?"
_YEAR = r"(?:1[89]|20)\d\d"
_DATE = re.compile(
    rf"""\b(?:
        \d{{4}}-\d{{2}}(?:-\d{{2}})?
      | (?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+{_YEAR}\b)?
      | (?:{"|".join(d.capitalize() for d in WEEKDAYS)})(?:\s+(?:morning|afternoon|evening|night))?
      | {_YEAR}s?(?![\d,.]*\d|\s*(?:%|percent|people))
      | \d{{1,2}}(?:[.:]\d\d)?\s?(?:[ap]\.m\.|[ap]m\b) | noon | midnight | \d{{1,3}}(?:st|nd|rd|th)\ minute
      | yesterday | today | tomorrow
    )(?!\w)""",
    re.VERBOSE,
)
_WORD_NUMBER = "|".join([*UNITS[1:], *TENS, *SCALES])
_NUMBER = re.compile(
    rf"""(?<![\w.])(?:[$€£]\s?)?(?:
        \d+(?:[.,]\d+)*(?:\s?(?:%|percent|per\ cent))?(?:[-–\s](?:{"|".join(SCALES)})\b)?
      | (?:a\s+)?(?:{_WORD_NUMBER})(?:[-\s](?:and\s+)?(?:{_WORD_NUMBER}))*
    )(?:s\b)?(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_CAPITAL = r"(?:[^\W\d_a-zà-þ](?:[\w&-]|['’](?!s\b)|\.(?=\w))*\w|[A-Z]\.(?=\s+[A-Z]))"
_NAME = re.compile(rf"{_CAPITAL}(?:(?:\s+|-)(?:(?:of|de|da|du|van|von|der|al|bin|the|la|le|and\s+the)\s+)?{_CAPITAL})*")
_BEFORE_PLACE = re.compile(
    r"\b(?:in|at|near|from|to|outside|across|around|off|into|toward|towards|over|above|of|reached|visited|left)\s+(?:the\s+)?"
    r"(?:(?:northern|southern|eastern|western|central|downtown|nearby|neighbouring|neighboring)\s+)?$",
    re.IGNORECASE,
)


def mentions(text: str) -> list[Mention]:
    """All mentions in order of their place; a date's digits are no number, its month no name."""
    dates = list(_matches(_DATE, Sort.DATE, text, []))
    numbers = list(_matches(_NUMBER, Sort.NUMBER, text, dates))
    names = [_placed(text, mention) for mention in _matches(_NAME, Sort.NAME, text, dates) if _is_name(mention)]
    return sorted([*dates, *numbers, *names], key=lambda mention: (mention.start, mention.end))


def _matches(pattern: re.Pattern[str], sort: Sort, text: str, taken: list[Mention]) -> Iterator[Mention]:
    for match in pattern.finditer(text):
        if not any(match.start() < other.end and other.start < match.end() for other in taken):
            yield Mention(sort, match.start(), match.end(), match[0])


def _is_name(mention: Mention) -> bool:
    """A capital alone makes no name of a function word, as at a sentence's start."""
    words = re.findall(r"\w+", mention.text)
    return not (len(words) == 1 and words[0].casefold() in STOP_WORDS and not words[0].isupper())


def _placed(text: str, mention: Mention) -> Mention:
    words = mention.text.split()
    start = mention.start
    if len(words) > 1 and words[0].casefold() in STOP_WORDS:  # "The Élysée", "On Capitol Hill"
        start += len(words[0]) + 1
    before = text[max(0, start - 40) : start]
    sort = Sort.PLACE if _BEFORE_PLACE.search(before) else Sort.NAME
    return Mention(sort, start, mention.end, text[start : mention.end])


def number(text: str) -> float | None:
    """The value of a number mention ("1,500" is 1500, "two dozen" 24, "$1.5 billion" 1.5e9); None if it has none."""
    total, value = 0.0, None
    for digits, word in _PARTS.findall(text.casefold()):
        scale = SCALES.get(word.removesuffix("s"))
        if scale is not None:
            value = (1.0 if value is None else value) * scale
            if scale >= SCALES["thousand"]:  # what follows is added: "two thousand and five"
                total, value = total + value, 0.0
        elif digits or word in _AMOUNTS:
            amount = float(digits.replace(",", "")) if digits else _AMOUNTS[word]
            value = amount + (value or 0.0)
    return None if value is None else total + value
