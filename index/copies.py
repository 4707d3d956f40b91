"""Which articles are one text: wire copies, paraphrases of one report, versions of an article. Pure.

A paraphrase changes the words and keeps what they are about, while another reporter at the same event meets other
people, counts other things and quotes others. So an article is known by its facts, the names and numbers in it, and
two articles of nearly the same facts are one report retold (cosine of the two sets; Ochiai 1957). Where words are kept
too, runs of three are compared (shingles; Broder 1997), so that a copy is known by a part of it. Both sets are
small enough to be compared as they are: estimating them by MinHash saves nothing among the articles of one search.

Tuned on half of the storylines of tests/quality/copies.py, and on pairs of articles by different outlets in
realtimeqa-2022-2023, of which few are copies.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit

from index.text import STOP_WORDS, fold
from index.types import Article, Hit, Precision

HEAD = 3_000
"""Characters of an article that are compared: news puts the new first, and long pages end in what all of their
outlet's pages share. Longer heads find the same in realtimeqa-2022-2023, and take longer."""

NEAR = timedelta(days=2)
"""How far apart copies come out; the same words a year later tell of another event."""

MIN_FACTS = 10
"""Facts that two articles must share: the notices that stand in for articles ("Sign up to ...") have four to seven."""

RETOLD = 0.69
"""Cosine of the facts of two articles that are one report. Of the tuning storylines, 19 of 20 paraphrases have 0.74 or
more, independent reports of one event 0.4 or less, an event and its sequel up to 0.61. From 0.63 to 0.66 the twentieth
is found too, and two pairs of short reports by different outlets in realtimeqa-2022-2023 that are no copies."""

VERBATIM = 0.8
"""Share of the shorter article's shingles in the longer one. Wire copies and edited articles have 0.9 and more; below
0.8 an outlet's articles in realtimeqa-2022-2023 are often new ones written into the text of the last."""

OTHER_FIGURES = 0.25
"""Share of its figures that a paraphrase may have alone, if the other article has some alone too: "five past three"
and "3:05" are no contradiction, new figures are an update."""

# A number, or a word that begins with anything but a small Latin letter. One set of first characters finds both, as
# an alternative at the front would take twice as long.
_FACT = re.compile(r"[^\W_a-zß-öø-ÿ](?:(?<=\d)\d*|\w*)")
_FIGURE = re.compile(r"\d+")
_WORD = re.compile(r"\w+")


class Story:
    """What is compared of an article; each set is made when it is first needed."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.outlet = outlet(article)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The names and numbers of the article, without what makes them plural, possessive or accented."""
        found = " ".join(_FACT.findall(self.article.text[:HEAD]))
        return frozenset(fold(found).split()) - STOP_WORDS

    @cached_property
    def figures(self) -> Counter[str]:
        """How often each number stands in the whole article: where the head ends depends on what was cut before."""
        return Counter(_FIGURE.findall(self.article.text))

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        """Each three words that follow each other."""
        words = _WORD.findall(fold(self.article.text[:HEAD]))
        return frozenset(zip(words, words[1:], words[2:], strict=False))


def outlet(article: Article) -> str:
    """One spelling for each outlet: "The Week" is "the week" is "Week"; a nameless one goes by its host, or ""."""
    name = article.source or (urlsplit(article.url).hostname if article.url else None) or ""
    return fold(name).strip().removeprefix("the ").removeprefix("www.")


def same(one: Story, other: Story) -> bool:
    """Whether two articles are one text. Symmetric.

    Where another outlet keeps the words and has new figures, it is an update.
    """
    if one.article.id == other.article.id:
        return True
    if not _same_days(one, other) or len(one.facts & other.facts) < MIN_FACTS:
        return False
    if _verbatim(one, other):
        return _same_outlet(one, other) or _figures_alone(one, other) == 0
    return _retold(one, other)


def _same_page(one: Story, other: Story) -> bool:
    return one.article.url is not None and one.article.url == other.article.url


