"""Text to terms, sentences and passages. Pure; every offset counts characters of the text it was given."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import sentencex
import Stemmer

from index.types import Article, Passage

SPLITTER = 1
"""Version of what this module does to a text: an index made by another version must be built anew."""

PASSAGE_WORDS = 120
"""Words of a passage, about. The size at which k1, b and the fusion were measured."""

MAX_SENTENCE = 1_500
"""Characters after which a text without sentence ends is cut: ten times a long sentence."""

MAX_HEADING_WORDS = 12
"""A paragraph of at most so many words that ends without a full stop is a sub-heading."""

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)+|[^\W_]+")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_PARAGRAPH = re.compile(r"[^\n]+")
_ENDS_SENTENCE = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
_STEMMER = Stemmer.Stemmer("english")

# Words that say how a sentence is built, not what it is about ("us" is left in: it is also a country).
STOP_WORDS = frozenset(
    """a about after again all also am an and any are as at be because been before being between both but by can could
    d did do does doing don for from further had has have having he her here hers herself him himself his how i if in
    into is it its itself just ll m me more most my myself no nor not now of off on once only or other our ours
    ourselves out over own re s same shall she should so some such t than that the their theirs them themselves then
    there these they this those through to too until up ve very was we were what when where which while who whom whose
    why will with would you your yours yourself yourselves""".split()
)


class Kind(StrEnum):
    """What a sentence is in its article."""

    PROSE = "prose"
    CAPTION = "caption"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]` is one sentence, without the space around it."""

    start: int
    end: int
    kind: Kind


def fold(word: str) -> str:
    """Case and diacritics removed: "Élysée" -> "elysee"."""
    word = word.casefold()
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


@lru_cache(maxsize=1 << 17)
def _term(token: str) -> str | None:
    """The index term of one token, None for a stop word; "WHO" in capitals is a name, not a stop word."""
    word = fold(token)
    if word in STOP_WORDS and not (token.isupper() and len(token) > 1):
        return None
    if word[0].isdigit():
        ordinal = _ORDINAL.fullmatch(word)
        return ordinal[1] if ordinal else word.replace(",", "")
    return str(_STEMMER.stemWord(word.replace(".", "")))


def terms(text: str) -> list[str]:
    """What BM25 counts: Snowball stems without case, diacritics and stop words, in order, repeats kept."""
    return [term for token in _TOKEN.findall(text) if (term := _term(token)) is not None]


def sentences(text: str) -> list[Sentence]:
    """Sentences, captions (in square brackets) and sub-headings of a text whose lines are its paragraphs."""
    paragraphs = list(_PARAGRAPH.finditer(text))
    return [
        sentence for match in paragraphs for sentence in _paragraph(match[0], match.start(), lone=len(paragraphs) == 1)
    ]


def _paragraph(paragraph: str, offset: int, *, lone: bool) -> Iterator[Sentence]:
    bare = paragraph.strip()
    if bare.startswith("[") and bare.endswith("]"):
        inner = paragraph.index("[") + 1
        return _split(paragraph[inner : paragraph.rindex("]")], offset + inner, Kind.CAPTION)
    heading = not lone and len(bare.split()) <= MAX_HEADING_WORDS and not _ENDS_SENTENCE.search(bare)
    return _split(paragraph, offset, Kind.HEADING if heading else Kind.PROSE)


def _split(text: str, offset: int, kind: Kind) -> Iterator[Sentence]:
    """One Sentence for each of sentencex's, trimmed, cut where it is longer than any sentence is."""
    for found in sentencex.get_sentence_boundaries("en", text):
        start, end = found["start_index"], found["end_index"]
        while end - start > MAX_SENTENCE:
            space = text.rfind(" ", start + 1, start + MAX_SENTENCE)
            cut = space if space > start else start + MAX_SENTENCE
            yield from _trimmed(text, start, cut, offset, kind)
            start = cut
        yield from _trimmed(text, start, end, offset, kind)


def _trimmed(text: str, start: int, end: int, offset: int, kind: Kind) -> Iterator[Sentence]:
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        start += piece.index(bare)
        yield Sentence(offset + start, offset + start + len(bare), kind)


def passages(article: Article) -> list[Passage]:
    """Consecutive whole sentences of about PASSAGE_WORDS words; a caption is a passage of its own.

    A run of prose is cut into equal parts rather than full ones and a remainder, so that no passage is a
    stray sentence; a sub-heading stays with the sentence that follows it.
    """
    spans = [span for run in _runs(article.text) for span in _cut(article.text, run)]
    return [
        Passage(article.id, ordinal, article.text[start:end], start, end, caption)
        for ordinal, (start, end, caption) in enumerate(spans)
    ]


def _runs(text: str) -> Iterator[list[Sentence]]:
    """Stretches of sentences between captions, and each caption."""
    run: list[Sentence] = []
    for sentence in sentences(text):
        if run and _apart(text, run[-1], sentence):
            yield run
            run = []
        run.append(sentence)
    if run:
        yield run


def _apart(text: str, last: Sentence, sentence: Sentence) -> bool:
    """Captions are kept from the prose and, where they are paragraphs of their own, from each other."""
    captions = (last.kind is Kind.CAPTION) + (sentence.kind is Kind.CAPTION)
    return captions == 1 or (captions > 1 and "\n" in text[last.end : sentence.start])


def _cut(text: str, run: list[Sentence]) -> Iterator[tuple[int, int, bool]]:
    """(start, end, is a caption) of the passages of one run, nearest to equal in words."""
    words = [len(text[s.start : s.end].split()) for s in run]
    parts = max(1, round(sum(words) / PASSAGE_WORDS))
    share = sum(words) / parts
    first, filled, done = 0, 0, 1
    for i, count in enumerate(words):
        if i > first and filled + count / 2 > share * done and not _heads(run[i - 1], run[i]):
            yield run[first].start, run[i - 1].end, run[first].kind is Kind.CAPTION
            first, done = i, round(filled / share) + 1
        filled += count
    yield run[first].start, run[-1].end, run[first].kind is Kind.CAPTION


def _heads(last: Sentence, sentence: Sentence) -> bool:
    return last.kind is Kind.HEADING and sentence.kind is Kind.PROSE


def scored_text(article: Article, passage: Passage) -> str:
    """What is searched for a passage: its headline, then itself."""
    return f"{article.title}\n{passage.text}"
