"""HTML pages -> Articles. Pure.

trafilatura and lxml take half a second to import, so they are imported where a page comes up.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from index.clean import headline, label, normalise, primary_language, published, web_link
from index.decode import decode
from index.errors import InputError
from index.types import Article, Precision, Published

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

MAX_DEPTH = 256
"""Elements within elements: beyond it lxml drops the rest of the page without a word. Real pages reach 51."""

_TITLE_WITHIN = 3
_ONE_DAY_AND_ZONES = timedelta(hours=38)
_DATE_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]+)"')
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


def html_text(html: str) -> str:
    """Normalised text of a piece of HTML: its paragraphs, captions in brackets, no scripts."""
    return normalise(_fed(f"<div>{html}</div>", _Paragraphs()) or "")
