"""The sentences of the retrieved passages, and what speaks for each as the answer to a question, as numbers."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.mentions import MONTHS, Mention, Sort, mentions
from bot.types import Kind, Question
from index.text import Kind as SentenceKind
from index.text import Sentence, sentences, terms
from index.types import Article, Encoder, Hit

EXPECTED: Mapping[Kind, Sequence[Sort]] = {
    Kind.WHO: (Sort.NAME, Sort.PLACE),
    Kind.WHERE: (Sort.PLACE, Sort.NAME),
    Kind.WHEN: (Sort.DATE,),
    Kind.HOW_MANY: (Sort.NUMBER,),
}
"""What a mention must be of to be the short answer, the likelier sort first."""

_REASON = re.compile(
    r"\b(?:because|due to|owing to|after|over|caused?|reason|so that|in order to|as a result|amid|blam\w+|since|to)\b",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"[“\"”]|\b(?:said|says|told|called|described|added|warned|urged|demanded|wrote|announced|argued|insisted|according)\b"
)
_PRONOUN = re.compile(r"^[“\"]?(?:He|She|They|It|This|That|These|Those|His|Her|Their|Its)\b")
_LOWER = re.compile(r"(?<!\w)[a-zà-þ]\w*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]{3,}")

PREFIX = 5
"""Letters by which a word is looked for in a whole article, where splitting it into terms would take too long."""

SHORT = 5
"""A sentence of fewer terms seldom says anything by itself."""

ALIKE = 0.35
"""Cosine of two words below which they have nothing to do with each other."""


@dataclass(frozen=True)
class Candidate:
    """One sentence of a hit that might be quoted; offsets are into the passage's text."""

    hit: Hit
    sentence: Sentence
    previous: "Candidate | None"

    @cached_property
    def text(self) -> str:
        """The sentence's words."""
        return self.hit.passage.text[self.sentence.start : self.sentence.end]

    @property
    def context(self) -> str:
        """What a reader of the sentence has read already: the headline, and the sentence before."""
        title = self.hit.article.title
        return f"{title}. {self.previous.text}" if self.previous else title

    @cached_property
    def terms(self) -> frozenset[str]:
        """The sentence's terms."""
        return frozenset(terms(self.text))

    @cached_property
    def mentions(self) -> list[Mention]:
        """What the sentence mentions."""
        return mentions(self.text)

    @property
    def leans(self) -> bool:
        """It begins with a pronoun: the sentence before says of whom."""
        return bool(_PRONOUN.match(self.text))


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """Every sentence of the hits, headings left out."""
    result = []
    for hit in hits:
        previous: Candidate | None = None
        for sentence in sentences(hit.passage.text):
            if sentence.kind is not SentenceKind.HEADING:
                previous = Candidate(hit, sentence, previous)
                result.append(previous)
    return result


@dataclass(frozen=True)
class Asked:
    """A question's terms, sorted by what it means if a passage lacks them."""

    question: Question
    words: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]

    @cached_property
    def all(self) -> frozenset[str]:
        """Every term."""
        return self.words | self.names | self.numbers

    @cached_property
    def own(self) -> list[Mention]:
        """What the question mentions."""
        return mentions(str(self.question))

    @cached_property
    def named(self) -> list[str]:
        """The words of its names, lower case."""
        return [w for m in self.own if m.sort in (Sort.NAME, Sort.PLACE) for w in _WORD.findall(m.text.casefold())]

    @cached_property
    def stems(self) -> list[str]:
        """The first letters of its words that mean something, lower case."""
        return [word.casefold()[:PREFIX] for word in _WORD.findall(str(self.question)) if terms(word)]

    @cached_property
    def period(self) -> tuple[list[int], list[int]]:
        """The years and the months (from 0) that it names."""
        dates = [m.text for m in self.own if m.sort is Sort.DATE]
        years = [int(year) for text in dates for year in _YEAR.findall(text)]
        return years, [MONTHS.index(word) for text in dates for word in text.casefold().split() if word in MONTHS[:12]]

    def fitting(self, candidate: Candidate) -> list[Mention]:
        """The mentions that may be the short answer: of the sort asked for, and not named in the question."""
        sorts = EXPECTED.get(self.question.kind, ())
        return [m for m in candidate.mentions if m.sort in sorts and not self.all >= set(terms(m.text))]


def asked(question: Question, found: Sequence[Candidate]) -> Asked:
    """Sort a question's terms; one typed in lower case is a name if the passages never write it so."""
    text = str(question)
    own = mentions(text)
    everything = frozenset(terms(text))
    numbers = {t for m in own if m.sort in (Sort.NUMBER, Sort.DATE) for t in terms(m.text)}
    seen = {t for c in found for m in c.mentions if m.sort in (Sort.NAME, Sort.PLACE) for t in terms(m.text)}
    lower = {t for c in found for t in terms(" ".join(_LOWER.findall(c.text)))}
    names = {t for m in own if m.sort in (Sort.NAME, Sort.PLACE) for t in terms(m.text)} | (everything & seen - lower)
    names -= numbers
    return Asked(question, everything - names - numbers, frozenset(names), frozenset(numbers))


