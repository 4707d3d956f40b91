"""A question as typed, and the conversation before it -> a Question that stands alone. Pure; English."""

import re
from collections.abc import Sequence

from bot.mentions import Sort, mentions
from bot.types import Kind, Question, Turn
from index.text import terms

_WH = r"(?:and|but|so|then|also|ok|okay|\W)*"
# The first that fits is the kind: the plain question words first, the words that only hint at a kind last.
_SAY = (
    "say|said|tell|told|call|called|describe|comment|respond|argue|warn|demand|urge|claim|promise|announce|vow|tweet"
    "|compare|write|exclaim|express"
)
_PLACES = (
    "city|country|place|town|village|state|venue|stadium|region|port|capital|location|airport|island|site|street"
    "|hospital|hall|prison"
)
_KINDS = (
    (Kind.HOW_MANY, r"\bhow (?:many|much|long|old|far|big|large|high|tall|fast|often|wide|deep|heavy|strong)\b"),
    (Kind.SAID, rf"^{_WH}(?:what|how)\b.*\b(?:{_SAY})(?:s|ing)?\b"),
    (Kind.WHEN, rf"^{_WH}when\b|\b(?:what|which) (?:day|date|year|month|time|week)\b|\bwhen\?*$"),
    (Kind.WHERE, rf"^{_WH}where\b|\b(?:what|which) (?:\w+ )?(?:{_PLACES})\b|\bwhere\?*$"),
    (Kind.WHY, rf"^{_WH}why\b|\bwhat (?:caused|killed|was the (?:cause|reason))|\bfor what reason\b|\bwhy\?*$"),
    (Kind.WHO, rf"^{_WH}(?:who|whom|whose|which)\b|\b(?:who|whom|which)\b"),
    (Kind.WHEN, r"\bwhen (?:was|were|did|is|does|will)\b"),
    (Kind.WHERE, r"\bwhere (?:was|were|did|is|does|will)\b"),
    (Kind.YES_NO, rf"^{_WH}(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may)\b"),
    (
        Kind.HOW_MANY,
        r"\b(?:number|toll|percentage|share|price|score|result|turnout|margin|majority|cost|amount|size|magnitude|age)\b",
    ),
)
_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS]
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent|current|currently|so far|by now|up to now|right now)\b", re.IGNORECASE
)
_PERSON = re.compile(r"\b(?:he|she|him|her|his|hers|they|them|their|theirs)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|that|this|there|those|these|then|one|ones)\b", re.IGNORECASE)
_INSTEAD = re.compile(
    r"^(?:(?:and|but|ok|so)\s+)?(?:(?:what|how)\s+about|and|in|for|from|with|by)\b\s*(.+?)\W*$", re.IGNORECASE
)
_LEANING = re.compile(
    r"^(?:and|but|so|also|what else|who else|where else|how so|anyone else|anything else)\b", re.IGNORECASE
)

_NAMES = (Sort.NAME, Sort.PLACE)

BARE_TERMS = 1
"""A question with at most so many terms of its own, and no name, leans on the one before."""


def understand(text: str, history: Sequence[Turn] = ()) -> Question:
    """The question's kind, and what it takes over from the conversation."""
    text = " ".join(text.split())
    if history:
        swapped = _swapped(text, history[-1])
        if swapped:
            return _classified(swapped)
    question = _classified(text)
    context = _context(question, history)
    return Question(question.text, question.kind, question.latest, context)


def _classified(text: str) -> Question:
    kind = next((kind for kind, pattern in _PATTERNS if pattern.search(text)), Kind.WHAT)
    return Question(text, kind, latest=bool(_LATEST.search(text)))


def _swapped(text: str, last: Turn) -> str | None:
    """Of "And in Syria?" after a question about Turkey: that question about Syria. None if it is not of that form."""
    match = _INSTEAD.match(text)
    if not match or re.match(
        _WH + r"(?:who|what|when|where|why|how|which|did|was|is|were|are)\b(?! about)", text, re.IGNORECASE
    ):
        return None
    given = mentions(text[match.start(1) - 3 : match.end(1)])  # with the preposition that makes it a place
    if not given:
        return None
    before = last.answer.question.split(" (")[0]
    old = [m for m in mentions(before) if m.sort is given[0].sort] or [m for m in mentions(before) if m.sort in _NAMES]
    if given[0].sort not in _NAMES or not old:
        return f"{before.rstrip('?!. ')} {match[1]}?"
    return before[: old[0].start] + given[0].text + before[old[0].end :]


def _context(question: Question, history: Sequence[Turn]) -> str:
    if not history or not _leans(question.text):
        return ""
    last = history[-1].answer
    if _PERSON.search(question.text):
        return _joined([*_names(last.question), *([last.short] if last.short else [])], question.text)
    return " ".join([last.question.rstrip("?!. "), *([last.short] if last.short else [])])


def _leans(text: str) -> bool:
    """Whether a question cannot be understood by itself."""
    named = any(mention.sort in (Sort.NAME, Sort.PLACE) for mention in mentions(text))
    if _LEANING.search(text) or (not named and len(terms(text)) <= BARE_TERMS):
        return True
    pronoun = _PERSON.search(text) or _THING.search(text)
    if pronoun is None:
        return False
    return not any(m.start < pronoun.start() for m in mentions(text) if m.sort is not Sort.NUMBER)


def _names(text: str) -> list[str]:
    return [mention.text for mention in mentions(text) if mention.sort is not Sort.NUMBER]


def _joined(words: Sequence[str], text: str) -> str:
    fresh = dict.fromkeys(word for word in words if word.casefold() not in text.casefold())
    return ", ".join(fresh)
