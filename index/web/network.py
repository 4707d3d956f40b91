"""Connections that cannot be led astray: the address that is connected to is the one that was checked.

A name may be made to stand for one address when it is checked and for another when it is used (DNS rebinding), so
a name is looked up once for each connection, and the connection goes to the address found, not to the name.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import httpcore

from index.errors import FetchError, Refused

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Rule: TypeAlias = Callable[[Address], str | None]
"""Why an address may not be reached; None if it may."""
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""Host and port -> the addresses behind the name; raises FetchError if there are none."""

# What some versions of `ipaddress` take for public: protocol assignments (with a cloud's metadata service), another
# cloud's metadata service, and site-local addresses.
_NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "168.63.129.16/32", "fec0::/10")))
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # https://www.rfc-editor.org/rfc/rfc6052#section-2.1
_V4_BITS = 0xFFFF_FFFF


def public_only(address: Address) -> str | None:
    """Refuses what is not on the public internet, also where an IPv6 address only wraps one of IPv4."""
    inner = _wrapped(address)
    if inner is not None:
        return public_only(inner)
    kinds = (
        (address.is_loopback, "this machine"),
        (address.is_link_local, "a link-local address"),
        (address.is_multicast, "a multicast address"),
        (not address.is_global or address.is_reserved, "a private or reserved address"),
        (any(address in network for network in _NOT_PUBLIC), "a private or reserved address"),
    )
    return next((what for applies, what in kinds if applies), None)


def anywhere(address: Address) -> str | None:
    """Refuses nothing."""
    del address
    return None


def _wrapped(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to an IPv6 address end at, if it is of such a kind."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & _V4_BITS)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def look_up(host: str, port: int) -> Sequence[str]:
    """The system's resolver; it gives up by itself, usually within half a minute."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"the host {host} is not known: check the address and the network") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Gate(httpcore.NetworkBackend):
    """Makes connections for httpcore, to addresses that its rule allows, until a deadline.

    Args:
        rule: Which addresses may be reached.
        resolve: Looks names up.
        deadline: `time.monotonic()` by which all must be done, however slowly bytes trickle in.
    """

    def __init__(self, rule: Rule, resolve: Resolver, deadline: float) -> None:
        self._rule = rule
        self._resolve = resolve
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers, if all of them may be reached.

        Raises Refused if one may not, FetchError if there is none, httpcore's errors if none answers.
        """
        addresses = self._resolve(host, port)
        for address in addresses:
            self._check(host, address)
        failed: Exception = FetchError(f"the host {host} has no address")
        for address in addresses:
            try:
                left = left_of(self._deadline, timeout)
                stream = self._sockets.connect_tcp(address, port, left, local_address, socket_options)
                return _Timed(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    def _check(self, host: str, address: str) -> None:
        reason = self._rule(ipaddress.ip_address(address))
        if reason:
            stands = "is" if host == address else f"stands for {address},"
            raise Refused(f"{host} {stands} {reason}, and only the public internet is followed")


class _Timed(httpcore.NetworkStream):
    """A stream on which no wait outlasts the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left_of(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left_of(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, left_of(self._deadline, timeout))
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's
        return self._stream.get_extra_info(info)


def left_of(deadline: float, timeout: float | None) -> float:
    """Seconds that may be waited now; raises httpcore.ReadTimeout if none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("out of time")
    return left if timeout is None else min(left, timeout)
