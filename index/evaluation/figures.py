"""Outcomes -> figures with confidence intervals, and the differences between two reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.errors import InputError
from index.evaluation import ranking
from index.evaluation.judging import Judged
from index.evaluation.outcomes import Outcome

Floats: TypeAlias = NDArray[np.float64]
Table: TypeAlias = Mapping[str, Floats]
"""Of each measure a value for each question, shape (questions,); NaN where the measure does not count a question."""

RESAMPLES = 1_000
"""Of the bootstrap: the usual number for 95 % intervals (Efron & Tibshirani 1993, section 14.3)."""

LEVEL = 0.95
SEED = 0
"""So that the same outcomes give the same intervals."""

ALL, STRICT = "all", "strict"

_Value: TypeAlias = Callable[[bool, Judged], float | None]

# Of each measure its value for one question, which is answerable or not; None where it does not count.
_ANSWER_MEASURES: Mapping[str, _Value] = {
    "right first quote": lambda answerable, judged: judged.right if answerable else None,
    "supporting first quote": lambda answerable, judged: judged.supported if answerable else None,
    "exact match": lambda _, judged: judged.exact,
    "F1": lambda _, judged: judged.f1,
    "refusal precision": lambda answerable, judged: None if judged.answered else not answerable,
    "refusal recall": lambda answerable, judged: None if answerable else not judged.answered,
    "answerable refused": lambda answerable, judged: not judged.answered if answerable else None,
    "verbatim": lambda _, judged: judged.verbatim,
    "seconds": lambda _, judged: judged.seconds,
}
LESS_IS_BETTER = frozenset({"answerable refused", "seconds"})
MEASURES = (*ranking.PASSAGE_MEASURES, *ranking.ARTICLE_MEASURES, *_ANSWER_MEASURES)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions (of seconds: the median), and its 95 % interval."""

    value: float
    low: float
    high: float
    questions: int
    """That are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a second report's figure lies above the first's, over the questions of both."""

    first: float
    second: float
    low: float
    high: float
    """The 95 % interval of `second - first`."""
    p: float
    """How often chance alone gives a difference as large: two-sided."""

    @property
    def significant(self) -> bool:
        """The interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def table(outcomes: Sequence[Outcome]) -> Table:
    """Every measure of every question."""
    retrieval = ranking.measured(outcomes)
    values: dict[str, list[float | None]] = {
        name: [scores.get(o.asked.id) for o in outcomes] for name, scores in retrieval.items()
    }
    for name, value in _ANSWER_MEASURES.items():
        values[name] = [value(o.asked.answerable, o.answer) if o.answer else None for o in outcomes]
    return {name: np.array(column, dtype=np.float64) for name, column in values.items()}


def groups(outcomes: Sequence[Outcome]) -> dict[str, list[int]]:
    """Places of the questions of each group: all, the strict ones where a set has them, and each kind."""
    found = {ALL: list(range(len(outcomes)))}
    if any(o.asked.strict is not None for o in outcomes):
        found[STRICT] = [place for place, o in enumerate(outcomes) if o.asked.strict]
    for kind in sorted({o.asked.kind for o in outcomes if o.asked.kind is not None}):
        found[kind] = [place for place, o in enumerate(outcomes) if o.asked.kind == kind]
    return found


def figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Figure]]:
    """Of each group every measure that counts any of its questions."""
    values = table(outcomes)
    return {
        group: {name: _figure(name, column) for name, column in _counted(values, places).items()}
        for group, places in groups(outcomes).items()
    }


def _counted(values: Table, places: Sequence[int]) -> dict[str, Floats]:
    """The measures that count any of the questions in these places."""
    counted = {name: column[places] for name, column in values.items() if np.isfinite(column[places]).any()}
    if "refusal recall" not in counted:  # no refusal could have been right
        counted.pop("refusal precision", None)
    return counted


def _figure(name: str, column: Floats) -> Figure:
    counted = column[np.isfinite(column)]
    low, high = _interval(_statistic(name, counted[_draws(len(counted))]))
    return Figure(float(_statistic(name, counted[None])[0]), low, high, len(counted))


def _draws(count: int) -> NDArray[np.int64]:
    """Shape (RESAMPLES, count): places, drawn with replacement."""
    return np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count))


def _statistic(name: str, rows: Floats) -> Floats:
    """Of each row the mean of what it counts (of seconds: the median), NaN where that is nothing."""
    if name == "seconds":  # which every answer has
        return np.asarray(np.median(rows, axis=1))
    counted = np.isfinite(rows)
    sums, counts = np.where(counted, rows, 0.0).sum(axis=1), counted.sum(axis=1)
    means: Floats = np.divide(sums, counts, out=np.full(len(rows), np.nan), where=counts > 0)
    return means


def _interval(statistics: Floats) -> tuple[float, float]:
    """The percentile interval (Efron & Tibshirani 1993, section 13.3)."""
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(statistics[np.isfinite(statistics)], [tail, 1 - tail])
    return float(low), float(high)


def compare(first: Sequence[Outcome], second: Sequence[Outcome]) -> dict[str, dict[str, Difference]]:
    """Of each group every measure that both reports have, over the questions that both asked.

    The bootstrap is paired: each resample takes the same questions of both, so that what makes a question hard for
    both does not count as chance. Source: Sakai, Evaluating Evaluation Metrics based on the Bootstrap, SIGIR 2006.

    Raises InputError if the reports have no question in common.
    """
    ours, theirs = ({o.asked: o for o in outcomes} for outcomes in (first, second))
    shared = [question for question in ours if question in theirs]
    if not shared:
        raise InputError("the two reports have no question in common: evaluate both on the same set")
    one, other = [ours[question] for question in shared], [theirs[question] for question in shared]
    values = table(one), table(other)
    found = {}
    for group, places in groups(one).items():
        before, after = (_counted(some, places) for some in values)
        found[group] = {name: _difference(name, before[name], after[name]) for name in before if name in after}
    return found


def _difference(name: str, before: Floats, after: Floats) -> Difference:
    draws = _draws(len(before))
    changes = _statistic(name, after[draws]) - _statistic(name, before[draws])
    changes = changes[np.isfinite(changes)]
    low, high = _interval(changes)
    return Difference(
        float(_statistic(name, before[None])[0]),
        float(_statistic(name, after[None])[0]),
        low,
        high,
        min(1.0, 2 * float(min((changes <= 0).mean(), (changes >= 0).mean()))),
    )
