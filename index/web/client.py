"""One request, one response: no cookies, no proxies, no redirects, nothing from the environment.

httpcore rather than httpx, requests or urllib3: it alone lets us make its connections, which is where an address
can be checked without a gap before its use; and it does nothing of its own accord.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from urllib.parse import urlsplit

import httpcore

from index.errors import FetchError
from index.web.inflate import CODINGS, body
from index.web.network import Gate, Resolver, Rule, look_up, public_only

NAME = "Dateline"
"""What robots.txt may call us."""

USER_AGENT = f"{NAME}/{version('dateline')} (news reader)"

_OK = 200
_ACCEPTED = (
    "application/atom+xml, application/rss+xml, application/feed+json, text/html, application/xml;q=0.9, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one visit may cost; a visit is a request with its redirects."""

    bytes: int = 10_000_000
    """Of a body, packed and unpacked. The largest news feeds have 2 MB."""
    seconds: float = 30.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered."""

    url: str
    """The address that answered."""
    status: int
    headers: Mapping[str, str]
    """By lower-case name; of a name that comes several times, the last."""
    body: bytes
    """Unpacked; empty unless the status is 200."""


class Client:
    """Fetches. May be used from several threads.

    Args:
        rule: Which addresses may be reached.
        resolve: Looks names up.
        limits: What one visit may cost.
    """

    def __init__(self, rule: Rule = public_only, resolve: Resolver = look_up, limits: Limits | None = None) -> None:
        self._rule = rule
        self._resolve = resolve
        self.limits = limits or Limits()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpcore.default_ssl_context()

    def deadline(self) -> float:
        """When a visit that begins now must be over, of `time.monotonic()`."""
        return time.monotonic() + self.limits.seconds

    def exchange(self, url: str, headers: Mapping[str, str], deadline: float) -> Response:
        """Ask for an address that `web_url` made.

        Raises:
            Refused: Its host may not be reached, or what it sends is too large.
            FetchError: It cannot be reached, or does not speak HTTP, or not in time.
        """
        asked = {
            "Host": urlsplit(url).netloc,
            "User-Agent": USER_AGENT,
            "Accept": _ACCEPTED,
            "Accept-Encoding": CODINGS,
            "Connection": "close",
            **headers,
        }
        gate = Gate(self._rule, self._resolve, deadline)
        try:
            with (
                httpcore.ConnectionPool(self._tls, network_backend=gate) as pool,
                pool.stream("GET", url, headers=list(asked.items())) as answer,
            ):
                return self._taken(url, answer)
        except httpcore.TimeoutException as error:
            raise FetchError(f"it did not answer within {self.limits.seconds:g} seconds") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(f"it cannot be reached ({str(error)[:200] or type(error).__name__})") from error

    def _taken(self, url: str, answer: httpcore.Response) -> Response:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
        stream: Iterable[bytes] = answer.iter_stream() if answer.status == _OK else ()
        packed = headers.get("content-encoding", "")
        return Response(url, answer.status, headers, body(stream, packed, self.limits.bytes))
