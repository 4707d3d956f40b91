"""What the bot passes around: turns of a conversation, quotes, claims and answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from index.types import Article, Filter, Hit, Published

Status = Literal["answered", "not_found"]


class Kind(StrEnum):
    """What a question asks for."""

    WHO = "who"
    WHERE = "where"
    WHEN = "when"
    HOW_MANY = "how_many"
    WHY = "why"
    SAID = "said"
    YES_NO = "yes_no"
    WHAT = "what"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood."""

    text: str
    kind: Kind
    latest: bool = False
    """It asks for the newest state of things."""
    context: str = ""
    """What a follow-up left out, taken from the conversation."""

    def __str__(self) -> str:
        """The question such that it stands alone."""
        return f"{self.text} ({self.context})" if self.context else self.text


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words of an article: `article.text[start:end] == text`."""

    n: int
    """The number it is cited by, from 1."""
    article: Article
    text: str
    start: int
    end: int
    span: tuple[int, int] | None = None
    """The short answer within `text`, as offsets into it, where there is one."""
    caption: bool = False
    """The words are a picture's caption."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement and the numbers of the quotes that prove it (at least one)."""

    text: str
    quotes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """What an answer was looked for in."""

    articles: int
    newest: Published | None
    where: Filter
    """As the asker has set it and the question says."""
    preferred: str | None = None
    """The time past that the question is about, in words, if it names one: articles of then are preferred."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Dateline says to a question; `not_found` has no claims and no quotes."""

    question: str
    """As understood: with what a follow-up left out filled in."""
    status: Status
    text: str
    """The answer in words: the claims with their numbers, or what was searched in vain."""
    short: str | None
    claims: tuple[Claim, ...]
    quotes: tuple[Quote, ...]
    nearest: tuple[Article, ...]
    """Where nothing was found: the articles that came closest, best first."""
    searched: Searched
    hits: tuple[Hit, ...]
    """The passages read, best first: how the answer came."""
    reader: str
    confidence: float
    """The reader's own estimate, 0 to 1, that the first quote is right; it has one also where it refuses."""
    seconds: float

    @property
    def unquoted(self) -> list[Hit]:
        """The passages that were read for it and that no quote overlaps, best first."""
        return [hit for hit in self.hits if not any(_overlaps(hit, quote) for quote in self.quotes)]


def _overlaps(hit: Hit, quote: Quote) -> bool:
    same = quote.article.id == hit.article.id
    return same and quote.start < hit.passage.end and hit.passage.start < quote.end


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and what was answered."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of the passages: claims with their quotes, or none where it abstains."""

    claims: tuple[Claim, ...] = ()
    quotes: tuple[Quote, ...] = ()
    short: str | None = None
    confidence: float = 0.0
    """The reader's own estimate, 0 to 1, that the first quote answers the question."""


class Reader(Protocol):
    """Passages and a question in; cited claims out."""

    @property
    def name(self) -> str:
        """Shown with the answer."""
        ...

    def read(self, question: Question, hits: Sequence[Hit], asked_at: datetime) -> Reading:
        """Answer from the hits alone; a Reading without claims says that they do not hold it."""
        ...
