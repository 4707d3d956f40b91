"""HTML pages and RSS or Atom feeds -> Articles. Pure.

trafilatura, feedparser and lxml take half a second to import, so they are imported where a page or feed comes up.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from itertools import takewhile
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from index.clean import derived_id, headline, label, normalise, primary_language, published, web_link
from index.decode import decode
from index.errors import InputError
from index.types import Article, Failure, Precision, Published

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

MAX_DEPTH = 256
"""Elements within elements: beyond it lxml drops the rest of the page without a word. Real pages reach 51."""

_TITLE_WITHIN = 3
_ONE_DAY_AND_ZONES = timedelta(hours=38)
_DATE_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]+)"')
_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,80}")
_ENTITY_OR_ELEMENT = re.compile(
    r"<!--(?:.*?-->|.*)|(?P<entity><!ENTITY)|(?P<element><[^!?])", re.DOTALL | re.IGNORECASE
)
_AS_DECODED = {"content-type": "application/xml; charset=utf-8"}
_CAPTIONS = "//figure//figcaption[not(ancestor::aside or ancestor::nav or ancestor::footer)]"
_NEVER_ARTICLE = ["//nav", "//footer"]  # what trafilatura would fall back on where there is no article
_BLOCKS = frozenset(
    """address article aside blockquote br caption center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table td th tr ul""".split()
)
_NOT_TEXT = frozenset("head noscript script style template".split())


class _DepthMeter:
    """An lxml parser target that builds nothing and refuses what lxml would cut short."""

    def __init__(self) -> None:
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - lxml's protocol
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InputError("the page is nested too deeply")

    def end(self, tag: str) -> None:  # noqa: ARG002 - lxml's protocol
        self._depth -= 1

    def close(self) -> None:
        pass


class _Paragraphs:
    """An lxml parser target that collects text, a blank line around each block, captions in brackets."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._hidden = 0
        self._caption = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - lxml's protocol
        self._hidden += tag in _NOT_TEXT
        if tag in _BLOCKS:
            self._parts.append("\n\n")
        if tag == "figcaption":
            self._caption = len(self._parts)

    def data(self, text: str) -> None:
        if not self._hidden:
            self._parts.append(" ".join(text.split("\n")))

    def end(self, tag: str) -> None:
        self._hidden -= tag in _NOT_TEXT
        if tag == "figcaption":
            caption = label("".join(self._parts[self._caption :]))
            self._parts[self._caption :] = [f"[{caption}]"] if caption else []
        if tag in _BLOCKS:
            self._parts.append("\n\n")

    def close(self) -> str:
        return "".join(self._parts)


def _fed(html: str, target: _DepthMeter | _Paragraphs) -> str | None:
    """What the target makes of the HTML."""
    from lxml import etree  # noqa: PLC0415 - see the module's docstring

    parser = etree.HTMLParser(target=target, encoding="utf-8")
    made: str | None = etree.fromstring(html.encode(errors="replace"), parser)
    return made


def page(data: bytes, name: str, origin: str) -> Article:
    """The article of an HTML page; `name` becomes its id.

    Raises InputError if there is none, or the page is binary or nested deeper than MAX_DEPTH.
    """
    html = decode(data, declares=True)
    try:
        tree, found = _extracted(html)
        captions = [label(str(element.text_content())) for element in tree.xpath(_CAPTIONS)] if found else []
    except InputError:
        raise
    except Exception as error:  # parsers that are fed anything fail in any way
        raise InputError(f"the page cannot be read ({type(error).__name__})") from error
    title = label(found.title or "") if found else ""
    text = _page_text(found.text or "", title, captions) if found else ""
    if not found or not text:
        raise InputError("no article text found in the page")
    url = web_link(found.url)
    return Article(
        id=name,
        text=text,
        title=title or headline(text),
        url=url,
        published=_page_date(tree, published(found.date or "")),
        source=label(found.sitename or "") or _outlet(url),
        language=primary_language(tree.get("lang")),
        authors=tuple(filter(None, map(label, (found.author or "").split(";")))),
        origin=origin,
    )


