import gzip
import io
import json
import os
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.errors import InputError
from index.fetch import read, size
from index.parse import MAX_BYTES, Blob, Kind
from index.types import Failure

TEXT = b"The bridge over the Elbe is open again."
RECORD = json.dumps({"id": "elbe-1", "text": TEXT.decode()}).encode()
QUESTION = b'{"id": "q1", "question": "Is the bridge open?"}\n'


def write(path: Path, data: bytes = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def fetch(*sources: Path) -> list[Blob | Failure]:
    """Everything read, after a check that the progress added up."""
    steps: list[int] = []
    found = list(read(sources, steps.append))
    assert sum(steps) == size(sources)
    assert all(step > 0 for step in steps)
    return found


def names(found: Sequence[Blob | Failure]) -> list[str]:
    return [Path(item.origin).name for item in found]


def test_a_folder_is_read_in_order_with_hidden_and_other_files_passed_over(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a/1.TXT", "b/.hidden.txt", ".git/x.txt", "README.md", "x.py", "x.png", "c.txt"):
        write(tmp_path / name)
    found = fetch(tmp_path)
    assert found == [
        Blob(str(tmp_path / "a/1.TXT"), "1", Kind.TEXT, TEXT),
        Blob(str(tmp_path / "b/2.txt"), "2", Kind.TEXT, TEXT),
        Blob(str(tmp_path / "c.txt"), "c", Kind.TEXT, TEXT),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", Kind.TEXT),
        ("a.jsonl", Kind.RECORD),
        ("a.NDJSON", Kind.RECORD),
        ("a.html", Kind.PAGE),
        ("a.htm", Kind.PAGE),
        ("a.xml", Kind.FEED),
        ("a.rss", Kind.FEED),
        ("a.atom", Kind.FEED),
    ],
)
def test_the_suffix_tells_the_kind(tmp_path: Path, name: str, kind: Kind) -> None:
    (blob,) = fetch(write(tmp_path / name).parent)
    assert isinstance(blob, Blob)
    assert (blob.kind, blob.name, blob.data) == (kind, "a", TEXT)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (RECORD + b"\n" + RECORD, Kind.RECORD),
        (b"{not JSON} " + TEXT, Kind.TEXT),
        (b'\xef\xbb\xbf <?xml version="1.0"?><rss/>', Kind.FEED),
        (b"<RSS>", Kind.FEED),
        (b"<feed xmlns=''>", Kind.FEED),
        (b"\n<!DOCTYPE html><p>", Kind.PAGE),
        (b"<html lang=en>", Kind.PAGE),
        (TEXT, Kind.TEXT),
        (b"", Kind.TEXT),
    ],
)
def test_a_named_file_of_unknown_suffix_is_recognised(tmp_path: Path, data: bytes, kind: Kind) -> None:
    found = fetch(write(tmp_path / "elbe.dat", data))
    assert {item.kind for item in found if isinstance(item, Blob)} == {kind}
    assert fetch(tmp_path) == []


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.NDJSON.GZ"])
def test_records_come_line_by_line_without_the_blank_ones(tmp_path: Path, name: str) -> None:
    data = b"\n" + RECORD + b"\r\n  \n" + b"{broken\n" + RECORD
    path = write(tmp_path / name, gzip.compress(data) if name.lower().endswith("gz") else data)
    lines = [(item.line, item.data.strip()) for item in fetch(path) if isinstance(item, Blob)]
    assert lines == [(2, RECORD), (4, b"{broken"), (5, RECORD)]


