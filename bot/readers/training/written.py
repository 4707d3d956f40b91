"""The questions written for the model, each with what our own retriever finds for it.

The files beside this one are ours (CC0). `stories.jsonl` holds news articles about invented events, several to a story,
`story-questions.jsonl` what is asked of them. `questions.jsonl` and `relations.jsonl` ask of Wikinews articles, whose
text (CC BY 2.5) is read from the data folder. A question: article id, offsets into the article's text as Dateline
parses it, question, kind, and for a follow-up the question before.
"""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.indexing import ingest
from bot.question import understand
from bot.readers.training.data import Group, Read, Text
from bot.readers.windows import Bounds, header
from bot.settings import open_index
from bot.types import Question
from index.fetch import read as fetch
from index.ingest import parsed
from index.text import passages
from index.types import Article, Hit, Passage

STORIES = Path(__file__).with_name("stories.jsonl")
QUESTIONS = (Path(__file__).with_name("questions.jsonl"), Path(__file__).with_name("story-questions.jsonl"))
RELATIONS = Path(__file__).with_name("relations.jsonl")
"""A test set: the Wikinews articles whose number ends with 7, which no training sees."""

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
    after: str | None
    """The question that a follow-up leans on."""

    @property
    def understood(self) -> Question:
        """As the reader is asked it."""
        question = understand(self.question)
        return replace(question, context=self.after.rstrip("?")) if self.after else question


def read(*paths: Path) -> list[Written]:
    """The questions of these files."""
    return [_written(json.loads(line)) for path in paths for line in path.read_text("utf-8").splitlines()]


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
        after=row.get("after"),
    )


def written(data: Path, index: Path, times: Sequence[int], rng: random.Random) -> Iterator[Group]:
    """Groups for each question: its own window, and wrong ones from what the retriever finds.

    Args:
        data: Laid out as shared/data.
        index: Where to keep an index of the articles.
        times: Groups of a question, for each file of QUESTIONS, each with windows drawn anew.
        rng: Draws them.
    """
    articles = indexed(data, index)
    with closing(open_index(index)) as opened:
        retriever = opened.retriever
        for path, passes in zip(QUESTIONS, times, strict=True):
            for asked in read(path):
                if not asked.article.endswith(CALIBRATION):
                    own = articles[asked.article]
                    hits = retriever.search(str(asked.understood), FOUND, asked_at(own, rng))
                    yield from (_group(asked, own, hits, rng) for _ in range(passes))


def indexed(data: Path, index: Path) -> dict[str, Article]:
    """The Wikinews articles and the stories by id, after making an index of them where there is none."""
    source = [data / "wikinews/articles.jsonl.gz", STORIES]
    ingest(index, source, None, prune=False)
    return {item.id: item for item in parsed(fetch(source, lambda _: None)) if isinstance(item, Article)}


def asked_at(article: Article, rng: random.Random) -> datetime | None:
    """When a question about an article is asked: within ASKED_WITHIN days."""
    return article.published.at + timedelta(days=rng.uniform(0, ASKED_WITHIN)) if article.published else None


def _group(asked: Written, own: Article, hits: Sequence[Hit], rng: random.Random) -> Group:
    reads = [_own(asked, own, rng)]
    told = own.text[slice(*asked.answer)].casefold() if isinstance(asked.answer, tuple) else None
    others = [
        hit for hit in hits if not (_proves(asked, hit.passage) or _near(asked, hit.passage) or _tells(hit, own, told))
    ]
    for hit in rng.sample(others, min(rng.choice(WRONG), len(others))):
        text = Text.split(header(hit.article), hit.passage.text)
        reads.append(text.cut(text.likeliest(str(asked.understood)), rng))
    rng.shuffle(reads)
    return Group(str(asked.understood), tuple(reads))


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


def _tells(hit: Hit, own: Article, answer: str | None) -> bool:
    """Whether a passage of another article may answer too: stories have several articles that repeat each other."""
    return bool(answer and hit.article.id != own.id and answer in hit.passage.text.casefold())


def _near(asked: Written, passage: Passage) -> bool:
    return bool(
        asked.near
        and passage.article_id == asked.article
        and asked.near[0] < passage.end
        and passage.start < asked.near[1]
    )
