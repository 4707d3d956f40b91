"""The short answer within a sentence, by the kind of question. Pure."""

import re

from bot.mentions import Mention, Sort
from bot.readers.evidence import EXPECTED, Asked, Candidate
from bot.types import Kind
from index.text import terms

_QUOTED = re.compile(r"[“\"][^”\"]{3,}[”\"]")
_BOTH = re.compile(r"\bwho\b.*\bwhom\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def short_answer(asked: Asked, candidate: Candidate) -> tuple[str, tuple[int, int] | None] | None:
    """(words, their offsets in the sentence); None where the kind of question has no short answer.

    Two people ("who met whom") have no single place in the sentence: their offsets are None.
    """
    if asked.question.kind is Kind.SAID:
        quoted = _QUOTED.search(candidate.text)
        return (quoted[0][1:-1], (quoted.start() + 1, quoted.end() - 1)) if quoted else None
    fitting = asked.fitting(candidate)
    if not fitting:
        return None
    if _BOTH.search(asked.question.text):
        people = [m for m in fitting if m.sort is Sort.NAME][:2]
        return (" and ".join(m.text for m in people), None) if len(people) > 1 else None
    best = min(fitting, key=lambda m: (_sort_rank(asked, m), _distance(asked, candidate.text, m)))
    return best.text, (best.start, best.end)


def _sort_rank(asked: Asked, mention: Mention) -> int:
    """A place before another name for "where", and the reverse for "who"."""
    return list(EXPECTED[asked.question.kind]).index(mention.sort)


def _distance(asked: Asked, text: str, mention: Mention) -> float:
    """Mean distance, in characters, to the question's words in the sentence."""
    places = [m.start() for m in _WORD.finditer(text) if asked.all & set(terms(m[0]))]
    return sum(abs(place - mention.start) for place in places) / len(places) if places else float(mention.start)
