import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import InputError
from index.parse import MAX_BYTES, Blob, Kind, parse
from index.types import Article, Failure

ROOT = Path(__file__).parents[2]
SEED = ROOT / ".." / "shared" / "seeds" / "000_cfab05195c10244e.txt"


def blob(data: str | bytes, kind: Kind, name: str = "elbe-1") -> Blob:
    return Blob(f"/news/{name}", name, kind, data.encode() if isinstance(data, str) else data)


def one(data: str | bytes, kind: Kind) -> Article:
    (article,) = parse(blob(data, kind))
    assert isinstance(article, Article)
    return article


def record(**keys: object) -> Article:
    return one(json.dumps({"text": "The bridge is open.", **keys}), Kind.RECORD)


MARKS = """<rss> <feed> <item> <entry> <title> <description> <guid> </item> </title> <html> <p> <!-- --> <![CDATA[ ]]>
<!DOCTYPE <? &amp; &#xD800; <figure> <figcaption> { } "text": "id": null , [ ] date 2020""".split()


@settings(max_examples=200)
@given(
    st.sampled_from(Kind),
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=400).map(str.encode),
        st.lists(st.sampled_from(MARKS)).map(lambda marks: " ".join(marks).encode()),
    ),
)
def test_any_bytes_give_articles_or_an_input_error(kind: Kind, data: bytes) -> None:
    try:
        found = list(parse(blob(data, kind)))
    except InputError:
        return
    assert found
    assert all(isinstance(item, Failure) or (item.id and item.text and item.title) for item in found)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"%PDF-1.4 ...", r"binary file \(PDF\)"),
        (b"x" * MAX_BYTES, "is larger than 50 MB"),
    ],
    ids=["empty", "blank", "pdf", "large"],
)
def test_what_no_kind_accepts(kind: Kind, data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        parse(blob(data, kind))


def test_parsers_are_not_imported_before_they_are_needed() -> None:
    code = "import sys, index.parse; sys.exit(bool({'trafilatura', 'feedparser', 'lxml'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# Plain text

SEEDLIKE = """ date 2021-03-04 The bridge over the Elbe is open again, Dr. Hahn said. It had been closed for a month.

[Cyclists on the bridge. Photo: A. Kern]

By Jane Roe, Max van Dam and J. R. Poe

Source: Example Courier
"""


def test_plain_text_with_date_and_credits() -> None:
    article = one(SEEDLIKE, Kind.TEXT)
    assert article.id == "elbe-1"
    assert article.origin == "/news/elbe-1"
    assert str(article.published) == "2021-03-04"
    assert article.title == "The bridge over the Elbe is open again, Dr. Hahn said."
    assert article.text == (
        "The bridge over the Elbe is open again, Dr. Hahn said. It had been closed for a month."
        "\n\n[Cyclists on the bridge. Photo: A. Kern]"
    )
    assert article.authors == ("Jane Roe", "Max van Dam", "J. R. Poe")
    assert article.source == "Example Courier"


def test_plain_text_without_any_of_it() -> None:
    article = one("\ufeffBy Friday the bridge will be open.\r\nSource of the money: the city.", Kind.TEXT)
    assert article.text == "By Friday the bridge will be open.\n\nSource of the money: the city."
    assert (article.published, article.source, article.authors) == (None, None, ())


def test_a_byline_may_stand_first_and_a_source_be_called_outlet() -> None:
    article = one("date 2021 By Jane Roe\n\nThe bridge is open.\n\nOutlet: Demo Daily", Kind.TEXT)
    assert (str(article.published), article.authors, article.source) == ("2021", ("Jane Roe",), "Demo Daily")
    assert article.text == "The bridge is open."


@pytest.mark.parametrize("start", ["date 2020-13-45 ", "date 20201 ", "date 2020-1-5 ", "dated 2020-01-05 "])
def test_what_is_no_date_stays_in_the_text(start: str) -> None:
    article = one(f"{start}The bridge is open.", Kind.TEXT)
    assert article.published is None
    assert article.text == f"{start}The bridge is open."


def test_text_of_credits_alone_is_empty() -> None:
    with pytest.raises(InputError, match="is empty"):
        parse(blob("date 2020-01-05 By Jane Roe\n\nSource: Demo Daily", Kind.TEXT))


@pytest.mark.skipif(not SEED.exists(), reason="the article in ../shared is not on this machine")
def test_the_real_seed_article() -> None:
    (article,) = parse(Blob(str(SEED), SEED.stem, Kind.TEXT, SEED.read_bytes()))
    assert isinstance(article, Article)
    assert (article.id, str(article.published)) == ("000_cfab05195c10244e", "2020-09-29")
    assert article.text.startswith("On September 28, Belarusian opposition leader")
    paragraphs = article.text.split("\n\n")
    assert [p[0] + p[-1] for p in paragraphs].count("[]") == 2
    assert "Citizens demand Lukashenko's ouster" in paragraphs
    assert article.text.split() == SEED.read_text(encoding="utf-8").split()[2:]


# Records


def test_a_record_with_everything() -> None:
    article = record(
        id=7,
        url="https://a.example/7",
        title="Bridge\nopens",
        published="2021-03-04T10:00:00+01:00",
        source="Demo Daily",
        language="en-GB",
        authors=["Jane Roe", ""],
        unknown={},
    )
    assert article == Article(
        id="7",
        text="The bridge is open.",
        title="Bridge opens",
        url="https://a.example/7",
        published=article.published,
        source="Demo Daily",
        language="en",
        authors=("Jane Roe",),
        origin="/news/elbe-1",
    )
    assert str(article.published) == "2021-03-04T09:00:00+00:00"


def test_a_record_with_text_alone() -> None:
    article = record(url=None, title=None, published="soon", source="", authors=None)
    assert article.id == "text-a406a1227220a093"
    assert article.title == article.text
    assert (article.url, article.published, article.source, article.authors) == (None, None, None, ())


def test_an_id_is_derived_from_the_url_before_the_text() -> None:
    assert record(url="https://a.example/7").id == record(url="https://a.example/7", text="Closed.").id
    assert record(url="https://a.example/7").id.startswith("url-")
    assert record(id=" ", url="https://a.example/8").id != record(url="https://a.example/7").id
    assert record(authors="Jane Roe").authors == ("Jane Roe",)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"text": None}, 'has no "text"'),
        ({"text": " \u200b"}, 'has no "text"'),
        ({"text": 5}, '"text" must be a string'),
        ({"title": []}, '"title" must be a string'),
        ({"url": 5}, '"url" must be a string'),
        ({"source": {}}, '"source" must be a string'),
        ({"language": True}, '"language" must be a string'),
        ({"id": True}, '"id" must be'),
        ({"id": 1.5}, '"id" must be'),
        ({"published": []}, '"published" must be'),
        ({"authors": [1]}, '"authors" must be'),
        ({"authors": 1}, '"authors" must be'),
    ],
)
def test_a_record_with_a_wrong_type_names_the_key(keys: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        record(**keys)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "cut o', "is not valid JSON .* at character 10"),
        ('["text"]', "is not a JSON object"),
        ("[" * 100_000, "too deep"),
        (f'{{"text": "a", "id": {"1" * 5000}}}', "too long a number"),
    ],
    ids=["cut", "list", "deep", "number"],
)
def test_a_line_that_is_no_record(line: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        parse(blob(line, Kind.RECORD))


def test_halves_of_surrogate_pairs_do_not_survive() -> None:
    assert one(rb'{"text": "open \ud83d again", "id": "\udfff7"}', Kind.RECORD).text.encode() == b"open again"