def test_a_line_that_is_too_long_is_skipped_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(RECORD + b"\n")
        for _ in range(200):
            file.write(b"x" * (MAX_BYTES // 50))
        file.write(b"\n" + RECORD)
    tracemalloc.start()
    found = fetch(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item if isinstance(item, Failure) else item.line for item in found] == [
        1,
        Failure(f"{path}:2", "is larger than 50 MB"),
        3,
    ]
    assert peak < 3 * MAX_BYTES


@pytest.mark.parametrize("damage", ["cut", "flipped", "not gzip"])
def test_damaged_gzip_gives_the_lines_before_the_damage(tmp_path: Path, damage: str) -> None:
    lines = b"".join(b'{"text": "%s"}\n' % os.urandom(200).hex().encode() for _ in range(3000))
    packed = bytearray(gzip.compress(lines))
    if damage == "flipped":
        packed[len(packed) // 2 : len(packed) // 2 + 100] = b"\xff" * 100
    data = {"cut": bytes(packed[: len(packed) // 2]), "flipped": bytes(packed), "not gzip": lines}[damage]
    *blobs, failure = fetch(write(tmp_path / "a.jsonl.gz", data))
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(f"is damaged after line {len(blobs)} (")
    assert len(blobs) < 3000
    assert bool(blobs) == (damage != "not gzip")


def test_questions_beside_articles_are_passed_over_but_not_when_named(tmp_path: Path) -> None:
    questions = write(tmp_path / "questions.jsonl", b"\n" + QUESTION * 3)
    articles = write(tmp_path / "articles.jsonl", RECORD + b"\n" + QUESTION)
    assert names(fetch(tmp_path)) == ["articles.jsonl"] * 2
    assert fetch(articles)[1] == Blob(str(articles), "articles", Kind.RECORD, QUESTION, 2)
    assert fetch(questions) == [Failure(str(questions), "is a set of questions, not articles")]


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES)
    assert fetch(path) == [Failure(str(path), "is larger than 50 MB")]


def test_what_cannot_be_read_does_not_keep_the_rest_from_being_read(tmp_path: Path) -> None:
    write(tmp_path / "z.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    gone, loop, pipe, text = fetch(tmp_path)
    assert gone == Failure(str(tmp_path / "gone.txt"), "cannot be read (No such file or directory)")
    assert loop == Failure(str(tmp_path / "loop.txt"), "cannot be read (Too many levels of symbolic links)")
    assert pipe == Failure(str(tmp_path / "pipe.txt"), "is neither a file nor a folder that can be read")
    assert isinstance(text, Blob)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_and_folders_without_permission_are_failures(tmp_path: Path) -> None:
    write(tmp_path / "a.txt").chmod(0)
    write(tmp_path / "b" / "b.txt").parent.chmod(0)
    found = fetch(tmp_path)
    (tmp_path / "b").chmod(0o700)
    assert found == [
        Failure(str(tmp_path / "a.txt"), "cannot be read (Permission denied)"),
        Failure(str(tmp_path / "b"), "is neither a file nor a folder that can be read"),
    ]


def test_a_file_that_vanishes_while_others_are_read_is_a_failure(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    second = write(tmp_path / "b.txt")
    found = read([tmp_path], lambda _: None)
    assert isinstance(next(found), Blob)
    second.unlink()
    assert list(found) == [Failure(str(second), "cannot be read (No such file or directory)")]


def test_links_between_folders_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "a" / "a.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "linked.txt").symlink_to(tmp_path / "a" / "a.txt")
    assert names(fetch(tmp_path)) == ["a.txt", "linked.txt"]
    assert names(fetch(tmp_path / "a" / "up" / "a")) == ["a.txt"]


def test_each_file_is_read_once_in_the_order_of_the_sources(tmp_path: Path) -> None:
    first, second = write(tmp_path / "b.txt"), write(tmp_path / "a" / "a.txt")
    assert names(fetch(first, tmp_path, second)) == ["b.txt", "a.txt"]


def test_origins_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.txt")
    monkeypatch.chdir(tmp_path)
    assert [item.origin for item in fetch(Path("a.txt"), Path())] == [str(tmp_path / "a.txt")]


def test_a_missing_source_is_refused_at_once(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    missing = tmp_path / "missing"
    with pytest.raises(InputError, match=f"{missing} cannot be read"):
        read([tmp_path, missing], lambda _: None)
    with pytest.raises(InputError, match=f"{missing} cannot be read"):
        size([missing])


def test_progress_of_a_compressed_file_is_in_its_own_bytes(tmp_path: Path) -> None:
    lines = b"".join(b'{"text": "%s"}\n' % os.urandom(200).hex().encode() for _ in range(3000))
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as file:
        file.write(lines)
    path = write(tmp_path / "a.jsonl.gz", buffer.getvalue())
    steps: list[int] = []
    blobs = read([path], steps.append)
    for _ in range(1500):
        next(blobs)
    assert 0.3 < sum(steps) / size([path]) < 0.8
