"""Hosts, each visited by one at a time, with a pause between visits, and left alone for as long as it asks."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from index.errors import FetchError

DELAY = 1.0
"""Seconds between two requests to a host, if its robots.txt asks for no longer pause."""

LONGEST_DELAY = 60.0
"""Seconds: whoever asks for a longer pause still gets this one."""

LONGEST_WAIT = 86_400.0
"""Seconds for which a host is left alone at most, whatever its Retry-After says."""


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    delay: float = 0.0
    free_at: float = 0.0
    closed_until: float = 0.0


class Hosts:
    """Whose turn it is at each host; for several threads.

    Args:
        delay: Seconds between two requests to a host.
    """

    def __init__(self, delay: float = DELAY) -> None:
        self._delay = delay
        self._hosts: dict[str, _Host] = {}
        self._guard = threading.Lock()

    def _host(self, name: str) -> _Host:
        with self._guard:
            return self._hosts.setdefault(name, _Host())

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Wait for the turn at a host and have it; nobody else asks that host meanwhile.

        Raises FetchError if the host asked to be left alone, with the seconds that are left of it.
        """
        host = self._host(name)
        with host.turn:
            closed = host.closed_until - time.monotonic()
            if closed > 0:
                raise FetchError(f"{name} asked to be left alone for another {closed:.0f} seconds", closed)
            time.sleep(max(0.0, host.free_at - time.monotonic()))
            try:
                yield
            finally:
                host.free_at = time.monotonic() + max(host.delay, self._delay)

    def slow_down(self, name: str, delay: float) -> None:
        """Pause longer at this host, as its robots.txt asks."""
        self._host(name).delay = min(delay, LONGEST_DELAY)

    def leave_alone(self, name: str, seconds: float) -> None:
        """Do not visit this host for a while."""
        host = self._host(name)
        host.closed_until = max(host.closed_until, time.monotonic() + seconds)


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3), if any.

    Args:
        value: The header, a number or a date.
        now: Seconds since 1970.
    """
    if not value:
        return None
    try:
        seconds = float(value) if value.strip().isdecimal() else parsedate_to_datetime(value).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
