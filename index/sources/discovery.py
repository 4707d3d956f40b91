"""The feeds that a web page names as its own (https://www.rssboard.org/rss-autodiscovery). Pure."""

from index.decode import decode
from index.errors import Refused
from index.web.urls import web_url

_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})


def feeds_named(data: bytes, url: str) -> list[str]:
    """Addresses of the feeds that a page names, in its order, without those for comments.

    Args:
        data: The page.
        url: Its address.

    Raises:
        InputError: It is no text.
    """
    from lxml import etree  # noqa: PLC0415 - takes a while, and only a new source needs it

    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    root = etree.fromstring(decode(data, declares=True).encode(errors="replace"), parser)
    if root is None:
        return []
    base = next((str(place) for place in root.xpath("//base/@href")), "")
    found = []
    for link in root.iterfind(".//link"):
        stated = {name: str(link.get(name) or "").strip() for name in ("rel", "type", "href", "title")}
        if "alternate" in stated["rel"].lower().split() and stated["type"].lower() in _TYPES and stated["href"]:
            found.append((stated["title"].lower(), _joined(stated["href"], base, url)))
    main = [place for title, place in found if place and "comment" not in title]
    return list(dict.fromkeys(main or (place for _, place in found if place)))


def _joined(href: str, base: str, url: str) -> str | None:
    try:
        return web_url(href, web_url(base, url) if base else url)
    except Refused:
        return None
