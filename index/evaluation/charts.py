"""The plots of a report: what is drawn, and from which outcomes."""

import math
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

import numpy as np

from index.evaluation import ranking
from index.evaluation.figures import ALL, STRICT, groups
from index.evaluation.judging import Judged
from index.evaluation.outcomes import DEPTH, Outcome
from index.evaluation.plots import SHARES, Axis, Series, histogram, lines, tag
from index.evaluation.thresholds import Threshold, thresholds

BINS = 20
SLOWEST = 0.99
"""The latencies up to this quantile are drawn; the few above it would flatten the rest."""


def charts(outcomes: Sequence[Outcome]) -> Iterator[Element]:
    """A figure for each plot for which there are outcomes."""
    if ranking.passages(outcomes).relevant:
        yield _chart("Answer recall", _recall(outcomes), "Share of questions with an answer in the first k passages.")
    steps = thresholds(outcomes)
    if steps:
        yield _chart(
            "Precision against refusal threshold",
            _thresholds(steps),
            "If answers below a confidence were refused too. It begins at the lowest confidence of an answer, as what "
            "would have been quoted below that is not known.",
        )
    judged = [(o.asked.answerable, o.answer) for o in outcomes if o.answer]
    if judged:
        yield _chart("Confidence", _confidence(judged), "Of all answers, also those that were refused.")
        yield _chart(
            "Latency", _latency([answer.seconds for _, answer in judged]), f"Up to the {SLOWEST:.0%} quantile."
        )


def _chart(title: str, plot: Element, said: str) -> Element:
    return tag("figure", tag("h3", title), plot, tag("figcaption", said))


def _recall(outcomes: Sequence[Outcome]) -> Element:
    depths = {str(k): f"Success@{k}" for k in range(1, DEPTH + 1)}
    scores = ranking.passages(outcomes).measured(depths)
    series = []
    for name, places in groups(outcomes).items():
        ids = [id_ for place in places if (id_ := outcomes[place].asked.id) in scores["1"]]
        if name in (ALL, STRICT) and ids:
            series.append(
                Series(name, [(int(k), sum(found[id_] for id_ in ids) / len(ids)) for k, found in scores.items()])
            )
    return lines(
        Axis("passages k", [(k, str(k)) for k in (1, 2, 5, 10, 20, DEPTH)], math.log), Axis("recall", SHARES), series
    )


def _thresholds(steps: Sequence[Threshold]) -> Element:
    series = [
        Series("precision: first quotes that are right", [(step.confidence, step.precision) for step in steps]),
        Series("answerable answered", [(step.confidence, step.answered) for step in steps]),
        Series("unanswerable refused", [(step.confidence, step.refused) for step in steps]),
    ]
    return lines(Axis("threshold", SHARES), Axis("share", SHARES), series)


def _confidence(judged: Sequence[tuple[bool, Judged]]) -> Element:
    edges = np.linspace(0, 1, BINS + 1)
    named = {"answerable": True, "unanswerable": False}
    values = {name: [answer.confidence for yes, answer in judged if yes is wanted] for name, wanted in named.items()}
    shares = {name: np.histogram(some, edges)[0] / len(some) for name, some in values.items() if some}
    top = max(float(bars.max()) for bars in shares.values())
    return histogram(
        Axis("confidence", SHARES),
        _upto(top, "share of them"),
        list(shares),
        edges.tolist(),
        [b.tolist() for b in shares.values()],
    )


def _latency(seconds: Sequence[float]) -> Element:
    end = _round(1000 * float(np.quantile(seconds, SLOWEST)))
    edges = np.linspace(0, end, BINS + 1)
    counts = np.histogram(1000 * np.array(seconds), edges)[0]
    median = 1000 * float(np.median(seconds))
    return histogram(
        Axis("milliseconds", [(end * n / 4, f"{end * n / 4:g}") for n in range(5)]),
        _upto(float(counts.max()), "questions"),
        [f"median {median:,.0f} ms"],
        edges.tolist(),
        [counts.tolist()],
    )


def _upto(top: float, name: str) -> Axis:
    end = _round(top)
    return Axis(name, [(end * n / 4, f"{end * n / 4:g}") for n in range(5)])


def _round(value: float) -> float:
    """The next of 1, 2, 4 and 8 times a power of ten: its quarters are short numbers."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return next(power * step for step in (1, 2, 4, 8, 10) if power * step >= value)