def _extracted(html: str) -> "tuple[HtmlElement, Document | None]":
    from trafilatura import bare_extraction, load_html  # noqa: PLC0415 - see the module's docstring

    _fed(html, _DepthMeter())
    tree = load_html(html)
    if tree is None:
        raise InputError("no article text found in the page")
    found = bare_extraction(
        tree,
        favor_precision=True,
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        prune_xpath=_NEVER_ARTICLE,
    )
    return tree, cast("Document | None", found)  # a dict only where that is asked for


def _page_text(text: str, title: str, captions: Sequence[str]) -> str:
    """The paragraphs below the headline, then the captions that are not among them."""
    paragraphs = normalise(text.replace("\n", "\n\n")).split("\n\n")
    if title in paragraphs[:_TITLE_WITHIN]:
        paragraphs = paragraphs[paragraphs.index(title) + 1 :]
    body = "\n\n".join(paragraphs)
    left_out = dict.fromkeys(f"[{caption}]" for caption in captions if caption and caption not in body)
    return "\n\n".join([body, *left_out]) if body else ""


def _page_date(tree: "HtmlElement", day: Published | None) -> Published | None:
    """The day found, with the time that the page's metadata give for that day."""
    stated = [str(value) for value in tree.xpath("//meta[@property='article:published_time']/@content")]
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        stated += _DATE_PUBLISHED.findall(str(script))
    times = [time for time in map(published, stated) if time and time.precision is Precision.TIME]
    return next((time for time in times if day and abs(time.at - day.at) < _ONE_DAY_AND_ZONES), day)


def _outlet(url: str | None) -> str | None:
    """The host of a URL, for a page that does not name its outlet."""
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None


def feed(data: bytes, origin: str) -> list[Article | Failure]:
    """The articles of an RSS or Atom feed, which need not be well-formed; a Failure for each entry without text.

    Raises InputError if there is no entry, or the feed is binary or declares entities.
    """
    import feedparser  # noqa: PLC0415 - see the module's docstring

    text = decode(data, declares=True)
    if _declares_entities(text):
        raise InputError("declares XML entities, which are not accepted")
    try:
        parsed = feedparser.parse(BytesIO(text.encode(errors="replace")), response_headers=_AS_DECODED)
    except Exception as error:  # parsers that are fed anything fail in any way
        raise InputError(f"the feed cannot be read ({type(error).__name__})") from error
    if not parsed.entries:
        raise InputError("no entries found in the feed")
    source = label(_content(parsed.feed.get("title_detail"))) or None
    language = primary_language(parsed.feed.get("language"))
    return [_entry(entry, number, source, language, origin) for number, entry in enumerate(parsed.entries, 1)]


def _declares_entities(text: str) -> bool:
    """Whether an entity is declared before the first element, where XML allows it."""
    marks = _ENTITY_OR_ELEMENT.finditer(text)
    return any(mark["entity"] for mark in takewhile(lambda mark: not mark["element"], marks))


def _entry(
    entry: Mapping[str, Any], number: int, source: str | None, language: str | None, origin: str
) -> Article | Failure:
    title = label(_content(entry.get("title_detail")))
    details = [*entry.get("content", [])[:1], entry.get("summary_detail")]
    text = next(filter(None, map(_content, details)), "")
    if not text:
        return Failure(f"{origin}#{title or number}", "the entry has no text")
    guid = label(entry.get("id") or "")
    names = [author.get("name") or "" for author in entry.get("authors", [])]
    return Article(
        id=guid if _PLAIN_ID.fullmatch(guid) else derived_id(guid or entry.get("link"), text),
        text=text,
        title=title or headline(text),
        url=web_link(entry.get("link")),
        published=_entry_date(entry),
        source=source,
        language=language,
        authors=tuple(dict.fromkeys(filter(None, map(label, names)))),
        origin=origin,
    )


def _content(detail: Mapping[str, str] | None) -> str:
    """Normalised text of what feedparser calls a detail: a value and its media type."""
    value = (detail or {}).get("value") or ""
    if not detail or detail.get("type") == "text/plain" or not value.strip():
        return normalise(value)
    return normalise(_fed(f"<div>{value}</div>", _Paragraphs()) or "")


def _entry_date(entry: Mapping[str, Any]) -> Published | None:
    """Not feedparser's own reading of it, which makes November of "2021-március-04" and June of "2021-063"."""
    stated = [entry[key] or "" for key in ("published", "updated") if key in entry]
    return next(filter(None, map(published, stated)), None)
