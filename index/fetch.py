"""Files and folders -> Blobs. The only module that opens article files."""

import codecs
import gzip
import json
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import BinaryIO

from index.errors import InputError
from index.parse import MAX_BYTES, Blob, Kind
from index.types import Failure

_KINDS = {
    ".txt": Kind.TEXT,
    ".jsonl": Kind.RECORD,
    ".ndjson": Kind.RECORD,
    ".jsonl.gz": Kind.RECORD,
    ".ndjson.gz": Kind.RECORD,
    ".html": Kind.PAGE,
    ".htm": Kind.PAGE,
    ".xml": Kind.FEED,
    ".rss": Kind.FEED,
    ".atom": Kind.FEED,
}
_OPENINGS = (
    (b"<?xml", Kind.FEED),
    (b"<rss", Kind.FEED),
    (b"<feed", Kind.FEED),
    (b"<!doctype html", Kind.PAGE),
    (b"<html", Kind.PAGE),
)
_SNIFFED = 1024
_CHUNK = 1 << 20


class _Meter:
    """Tells how far one file has been read, never more than there is of it."""

    def __init__(self, path: Path, advance: Callable[[int], None]) -> None:
        self._size = _size(path)
        self._advance = advance
        self._seen = 0

    def at(self, position: int) -> None:
        """The file has been read up to here."""
        step = min(position, self._size) - self._seen
        if step > 0:
            self._seen += step
            self._advance(step)

    def done(self) -> None:
        """Nothing more of the file will be read."""
        self.at(self._size)


def size(sources: Sequence[Path]) -> int:
    """Bytes on disk that `read` will advance through.

    Raises InputError for a source that does not exist.
    """
    return sum(_size(path) for path in _files(sources))


def read(sources: Sequence[Path], advance: Callable[[int], None]) -> Iterator[Blob | Failure]:
    """Everything in files and folders that may be an article, in the order of sources and names.

    JSONL files are read line by line, in constant memory. In a folder, hidden files and files of unknown suffix are
    passed over, and so are files of questions; folders behind symbolic links are not entered.

    Args:
        sources: Files and folders. A file named here is read whatever its suffix.
        advance: Called with the number of bytes read since the last call; in all, `size(sources)`.

    Raises:
        InputError: At once, for a source that does not exist.
    """
    return _read(_files(sources), advance)


def _read(files: Mapping[Path, bool], advance: Callable[[int], None]) -> Iterator[Blob | Failure]:
    for path, named in files.items():
        meter = _Meter(path, advance)
        try:
            yield from _blobs(path, meter, named=named)
        except OSError as error:
            yield Failure(str(path), f"cannot be read ({error.strerror or error})")
        meter.done()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it will say why


def _files(sources: Sequence[Path]) -> dict[Path, bool]:
    """Absolute paths, each once, and whether they were named themselves."""
    files: dict[Path, bool] = {}
    for source in (source.absolute() for source in sources):
        try:
            mode = source.stat().st_mode
        except OSError as error:
            raise InputError(
                f"{source} cannot be read ({error.strerror}): give a file or folder of articles"
            ) from error
        if stat.S_ISDIR(mode):
            for path in _below(source):
                files.setdefault(path, False)
        else:
            files[source] = True
    return files


def _below(folder: Path) -> list[Path]:
    """What may hold articles, sorted; with the folders that cannot be opened, to be reported when read."""
    paths: list[Path] = []
    closed: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [Path(parent, name) for name in names if not name.startswith(".") and _kind(name)]
    return sorted([*paths, *(Path(error.filename) for error in closed)])


def _kind(name: str) -> Kind | None:
    return next((kind for suffix, kind in _KINDS.items() if name.lower().endswith(suffix)), None)


def _blobs(path: Path, meter: _Meter, *, named: bool) -> Iterator[Blob | Failure]:
    info = path.stat()
    if not stat.S_ISREG(info.st_mode):  # opening a pipe could wait forever
        yield Failure(str(path), "is neither a file nor a folder that can be read")
        return
    with path.open("rb") as raw:
        kind = _kind(path.name) or _sniffed(raw)
        if kind is Kind.RECORD:
            yield from _records(path, raw, meter, named=named)
        elif info.st_size >= MAX_BYTES:
            yield Failure(str(path), f"is larger than {MAX_BYTES // 1_000_000} MB")
        else:
            yield Blob(str(path), path.stem, kind, raw.read())


def _sniffed(raw: BinaryIO) -> Kind:
    """The kind of a file whose name does not tell it."""
    head = raw.read(_SNIFFED).removeprefix(codecs.BOM_UTF8).lstrip().lower()
    raw.seek(0)
    if head.startswith(b"{"):
        line = raw.readline(MAX_BYTES)
        raw.seek(0)
        return Kind.TEXT if _object(line) is None else Kind.RECORD
    return next((kind for opening, kind in _OPENINGS if head.startswith(opening)), Kind.TEXT)


def _object(line: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _records(path: Path, raw: BinaryIO, meter: _Meter, *, named: bool) -> Iterator[Blob | Failure]:
    """The lines of a JSONL file, those before the damage if it is damaged; none if they are questions."""
    stream = gzip.GzipFile(fileobj=raw) if path.suffix.lower() == ".gz" else raw
    first, number = True, 0
    try:
        for number, line in _lines(stream):
            meter.at(raw.tell())
            if first and _is_question(line):
                if named:
                    yield Failure(str(path), "is a set of questions, not articles")
                return
            first = False
            if len(line) < MAX_BYTES:
                yield Blob(str(path), path.stem, Kind.RECORD, line, number)
            else:
                yield Failure(f"{path}:{number}", f"is larger than {MAX_BYTES // 1_000_000} MB")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Failure(str(path), f"is damaged after line {number} ({error})")


def _lines(stream: BinaryIO | gzip.GzipFile) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that are not blank; of a line longer than MAX_BYTES only the beginning, MAX_BYTES long."""
    for number in count(1):
        line = piece = stream.readline(MAX_BYTES)
        while len(line) == MAX_BYTES and piece and not piece.endswith(b"\n"):
            piece = stream.readline(_CHUNK)
        if not line:
            return
        if not line.isspace():
            yield number, line


def _is_question(line: bytes) -> bool:
    record = _object(line) if b'"question"' in line else None
    return record is not None and "question" in record and "text" not in record
