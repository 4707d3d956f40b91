"""`Newsdesk.ask`: a question in, a cited answer out; the one place where retriever and reader meet."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.question import understand
from bot.render import NOT_FOUND, one_line, searched, short_first, statement
from bot.types import Answer, Claim, Quote, Reader, Reading, Searched, Turn
from bot.verify import verify
from index.errors import InputError
from index.retrieve import Retriever, Scope
from index.types import EVERYTHING, Article, Filter, Hit, Status, Store

READ = 10
"""Passages that the reader gets."""

NEAREST = 3
"""Articles named where nothing was found."""

MAX_QUESTION = 2_000
"""Characters of a question; longer ones are pasted by mistake."""

STATUS_SECONDS = 1.0
"""How old a count of the store may be: counting takes as long as a quick answer."""


def checked(question: str) -> str:
    """The question on one line, without characters that no text holds. Raises InputError if it is none."""
    line = one_line(question)
    if not line:
        raise InputError("the question is empty: ask something")
    if len(line) > MAX_QUESTION:
        raise InputError(f"the question has {len(line):,} characters: ask in at most {MAX_QUESTION:,}")
    return line


class Newsdesk:
    """Answers questions from one store. Usable from several threads if its reader is."""

    def __init__(self, retriever: Retriever, reader: Reader, store: Store) -> None:
        self._retriever = retriever
        self._reader = reader
        self._store = store
        self._counted: tuple[float, Status] | None = None

    def ask(
        self,
        question: str,
        asked_at: datetime | None = None,
        history: Sequence[Turn] = (),
        where: Filter = EVERYTHING,
    ) -> Answer:
        """What the articles say to a question, every claim proved by the quotes it cites.

        Args:
            question: Up to MAX_QUESTION characters.
            asked_at: When it is asked (default now; UTC if it is naive): fresh articles are preferred to old ones.
            history: The conversation so far, oldest first, which a follow-up may refer to.
            where: Which articles may be used.

        Raises:
            InputError: The question is empty or too long.
            StoreError: The store cannot be read.
        """
        began = time.perf_counter()
        asked_at = asked_at or datetime.now(UTC)
        if asked_at.tzinfo is None:
            asked_at = asked_at.replace(tzinfo=UTC)
        understood = understand(checked(question), history)
        scope = self._retriever.scope(str(understood), asked_at, where)
        hits = self._retriever.find(str(understood), scope, READ)
        reading = proved(self._reader.read(understood, hits, asked_at))
        answer = Answer(
            question=str(understood),
            status="answered" if reading.claims else "not_found",
            text="",
            short=reading.short,
            claims=reading.claims,
            quotes=reading.quotes,
            nearest=() if reading.claims else _articles(hits),
            searched=self._searched(scope),
            hits=tuple(hits),
            reader=self._reader.name,
            confidence=reading.confidence,
            seconds=0.0,
        )
        return replace(answer, text=_text(answer), seconds=time.perf_counter() - began)

    def status(self) -> Status:
        """What can be asked about, counted at most STATUS_SECONDS ago. Raises StoreError."""
        now = time.monotonic()
        if self._counted is None or now - self._counted[0] >= STATUS_SECONDS:
            self._counted = now, self._store.status()
        return self._counted[1]

    def close(self) -> None:
        """Release the store."""
        self._store.close()

    def _searched(self, scope: Scope) -> Searched:
        """The articles of the outlets asked for; a filter by date is named, not counted."""
        status = self.status()
        wanted = {name.casefold() for name in scope.where.sources}
        preferred = str(scope.past) if scope.past and not scope.past.exact else None
        counts = [count for name, count in status.outlets.items() if name.casefold() in wanted]
        return Searched(sum(counts) if wanted else status.articles, status.newest, scope.where, preferred)


def proved(reading: Reading) -> Reading:
    """What is left of a reading when claims and quotes that prove nothing are dropped, the quotes numbered anew."""
    verbatim = {q.n: q for q in reading.quotes if q.article.text[q.start : q.end] == q.text}
    claims = [claim for claim in reading.claims if verify(claim, verbatim)]
    cited = sorted({n for claim in claims for n in claim.quotes})
    numbers = {old: new for new, old in enumerate(cited, start=1)}
    return replace(
        reading,
        claims=tuple(Claim(claim.text, tuple(numbers[n] for n in claim.quotes)) for claim in claims),
        quotes=tuple(replace(verbatim[n], n=numbers[n]) for n in cited),
        short=_proved_short(reading.short, cited, verbatim),
    )


def _proved_short(short: str | None, cited: Sequence[int], quotes: Mapping[int, Quote]) -> str | None:
    return short if short and verify(Claim(short, tuple(cited)), quotes) else None


def _articles(hits: Sequence[Hit]) -> tuple[Article, ...]:
    """The articles of the best hits, each once."""
    return tuple({hit.article.id: hit.article for hit in hits}.values())[:NEAREST]


def _text(answer: Answer) -> str:
    """The short answer, then every claim with its numbers; or what was searched in vain."""
    if answer.status == "not_found":
        return f"{NOT_FOUND} {searched(answer.searched)}"
    short = short_first(answer)
    first = [short if short.endswith((".", "!", "?")) else f"{short}."] if short else []
    return " ".join([*first, *map(statement, answer.claims)])
