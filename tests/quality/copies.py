"""How well copies are told from independent reports, on pairs made from seeds/.

    python -m tests.quality.copies [--failures]
    python -m tests.quality.copies --list ARTICLES.jsonl.gz

Copies: the wire copies in seeds/; `paraphrases.jsonl`, seeds articles retold by hand (`of` names the article, `kind`
says how: in full, cut, with another lead, reordered); and every article edited by rule as a desk would.
Not copies: any two other articles of a storyline; `reports.jsonl`, written by hand as another outlet's own report of
the event that the article `of` tells; and every article with two other figures, as an update has them.

The constants of index/copies.py were tuned on every other storyline; the rest are held out, but for one
thing: that figures are counted, not only listed, was learnt from updates of both halves. `--list` prints what
would collapse in another collection, by outlets and likeness, to be read.
"""

import argparse
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from index.copies import NEAR, Story, same
from index.fetch import read
from index.ingest import parsed
from index.text import sentences
from index.types import Article, Published
from tests.command import SEEDS

HERE = Path(__file__).parent

WIRE = [
    ("activision-01", "activision-02"),
    ("chandrayaan-03", "chandrayaan-04"),
    ("dobbs-02", "dobbs-03"),
    ("dragon-02", "dragon-03"),
    ("evergiven-04", "evergiven-05"),
    ("quake-06", "quake-07"),
    ("ukpm-05", "ukpm-06"),
    ("webb-04", "webb-05"),
    ("worldcup-03", "worldcup-04"),
]
"""All wire copies in seeds/: their next pair shares 7 % of its runs of three words, these 87 % or more."""

EDITED = "edited"
"""The kind of pairs that a rule makes; there are many and they are easy, so precision does not count them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that are one text, or are not, as their kind says."""

    kind: str
    one: Article
    other: Article

    @property
    def copies(self) -> bool:
        """Whether they are one text."""
        return self.kind in ("wire", "paraphrase", EDITED)

    @property
    def storyline(self) -> str:
        """Of the first article, which is of seeds/."""
        return self.one.id.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class Figures:
    """Over one set of pairs."""

    precision: float
    """Of the pairs found but the edited ones, the share of copies."""
    recall: Mapping[str, float]
    """Share of the copies that were found, by kind."""
    wrong: Sequence[Pair]
    """Judged wrongly."""


def seeds() -> dict[str, Article]:
    """The sample articles by id."""
    return {item.id: item for item in parsed(read([SEEDS], lambda _: None)) if isinstance(item, Article)}


def pairs(articles: Mapping[str, Article]) -> list[Pair]:
    """All pairs that are judged."""
    wire = [Pair("wire", articles[one], articles[other]) for one, other in WIRE]
    retold = list(_written("paraphrase", articles))
    reported = list(_written("report", articles))
    return [*wire, *retold, *reported, *_edited(articles), *_updated(articles), *_storylines(articles, retold)]


def _written(kind: str, articles: Mapping[str, Article]) -> Iterator[Pair]:
    """The texts of a file written by hand, each with the article that it goes back to."""
    for n, line in enumerate((HERE / f"{kind}s.jsonl").read_text("utf-8").splitlines()):
        row = json.loads(line)
        published = Published(datetime.fromisoformat(row["published"]).replace(tzinfo=UTC))
        text = Article(f"{kind}-{n}", row["text"], row["title"], published=published, source=row["source"])
        yield Pair(kind, articles[row["of"]], text)


def _storylines(articles: Mapping[str, Article], retold: Iterable[Pair]) -> Iterator[Pair]:
    """Different articles of one storyline, and paraphrases with the articles that they do not paraphrase."""
    copied = {frozenset(ids) for ids in WIRE}
    for one, other in combinations(articles.values(), 2):
        if _storyline(one) == _storyline(other) and frozenset((one.id, other.id)) not in copied:
            yield Pair("storyline", one, other)
    for pair in retold:
        for one in articles.values():
            ids = frozenset((one.id, pair.one.id))
            if one != pair.one and _storyline(one) == pair.storyline and ids not in copied:
                yield Pair("storyline", one, pair.other)


def _storyline(article: Article) -> str:
    return article.id.rpartition("-")[0]


def _edited(articles: Mapping[str, Article]) -> Iterator[Pair]:
    """Each article as another outlet prints it on the next day, by each rule."""
    for article in articles.values():
        for edit in (shortened, cut, annotated, respelt, retyped):
            yield Pair(EDITED, article, _reprint(article, edit))


def _updated(articles: Mapping[str, Article]) -> Iterator[Pair]:
    """Each article that has two figures with two others, under another outlet on the next day."""
    for article in articles.values():
        updated = _reprint(article, recounted)
        if updated.text != article.text:
            yield Pair("update", article, updated)


