"""`Retriever.search`: a question in, ranked passages out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from index import copies, outlets, rank
from index.dates import Window, open_now, window
from index.text import SPLITTER
from index.types import EVERYTHING, Encoder, Filter, Hit, Manifest, Placing, Scored, Store

CANDIDATES = 100
"""Passages taken from each of the two lists before fusion, or as many as are asked for."""

PER_ARTICLE = 2
"""Passages of one article in a result, unless asked otherwise."""


def manifest_of(encoder: Encoder, spec: str) -> Manifest:
    """What a store built by this version of Dateline with this encoder says of itself."""
    return Manifest(encoder=spec, model=encoder.name, dimension=encoder.dimension, splitter=SPLITTER)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a question is looked for."""

    asked_at: datetime
    """When it is asked (aware)."""
    where: Filter
    """What may be found: as the asker has set it, the outlets that the question asks, the time it dates articles by."""
    past: Window | None
    """The time past that it is about, if it names one: articles of then are preferred."""


class Retriever:
    """Searches one store with the encoder it was built with. Usable from several threads."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store = store
        self._encoder = encoder

    def scope(self, question: str, asked_at: datetime, where: Filter = EVERYTHING) -> Scope:
        """Where `search` looks: in `where`, and in what of it the question's own words leave.

        Raises:
            StoreError: The store cannot be read.
        """
        when = window(question, asked_at)
        if when and when.exact:
            where = within(where, when)
        if not where.sources:
            where = replace(where, sources=outlets.named(question, self._store.outlets()))
        return Scope(asked_at, where, when if when and not open_now(question, asked_at) else None)

    def search(
        self,
        question: str,
        k: int = 10,
        asked_at: datetime | None = None,
        where: Filter = EVERYTHING,
        per_article: int = PER_ARTICLE,
    ) -> list[Hit]:
        """The k best passages for a question, best first; of articles that are one text, one stands for all.

        Args:
            question: Any text; one without words finds nothing.
            k: How many hits at most.
            asked_at: When the question is asked (aware; default now). Where the question names a time of the past
                ("in September 2020"), articles of that time are preferred, else fresh articles to old ones.
            where: Which articles may be found.
            per_article: How many passages of one article at most.

        Raises:
            StoreError: The store cannot be read.
        """
        scope = self.scope(question, asked_at or datetime.now(UTC), where)
        return self.find(question, scope, k, per_article)

    def find(self, question: str, scope: Scope, k: int = 10, per_article: int = PER_ARTICLE) -> list[Hit]:
        """What `search` finds within a scope that is known already."""
        if not question.strip():
            return []
        depth = max(CANDIDATES, k)
        lexical = self._store.lexical(question, depth, scope.where)
        semantic = self._store.semantic(self._encoder.encode([question])[0], depth, scope.where)
        fused = rank.convex(lexical, semantic)
        fresh = {
            item.key: rank.timeliness(item.published, scope.past)
            if scope.past
            else rank.recency(item.published, scope.asked_at)
            for item in (*lexical, *semantic)
        }
        words, meaning = _placings(lexical), _placings(semantic)
        ordered = rank.order({key: score + fresh[key] for key, score in fused.items()})

        def best(keys: Sequence[int]) -> list[Hit]:
            found = (
                Hit(passage, article, fused[key] + fresh[key], words.get(key), meaning.get(key), fresh[key])
                for key, (passage, article) in self._store.passages(keys).items()
            )
            return list(islice(rank.diverse(copies.collapse(found), per_article), k))

        hits = best(ordered[: 2 * k])  # mostly enough
        return hits if len(hits) == k else best(ordered)


def within(where: Filter, when: Window) -> Filter:
    """The filter narrowed to a window."""
    after = max(where.after, when.start) if where.after else when.start
    before = min(where.before, when.end) if where.before else when.end
    return replace(where, after=after, before=before)


def _placings(ranked: Sequence[Scored]) -> dict[int, Placing]:
    return {item.key: Placing(place, item.score) for place, item in enumerate(ranked, start=1)}
