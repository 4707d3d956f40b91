"""How good Dateline's answers are on a question set.

    python -m tests.quality.measure QUESTIONS.jsonl --data DIR [--retrieval]

The index in DIR must hold the questions' articles. A set with `evidence` or `supporting` and `answers` is asked
through the Newsdesk; `--retrieval` looks only where in the ranking the first passage with an answer's words stands.
"""

import argparse
import json
import statistics
import string
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.answer import Newsdesk
from bot.settings import open_index
from bot.types import Answer, Quote, Turn
from index.retrieve import Retriever

Asked = Mapping[str, Any]
"""One line of a question set; its keys are described in seeds/README.md."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    kind: str
    answerable: bool
    answered: bool
    right: bool
    """The first quote is a right one."""
    verbatim: bool
    seconds: float
    question: str
    first: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of the answerable (right, refused) and of the unanswerable (refused), and of all (verbatim)."""

    answerable: int
    unanswerable: int
    right: float
    wrongly_refused: float
    rightly_refused: float
    verbatim: float
    median_ms: float


def read(path: Path) -> list[Asked]:
    """The questions of a set."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def instant(day: str | None) -> datetime | None:
    """The end of the day on which a question was asked."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1, seconds=-1) if day else None


def outcomes(desk: Newsdesk, questions: Iterable[Asked]) -> Iterator[Outcome]:
    """Ask every question, follow-ups after the questions before them."""
    for asked in questions:
        at = instant(asked.get("asked_at"))
        history: list[Turn] = []
        for earlier in asked.get("history", ()):
            history.append(Turn(earlier, desk.ask(earlier, at, history)))
        began = time.perf_counter()
        answer = desk.ask(asked["question"], at, history)
        yield outcome(asked, answer, time.perf_counter() - began)


def outcome(asked: Asked, answer: Answer, seconds: float) -> Outcome:
    """Judge one answer."""
    return Outcome(
        kind=asked.get("kind", "all"),
        answerable=asked["answerable"],
        answered=answer.status == "answered",
        right=bool(answer.quotes) and asked["answerable"] and is_right(asked, answer.quotes[0]),
        verbatim=all(q.article.text[q.start : q.end] == q.text for q in answer.quotes),
        seconds=seconds,
        question=asked["question"],
        first=answer.quotes[0].text if answer.quotes else "",
    )


def is_right(asked: Asked, quote: Quote) -> bool:
    """The quote is (most of) a sentence of the evidence, or an answer's words in a supporting article.

    The second does not hold for "yes", "no" and what is put together from two articles.
    """
    if any(
        _covers(evidence, quote) for evidence in asked.get("evidence", ()) if evidence["article"] == quote.article.id
    ):
        return True
    composed = asked.get("kind") in ("yes_no", "two_articles")
    return not composed and quote.article.id in asked["supporting"] and holds_answer(quote.text, asked["answers"])


def _covers(evidence: Asked, quote: Quote) -> bool:
    """Whether quote and evidence, a sentence or a pair of offsets, share most of the shorter one."""
    if "sentence" in evidence:
        start = quote.article.text.find(evidence["sentence"])
        end = start + len(evidence["sentence"])
    else:
        start, end = evidence["start"], evidence["end"]
    shared = min(end, quote.end) - max(start, quote.start)
    return start >= 0 and shared > 0.5 * min(end - start, quote.end - quote.start)


def normalised(text: str) -> str:
    """SQuAD's normalisation (Rajpurkar et al. 2016): case, punctuation and articles do not count."""
    bare = "".join(" " if c in string.punctuation or c in "“”‘’–—" else c for c in text.casefold())
    return " ".join(word for word in bare.split() if word not in ("a", "an", "the"))


def holds_answer(text: str, answers: Iterable[str]) -> bool:
    """Whether any answer's words stand in the text."""
    padded = f" {normalised(text)} "
    return any(f" {normalised(answer)} " in padded for answer in answers if normalised(answer))


def figures(judged: Sequence[Outcome]) -> Figures:
    """The shares over these outcomes."""
    yes = [o for o in judged if o.answerable]
    no = [o for o in judged if not o.answerable]
    return Figures(
        answerable=len(yes),
        unanswerable=len(no),
        right=_share(o.right for o in yes),
        wrongly_refused=_share(not o.answered for o in yes),
        rightly_refused=_share(not o.answered for o in no),
        verbatim=_share(o.verbatim for o in judged),
        median_ms=1000 * statistics.median([o.seconds for o in judged] or [0.0]),
    )


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def first_ranks(retriever: Retriever, questions: Iterable[Asked], k: int = 20) -> list[int | None]:
    """For each answerable question, the rank of the first passage that holds an answer; None below k."""
    return [
        next(
            (
                rank
                for rank, hit in enumerate(retriever.search(q["question"], k, instant(q.get("asked_at"))), start=1)
                if holds_answer(hit.passage.text, q["answers"])
            ),
            None,
        )
        for q in questions
        if q["answerable"]
    ]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--retrieval", action="store_true")
    parser.add_argument("--strict", action="store_true", help="only the questions marked strict")
    parser.add_argument("--failures", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    questions = [q for q in read(options.questions) if q.get("strict") or not options.strict]
    index = open_index(options.data)
    if options.retrieval:
        ranks = first_ranks(index.retriever, questions)
        shares = {k: _share(rank is not None and rank <= k for rank in ranks) for k in (1, 5, 10, 20)}
        mrr = sum(1 / rank for rank in ranks if rank and rank <= 10) / max(len(ranks), 1)
        print(f"{len(ranks)} questions", *(f"R@{k} {share:.3f}" for k, share in shares.items()), f"MRR@10 {mrr:.3f}")  # noqa: T201 - a report
        return
    judged = list(outcomes(index.desk, questions))
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for o in judged:
        by_kind[o.kind].append(o)
    for kind, some in [*sorted(by_kind.items()), ("together", judged)]:
        f = figures(some)
        print(  # noqa: T201 - a report
            f"{kind:13} {f.answerable:4} answerable: right {f.right:.3f}, refused {f.wrongly_refused:.3f};"
            f" {f.unanswerable:3} not: refused {f.rightly_refused:.3f}; verbatim {f.verbatim:.3f}; {f.median_ms:.0f} ms"
        )
    for o in judged if options.failures else []:
        if o.answerable != o.answered or (o.answerable and not o.right):
            print(f"{'+' if o.answerable else '-'} {o.question}\n    {o.first[:160]}")  # noqa: T201 - a report


if __name__ == "__main__":
    main()
