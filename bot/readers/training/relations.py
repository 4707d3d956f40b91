"""`python -m bot.readers.training.relations DATA OUT`: the kept-out questions as a set that `dateline evaluate` reads.

Then `dateline evaluate OUT/relations.jsonl --articles DATA/wikinews/articles.jsonl.gz` measures on them. No training
and no fit sees their articles, of which the index holds the others too.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

from bot.readers.training.written import ASKED_WITHIN, RELATIONS, Written, indexed, read
from index.evaluation.questions import Asked, Evidence
from index.types import Article


def main(data: Path, out: Path) -> None:
    """Write OUT/relations.jsonl."""
    articles = indexed(data, out / "index")
    with (out / "relations.jsonl").open("w", encoding="utf-8") as file:
        for item in read(RELATIONS):
            file.write(f"{json.dumps(question(item, articles[item.article]).record())}\n")


def question(item: Written, article: Article) -> Asked:
    """A written question in the form of a set, asked as late as those that train."""
    published = article.published
    answer = article.text[slice(*item.answer)] if isinstance(item.answer, tuple) else item.answer
    return Asked(
        id=item.id,
        question=item.question,
        answerable=item.answerable,
        asked_at=(published.at + timedelta(days=ASKED_WITHIN)).date() if published else None,
        answers=(answer,) if answer else (),
        supporting=(article.id,) if item.answerable else (),
        evidence=tuple(Evidence(article.id, None, start, end) for start, end in item.evidence),
        kind=item.kind,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
