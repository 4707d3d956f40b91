"""Lists of articles: RSS and Atom, JSON Feed, news sitemaps. Pure.

feedparser and lxml take half a second to import, so they are imported where a list comes up.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from index.clean import derived_id, headline, label, normalise, primary_language, published, web_link
from index.decode import decode
from index.errors import InputError
from index.markup import html_text
from index.types import Article, Failure, Published

if TYPE_CHECKING:
    from lxml.etree import _Element

_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,80}")
_ENTITY_OR_ELEMENT = re.compile(
    r"<!--(?:.*?-->|.*)|(?P<entity><!ENTITY)|(?P<element><[^!?])", re.DOTALL | re.IGNORECASE
)
_COMMENT_OR_ELEMENT = re.compile(r"<!--(?:.*?-->|.*)|<(?:\w+:)?([A-Za-z]+)[\s>/]", re.DOTALL)
_AS_DECODED = {"content-type": "application/xml; charset=utf-8"}
_JSON_FEED = re.compile(r'\s*\{.{0,2000}?"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org', re.DOTALL)
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_SITEMAPS_NAMED = 3


class Form(StrEnum):
    """What a list is written in."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json feed"
    SITEMAP = "sitemap"


_FORMS = {"rss": Form.RSS, "rdf": Form.RSS, "feed": Form.ATOM, "urlset": Form.SITEMAP, "sitemapindex": Form.SITEMAP}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's name, and its entries as Articles; the text of one that only names a page is empty."""

    title: str | None
    entries: list[Article]


def form_of(data: bytes) -> Form | None:
    """What a list is written in; None for what is no list. Raises InputError for what is no text."""
    text = decode(data, declares=True)
    if _JSON_FEED.match(text):
        return Form.JSON
    elements = (mark[1].lower() for mark in _COMMENT_OR_ELEMENT.finditer(text) if mark[1])
    return _FORMS.get(next(elements, ""))


def listing(data: bytes, origin: str, base: str) -> Listing:
    """The entries of a list in any form; relative links in it are relative to the address `base`.

    Raises InputError if it is none, is not valid, or declares XML entities; not if it is empty.
    """
    match form_of(data):
        case Form.JSON:
            return _json_feed(decode(data), origin, base)
        case Form.SITEMAP:
            return _sitemap(harmless(data), origin)
        case None:
            raise InputError("is neither a feed nor a sitemap")
        case _:
            return _parsed_feed(harmless(data), origin, base)


def feed(data: bytes, origin: str) -> list[Article | Failure]:
    """The articles of an RSS or Atom feed, which need not be well-formed; a Failure for each entry without text.

    Raises InputError if there is no entry, or the feed is binary or declares entities.
    """
    entries = _parsed_feed(harmless(data), origin).entries
    if not entries:
        raise InputError("no entries found in the feed")
    return [
        entry if entry.text else Failure(f"{origin}#{entry.title or number}", "the entry has no text")
        for number, entry in enumerate(entries, 1)
    ]


def harmless(data: bytes) -> str:
    """XML as text; raises InputError if it declares an entity, which it may do before its first element."""
    text = decode(data, declares=True)
    marks = _ENTITY_OR_ELEMENT.finditer(text)
    if any(mark["entity"] for mark in takewhile(lambda mark: not mark["element"], marks)):
        raise InputError("declares XML entities, which are not accepted")
    return text


def _parsed_feed(text: str, origin: str, base: str = "") -> Listing:
    import feedparser  # noqa: PLC0415 - see the module's docstring

    try:
        parsed = feedparser.parse(
            BytesIO(text.encode(errors="replace")), response_headers={**_AS_DECODED, "content-location": base}
        )
    except Exception as error:  # parsers that are fed anything fail in any way
        raise InputError(f"the feed cannot be read ({type(error).__name__})") from error
    source = label(_content(parsed.feed.get("title_detail"))) or None
    language = primary_language(parsed.feed.get("language"))
    common = Article(id="", text="", source=source, language=language, origin=origin)
    return Listing(source, [_entry(entry, common) for entry in parsed.entries])


