"""Articles into a store: a pure plan, then its application."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from index.errors import InputError
from index.parse import Blob, parse
from index.text import passages, scored_text
from index.types import Article, Encoder, Failure, Store

BATCH_ARTICLES = 64
"""Articles planned and encoded together: about 1,000 passages, enough to keep the encoder's threads busy."""


@dataclass(slots=True)
class Report:
    """What an ingest has done so far."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    """Of the new and changed articles."""
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a batch of articles."""

    new: Sequence[Article]
    changed: Sequence[Article]
    unchanged: int


def plan(articles: Iterable[Article], stored: Mapping[str, str]) -> Plan:
    """Compare articles with the digests that are stored under their ids."""
    new, changed, unchanged = [], [], 0
    for article in articles:
        digest = stored.get(article.id)
        if digest is None:
            new.append(article)
        elif digest != article.digest:
            changed.append(article)
        else:
            unchanged += 1
    return Plan(new, changed, unchanged)


def parsed(blobs: Iterable[Blob | Failure]) -> Iterator[Article | Failure]:
    """Articles of the blobs; what cannot be used, or repeats an id, comes as a Failure in its place."""
    seen: dict[str, str] = {}
    for blob in blobs:
        for item in [blob] if isinstance(blob, Failure) else _parsed(blob):
            if isinstance(item, Article) and item.id in seen:
                yield Failure(item.origin, f"its id {item.id!r} was already used by {seen[item.id]}: give it another")
                continue
            if isinstance(item, Article):
                seen[item.id] = item.origin
            yield item


def _parsed(blob: Blob) -> Iterator[Article | Failure]:
    place = blob.origin if blob.line is None else f"{blob.origin}:{blob.line}"
    try:
        yield from parse(blob)
    except InputError as error:
        yield Failure(place, str(error))


class Ingest:
    """One run: articles from sources into a store that this process has claimed."""

    def __init__(self, store: Store, encoder: Encoder, progress: Callable[[Report], None] = lambda _: None) -> None:
        self._store = store
        self._encoder = encoder
        self._progress = progress
        self._seen: set[str] = set()
        self.report = Report()

    def run(self, blobs: Iterable[Blob | Failure]) -> None:
        """Put every article in that is new or changed; each is committed by itself, so a run can be cut short."""
        self.put(parsed(blobs))

    def put(self, found: Iterable[Article | Failure]) -> None:
        """The same for what has been parsed already."""
        items = iter(found)
        while batch := list(islice(items, BATCH_ARTICLES)):
            self.report.failures += [item for item in batch if isinstance(item, Failure)]
            self._apply([item for item in batch if isinstance(item, Article)])
            self._progress(self.report)
        self._store.flush()

    def _apply(self, articles: Sequence[Article]) -> None:
        self._seen.update(article.id for article in articles)
        todo = plan(articles, self._store.digests(article.id for article in articles))
        self.report.unchanged += todo.unchanged
        self._write([*todo.new, *todo.changed])
        self.report.new += len(todo.new)
        self.report.changed += len(todo.changed)

    def _write(self, articles: Sequence[Article]) -> None:
        split = [passages(article) for article in articles]
        vectors = self._encoder.encode([scored_text(a, p) for a, ps in zip(articles, split, strict=True) for p in ps])
        first = 0
        for article, own in zip(articles, split, strict=True):
            self._store.replace(article, own, vectors[first : first + len(own)])
            first += len(own)
        self.report.passages += first

    def prune(self, sources: Iterable[Path]) -> None:
        """Remove the articles that were once read from these sources and were not in them this time.

        A file that could not be read this time keeps its articles.
        """
        failed = {part for failure in self.report.failures for part in _paths(failure)}
        gone = [
            id_
            for source in sources
            for id_, origin in self._store.origins(str(source.absolute()))
            if id_ not in self._seen and origin not in failed
        ]
        self._store.remove(gone)
        self.report.removed += len(gone)


def _paths(failure: Failure) -> Iterator[str]:
    """The paths that a failure's origin (FILE, FILE:LINE or FILE#ENTRY) may mean."""
    yield failure.origin
    yield failure.origin.rpartition(":")[0]
    yield failure.origin.rpartition("#")[0]
