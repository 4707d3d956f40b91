"""What a place that somebody wants to follow is: a feed, a sitemap, a page, or files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import FetchError, InputError
from index.feeds import listing
from index.markup import page
from index.sources.discovery import feeds_named
from index.sources.documents import document, kind_of
from index.sources.types import Kind
from index.web.client import Response
from index.web.urls import web_url
from index.web.visitor import Visitor

_OK = 200


@dataclass(frozen=True, slots=True)
class Examined:
    """A place that can be followed, and how."""

    place: str
    kind: Kind
    title: str | None


def is_address(text: str) -> bool:
    """Whether a place is meant as an address, not as a path."""
    return "://" in text


def place_of(text: str) -> str:
    """A place in the form in which it is kept; raises Refused for an address that is not taken."""
    return web_url(text) if is_address(text) else str(Path(text).absolute())


def examine(text: str, visitor: Visitor, *, page_itself: bool = False) -> Examined:
    """Look at a place that is to be followed.

    Args:
        text: An address or a path.
        visitor: Fetches.
        page_itself: Follow a page, also where it names a feed.

    Raises:
        FetchError, InputError: It cannot be read, or nothing can be followed there.
    """
    place = place_of(text)
    if not is_address(text):
        if not Path(place).exists():
            raise InputError("is neither an address nor a file or folder: addresses begin with http:// or https://")
        return Examined(place, Kind.FILES, None)
    response = _read(place, visitor)
    if kind_of(response) is Kind.PAGE and not page_itself:
        return next(_feeds(response, visitor), None) or _examined(response)
    return _examined(response)


def _read(url: str, visitor: Visitor) -> Response:
    response = visitor.visit(url).response
    if response.status != _OK:
        raise FetchError(f"answers with status {response.status}")
    return response


def _feeds(response: Response, visitor: Visitor) -> Iterator[Examined]:
    """The feeds that a page names, those that can be read."""
    for url in feeds_named(document(response), response.url):
        try:
            found = _examined(_read(url, visitor))
        except (FetchError, InputError):
            continue
        if found.kind is not Kind.PAGE:
            yield found


def _examined(response: Response) -> Examined:
    """Raises InputError for a page without an article, or a list that cannot be read."""
    kind, data = kind_of(response), document(response)
    title = page(data, "", "").title if kind is Kind.PAGE else listing(data, "", response.url).title
    return Examined(response.url, kind, title)
