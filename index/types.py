"""The data that flows through Dateline, and the two protocols that can be implemented anew."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.errors import ManifestMismatch

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dimension), each row of unit length."""


class Precision(StrEnum):
    """How much of a publication date its source stated."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Published:
    """When an article came out: an aware UTC instant, the start of the stated period."""

    at: datetime
    precision: Precision = Precision.DAY

    def __str__(self) -> str:
        """The date as far as it is known: 2020, 2020-09, 2020-09-29 or 2020-09-29T08:30:00+00:00."""
        width = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10, Precision.TIME: 25}
        return self.at.isoformat(timespec="seconds")[: width[self.precision]]


@dataclass(frozen=True, slots=True)
class Article:
    """One news article; every offset in Dateline counts characters of `text`."""

    id: str
    text: str
    title: str = ""
    url: str | None = None
    published: Published | None = None
    source: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    origin: str = ""
    """The absolute path it was read from; says nothing about its content, so not part of the digest."""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything a reader of the article would see."""
        stated = [self.title, self.url, str(self.published), self.source, self.language, self.authors]
        seen = f"{json.dumps(stated)}\n{self.text}"  # JSON has no bare newline, so the two parts are told apart
        return hashlib.sha256(seen.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Failure:
    """One input that could not be used, and why; the batch went on without it."""

    origin: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences of one article: `article.text[start:end] == text`."""

    article_id: str
    ordinal: int
    text: str
    start: int
    end: int
    caption: bool = False

    @property
    def id(self) -> str:
        """Unique over a store."""
        return f"{self.article_id}#{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may be searched: published in [after, before), from one of `sources`."""

    after: datetime | None = None
    before: datetime | None = None
    sources: tuple[str, ...] = ()


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage's key within one store, its score there (larger is better), and when its article came out."""

    key: int
    score: float
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """A place in one ranked list: rank from 1, and the score in that list's own unit."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, and how it came."""

    passage: Passage
    article: Article
    score: float
    lexical: Placing | None
    semantic: Placing | None
    recency: float
    """What its article's date added to the score: that it is fresh, or of the time that the question names."""
    copies: tuple[Article, ...] = ()
    """Articles with the same text: other outlets' and older versions, best first."""


SCHEMA = 1
"""Version of what a store holds and of how it is laid out."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a store was built with; a store built otherwise cannot be mixed with it."""

    encoder: str
    """What `open_encoder` takes."""
    model: str
    """`Encoder.name`."""
    dimension: int
    splitter: int
    """`text.SPLITTER`."""
    schema: int = SCHEMA

    def check(self, stored: "Manifest", where: str) -> None:
        """Raises ManifestMismatch, with the way out, if a store at `where` was built otherwise."""
        ours, theirs = asdict(self), asdict(stored)
        differences = [
            f"{name} {theirs[name]!r} instead of {ours[name]!r}" for name in ours if ours[name] != theirs[name]
        ]
        if differences:
            raise ManifestMismatch(
                f"the index at {where} was built with {', '.join(differences)}: build another one with "
                f"`dateline index --data NEW_FOLDER --encoder {self.encoder} SOURCE...`"
            )


@dataclass(frozen=True, slots=True)
class Status:
    """A store's size and reach."""

    articles: int
    passages: int
    outlets: Mapping[str, int]
    """Articles by outlet, the largest first."""
    oldest: Published | None
    newest: Published | None
    encoder: str | None
    bytes: int


class Encoder(Protocol):
    """Text to vectors whose dot product says how alike two texts are in meaning."""

    @property
    def name(self) -> str:
        """Names the model and its version: vectors of two names cannot be compared."""
        ...

    @property
    def dimension(self) -> int:
        """Columns of `encode`'s result."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit-length row per text, in order."""
        ...


class Store(Protocol):
    """Articles, their passages and vectors, and the two ranked searches over them.

    Searches may run in several threads, and beside a writer in another process, whose committed
    articles they see within two seconds. There is one writer at a time.
    """

    def manifest(self) -> Manifest:
        """What the store was built with. Raises StoreError if nothing has been stored yet."""
        ...

    def claim(self, manifest: Manifest) -> None:
        """Make this the store's manifest if it has none.

        Raises ManifestMismatch if it was built with another, StoreLocked if another process writes.
        """
        ...

    def digests(self, ids: Iterable[str]) -> dict[str, str]:
        """Article id -> digest, for those of `ids` that are stored."""
        ...

    def origins(self, under: str) -> Iterator[tuple[str, str]]:
        """(id, origin) of every article read from the path `under` or from below it."""
        ...

    def replace(self, article: Article, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Put an article with its passages in, in place of any with its id; all of it or nothing."""
        ...

    def remove(self, ids: Iterable[str]) -> None:
        """Take articles out; ids that are not stored are passed over."""
        ...

    def lexical(self, text: str, k: int, where: Filter) -> list[Scored]:
        """The k passages with the best BM25 score for the text, best first."""
        ...

    def semantic(self, vector: Vectors, k: int, where: Filter) -> list[Scored]:
        """The k passages nearest to the vector (shape (dimension,)) by dot product, best first."""
        ...

    def passages(self, keys: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """The passages of these keys with their articles, in the keys' order.

        A key whose article has meanwhile been replaced or removed is left out.
        """
        ...

    def outlets(self) -> Sequence[str]:
        """The names of the outlets that articles came from."""
        ...

    def status(self) -> Status:
        """Size and reach, counted now."""
        ...

    def flush(self) -> None:
        """Make what was written quick to open."""
        ...

    def close(self) -> None:
        """Release files and locks."""
        ...
