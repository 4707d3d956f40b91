"""The questions written on Wikinews articles, each with what our own retriever finds for it.

`questions.jsonl` and `relations.jsonl` beside this file are ours (CC0): article id, offsets into the article's text as
Dateline parses it, question and kind; the text itself is Wikinews's (CC BY 2.5) and is read from the data folder.
"""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.indexing import ingest
from bot.readers.training.data import Group, Read, Text
from bot.readers.windows import Bounds, header
from bot.settings import open_index
from index.fetch import read as fetch
from index.ingest import parsed
from index.text import passages
from index.types import Article, Hit, Passage

QUESTIONS = Path(__file__).with_name("questions.jsonl")
RELATIONS = Path(__file__).with_name("relations.jsonl")
"""A test set: the articles whose number ends with 7, which no training sees."""

CALIBRATION = "3"
"""The last digit of the articles whose questions set the weights and the threshold in `fit.py`: no training sees them,
as a model is surer of what it has seen."""

ASKED_WITHIN = 21
"""Days after its article within which a question is asked."""

FOUND = 4
"""Passages that the retriever finds, from which the wrong windows are drawn."""

WRONG = (1, 1, 1, 2)
"""Wrong windows of a question, drawn from these."""


@dataclass(frozen=True, slots=True)
class Written:
    """One question and the sentences that answer it, or the one that only seems to."""

    id: str
    article: str
    kind: str
    question: str
    answerable: bool
    evidence: tuple[Bounds, ...]
    near: Bounds | None
    answer: Bounds | str | None
    """Offsets, or "yes" or "no"."""


def read(path: Path) -> list[Written]:
    """The questions of a file."""
    return [_written(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _written(row: dict[str, Any]) -> Written:
    answer, near = row.get("answer"), row.get("near")
    return Written(
        id=row["id"],
        article=row["article"],
        kind=row["kind"],
        question=row["question"],
        answerable=row["answerable"],
        evidence=tuple((start, end) for start, end in row.get("evidence", ())),
        near=(near[0], near[1]) if near else None,
        answer=answer if answer is None or isinstance(answer, str) else (answer[0], answer[1]),
    )


def written(data: Path, index: Path, times: int, rng: random.Random) -> Iterator[Group]:
    """Groups for each question: its own window, and wrong ones from what the retriever finds.

    Args:
        data: Laid out as shared/data.
        index: Where to keep an index of the articles.
        times: Groups of a question, each with windows drawn anew.
        rng: Draws them.
    """
    articles = indexed(data, index)
    with closing(open_index(index)) as opened:
        retriever = opened.retriever
        for asked in read(QUESTIONS):
            if not asked.article.endswith(CALIBRATION):
                own = articles[asked.article]
                hits = retriever.search(asked.question, FOUND, asked_at(own, rng))
                yield from (_group(asked, own, hits, rng) for _ in range(times))


def indexed(data: Path, index: Path) -> dict[str, Article]:
    """The Wikinews articles by id, after making an index of them where there is none."""
    source = [data / "wikinews/articles.jsonl.gz"]
    ingest(index, source, None, prune=False)
    return {item.id: item for item in parsed(fetch(source, lambda _: None)) if isinstance(item, Article)}


def asked_at(article: Article, rng: random.Random) -> datetime | None:
    """When a question about an article is asked: within ASKED_WITHIN days."""
    return article.published.at + timedelta(days=rng.uniform(0, ASKED_WITHIN)) if article.published else None


def _group(asked: Written, own: Article, hits: Sequence[Hit], rng: random.Random) -> Group:
    reads = [_own(asked, own, rng)]
    others = [hit for hit in hits if not _proves(asked, hit.passage) and not _near(asked, hit.passage)]
    for hit in rng.sample(others, min(rng.choice(WRONG), len(others))):
        text = Text.split(header(hit.article), hit.passage.text)
        reads.append(text.cut(text.likeliest(asked.question), rng))
    rng.shuffle(reads)
    return Group(asked.question, tuple(reads))


def _own(asked: Written, article: Article, rng: random.Random) -> Read:
    """The window around the evidence, or around the sentence that only seems to be."""
    target = asked.near or rng.choice(asked.evidence)
    passage = next(p for p in passages(article) if p.start <= target[0] < p.end)
    text = Text.split(header(article), passage.text)
    proofs = [place for place, span in enumerate(text.bounds) if _is(span, passage, asked.evidence)]
    place = next((place for place, span in enumerate(text.bounds) if _is(span, passage, [target])), 0)
    answer = asked.answer
    inside = (answer[0] - passage.start, answer[1] - passage.start) if isinstance(answer, tuple) else None
    return text.cut(place, rng, proofs, inside)


def _is(span: Bounds, passage: Passage, wanted: Sequence[Bounds]) -> bool:
    """Whether most of a sentence of the passage lies in one of these stretches of the article."""
    start, end = passage.start + span[0], passage.start + span[1]
    return any(min(end, stop) - max(start, begin) > (end - start) / 2 for begin, stop in wanted)


def _proves(asked: Written, passage: Passage) -> bool:
    return passage.article_id == asked.article and any(
        start < passage.end and passage.start < end for start, end in asked.evidence
    )


def _near(asked: Written, passage: Passage) -> bool:
    return bool(
        asked.near
        and passage.article_id == asked.article
        and asked.near[0] < passage.end
        and passage.start < asked.near[1]
    )
