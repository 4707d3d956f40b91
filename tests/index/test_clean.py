import textwrap
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean import MAX_HEADLINE, headline, label, normalise, primary_language, published, web_link
from index.decode import decode
from index.errors import InputError
from index.types import Precision, Published

PROSE = (
    "The well-known bridge over the Elbe, closed since the storm, will be opened again before the end of the month, "
    "the city said on Tuesday. Nobody was hurt when two of its cables broke, and the repair has cost less than feared."
)
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=9)
GAPS = st.sampled_from(
    [" ", "  ", "\t", "\n", "\r\n", "\n\n", "\n \n\n", "\u00a0", "\u2009", "\u2028", " \u200b", "\x0c"]
)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.lists(st.tuples(WORDS, GAPS), max_size=60))
def test_every_word_is_kept_in_its_place(pieces: list[tuple[str, str]]) -> None:
    text = normalise("".join(word + gap for word, gap in pieces))
    assert "".join(text.split()) == unicodedata.normalize("NFC", "".join(word for word, _ in pieces))


@given(st.text())
def test_lines_are_paragraphs_one_blank_line_apart(text: str) -> None:
    text = normalise(text)
    assert not text or all(line == line.strip() != "" and "  " not in line for line in text.split("\n\n"))
    assert not {c for c in text if unicodedata.category(c) in {"Cc", "Zs", "Zl", "Zp", "Cs"}} - {" ", "\n"}


def test_unseen_characters_go_and_spaces_become_plain() -> None:
    assert (
        normalise("\ufeffsoft\u00adware, 5\u00a0000 zero\u200bwidth\x07 cafe\u0301 ")
        == "software, 5 000 zerowidth café"
    )


@pytest.mark.parametrize("width", [60, 72, 80, 100])
def test_wrapped_lines_are_put_together_again(width: int) -> None:
    heading = "Repair is done"
    paragraphs = [heading, PROSE, "[A view of the bridge.]", PROSE]
    assert normalise("\n\n".join(textwrap.fill(p, width) for p in paragraphs)) == "\n\n".join(paragraphs)


def test_headings_and_captions_between_wrapped_lines_stay_apart() -> None:
    wrapped = textwrap.fill(PROSE, 70)
    text = f"Repair is done\n{wrapped}\n[A view of the bridge.]\n{wrapped}"
    assert normalise(text) == f"Repair is done\n\n{PROSE}\n\n[A view of the bridge.]\n\n{PROSE}"


@pytest.mark.parametrize(
    "lines",
    [
        [PROSE, PROSE],
        ["Storm closes the bridge over the Elbe for a month", "City opens the bridge again, earlier than was planned"],
        ["roses are red", "and violets are blue"],
        [
            "Nobody was hurt when the cables broke on Sunday night.",
            "The repair has cost less than the city had feared.",
        ],
    ],
    ids=["long", "headlines", "verse", "sentences"],
)
def test_one_paragraph_a_line_stays_so(lines: list[str]) -> None:
    assert normalise("\n".join(lines)) == "\n\n".join(lines)


@pytest.mark.parametrize(
    ("stated", "precision", "at"),
    [
        ("2020", Precision.YEAR, (2020, 1, 1)),
        (2020, Precision.YEAR, (2020, 1, 1)),
        ("2020-09", Precision.MONTH, (2020, 9, 1)),
        ("2020-09-29", Precision.DAY, (2020, 9, 29)),
        ("20200929", Precision.DAY, (2020, 9, 29)),
        ("2020-09-29T08:30:00+02:00", Precision.TIME, (2020, 9, 29, 6, 30)),
        ("2020-09-29T08:30:00.5Z", Precision.TIME, (2020, 9, 29, 8, 30)),
        ("2020-09-29 08:30", Precision.TIME, (2020, 9, 29, 8, 30)),
        ("2020-09-29 08:30:00 UTC", Precision.TIME, (2020, 9, 29, 8, 30)),
        ("Tue, 29 Sep 2020", Precision.DAY, (2020, 9, 29)),
        ("Tue, 29 Sep 2020 08:30:00 -0700", Precision.TIME, (2020, 9, 29, 15, 30)),
        (1601368200, Precision.TIME, (2020, 9, 29, 8, 30)),
        (1601368200.25, Precision.TIME, (2020, 9, 29, 8, 30)),
    ],
)
def test_dates_are_utc_and_as_precise_as_stated(stated: str | float, precision: Precision, at: tuple[int, ...]) -> None:
    year, month, day, hour, minute = (*at, 0, 0)[:5]
    assert published(stated) == Published(datetime(year, month, day, hour, minute, tzinfo=UTC), precision)


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.from_regex(r"\d{4}(-\d\d){0,2}(T\d\d:\d\d)?", fullmatch=True))
)
def test_what_a_date_writes_down_reads_back_the_same(stated: str | float) -> None:
    date = published(stated)
    assert date is None or published(str(date)) == date