def _reprint(article: Article, edit: Callable[[str], str]) -> Article:
    published = article.published and replace(article.published, at=article.published.at + timedelta(days=1))
    return replace(
        article, id=f"{article.id}-{edit.__name__}", text=edit(article.text), source="Reprint Gazette", url=None,
        published=published,
    )  # fmt: skip


def shortened(text: str) -> str:
    """Without its second sentence and its last."""
    spans = sentences(text)
    return "\n\n".join(text[span.start : span.end] for n, span in enumerate(spans[:-1]) if n != 1)


def cut(text: str) -> str:
    """Its first half."""
    spans = sentences(text)
    return text[: spans[len(spans) // 2].end]


def annotated(text: str) -> str:
    """With a dateline, and an outlet's notes before and after it."""
    note = "This report has been edited for length and style by our staff. Read more of our World coverage here."
    return f"Reprint Gazette staff and agencies\n\n(RG) — {text}\n\n{note}"


def respelt(text: str) -> str:
    """American where it was British, and the other way round."""
    changes = {"percent": "per cent", "centre": "center", "isation": "ization", "colour": "color", "defence": "defense"}
    for ours, theirs in changes.items():
        text = text.replace(ours, theirs)
    return re.sub(r"(\w)ise(d?)\b", r"\1ize\2", text)


def retyped(text: str) -> str:
    """With a typewriter's quotes and dashes."""
    return text.translate(str.maketrans("“”‘’–—", "\"\"''--"))


def recounted(text: str) -> str:
    """With the last two of its figures changed, if there are two; years are none."""
    figures = [match for match in re.finditer(r"\d+", text) if not re.fullmatch(r"(19|20)\d\d", match[0])]
    for match in reversed(figures[-2:] if len({match[0] for match in figures}) > 1 else []):
        text = f"{text[: match.start()]}{int(match[0]) + 7}{text[match.end() :]}"
    return text


def halves(judged: Iterable[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Those for tuning, and those held out: every other storyline."""
    judged = list(judged)
    tuning = set(sorted({pair.storyline for pair in judged})[::2])
    return [p for p in judged if p.storyline in tuning], [p for p in judged if p.storyline not in tuning]


def figures(judged: Sequence[Pair]) -> Figures:
    """Judge every pair."""
    found = [pair for pair in judged if same(Story(pair.one), Story(pair.other))]
    counted = [pair for pair in found if pair.kind != EDITED]
    kinds = sorted({pair.kind for pair in judged if pair.copies})
    return Figures(
        precision=sum(pair.copies for pair in counted) / len(counted),
        recall={
            kind: sum(p.kind == kind for p in found) / sum(p.kind == kind for p in judged) for kind in kinds
        },
        wrong=[pair for pair in judged if (pair in found) != pair.copies],
    )  # fmt: skip


def collapsing(articles: Iterable[Article]) -> list[tuple[Article, Article]]:
    """Every two articles of a dated collection that are one text."""
    stories = [Story(article) for article in articles if article.published]
    dates = [story.article.published.at for story in stories if story.article.published]
    order = sorted(range(len(stories)), key=dates.__getitem__)
    stories, dates = [stories[n] for n in order], [dates[n] for n in order]
    return [
        (one.article, other.article)
        for n, one in enumerate(stories)
        for other in stories[n + 1 : bisect_right(dates, dates[n] + NEAR)]
        if same(one, other)
    ]


def _from_lines(path: Path) -> Iterator[Article]:
    return (item for item in parsed(read([path], lambda _: None)) if isinstance(item, Article))


def main() -> None:
    """Print the figures, or what would collapse."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="print the pairs that were judged wrongly")
    parser.add_argument("--list", type=Path, help="a collection whose copies are printed instead")
    options = parser.parse_args()
    if options.list:
        for one, other in collapsing(_from_lines(options.list)):
            print(f"{one.source}, {one.published}: {one.title} | {other.source}, {other.published}: {other.title}")  # noqa: T201 - a report
        return
    for name, half in zip(("tuning", "held out"), halves(pairs(seeds())), strict=True):
        f = figures(half)
        recall = ", ".join(f"{kind} {share:.3f}" for kind, share in f.recall.items())
        copies = sum(pair.copies for pair in half)
        print(f"{name}: {copies} copies, {len(half) - copies} others; precision {f.precision:.3f}; recall {recall}")  # noqa: T201 - a report
        for pair in f.wrong if options.failures else []:
            print(f"  {pair.kind} {pair.one.id} {pair.other.id}: {'not found' if pair.copies else 'taken for a copy'}")  # noqa: T201 - a report


if __name__ == "__main__":
    main()
