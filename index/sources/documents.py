"""What a response holds, whatever it says of itself. Pure."""

import codecs
import re

from index.errors import FetchError, InputError
from index.feeds import Form, form_of
from index.sources.types import Kind
from index.web.client import Limits, Response
from index.web.inflate import body

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_AS_BROWSERS = {"iso8859-1": "cp1252", "ascii": "cp1252"}  # https://encoding.spec.whatwg.org/#names-and-labels


def document(response: Response) -> bytes:
    """The body, in UTF-8 if only the header says what else it is in; raises InputError if it is damaged.

    A sitemap may be a gzip file (https://www.sitemaps.org/protocol.html), whatever the transfer did.
    """
    data = response.body
    if data.startswith(b"\x1f\x8b"):
        data = _gunzipped(data)
    charset = _CHARSET.search(response.headers.get("content-type", ""))
    try:
        data.decode()
    except UnicodeError:
        return _in_utf8(data, charset[1]) if charset else data
    return data


def _in_utf8(data: bytes, charset: str) -> bytes:
    try:
        codec = codecs.lookup(charset).name
        return data.decode(_AS_BROWSERS.get(codec, codec)).encode()
    except (UnicodeError, LookupError):
        return data  # the header lies; the document itself may say more


def _gunzipped(data: bytes) -> bytes:
    try:
        return body([data], "gzip", Limits().bytes)
    except FetchError as error:
        raise InputError(str(error)) from error


def kind_of(response: Response) -> Kind:
    """What a source's response looks like; raises InputError for what is no text."""
    form = form_of(document(response))
    if form is None:
        return Kind.PAGE
    return Kind.SITEMAP if form is Form.SITEMAP else Kind.FEED
