"""What would be answered, refused and right if answers below some confidence were refused too."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from index.evaluation.outcomes import Outcome

FEWEST = 10
"""Answers of which a precision is still told: of fewer it leaps about."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Shares at one threshold: an answer stands if its confidence is at least this."""

    confidence: float
    precision: float
    """Of the answers that stand, those whose first quote is right."""
    answered: float
    """Of the answerable questions, those answered; 0 where there are none."""
    refused: float
    """Of the unanswerable questions, those refused; 0 where there are none."""


def thresholds(outcomes: Sequence[Outcome]) -> list[Threshold]:
    """Every confidence of an answer as a threshold, the lowest first.

    There is nothing below the lowest, as what the reader would have quoted there is not known: what was refused stays
    refused. Questions of which it cannot be told whether a quote is right do not count.
    """
    judged = [o for o in outcomes if o.answer and (o.answer.right is not None or not o.asked.answerable)]
    answerable = sum(o.asked.answerable for o in judged)
    unanswerable = len(judged) - answerable
    answers = [(o.answer.confidence, o.answer.right) for o in judged if o.answer and o.answer.answered]
    found = []
    stand = right = wrongly = 0
    for confidence, some in groupby(sorted(answers, key=lambda one: -one[0]), key=lambda one: one[0]):
        verdicts = [verdict for _, verdict in some]
        stand += len(verdicts)
        right += verdicts.count(True)
        wrongly += verdicts.count(None)  # right is None for what is not answerable
        kept, refused = (stand - wrongly) / max(answerable, 1), (unanswerable - wrongly) / max(unanswerable, 1)
        if stand >= FEWEST:
            found.append(Threshold(confidence, right / stand, kept, refused))
    return found[::-1]
