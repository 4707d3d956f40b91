"""Bytes in any encoding -> text; what is no text is refused. Pure."""

import codecs
import re
from encodings.aliases import aliases

from index.errors import InputError

_BOMS = (  # UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF-": "PDF",
    b"PK\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x7fELF": "ELF",
    b"SQLite format 3\x00": "SQLite",
}
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r"))
_MAX_CONTROLS = 0.1
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_CHARSET_WITHIN = 4096
_COMMONEST = "cp1252"


def _bom_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark at the start of the data states."""
    return next((encoding for bom, encoding in _BOMS if data.startswith(bom)), None)


def _refuse_binary(data: bytes) -> None:
    """Raises InputError for data that is empty or not text in any encoding."""
    if not data.strip():
        raise InputError("is empty")
    if _bom_encoding(data) in {"utf-16", "utf-32"}:
        return
    for magic, name in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"is a binary file ({name}), not text")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if b"\x00" in data or controls > _MAX_CONTROLS * len(data):
        raise InputError("is a binary file, not text")


def decode(data: bytes, *, declares: bool = False) -> str:
    """Text of bytes in any encoding; `declares`: HTML or XML, which may state its own.

    Valid UTF-8 beyond ASCII is UTF-8 whatever the page says of itself: nothing else looks like it.

    Raises InputError for binary data and for data in no encoding.
    """
    _refuse_binary(data)
    declared = _declared(data) if declares else None
    for encoding in (_bom_encoding(data), *((declared, "utf-8") if data.isascii() else ("utf-8", declared))):
        if encoding:
            try:
                return data.decode(encoding)
            except (UnicodeError, LookupError):
                continue
    return _guessed(data)


def _declared(data: bytes) -> str | None:
    """The codec that a page names for itself, if it is one in which a page can name it."""
    match = _CHARSET.search(data, 0, _CHARSET_WITHIN)
    if not match:
        return None
    name = match[1].decode("ascii", "replace").lower().replace("-", "_")
    codec = aliases.get(name, name)
    if codec in {"latin_1", "ascii"}:
        return _COMMONEST  # as browsers read them: https://encoding.spec.whatwg.org/#names-and-labels
    try:
        return codec if codec in aliases.values() and match[1].decode(codec).isascii() else None
    except (UnicodeError, LookupError):
        return None


def _guessed(data: bytes) -> str:
    """Raises InputError where no encoding makes text of the data."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - takes 40 ms, and nearly all text is UTF-8

    likely = [match.encoding for match in from_bytes(data)]
    if not likely:
        raise InputError("is in no known encoding; save it as UTF-8")
    # The Western and the Central European code page look alike, and one is a hundred times as common.
    return data.decode(_COMMONEST if _COMMONEST in likely else likely[0], "replace")