FEATURES = (
    "words here or before",
    "expected mention",
    "no expected mention",
    "likeliest mention",
    "full name",
    "speech",
    "reason",
    "names in passage",
    "names not in article",
    "words not in article",
    "numbers not in passage",
    "published when asked about",
    "likeness of words",
    "recency",
    "rank",
    "score below the best",
    "short",
)


def features(asked: Asked, found: Sequence[Candidate], encoder: Encoder) -> NDArray[np.float64]:
    """Shape (candidates, FEATURES); the candidates are all of one list of hits."""
    hits = list({id(c.hit): c.hit for c in found}.values())
    of_hit = {id(hit): _of_hit(asked, hit, rank, hits) for rank, hit in enumerate(hits)}
    likeness = _likeness(asked, found, encoder)
    rows = [[*_of_sentence(asked, c), *of_hit[id(c.hit)][:5], like, *of_hit[id(c.hit)][5:], len(c.terms) < SHORT]
            for c, like in zip(found, likeness, strict=True)]  # fmt: skip
    return np.array(rows, dtype=np.float64).reshape(len(found), len(FEATURES))


def _of_sentence(asked: Asked, candidate: Candidate) -> tuple[float, ...]:
    kind, fitting = asked.question.kind, asked.fitting(candidate)
    before = candidate.previous.terms if candidate.previous else frozenset()
    return (
        _share(asked.words, candidate.terms | before),
        kind in EXPECTED and bool(fitting),
        kind in EXPECTED and not fitting,
        any(m.sort is EXPECTED[kind][0] for m in fitting),
        any(m.sort is Sort.NAME and " " in m.text for m in fitting),
        kind is Kind.SAID and bool(_SPEECH.search(candidate.text)),
        kind is Kind.WHY and bool(_REASON.search(candidate.text)),
    )


def _of_hit(asked: Asked, hit: Hit, rank: int, hits: Sequence[Hit]) -> tuple[float, ...]:
    article = hit.article
    when = article.published.at.strftime("%B %d %Y") if article.published else ""
    around = frozenset(terms(f"{article.title} {hit.passage.text} {article.source or ''} {when}"))
    whole = f"{article.title} {article.text} {article.source or ''}".casefold()
    return (
        _share(asked.names, around),
        sum(name not in whole for name in asked.named),
        sum(stem not in whole for stem in asked.stems),
        len(asked.numbers - around),
        _in_period(asked, article),
        hit.recency,
        rank,
        hit.score - hit.recency - max(other.score - other.recency for other in hits),
    )


def _in_period(asked: Asked, article: Article) -> float:
    """1 if the article came out in a month or year that the question names (or the month after), -1 if not, else 0."""
    years, months = asked.period
    if article.published is None or not (years or months):
        return 0.0
    at = article.published.at
    in_months = not months or any((at.month - 1 - month) % 12 < 2 for month in months)  # noqa: PLR2004 - or the one after
    return 1.0 if in_months and (not years or at.year in years) else -1.0


def _likeness(asked: Asked, found: Sequence[Candidate], encoder: Encoder) -> NDArray[np.float64]:
    """How much of the question each sentence has words for, alike ones too, weighted by rarity among the sentences.

    A name or number must be there itself: what is most like "Oslo" is another city.
    """
    query = sorted(asked.all)
    if not query:
        return np.zeros(len(found))
    counts = Counter(t for c in found for t in c.terms)
    held = np.array([counts[t] for t in query])
    weights = np.log(1 + (len(found) - held + 0.5) / (held + 0.5))  # BM25's idf, as Lucene keeps it positive
    place = {t: i for i, t in enumerate(sorted({*counts, *query}))}
    vectors = encoder.encode(list(place))
    table = np.clip((vectors[[place[t] for t in query]] @ vectors.T - ALIKE) / (1 - ALIKE), 0, 1)
    for row, term in enumerate(query):
        if term not in asked.words:
            table[row] = 0
        table[row, place[term]] = 1
    full = [row for row, c in enumerate(found) if c.terms]
    columns = [place[t] for row in full for t in found[row].terms]
    starts = np.cumsum([0, *(len(found[row].terms) for row in full)])[:-1]
    best = np.zeros((len(query), len(found)))
    best[:, full] = np.maximum.reduceat(table[:, columns], starts, axis=1) if full else 0
    return np.asarray(weights @ best / weights.sum())


def _share(wanted: Collection[str], held: Collection[str]) -> float:
    return sum(t in held for t in wanted) / len(wanted) if wanted else 1.0
