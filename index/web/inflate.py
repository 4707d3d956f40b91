"""What a server sends -> the bytes it stands for, never more of them than are wanted. Pure."""

import zlib
from collections.abc import Iterable, Iterator

from index.errors import FetchError, Refused

CODINGS = "gzip, deflate"
"""What is accepted, as the header Accept-Encoding says it."""

_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_ZLIB_START = 0x78


def body(chunks: Iterable[bytes], coding: str, limit: int) -> bytes:
    """The whole body.

    Args:
        chunks: As they come in.
        coding: The header Content-Encoding; "" for none.
        limit: Bytes, both as sent and as unpacked; memory stays within a few times that.

    Raises:
        Refused: It is larger, or in a coding that was not asked for.
        FetchError: It is damaged.
    """
    whole = bytearray()
    for piece in _unpacked(_limited(chunks, limit), coding.strip().lower(), limit):
        whole += piece
        if len(whole) > limit:
            raise Refused(f"it is larger than {limit // 1_000_000} MB when unpacked")
    return bytes(whole)


def _limited(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > limit:
            raise Refused(f"it is larger than {limit // 1_000_000} MB")
        yield chunk


def _unpacked(chunks: Iterable[bytes], coding: str, limit: int) -> Iterator[bytes]:
    if coding in {"", "identity"}:
        yield from chunks
    elif coding in {"gzip", "x-gzip"}:
        yield from _inflated(chunks, _GZIP, limit)
    elif coding == "deflate":  # the standard means zlib's format, and some servers leave its frame out
        waiting = iter(chunks)
        first = next(waiting, b"")
        framed = first[:1] and first[0] & 0x0F == _ZLIB_START & 0x0F
        yield from _inflated(_again(first, waiting), _ZLIB if framed else _RAW, limit)
    else:
        raise Refused(f"it comes packed as {coding[:40]!r}, which was not asked for")


def _again(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _inflated(chunks: Iterable[bytes], window: int, limit: int) -> Iterator[bytes]:
    """Pieces of at most limit + 1 bytes each; several members one after the other, as gzip allows them."""
    stream = zlib.decompressobj(window)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if stream.eof:
                    stream = zlib.decompressobj(window)
                yield stream.decompress(rest, limit + 1)
                rest = stream.unused_data if stream.eof else stream.unconsumed_tail
    except zlib.error as error:
        raise FetchError(f"it is damaged ({error})") from error
    if not stream.eof:
        raise FetchError("it is damaged (its end is missing)")
