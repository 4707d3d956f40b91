"""Addresses on the web as people and feeds write them -> the one form in which they are kept and fetched. Pure."""

from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import idna

from index.errors import Refused

MAX_LENGTH = 2_000
"""Characters of an address; sitemaps allow 2,048 (https://www.sitemaps.org/protocol.html)."""

_KEPT = "%/:=&?~+!$,;'@()*[]|"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def web_url(text: str, base: str = "") -> str:
    """The address in the form it is kept in: absolute, ASCII, without a fragment.

    Args:
        text: What was typed, or stands in a feed.
        base: The address that a relative one is relative to.

    Raises:
        Refused: It is not of the web, or holds a name or password; these are not repeated in the message.
    """
    try:
        parts = urlsplit(urljoin(base, text.strip()))
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused(f"{text[:100]!r} is no address on the web ({error})") from error
    if parts.username is not None or parts.password is not None:
        raise Refused(f"the address at {host} holds a name or password, which is not kept: give one without")
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise Refused(f"{text[:100]!r} is no address on the web: give one that begins with http:// or https://")
    place = _ascii_host(host) + (f":{port}" if port not in {None, _DEFAULT_PORTS[parts.scheme]} else "")
    url = urlunsplit((parts.scheme, place, quote(parts.path or "/", _KEPT), quote(parts.query, _KEPT), ""))
    if len(url) > MAX_LENGTH:
        raise Refused(f"the address at {host} has {len(url):,} characters; at most {MAX_LENGTH:,} are taken")
    return url


def _ascii_host(host: str) -> str:
    """As the domain name system knows it; an IPv6 address in its brackets."""
    if ":" in host:
        return f"[{host}]"
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise Refused(f"{host!r} is no name of a host ({error})") from error


def host_of(url: str) -> str:
    """The host of an address that `web_url` made."""
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for (https://www.rfc-editor.org/rfc/rfc9309#section-2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
