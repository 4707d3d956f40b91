"""`python -m bot.readers.training.fit QUESTIONS.jsonl DATA`: weigh what speaks for a sentence, and set the threshold.

DATA is an index of the questions' articles; tests/quality/wikinews-questions.jsonl is what ships was fitted on. Two
conditional logits (McFadden 1974) rank the sentences of a question, the first without the scorer, to choose what it
reads; a logistic regression on the sentence that came first tells questions with an answer from those without.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.answer import READ
from bot.question import understand
from bot.readers.evidence import FEATURES, Candidate, asked, candidates, features
from bot.readers.extractive import SCORED, TRUSTED, WEIGHTS, trusted
from bot.readers.scorer import Scorer
from bot.settings import open_index

Floats = NDArray[np.float64]

PENALTY = 5.0
"""L2 on the logits' standardised weights; 1 to 20 rank alike."""

REFUSED = 0.06
"""Share of the answerable questions of the fitted set that the threshold refuses."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question's candidates."""

    question: str
    found: Sequence[Candidate]
    values: Floats
    """Shape (candidates, features)."""
    right: NDArray[np.bool_]
    answerable: bool

    def scored(self, first: Floats, scorer: Scorer) -> "Case":
        """Those candidates that the scorer reads, with its log-odds as a further feature."""
        places = np.argsort(-(self.values @ first), kind="stable")[:SCORED]
        found = [self.found[place] for place in places]
        proofs = scorer.score(self.question, [(c.text, c.context) for c in found])
        values = np.column_stack([self.values[places], proofs])
        return replace(self, found=found, values=values, right=self.right[places])


def main(questions: Path, data: Path) -> None:
    """Fit and write the weights; print what they reach on the questions they were fitted on."""
    everything = list(read(questions, data))
    first = rank(everything)
    scorer = Scorer()
    cases = [case.scored(first, scorer) for case in everything]
    second = rank(cases)
    totals = [case.values @ second for case in cases]
    tops = np.array([trusted(case.values, total) for case, total in zip(cases, totals, strict=True)])
    yes = np.array([case.answerable for case in cases])
    trust, bias = confidence(tops, yes)
    odds = tops @ trust + bias
    threshold = float(np.quantile(odds[yes], REFUSED))
    right = [bool(c.right[total.argmax()]) for c, total in zip(cases, totals, strict=True) if c.answerable]
    print(f"right first {np.mean(right):.3f}; refused {REFUSED} and {np.mean(odds[~yes] < threshold):.3f}")  # noqa: T201 - a script
    stored = {
        "first": _named(FEATURES, first),
        "second": _named((*FEATURES, "scorer"), second),
        "trust": _named(TRUSTED, trust),
        "bias": round(bias, 4),
        "threshold": round(float(1 / (1 + np.exp(-threshold))), 4),
    }
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n")


def read(questions: Path, data: Path) -> Iterator[Case]:
    """Every question with candidates, as the reader sees it."""
    index = open_index(data)
    retriever = index.retriever
    for line in questions.read_text().splitlines():
        item = json.loads(line)
        at = datetime.fromisoformat(item["asked_at"]).replace(tzinfo=UTC) + timedelta(days=1)
        question = understand(item["question"])
        found = candidates(retriever.search(str(question), READ, at))
        if found:
            values = features(asked(question, found), found, index.encoder)
            right = np.array([_is_evidence(c, item["evidence"]) for c in found])
            yield Case(str(question), found, values, right, item["answerable"])


def _is_evidence(candidate: Candidate, evidence: Sequence[dict[str, Any]]) -> bool:
    """Whether most of the sentence lies in a stretch of evidence."""
    start = candidate.hit.passage.start + candidate.sentence.start
    end = candidate.hit.passage.start + candidate.sentence.end
    own = [e for e in evidence if e["article"] == candidate.hit.article.id]
    return any(min(end, e["end"]) - max(start, e["start"]) > (end - start) / 2 for e in own)


def rank(cases: Sequence[Case]) -> Floats:
    """Weights under which the right sentences of a question have most of the softmax over its candidates."""
    known = [case for case in cases if case.right.any()]
    spread = np.vstack([case.values for case in known]).std(axis=0) + 1e-9

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = PENALTY * float(weights @ weights) / 2, PENALTY * weights
        for case in known:
            scaled = case.values / spread
            shares = np.exp(scaled @ weights - (scaled @ weights).max())
            shares /= shares.sum()
            held = shares * case.right
            total -= float(np.log(held.sum()))
            slope = slope - scaled.T @ (held / held.sum() - shares)
        return total, slope

    found = minimize(loss, np.zeros(len(spread)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def confidence(values: Floats, answerable: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Weights and bias of the log-odds that a question is answered by the sentence ranked first."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=3000)).fit(values, answerable)
    scale, fitted = model[0], model[1]
    weights = fitted.coef_[0] / scale.scale_
    return weights, float(fitted.intercept_[0] - weights @ scale.mean_)


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
