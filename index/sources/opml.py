"""Lists of feeds as other readers write and take them (http://opml.org/spec2.opml). Pure."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from index.clean import label
from index.errors import InputError
from index.feeds import harmless


def read(data: bytes) -> list[tuple[str, str | None]]:
    """(address, title) of every outline that names a feed, in folders too; addresses as they stand there.

    Raises InputError for what is no OPML, or declares entities.
    """
    from lxml import etree  # noqa: PLC0415 - takes a while

    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(harmless(data).encode(errors="replace"), parser)
    if root is None or str(root.tag).lower() != "opml":
        raise InputError("is no OPML")
    outlines = (outline for outline in root.iter("outline") if outline.get("xmlUrl"))
    return [
        (outline.get("xmlUrl"), label(outline.get("title") or outline.get("text") or "") or None)
        for outline in outlines
    ]


def write(feeds: Iterable[tuple[str, str | None]]) -> str:
    """OPML 2.0 of (address, title), one outline each."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Sources of Dateline"
    body = ET.SubElement(root, "body")
    for url, title in feeds:
        ET.SubElement(body, "outline", type="rss", text=title or url, title=title or url, xmlUrl=url)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
