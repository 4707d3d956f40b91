"""The short answer within a sentence. Pure."""

import re

from bot.mentions import Sort
from bot.readers.evidence import Asked, Candidate
from bot.readers.windows import Bounds
from bot.types import Kind

_BOTH = re.compile(r"\bwho\b.*\bwhom\b", re.IGNORECASE)


def short_answer(asked: Asked, candidate: Candidate, likeliest: Bounds) -> tuple[str, Bounds | None] | None:
    """(words, their offsets in the sentence); None where the question has no short answer.

    Two people ("who met whom") have no single place in the sentence: their offsets are None.

    Args:
        asked: Yes-no questions have none.
        candidate: The sentence that answers.
        likeliest: What the model takes for the answer, as offsets into the sentence.
    """
    if asked.question.kind is Kind.YES_NO:
        return None
    if _BOTH.search(asked.question.text):
        names = [m for m in asked.fitting(candidate) if m.sort is Sort.NAME]
        people = sorted(sorted(names, key=lambda m: " " not in m.text)[:2], key=lambda m: m.start)  # full names first
        return (" and ".join(m.text for m in people), None) if len(people) > 1 else None
    return candidate.text[slice(*likeliest)], likeliest
