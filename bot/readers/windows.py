"""Windows: the few sentences around a likely one, as the reading model sees them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.mentions import MONTHS
from index.types import Article, Published

WORDS = 75
"""Words of a window, about: with question and header some 120 tokens, for which the model was trained."""

HEADLINE_WORDS = 18
"""Words of the headline in a window's header; a longer one is a first sentence that serves as headline."""

Bounds = tuple[int, int]
"""Start and end, as offsets into a text."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of one article."""

    header: str
    """Headline and date: what a reader of the sentences knows already."""
    text: str
    sentences: tuple[Bounds, ...]
    """In order; offsets into `text`."""


def header(article: Article) -> str:
    """Headline and date of an article, as far as they are known."""
    title = " ".join(article.title.split()[:HEADLINE_WORDS])
    return " | ".join(part for part in (title, _day(article.published) if article.published else "") if part)


def _day(published: Published) -> str:
    return f"{published.at.day} {MONTHS[published.at.month - 1].capitalize()} {published.at.year}"


def around(text: str, sentences: Sequence[Bounds], place: int, words: int = WORDS) -> range:
    """The places of the sentences of a window around `sentences[place]`.

    It grows by the sentence before, which says what a pronoun means, and by the one after, in turn, while it has
    fewer than `words` words.
    """
    sizes = [len(text[start:end].split()) for start, end in sentences]
    first, last, total = place, place, sizes[place]
    while total < words and (first > 0 or last + 1 < len(sentences)):
        before = first > 0 and (place - first <= last - place or last + 1 == len(sentences))
        first, last = (first - 1, last) if before else (first, last + 1)
        total += sizes[first if before else last]
    return range(first, last + 1)


def window(head: str, text: str, sentences: Sequence[Bounds], places: range) -> Window:
    """The sentences at these places as a window."""
    begin, end = sentences[places[0]][0], sentences[places[-1]][1]
    inside = tuple((sentences[place][0] - begin, sentences[place][1] - begin) for place in places)
    return Window(head, text[begin:end], inside)
