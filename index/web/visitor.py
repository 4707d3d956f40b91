"""A guest on the web: follows redirects, heeds robots.txt, waits for its turn, and goes away when asked to."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import FetchError, Refused
from index.web.client import Client, Response
from index.web.hosts import Hosts, retry_after
from index.web.robots import Robots, read
from index.web.urls import host_of, origin_of, web_url

ROBOTS_KEPT = 3_600.0
"""Seconds before a robots.txt is read anew; the standard allows a day."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_BUSY = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a visit ended."""

    response: Response
    moved: str | None
    """The address that has for good taken the place of the one asked for."""


class Visitor:
    """Visits addresses; from several threads.

    Args:
        client: Makes the requests.
        hosts: Whose turn it is.
    """

    def __init__(self, client: Client, hosts: Hosts) -> None:
        self._client = client
        self._hosts = hosts
        self._robots: dict[str, tuple[float, Robots]] = {}
        self._guard = threading.Lock()

    def visit(self, url: str, headers: Mapping[str, str] | None = None) -> Visit:
        """Fetch an address, wherever it redirects to; every hop is checked as the first one is.

        Args:
            url: As `web_url` made it.
            headers: To send, as for a conditional request.

        Raises:
            Refused: It, or one that it redirects to, must not be fetched.
            FetchError: It cannot be fetched now; its `wait` says for how long its host wants no visit.
        """
        asked, moved, permanent = url, None, True
        for _ in range(self._client.limits.redirects + 1):
            self._check_robots(url)
            response = self._exchange(url, headers or {})
            if response.status not in _REDIRECTS:
                return Visit(response, moved)
            url = web_url(response.headers.get("location", ""), url)
            permanent = permanent and response.status in _PERMANENT
            moved = url if permanent else moved
        raise Refused(f"{host_of(asked)} redirects more than {self._client.limits.redirects} times")

    def _exchange(self, url: str, headers: Mapping[str, str]) -> Response:
        host = host_of(url)
        with self._hosts.turn(host):
            response = self._client.exchange(url, headers, self._client.deadline())
        wait = retry_after(response.headers.get("retry-after"), time.time()) if response.status in _BUSY else None
        if wait:
            self._hosts.leave_alone(host, wait)
            raise FetchError(f"{host} answered {response.status} and asks to wait {wait:.0f} seconds", wait)
        return response

    def _check_robots(self, url: str) -> None:
        if not self._rules(url).allows(url):
            raise Refused(f"the robots.txt of {host_of(url)} forbids it")

    def _rules(self, url: str) -> Robots:
        """Of the site of this address; raises FetchError where they cannot be had now."""
        site = origin_of(url)
        with self._guard:
            read_at, rules = self._robots.get(site, (0.0, None))
        if rules is None or time.monotonic() - read_at > ROBOTS_KEPT:
            rules = self._fetched_rules(site)
            self._hosts.slow_down(host_of(url), rules.delay)
            with self._guard:
                self._robots[site] = (time.monotonic(), rules)
        return rules

    def _fetched_rules(self, site: str) -> Robots:
        url = f"{site}/robots.txt"
        for _ in range(self._client.limits.redirects + 1):
            response = self._exchange(url, {})
            if response.status not in _REDIRECTS:
                break
            url = web_url(response.headers.get("location", ""), url)
        rules = read(response)
        if rules is None:
            raise FetchError(f"the robots.txt of {host_of(url)} cannot be had now (status {response.status})")
        return rules
