"""`dateline index` on good and bad input."""

from pathlib import Path

import pytest

from index.parse import MAX_BYTES
from tests.command import complaint, dateline, index, output

REPORT_KEYS = set("new changed unchanged removed passages failures seconds".split())

LINES = [
    b'{"text": "\xff\xfe is in some old code page."}',
    b'{"text": 5}',
    b"[1]",
    b'{"text": "x"',
    b'{"id": "kiln", "text": "The kiln is cold."}',
]
"""The second, third and fourth are no articles."""


def write(folder: Path, **articles: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in articles.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write(
        tmp_path / "news",
        mill="date 2021-05-01 The old mill at Sampleton burned down on Friday night.",
        well="date 2021-05-02 Children found a Roman well behind the school.",
    )


def first(data: Path, question: str) -> str:
    """The id of the best hit."""
    found = output("search", question, "--data", data)
    return str(found["hits"][0]["article"]["id"])


def test_indexing_again_finds_what_changed(data: Path, news: Path) -> None:
    assert index(data, news) == (2, 0, 0, 0)
    assert index(data, news) == (0, 0, 2, 0)
    write(
        news, mill="date 2021-05-01 The flour mill was saved by the fire brigade.", pond="date 2021-05-03 A pond froze."
    )
    (news / "well.txt").unlink()
    assert index(data, news) == (1, 1, 0, 0)
    assert first(data, "fire brigade flour") == "mill"
    assert first(data, "Roman well") == "well"
    assert index(data, news, "--prune") == (0, 0, 2, 1)
    assert first(data, "Roman well") != "well"
    done = dateline("index", news, "--data", data)
    assert done.stdout.decode().startswith("0 new, 0 changed, 2 unchanged, 0 removed; 0 passages in ")
    assert done.stderr == b""


def test_what_cannot_be_read_is_told_and_the_rest_goes_in(data: Path, news: Path) -> None:
    bad = {
        "binary.txt": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "nul.txt": b"A text\x00 with a NUL.",
        "empty.txt": b"",
        "blank.html": b"<html><body></body></html>",
        "bomb.xml": b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
        "huge.txt": b"word " * (MAX_BYTES // 5),
        "lines.jsonl": b"\n".join(LINES),
    }
    for name, content in bad.items():
        (news / name).write_bytes(content)
    report = output("index", news, "--data", data)
    assert report.keys() == REPORT_KEYS
    assert report["new"] == 4
    failed = [failure["origin"].removeprefix(f"{news}/") for failure in report["failures"]]
    assert failed == sorted(
        [*(name for name in bad if name != "lines.jsonl"), *(f"lines.jsonl:{n}" for n in (2, 3, 4))]
    )
    assert first(data, "cold kiln") == "kiln"
    again = dateline("index", news, "--data", data)
    assert again.returncode == 0
    assert len(again.stderr.splitlines()) == len(failed)
    assert b"Traceback" not in again.stderr


def test_only_the_first_failures_are_listed(data: Path, news: Path) -> None:
    (news / "bad.jsonl").write_bytes(b"{}\n" * 30)
    said = dateline("index", news, "--data", data).stderr.decode().splitlines()
    assert len(said) == 21
    assert said[-1] == "and 10 more (--json lists them all)"


def test_nothing_to_read_is_a_failure(data: Path, tmp_path: Path) -> None:
    empty = write(tmp_path / "empty")
    assert f"no article could be read from {empty}" in complaint("index", empty, "--data", data, code=1)
    missing = complaint("index", tmp_path / "missing", "--data", data, code=1)
    assert "missing cannot be read (No such file or directory)" in missing


def test_another_encoder_needs_another_index(data: Path, news: Path) -> None:
    index(data, news)
    said = complaint("index", news, "--data", data, "--encoder", "minilm", code=1)
    assert "built with encoder 'static' instead of 'minilm'" in said
    assert "dateline index --data NEW_FOLDER --encoder minilm" in said


def test_a_damaged_index_says_what_to_do(data: Path, news: Path) -> None:
    index(data, news)
    (data / "dateline.sqlite").write_bytes(b"This is no database." * 1000)
    for command in (["ask", "who?"], ["status"], ["index", news], ["chat", "who?"]):
        said = complaint(*command, "--data", data, code=1)
        assert "remove the folder and index again" in said
