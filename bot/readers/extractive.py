"""The default reader: it quotes the sentences that answer best, or abstains. No LLM."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from bot.readers.evidence import FEATURES, Candidate, asked, candidates, features
from bot.readers.model import FOLDER, Model
from bot.readers.spans import short_answer
from bot.readers.windows import Bounds, around, header, window
from bot.types import Claim, Question, Quote, Reading
from index.types import Encoder, Hit

Floats = NDArray[np.float64]

WEIGHTS = FOLDER / "weights.json"
"""Fitted by bot/readers/training/fit.py, which says on what and how."""

WINDOWS = 6
"""Windows that the model reads at most, of as many passages; not tuned."""

AT_ONCE = 2
"""Windows that are read before the next are thought of: one for each core of a small machine."""

SURE = 3.0
"""Log-odds of a sentence's evidence (.95) from which no further window is read; not tuned."""

SECOND = (*FEATURES, "evidence")
"""What ranks the sentences that the model has read: it goes by its own log-odds, among others."""

TRUSTED = (
    "no expected mention",
    "names in passage",
    "names not in article",
    "words not in article",
    "numbers not in passage",
    "evidence",
    "total",
    "lead",
    "any evidence",
)
"""What the confidence looks at, of the sentence ranked first: what speaks against it, the model's log-odds, its score,
its lead over the second, and the log-odds that any sentence answers. Not how like the question it is: the near misses
on which the confidence is fitted are made to be alike, other questions without an answer are not."""

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
        row(SECOND, stored["second"]),
        row(TRUSTED, stored["trust"]),
        stored["bias"],
        stored["threshold"],
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """A sentence that the model has read: its place among the candidates, and what the model says of it."""

    place: int
    evidence: float
    answer: Bounds
    """Offsets into the sentence."""


def proofs(question: str, found: Sequence[Candidate], likely: Floats, model: Model) -> list[Proof]:
    """What the model says of the sentences around the likeliest ones of the likeliest passages.

    Args:
        question: As it stands alone.
        found: Candidates, those of a passage side by side.
        likely: Their scores so far, shape (candidates,).
        model: Reads up to WINDOWS windows, until one is convincing.
    """
    read: list[Proof] = []
    places = _places(found, likely)
    while batch := list(islice(places, AT_ONCE)):
        read += _read(question, found, batch, model)
        if max((proof.evidence for proof in read), default=0.0) >= SURE:
            break
    return read


def _places(found: Sequence[Candidate], likely: Floats) -> Iterator[int]:
    """The places of the likeliest candidates of different passages, best first."""
    seen: set[int] = set()
    for place in np.argsort(-likely, kind="stable").tolist():
        if len(seen) < WINDOWS and id(found[place].hit) not in seen:
            seen.add(id(found[place].hit))
            yield place


def _read(question: str, found: Sequence[Candidate], chosen: Sequence[int], model: Model) -> Iterator[Proof]:
    """What the model says of each sentence in the windows around these places."""
    ranges = [_around(found, place) for place in chosen]
    windows = []
    for places in ranges:
        hit = found[places[0]].hit
        bounds = [(found[p].sentence.start, found[p].sentence.end) for p in places]
        windows.append(window(header(hit.article), hit.passage.text, bounds, range(len(bounds))))
    for places, read, seen in zip(ranges, model.read(question, windows), windows, strict=True):
        for place, said, sentence in zip(places, read, seen.sentences, strict=True):
            if said.answer:  # none where the window was cut before the sentence
                yield Proof(place, said.evidence, _within(said.answer, sentence))


def _around(found: Sequence[Candidate], place: int) -> range:
    """The places of the candidates in the window around one of them."""
    hit = found[place].hit
    first = next(p for p in range(place + 1) if found[p].hit is hit)
    own = [c for c in found if c.hit is hit]
    near = around(hit.passage.text, [(c.sentence.start, c.sentence.end) for c in own], place - first)
    return range(first + near.start, first + near.stop)


def _within(answer: Bounds, sentence: Bounds) -> Bounds:
    return answer[0] - sentence[0], answer[1] - sentence[0]


