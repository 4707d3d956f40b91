"""One look at one source: what is new or changed in it. Keeps nothing; whoever takes what is found does."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from index.clean import derived_id
from index.errors import FetchError, InputError, Refused
from index.feeds import listing
from index.fetch import read
from index.ingest import parsed
from index.markup import page
from index.sources.documents import document
from index.sources.types import Deliver, Found, Kind, Known, Memory, Outcome, Source
from index.types import Article, Failure
from index.web.client import Response
from index.web.urls import web_url
from index.web.visitor import Visitor

PAGES = 50
"""Pages fetched in one look at most; those left over come with the next. A feed has 10 to 50 entries."""

TRIES = 3
"""Looks in which an entry's page is asked for, before the feed's own text has to do."""

TEASER_WORDS = 200
"""An entry with fewer words is taken for a teaser, and its page is read."""

_OK, _NOT_MODIFIED = 200, 304
_PASSING = frozenset({408, 425, 429, *range(500, 600)})
_MEANINGS = {404: "is not there (status 404)", 410: "is gone for good (status 410)"}


def look(source: Source, memory: Memory, visitor: Visitor, deliver: Deliver) -> Outcome:
    """Find what is new or changed in a source; each thing is delivered as soon as it is whole.

    Args:
        source: What to look at.
        memory: What is remembered of its entries.
        visitor: Fetches.
        deliver: Takes what is found; may be slow.

    Returns:
        How it ended; nothing that a source or its host does is raised.
    """
    if source.kind is Kind.FILES:
        return _look_at_files(source, deliver)
    try:
        visit = visitor.visit(source.place, _conditions(source))
    except FetchError as error:
        return Outcome(error=str(error), wait=error.wait)
    outcome = _Look(source, memory, visitor, deliver).at(visit.response)
    return replace(outcome, moved=None if outcome.error else visit.moved)


def _conditions(source: Source) -> dict[str, str]:
    """Headers that ask for the content only if it has changed."""
    stated = {"If-None-Match": source.etag, "If-Modified-Since": source.modified}
    return {name: value for name, value in stated.items() if value}


def _look_at_files(source: Source, deliver: Deliver) -> Outcome:
    """Everything in a file or folder, if anything there has changed."""
    try:
        state = _state(Path(source.place))
        if state == source.etag:
            return Outcome(unchanged=True)
        for item in parsed(read([Path(source.place)], lambda _: None)):
            deliver(Found(item))
    except OSError as error:
        return Outcome(error=f"cannot be read ({error.strerror or error})")
    except InputError as error:
        return Outcome(error=str(error))
    return Outcome(etag=state)


def _state(path: Path) -> str:
    """Changes whenever a file is added, changed or removed."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    infos = ((file, file.lstat()) for file in files)
    seen = "".join(f"{file}\0{info.st_size}\0{info.st_mtime_ns}\n" for file, info in infos)
    return hashlib.sha256(seen.encode(errors="surrogateescape")).hexdigest()


@dataclass(slots=True)
class _Look:
    source: Source
    memory: Memory
    visitor: Visitor
    deliver: Deliver
    pages: int = 0
    wait: float | None = None
    left_over: bool = False

    def at(self, response: Response) -> Outcome:
        """How the source's own response ends the look."""
        if response.status == _NOT_MODIFIED:
            return Outcome(unchanged=True)
        if response.status != _OK:
            return Outcome(error=_MEANINGS.get(response.status, f"answers with status {response.status}"))
        try:
            title, entries = self._entries(response)
        except InputError as error:
            return Outcome(error=str(error))
        listed: dict[str, Article] = {}
        for entry in entries:
            listed.setdefault(entry_id(entry, self.source.place), entry)
        for id_, entry in listed.items():
            self._take(id_, entry)
        return Outcome(
            wait=self.wait,
            title=title,
            etag=response.headers.get("etag"),
            modified=response.headers.get("last-modified"),
            entries=frozenset(listed),
            complete=not self.left_over,
        )

    def _entries(self, response: Response) -> tuple[str | None, list[Article]]:
        """The source's title and its entries; raises InputError for what is not of its kind."""
        data = document(response)
        if self.source.kind is Kind.PAGE:
            article = page(data, derived_id(response.url, ""), self.source.place)
            return article.title, [replace(article, url=response.url)]
        found = listing(data, self.source.place, response.url)
        return found.title, [_linked(entry) for entry in found.entries]

    def _take(self, id_: str, entry: Article) -> None:
        """Deliver an entry unless it is known; leave it over if its page cannot be had in this look."""
        before = self.memory.get(id_)
        changed = before is None or before.digest != entry.digest
        if not changed and before and not before.tries:
            return
        tries = 0 if changed or not before else before.tries
        if not _is_teaser(entry) or self.source.kind is Kind.PAGE:
            self._found(id_, entry, _or_failure(entry, InputError("the entry has no text")), 0)
        elif self.wait is not None or self.pages >= PAGES:
            self.left_over = True
        else:
            self._take_page(id_, entry, tries)

    def _take_page(self, id_: str, entry: Article, tries: int) -> None:
        self.pages += 1
        try:
            self._found(id_, entry, self._behind(entry), 0)
        except (Refused, InputError) as error:
            self._found(id_, entry, _or_failure(entry, error), 0)
        except FetchError as error:
            if error.wait is not None:  # its host will say the same of every other entry
                self.wait = error.wait
                self.left_over = True
                return
            again = (tries + 1) % TRIES
            self.left_over = self.left_over or bool(again)
            self._found(id_, entry, _or_failure(entry, error), again)

    def _behind(self, entry: Article) -> Article:
        """The article on the page that an entry names, if it says more than the entry."""
        visit = self.visitor.visit(web_url(entry.url or ""))
        status = visit.response.status
        if status != _OK:
            reason = f"its page {_MEANINGS.get(status, f'answers with status {status}')}"
            raise FetchError(reason) if status in _PASSING else Refused(reason)
        found = page(document(visit.response), "", self.source.place)
        if len(found.text) <= len(entry.text):
            return entry
        return replace(
            entry,
            text=found.text,
            title=entry.title or found.title,
            published=entry.published or found.published,
            source=entry.source or found.source,
            language=entry.language or found.language,
            authors=entry.authors or found.authors,
        )

    def _found(self, id_: str, entry: Article, item: Article | Failure, tries: int) -> None:
        named = replace(item, id=id_) if isinstance(item, Article) else item
        self.deliver(Found(named, id_, Known(entry.digest, tries)))


def entry_id(entry: Article, place: str) -> str:
    """An entry's id in the index: its page's, or else unique within its source, unlike many feeds' own ids."""
    return derived_id(entry.url or f"{place}#{entry.id}", "")


def _linked(entry: Article) -> Article:
    """With its link in the form that is kept; without one if it leads off the web."""
    try:
        return replace(entry, url=web_url(entry.url) if entry.url else None)
    except Refused:
        return replace(entry, url=None)


def _is_teaser(entry: Article) -> bool:
    return entry.url is not None and len(entry.text.split()) < TEASER_WORDS


def _or_failure(entry: Article, error: FetchError | InputError) -> Article | Failure:
    """The feed's own text, where there is any."""
    return entry if entry.text else Failure(entry.url or entry.title, str(error))
