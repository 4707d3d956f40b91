"""What went wrong, question by question."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from index.evaluation.judging import searchable
from index.evaluation.outcomes import Outcome

FOUND_LATE = 10
"""Where only retrieval is looked at, an answer below this rank is a failure: the reader gets so many passages."""


class Fault(StrEnum):
    """How an outcome is wrong, the worst first."""

    UNANSWERABLE = "answered, though the articles do not say"
    WRONG = "wrong quote"
    REFUSED = "refused, though the articles say"
    NOT_FOUND = f"no answer in the first {FOUND_LATE} passages"


@dataclass(frozen=True, slots=True)
class Failed:
    """One failure, and what came instead of an answer."""

    fault: Fault
    outcome: Outcome
    instead: str
    """What was quoted, or else the first passage."""
    article: str | None
    """The article of that."""


def failures(outcomes: Iterable[Outcome]) -> list[Failed]:
    """The failures, the worst fault first, and of one fault the most confident first."""
    faults = list(Fault)
    found = [_failed(fault, o) for o in outcomes if (fault := _fault(o))]
    return sorted(found, key=lambda failed: (faults.index(failed.fault), -_confidence(failed.outcome)))


def _confidence(outcome: Outcome) -> float:
    return outcome.answer.confidence if outcome.answer else 0.0


def _fault(outcome: Outcome) -> Fault | None:
    asked, answer = outcome.asked, outcome.answer
    if answer is None:
        late = (outcome.first or FOUND_LATE + 1) > FOUND_LATE
        return Fault.NOT_FOUND if searchable(asked) and late else None
    if not asked.answerable:
        return Fault.UNANSWERABLE if answer.answered else None
    if not answer.answered:
        return Fault.REFUSED
    return Fault.WRONG if answer.right is False else None


def _failed(fault: Fault, outcome: Outcome) -> Failed:
    answer = outcome.answer
    if answer and answer.quote is not None:
        return Failed(fault, outcome, answer.quote, answer.article)
    return Failed(fault, outcome, outcome.nearest, outcome.ranking[0].article if outcome.ranking else None)
