"""The default reader: it quotes the sentences that answer best, or abstains. No LLM."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.readers.evidence import FEATURES, Asked, Candidate, asked, candidates, features
from bot.readers.scorer import Scorer
from bot.readers.spans import short_answer
from bot.types import Claim, Question, Quote, Reading
from index.types import Encoder, Hit

Floats = NDArray[np.float64]

WEIGHTS = Path(__file__).parent / "scorer" / "weights.json"
"""Fitted on tests/quality/wikinews-questions.jsonl by bot/readers/training/fit.py, which says how."""

SCORED = 5
"""Sentences that the scorer reads, at 2 ms each. On the questions fitted on, 8 instead of 5 rank no better."""

TRUSTED = (*FEATURES, "scorer", "total", "lead")
"""What the confidence looks at, of the sentence ranked first: its features, its score, its lead over the second."""

CLAIMS = 3
"""Sentences quoted at most."""

MARGIN = 1.0
"""Log-odds below the best sentence's within which another one is quoted too."""

SAME = 0.6
"""Share of terms (Jaccard) from which two sentences say the same: a wire copy proves nothing anew."""


@dataclass(frozen=True)
class Weights:
    """What `fit` wrote."""

    first: Floats
    second: Floats
    trust: Floats
    bias: float
    threshold: float


@cache
def weights() -> Weights:
    """The fitted weights, in the order of the features they belong to."""
    stored = json.loads(WEIGHTS.read_text())

    def row(names: Sequence[str], values: Mapping[str, float]) -> Floats:
        return np.array([values[name] for name in names])

    return Weights(
        row(FEATURES, stored["first"]),
        row((*FEATURES, "scorer"), stored["second"]),
        row(TRUSTED, stored["trust"]),
        stored["bias"],
        stored["threshold"],
    )


def trusted(values: Floats, totals: Floats) -> Floats:
    """TRUSTED of the candidates with these features and scorer's odds, and these totals."""
    order = np.argsort(-totals, kind="stable")
    lead = totals[order[0]] - totals[order[1]] if len(order) > 1 else 0.0
    return np.append(values[order[0]], [totals[order[0]], lead])


class ExtractiveReader:
    """Ranks every sentence of the passages by how well it answers; the best are the claims."""

    name = "extractive"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._scorer = Scorer()

    def read(self, question: Question, hits: Sequence[Hit], asked_at: datetime) -> Reading:
        """Claims that are sentences of the hits, best first; none if the best is not likely to be an answer."""
        found = candidates(hits)
        if not found:
            return Reading()
        words, fitted = asked(question, found), weights()
        values = features(words, found, self._encoder)
        likely = np.argsort(-(values @ fitted.first), kind="stable")[:SCORED]
        found, values = [found[place] for place in likely], values[likely]
        proofs = self._scorer.score(str(question), [(c.text, c.context) for c in found])
        values = np.column_stack([values, proofs])
        totals = values @ fitted.second
        confidence = float(1 / (1 + np.exp(-(trusted(values, totals) @ fitted.trust + fitted.bias))))
        if confidence < fitted.threshold:
            return Reading(confidence=confidence)
        if question.latest:
            totals = totals + _freshness(found, totals, asked_at)
        return _reading(words, list(_chosen(found, totals)), confidence)


def _freshness(found: Sequence[Candidate], totals: Floats, asked_at: datetime) -> Floats:
    """Puts the newest of the likely sentences first, where the question is about the newest state."""
    never = datetime.min.replace(tzinfo=UTC)
    dates = [c.hit.article.published.at if c.hit.article.published else never for c in found]
    likely = [date for date, total in zip(dates, totals, strict=True) if total >= totals.max() - MARGIN]
    newest = max((date for date in likely if date <= asked_at), default=never)
    return np.array([MARGIN if date == newest else 0.0 for date in dates])


def _chosen(found: Sequence[Candidate], totals: Floats) -> Iterator[Candidate]:
    """The best sentence and those nearly as good that say something else."""
    taken: list[Candidate] = []
    for place in np.argsort(-totals, kind="stable"):
        if len(taken) == CLAIMS or totals[place] < totals.max() - MARGIN:
            return
        if all(_overlap(found[place], other) < SAME for other in taken):
            taken.append(found[place])
            yield found[place]


def _overlap(one: Candidate, other: Candidate) -> float:
    both = one.terms | other.terms
    return len(one.terms & other.terms) / len(both) if both else 1.0


def _reading(words: Asked, chosen: Sequence[Candidate], confidence: float) -> Reading:
    quotes = tuple(_quote(n, words, candidate) for n, candidate in enumerate(chosen, start=1))
    claims = tuple(Claim(quote.text, (quote.n,)) for quote in quotes)
    short = short_answer(words, chosen[0])
    return Reading(claims, quotes, short[0] if short else None, confidence)


def _quote(n: int, words: Asked, candidate: Candidate) -> Quote:
    """The sentence, with the one before it if it begins with a pronoun."""
    passage, sentence = candidate.hit.passage, candidate.sentence
    start = candidate.previous.sentence.start if candidate.leans and candidate.previous else sentence.start
    span = short_answer(words, candidate)
    shift = sentence.start - start
    return Quote(
        n=n,
        article=candidate.hit.article,
        text=passage.text[start : sentence.end],
        start=passage.start + start,
        end=passage.start + sentence.end,
        span=(span[1][0] + shift, span[1][1] + shift) if span and span[1] else None,
        caption=passage.caption,
    )