def _entry(entry: Mapping[str, Any], common: Article) -> Article:
    """An entry; `common` holds what all entries of its feed share."""
    title = label(_content(entry.get("title_detail")))
    details = [*entry.get("content", [])[:1], entry.get("summary_detail")]
    text = next(filter(None, map(_content, details)), "")
    guid = label(entry.get("id") or "")
    names = [author.get("name") or "" for author in entry.get("authors", [])]
    return replace(
        common,
        id=guid if _PLAIN_ID.fullmatch(guid) else derived_id(guid or entry.get("link"), text),
        text=text,
        title=title or (headline(text) if text else ""),
        url=web_link(entry.get("link")),
        published=_entry_date(entry),
        authors=tuple(dict.fromkeys(filter(None, map(label, names)))),
    )


def _content(detail: Mapping[str, str] | None) -> str:
    """Normalised text of what feedparser calls a detail: a value and its media type."""
    value = (detail or {}).get("value") or ""
    if not detail or detail.get("type") == "text/plain" or not value.strip():
        return normalise(value)
    return html_text(value)


def _entry_date(entry: Mapping[str, Any]) -> Published | None:
    """Not feedparser's own reading of it, which makes November of "2021-március-04" and June of "2021-063"."""
    stated = [entry[key] or "" for key in ("published", "updated") if key in entry]
    return next(filter(None, map(published, stated)), None)


def _json_feed(text: str, origin: str, base: str) -> Listing:
    """https://www.jsonfeed.org/version/1.1/; what is missing or of another type is passed over."""
    try:
        stated = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("is a JSON Feed that is not valid JSON") from error
    title = label(_string(stated, "title")) or None
    language = primary_language(_string(stated, "language"))
    common = Article(id="", text="", source=title, language=language, origin=origin)
    items = [item for item in _array(stated, "items") if isinstance(item, dict)]
    return Listing(title, [_json_entry(item, common, base) for item in items])


def _json_entry(item: Mapping[str, Any], common: Article, base: str) -> Article:
    html, plain, summary = (_string(item, key) for key in ("content_html", "content_text", "summary"))
    text = (html_text(html) if html else "") or normalise(plain) or normalise(summary)
    stated = _string(item, "url") or _string(item, "external_url")
    url = _joined(base, stated) if stated else ""
    people = [*_array(item, "authors"), item.get("author")]
    names = (label(_string(person, "name")) for person in people if isinstance(person, dict))
    return replace(
        common,
        id=derived_id(label(str(item.get("id") or "")) or url, text),
        text=text,
        title=label(_string(item, "title")) or (headline(text) if text else ""),
        url=web_link(url),
        published=published(_string(item, "date_published") or _string(item, "date_modified")),
        authors=tuple(dict.fromkeys(filter(None, names))),
    )


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _string(stated: Mapping[str, Any], key: str) -> str:
    value = stated.get(key)
    return value if isinstance(value, str) else ""


def _array(stated: Mapping[str, Any], key: str) -> list[Any]:
    value = stated.get(key)
    return value if isinstance(value, list) else []


def _sitemap(text: str, origin: str) -> Listing:
    """https://www.sitemaps.org/protocol.html, with the elements that Google gave it for news."""
    from lxml import etree  # noqa: PLC0415 - see the module's docstring

    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(text.encode(errors="replace"), parser)
    if root is None:
        raise InputError("the sitemap cannot be read")
    if root.tag.rpartition("}")[2].lower() == "sitemapindex":
        named = ", ".join(filter(None, (_stated(one, "{*}loc") for one in root[:_SITEMAPS_NAMED])))
        raise InputError(f"is a list of sitemaps: add those for news among them, as {named or 'it names none'}")
    return Listing(None, list(_sitemap_entries(root, origin)))


def _sitemap_entries(root: "_Element", origin: str) -> Iterator[Article]:
    for url in root.iterfind("{*}url"):
        place = web_link(_stated(url, "{*}loc"))
        if place:
            yield Article(
                id=derived_id(place, ""),
                text="",
                title=_stated(url, f".//{_NEWS}title"),
                url=place,
                published=published(_stated(url, f".//{_NEWS}publication_date") or _stated(url, "{*}lastmod")),
                source=_stated(url, f".//{_NEWS}name") or None,
                language=primary_language(_stated(url, f".//{_NEWS}language")),
                origin=origin,
            )


def _stated(element: "_Element", path: str) -> str:
    return label(element.findtext(path) or "")