@pytest.mark.parametrize("stated", ["2020-13-45", "0000", "tomorrow", "", "9999-12-31T23:00:00-09:00", 1e300])
def test_what_is_no_date_is_none(stated: str | float) -> None:
    assert published(stated) is None


@given(st.text(min_size=1).map(normalise).filter(bool))
def test_a_headline_is_short_and_of_the_text(text: str) -> None:
    title = headline(text)
    assert 0 < len(title) <= MAX_HEADLINE
    assert title.removesuffix("…") in text


def test_a_headline_is_the_first_sentence_after_captions_cut_at_a_word() -> None:
    assert headline("[Dr. Lee waves.]\n\nMr. Lee left. He flew home.") == "Mr. Lee left."
    assert headline("[Dr. Lee waves.]") == "Dr. Lee waves."
    assert headline("[ ]") == "[ ]"
    assert headline("many words " * 40) == "many words " * 14 + "many…"


def test_labels_links_and_languages() -> None:
    assert label(" Two\n\nlines\u200b ") == "Two lines"
    assert web_link(" https://a.example/b ") == "https://a.example/b"
    assert [web_link(url) for url in ("/b", "javascript:x", "https://", "https://[", None)] == [None] * 5
    assert [primary_language(tag) for tag in ("en-GB", "DE_at", "", None)] == ["en", "de", None, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_in_any_encoding(encoding: str) -> None:
    text = "El señor Peña cruzó el Rín según su colega: “mañana será difícil”, añadió. " * 3
    assert decode(text.encode(encoding)) == text


def test_cyrillic_is_recognised() -> None:
    text = "Мост через реку снова открыт, сообщил во вторник город. Никто не пострадал."
    assert decode(text.encode("cp1251")) == text


@pytest.mark.parametrize(
    ("page", "encoding", "text"),
    [
        ('<meta charset="shift_jis">橋は再び開いた', "shift_jis", "橋は"),
        ("<?xml version='1.0' encoding='iso-8859-7'?>Η γέφυρα", "iso-8859-7", "γέφυρα"),
        ('<meta charset="iso-8859-1">“Größe”', "cp1252", "“Größe”"),
        ('<meta charset="iso-8859-1">“Größe”', "utf-8", "“Größe”"),
        ('<meta charset="utf-16">plain', "ascii", "plain"),
        ('<meta charset="rot13">plain', "ascii", "plain"),
        ('<meta charset="no-such-thing">plain', "ascii", "plain"),
    ],
)
def test_a_declared_encoding_is_honoured_unless_it_cannot_be(page: str, encoding: str, text: str) -> None:
    assert text in decode(page.encode(encoding), declares=True)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"%PDF-1.7 and so on", r"is a binary file \(PDF\), not text"),
        (b"PK\x03\x04 and so on", r"\(ZIP\)"),
        (b"\x1f\x8b and so on", r"\(gzip\)"),
        (b"\x89PNG and so on", r"\(PNG\)"),
        (b"\xff\xd8\xff and so on", r"\(JPEG\)"),
        (b"\x7fELF and so on", r"\(ELF\)"),
        (b"SQLite format 3\x00 and so on", r"\(SQLite\)"),
        (b"a zero \x00 byte", "is a binary file, not text"),
        (b"\x01\x02 controls", "is a binary file, not text"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        decode(data)