def _same_outlet(one: Story, other: Story) -> bool:
    return _same_page(one, other) or (one.outlet != "" and one.outlet == other.outlet)


def _same_days(one: Story, other: Story) -> bool:
    """Not too far apart to be copies, as far as the dates are known; a page may be renewed at any time."""
    if not (_dated(one) and _dated(other)) or _same_page(one, other):
        return True
    dates = [story.article.published.at for story in (one, other) if story.article.published]
    return max(dates) - min(dates) <= NEAR


def _dated(story: Story) -> bool:
    published = story.article.published
    return published is not None and published.precision in (Precision.DAY, Precision.TIME)


def _verbatim(one: Story, other: Story) -> bool:
    """Word for word for the most part, perhaps cut."""
    fewer = min(len(one.facts), len(other.facts))
    if len(one.facts & other.facts) < VERBATIM * fewer:  # a look that costs less
        return False
    shorter = min(len(one.shingles), len(other.shingles))
    return len(one.shingles & other.shingles) >= VERBATIM * shorter


def _retold(one: Story, other: Story) -> bool:
    """In other words, of the same days for certain. An outlet does not retell itself: what is alike is a sequel."""
    if not (_dated(one) and _dated(other)) or (_same_outlet(one, other) and not _same_page(one, other)):
        return False
    shared, both = len(one.facts & other.facts), len(one.facts) * len(other.facts)
    return shared >= RETOLD * both**0.5 and _figures_alone(one, other) <= OTHER_FIGURES


def _figures_alone(one: Story, other: Story) -> float:
    """Share of their figures that each has alone, of the one that has fewer such: 0 where a text was only cut."""
    alone = min((one.figures - other.figures).total(), (other.figures - one.figures).total())
    return alone / max(1, min(one.figures.total(), other.figures.total()))


def collapse(hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits in their order, those of one text left to one article, which lists the others in `copies`.

    That is the article that ranks best, or its newest version.
    """
    hits = list(hits)
    groups = _groups({hit.article.id: hit.article for hit in hits}.values())
    copies = {kept.id: others for kept, others in map(_represented, groups)}
    return (replace(hit, copies=copies[hit.article.id]) for hit in hits if hit.article.id in copies)


def publishers(articles: Iterable[Article]) -> int:
    """How many independent sources stand behind the articles: outlets that each have a text of their own.

    It is the most articles one can choose so that no two are of one outlet or one text: a maximum matching of
    outlets and texts (Kuhn 1955). Articles without outlet and address are taken for one outlet's.
    """
    groups = _groups(articles)
    texts = {name: [n for n, group in enumerate(groups) if _has(group, name)] for name in _outlets(groups)}
    owners: dict[int, str] = {}

    def finds(name: str, tried: set[int]) -> bool:
        for text in texts[name]:
            if text not in tried:
                tried.add(text)
                if text not in owners or finds(owners[text], tried):
                    owners[text] = name
                    return True
        return False

    return sum(finds(name, set()) for name in texts)


def _has(group: Sequence[Story], name: str) -> bool:
    return any(story.outlet == name for story in group)


def _outlets(groups: Sequence[Sequence[Story]]) -> set[str]:
    return {story.outlet for group in groups for story in group}


def _groups(articles: Iterable[Article]) -> list[list[Story]]:
    """The articles in their order, each with the first that it is a copy of."""
    groups: list[list[Story]] = []
    for story in map(Story, articles):
        group = next((group for group in groups if same(group[0], story)), None)
        if group is None:
            groups.append([story])
        else:
            group.append(story)
    return groups


def _represented(group: Sequence[Story]) -> tuple[Article, tuple[Article, ...]]:
    """The first's newest version, and the others in their order."""
    kept = group[0]
    for story in group[1:]:
        if _same_outlet(kept, story) and _supersedes(story.article, kept.article):
            kept = story
    return kept.article, tuple(story.article for story in group if story is not kept)


def _supersedes(newer: Article, older: Article) -> bool:
    return bool(newer.published and older.published and newer.published.at > older.published.at)