def trusted(values: Floats, totals: Floats) -> Floats:
    """TRUSTED of the sentences with these values of SECOND, shape (sentences, SECOND), and these totals."""
    order = np.argsort(-totals, kind="stable")
    lead = totals[order[0]] - totals[order[1]] if len(order) > 1 else 0.0
    known = dict(zip(SECOND, values[order[0]], strict=True))
    known |= {"total": totals[order[0]], "lead": lead, "any evidence": np.logaddexp.reduce(values[:, -1])}
    return np.array([known[name] for name in TRUSTED])


class ExtractiveReader:
    """Ranks every sentence of the passages by how well it answers; the best are the claims."""

    name = "extractive"

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._model = Model()

    def read(self, question: Question, hits: Sequence[Hit], asked_at: datetime) -> Reading:
        """Claims that are sentences of the hits, best first; none if the best is not likely to be an answer."""
        found = candidates(hits)
        if not found:
            return Reading()
        words, fitted = asked(question, found), weights()
        values = features(words, found, self._encoder)
        read = proofs(str(question), found, values @ fitted.first, self._model)
        if not read:
            return Reading()
        values = np.column_stack([values[[p.place for p in read]], [p.evidence for p in read]])
        totals = values @ fitted.second
        confidence = float(1 / (1 + np.exp(-(trusted(values, totals) @ fitted.trust + fitted.bias))))
        if confidence < fitted.threshold:
            return Reading(confidence=confidence)
        likely = [Likely(found[p.place], short_answer(words, found[p.place], p.answer)) for p in read]
        if question.latest:
            totals = totals + _freshness([one.candidate for one in likely], totals, asked_at)
        return _reading(list(_chosen(likely, totals)), confidence)


@dataclass(frozen=True, slots=True)
class Likely:
    """A sentence that may be quoted, with its short answer and where in it that stands."""

    candidate: Candidate
    short: tuple[str, Bounds | None] | None


def _freshness(found: Sequence[Candidate], totals: Floats, asked_at: datetime) -> Floats:
    """Puts the newest of the likely sentences first, where the question is about the newest state."""
    never = datetime.min.replace(tzinfo=UTC)
    dates = [c.hit.article.published.at if c.hit.article.published else never for c in found]
    likely = [date for date, total in zip(dates, totals, strict=True) if total >= totals.max() - MARGIN]
    newest = max((date for date in likely if date <= asked_at), default=never)
    return np.array([MARGIN if date == newest else 0.0 for date in dates])


def _chosen(found: Sequence[Likely], totals: Floats) -> Iterator[Likely]:
    """The best sentence and those nearly as good that say something else."""
    taken: list[Likely] = []
    for place in np.argsort(-totals, kind="stable"):
        if len(taken) == CLAIMS or totals[place] < totals.max() - MARGIN:
            return
        if all(_overlap(found[place].candidate, other.candidate) < SAME for other in taken):
            taken.append(found[place])
            yield found[place]


def _overlap(one: Candidate, other: Candidate) -> float:
    both = one.terms | other.terms
    return len(one.terms & other.terms) / len(both) if both else 1.0


def _reading(chosen: Sequence[Likely], confidence: float) -> Reading:
    quotes = tuple(_quote(n, likely) for n, likely in enumerate(chosen, start=1))
    claims = tuple(Claim(quote.text, (quote.n,)) for quote in quotes)
    short = chosen[0].short
    return Reading(claims, quotes, short[0] if short else None, confidence)


def _quote(n: int, likely: Likely) -> Quote:
    """The sentence, with the one before it if it begins with a pronoun."""
    candidate, span = likely.candidate, likely.short[1] if likely.short else None
    passage, sentence = candidate.hit.passage, candidate.sentence
    start = candidate.previous.sentence.start if candidate.leans and candidate.previous else sentence.start
    shift = sentence.start - start
    return Quote(
        n=n,
        article=candidate.hit.article,
        text=passage.text[start : sentence.end],
        start=passage.start + start,
        end=passage.start + sentence.end,
        span=(span[0] + shift, span[1] + shift) if span else None,
        caption=passage.caption,
    )
