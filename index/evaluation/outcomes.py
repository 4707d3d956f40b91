"""What became of each question: kept as a line of JSON each, from which every figure can be made again."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.errors import InputError
from index.evaluation.judging import Given, Judged, holds_answer, judge
from index.evaluation.questions import Asked, asked
from index.types import Hit

DEPTH = 50
"""Passages that are asked of the retriever: the deepest recall that is measured."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One passage that was found."""

    passage: str
    article: str
    holds: bool
    """An answer's words stand in it."""
    copies: tuple[str, ...] = ()
    """Ids of the articles of the same text that it stands for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, the passages found for it, and its answer judged."""

    asked: Asked
    ranking: tuple[Ranked, ...]
    """The first DEPTH passages, best first."""
    nearest: str
    """The first passage's text."""
    answer: Judged | None
    """None where only retrieval was looked at."""

    @property
    def first(self) -> int | None:
        """The rank (from 1) of the first passage with an answer's words."""
        return next((rank for rank, found in enumerate(self.ranking, start=1) if found.holds), None)

    @property
    def articles(self) -> list[str]:
        """Ids of the articles of the ranking, each once, where its best passage stands; copies after what they copy."""
        return list(dict.fromkeys(id_ for found in self.ranking for id_ in (found.article, *found.copies)))

    def line(self) -> str:
        """One line of JSON, all but ASCII escaped."""
        answer = asdict(self.answer) if self.answer else None
        ranking = [[found.passage, found.article, found.holds, found.copies] for found in self.ranking]
        return json.dumps({"asked": self.asked.record(), "ranking": ranking, "nearest": self.nearest, "answer": answer})


def outcome(question: Asked, hits: Sequence[Hit], given: Given | None) -> Outcome:
    """Judge what was found and answered; None as answer where only retrieval is looked at."""
    return Outcome(
        asked=question,
        ranking=tuple(_ranked(question, hit) for hit in hits),
        nearest=hits[0].passage.text if hits else "",
        answer=judge(question, given) if given else None,
    )


def _ranked(question: Asked, hit: Hit) -> Ranked:
    copies = tuple(article.id for article in hit.copies)
    return Ranked(hit.passage.id, hit.article.id, holds_answer(question, hit.passage.text), copies)


def read(lines: Iterable[str], origin: str) -> list[Outcome]:
    """The outcomes of lines that `Outcome.line` made, up to one that was cut short. Raises InputError for others."""
    outcomes = []
    for line in lines:
        if not line.endswith("\n"):
            break
        try:
            outcomes.append(_outcome(json.loads(line)))
        except (ValueError, TypeError, KeyError, InputError) as error:
            raise InputError(
                f"{origin} is not what this version of `dateline evaluate` writes ({error}): evaluate again"
            ) from error
    return outcomes


def _outcome(record: dict[str, Any]) -> Outcome:
    answer = record["answer"]
    ranking = tuple(
        Ranked(passage, article, holds, tuple(copies)) for passage, article, holds, copies in record["ranking"]
    )
    return Outcome(asked(record["asked"]), ranking, record["nearest"], Judged(**answer) if answer else None)
