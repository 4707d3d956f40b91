"""`python -m bot.readers.training.fit DATA OUT`: weigh what speaks for a sentence, and set the threshold.

DATA and OUT are those of `train`. The weights are fitted on questions of articles that the model has not
seen: those of questions.jsonl kept out of its training. Two conditional logits (McFadden 1974) rank the sentences of a
question, the first without the model, to choose what it reads; a logistic regression on the sentence that came first
tells questions with an answer from those without.
"""

import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.answer import READ
from bot.readers.evidence import FEATURES, Candidate, asked, candidates, features
from bot.readers.extractive import SECOND, TRUSTED, WEIGHTS, proofs, trusted
from bot.readers.model import Model
from bot.readers.training.written import CALIBRATION, QUESTIONS, Written, asked_at, indexed, read
from bot.settings import Index, open_index
from index.types import Article

Floats = NDArray[np.float64]

PENALTY = 5.0
"""L2 on the logits' standardised weights; 1 to 20 rank alike."""

REFUSED = 0.11
"""Share of the answerable questions of the fitted set that the threshold refuses. They are harder than those of seeds/,
of which it then refuses at most 0.08, as is asked of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question's candidates."""

    question: str
    found: Sequence[Candidate]
    values: Floats
    """Shape (candidates, features)."""
    right: NDArray[np.bool_]
    answerable: bool

    def read(self, first: Floats, model: Model) -> "Case":
        """Those candidates that the model reads, with its log-odds as a further feature."""
        said = proofs(self.question, self.found, self.values @ first, model)
        places = [proof.place for proof in said]
        values = np.column_stack([self.values[places], [proof.evidence for proof in said]])
        return replace(self, found=[self.found[p] for p in places], values=values, right=self.right[places])


def main(data: Path, out: Path) -> None:
    """Fit and write the weights; print what they reach on the questions they were fitted on."""
    articles = indexed(data, out / "index")
    with closing(open_index(out / "index")) as index:
        everything = list(cases(index, articles))
    first = rank(everything)
    model = Model()
    known = [case.read(first, model) for case in everything]
    second = rank(known)
    totals = [case.values @ second for case in known]
    tops = np.array([trusted(case.values, total) for case, total in zip(known, totals, strict=True)])
    yes = np.array([case.answerable for case in known])
    trust, bias = confidence(tops, yes)
    odds = tops @ trust + bias
    threshold = float(np.quantile(odds[yes], REFUSED))
    right = [bool(c.right[total.argmax()]) for c, total in zip(known, totals, strict=True) if c.answerable]
    print(f"right first {np.mean(right):.3f}; refused {REFUSED} and {np.mean(odds[~yes] < threshold):.3f}")  # noqa: T201 - a script
    stored = {
        "first": _named(FEATURES, first),
        "second": _named(SECOND, second),
        "trust": _named(TRUSTED, trust),
        "bias": round(bias, 4),
        "threshold": round(float(1 / (1 + np.exp(-threshold))), 4),
    }
    WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n")


def cases(index: Index, articles: Mapping[str, Article]) -> Iterator[Case]:
    """Every question of the articles kept apart, as the reader sees it."""
    retriever = index.retriever
    rng = random.Random(0)  # noqa: S311 - sampling
    for item in read(*QUESTIONS):
        if not item.article.endswith(CALIBRATION):
            continue
        question = item.understood
        found = candidates(retriever.search(str(question), READ, asked_at(articles[item.article], rng)))
        if found:
            values = features(asked(question, found), found, index.encoder)
            right = np.array([_is_evidence(candidate, item) for candidate in found])
            yield Case(str(question), found, values, right, item.answerable)


def _is_evidence(candidate: Candidate, item: Written) -> bool:
    """Whether most of the sentence lies in a stretch of evidence."""
    start = candidate.hit.passage.start + candidate.sentence.start
    end = candidate.hit.passage.start + candidate.sentence.end
    own = item.evidence if candidate.hit.article.id == item.article else ()
    return any(min(end, stop) - max(start, begin) > (end - start) / 2 for begin, stop in own)


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
