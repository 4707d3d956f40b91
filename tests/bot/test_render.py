"""What an Answer looks like as JSON, as plain text and in a terminal."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from bot import as_json, render
from bot.terminal import passages, sources, terminal, why
from bot.types import Answer, Claim, Quote, Searched
from index.types import Article, Filter, Hit, Passage, Placing, Precision, Published

SENTENCE = "The ferry Aurelia ran aground off Kirkholm at dawn, and all 212 people on board were brought ashore."
SPAN = (SENTENCE.index("212"), SENTENCE.index(" on board"))
BODY = f"{SENTENCE} The harbour was closed."
AROUND_DAWN = datetime(2020, 9, 29, 5, 30, tzinfo=UTC)
ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = "[bold]Loud[/bold] [/] \x1b[31mred\x1b]8;;http://evil.test\x07 \u202eRTL \u200bzero\x9b2J\r\nline \ud800"


# Not .filter(str.split), which hypothesis takes for "not empty".
WORDS = st.text().filter(lambda text: bool(text.split()))


def article(**fields: object) -> Article:
    known = Article(
        id="ferry-1",
        text=BODY,
        title="Ferry aground off Kirkholm",
        url="https://wire.test/ferry",
        published=Published(AROUND_DAWN, Precision.TIME),
        source="Sample Wire",
    )
    return replace(known, **fields)  # type: ignore[arg-type]  # each test names fields of an Article


def quote(n: int, source: Article, *, span: tuple[int, int] | None = None, caption: bool = False) -> Quote:
    end = source.text.find(" The harbour")
    end = len(source.text) if end < 0 else end
    return Quote(n, source, source.text[:end], 0, end, span, caption)


def hit(source: Article, text: str | None = None) -> Hit:
    words = text or source.text
    passage = Passage(source.id, 0, words, 0, len(words))
    return Hit(passage, source, 0.913, Placing(1, 21.44), Placing(12, 0.61), 0.12)


def answered(*quotes: Quote, short: str | None = "212 people") -> Answer:
    claims = (Claim("All 212 people aboard the Aurelia came ashore.", tuple(q.n for q in quotes)),)
    return Answer(
        question="How many people were on board?",
        status="answered",
        text="All 212 people aboard the Aurelia came ashore. [1]",
        short=short,
        claims=claims,
        quotes=quotes,
        nearest=(),
        searched=Searched(4884, Published(AROUND_DAWN), Filter()),
        hits=tuple(hit(q.article) for q in quotes),
        reader="extractive",
        confidence=0.75,
        seconds=0.25,
    )


def not_found(*nearest: Article, where: Filter | None = None) -> Answer:
    scope = Searched(4884, Published(AROUND_DAWN), where or Filter())
    return replace(
        answered(short=None), status="not_found", claims=(), nearest=nearest, searched=scope, text="Nothing."
    )


def printed(text: Text, width: int = 100) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=True, color_system="standard", highlight=False).print(text)
    return out.getvalue()


def directive(url: str) -> list[str]:
    return [unquote(part) for part in url.partition(":~:text=")[2].split(",")]


# --- links


def test_a_short_quote_stands_in_the_link_whole() -> None:
    link = render.text_fragment("https://wire.test/a", "Q&A: twenty-one, or more?")
    assert link == "https://wire.test/a#:~:text=Q%26A%3A%20twenty%2Done%2C%20or%20more%3F"


def test_a_long_quote_is_named_by_its_two_ends() -> None:
    link = render.text_fragment("https://wire.test/a", SENTENCE)
    assert directive(link) == ["The ferry Aurelia ran aground", "on board were brought ashore."]


def test_a_quote_of_two_paragraphs_is_named_by_its_ends_however_short() -> None:
    assert directive(render.text_fragment("https://wire.test/a", "It sank.\nNobody died.")) == [
        "It sank.",
        "Nobody died.",
    ]


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("https://wire.test/a#rescue", "https://wire.test/a#rescue:~:text="),
        ("https://wire.test/a#rescue:~:text=old", "https://wire.test/a#rescue:~:text="),
        ("https://wire.test/a#", "https://wire.test/a#:~:text="),
        ("https://wire.test/a?x=1", "https://wire.test/a?x=1#:~:text="),
    ],
)
def test_a_url_keeps_its_own_fragment(url: str, start: str) -> None:
    assert render.text_fragment(url, "It sank.") == f"{start}It%20sank."


@given(WORDS)
@example("a-b,c&d 100% +1 #x")
def test_a_link_decodes_to_the_words_it_was_made_of(words: str) -> None:
    link = render.text_fragment("https://wire.test/a", words)
    *start, end = directive(link)
    flat = " ".join(words.split())
    assert flat.startswith(tuple(start)) if start else flat == end
    assert flat.endswith(end)
    assert re.fullmatch(r"[\w.~%]+,?[\w.~%]*", link.partition("text=")[2], re.ASCII)


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "file:///etc/passwd", "ferry.html"])
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert render.link(article(url=url), SENTENCE) is None
    assert "passwd" not in render.plain(answered(quote(1, article(url=url))))


def test_a_url_cannot_carry_an_escape_sequence() -> None:
    assert render.address(article(url="https://wire.test/a b\x1b[2J\n")) == "https://wire.test/a%20b%1B[2J%0A"


# --- dates and names


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        (Precision.TIME, "29 September 2020"),
        (Precision.DAY, "29 September 2020"),
        (Precision.MONTH, "September 2020"),
        (Precision.YEAR, "2020"),
    ],
)
def test_a_date_is_written_as_far_as_it_is_known(precision: Precision, expected: str) -> None:
    assert render.byline(article(published=Published(AROUND_DAWN, precision))) == f"Sample Wire, {expected}"


def test_an_article_that_says_nothing_of_itself_still_has_a_byline_and_a_headline() -> None:
    bare = Article(id="x", text=BODY)
    assert render.byline(bare) == "unnamed outlet, undated"
    assert render.headline(bare) == "The ferry Aurelia ran aground off Kirkholm at dawn, and all…"


# --- plain text


def test_plain_text_gives_answer_quotes_and_links() -> None:
    assert render.plain(answered(quote(1, article()))).splitlines() == [
        "212 people",
        "",
        "All 212 people aboard the Aurelia came ashore. [1]",
        "",
        f"[1] Sample Wire, 29 September 2020: “{SENTENCE}”",
        "https://wire.test/ferry#:~:text=The%20ferry%20Aurelia%20ran%20aground,on%20board%20were%20brought%20ashore.",
    ]


def test_a_short_answer_that_is_the_claim_is_not_said_twice() -> None:
    claim = "All 212 people aboard the Aurelia came ashore."
    assert render.plain(answered(quote(1, article()), short=claim)).count(claim) == 1


def test_a_caption_is_marked() -> None:
    assert "Sample Wire, 29 September 2020 (picture caption): “" in render.plain(
        answered(quote(1, article(), caption=True))
    )


def test_an_answer_says_to_what_the_search_kept() -> None:
    scope = Searched(4884, None, Filter(sources=("Sample Wire",)), preferred="21-28 Sep 2020")
    found = replace(answered(quote(1, article())), searched=scope)
    said = "earched only from Sample Wire, those of 21-28 Sep 2020 first"
    assert render.plain(found).endswith(f"\nS{said}.")
    assert f"extractive, 0.2 s, s{said}" in printed(terminal(found), width=200)


def test_not_found_says_what_was_searched_and_what_came_nearest() -> None:
    where = Filter(
        datetime(2020, 9, 1, tzinfo=UTC), datetime(2020, 9, 30, 14, 5, tzinfo=UTC), ("Sample Wire", "Demo Daily")
    )
    text = render.plain(not_found(article(), article(url=None, title="No link"), where=where), width=200)
    assert text == (
        "Not found: no article that was searched answers this.\n"
        "Searched 4,884 articles, the newest of 29 September 2020, only from Sample Wire or Demo Daily,"
        " published from 1 September 2020 on, published before 30 September 2020 14:05.\n"
        "\n"
        "Nearest:\n"
        "- Ferry aground off Kirkholm (Sample Wire, 29 September 2020)\n"
        "  https://wire.test/ferry\n"
        "- No link (Sample Wire, 29 September 2020)"
    )


@pytest.mark.parametrize("width", [40, 80, 200])
def test_plain_text_keeps_to_its_width_but_for_quotes_and_links(width: int) -> None:
    lines = render.plain(not_found(article(title="word " * 60)), width).splitlines()
    assert max(len(line) for line in lines) <= width
    assert f"“{SENTENCE}”" in render.plain(answered(quote(1, article())), width)


@given(WORDS)
@example("two\nlines \t and   runs of spaces ")
@example(HOSTILE)
def test_plain_text_holds_each_quote_verbatim_and_nothing_unsafe(words: str) -> None:
    hostile = article(text=words, title=words, source=words)
    text = render.plain(answered(quote(1, hostile)))
    assert FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", quote(1, hostile).text) in text
    assert not FORBIDDEN.search(text)
    assert not FORBIDDEN.search(render.plain(not_found(hostile)))


# --- JSON


def test_json_holds_the_whole_answer() -> None:
    source = article(published=Published(AROUND_DAWN, Precision.MONTH))
    document = json.loads(json.dumps(as_json.to_json(answered(quote(1, source, span=SPAN)))))
    about = {
        "id": "ferry-1",
        "title": "Ferry aground off Kirkholm",
        "url": "https://wire.test/ferry",
        "source": "Sample Wire",
        "published": "2020-09",
    }
    assert document == {
        "question": "How many people were on board?",
        "status": "answered",
        "answer": "All 212 people aboard the Aurelia came ashore. [1]",
        "short": "212 people",
        "claims": [{"text": "All 212 people aboard the Aurelia came ashore.", "quotes": [1]}],
        "quotes": [
            {
                "n": 1,
                "text": SENTENCE,
                "start": 0,
                "end": len(SENTENCE),
                "caption": False,
                "span": list(SPAN),
                "link": render.text_fragment("https://wire.test/ferry", SENTENCE),
                "article": about,
            }
        ],
        "nearest": [],
        "searched": {
            "articles": 4884,
            "newest": "2020-09-29",
            "after": None,
            "before": None,
            "sources": [],
            "preferred": None,
        },
        "reader": "extractive",
        "confidence": 0.75,
        "seconds": 0.25,
    }


def test_json_says_null_for_what_is_not_known() -> None:
    bare = Article(id="x", text=BODY)
    where = Filter(after=AROUND_DAWN, sources=("Sample Wire",))
    document = as_json.to_json(not_found(bare, where=where))
    assert document["nearest"] == [{"id": "x", "title": "", "url": None, "source": None, "published": None}]
    assert document["searched"] == {
        "articles": 4884,
        "newest": "2020-09-29",
        "after": "2020-09-29T05:30:00+00:00",
        "before": None,
        "sources": ["Sample Wire"],
        "preferred": None,
    }
    found = json.loads(json.dumps(as_json.to_json(answered(quote(1, bare)))))["quotes"][0]
    assert (found["link"], found["span"]) == (None, None)


def test_json_of_a_hit_tells_how_it_came() -> None:
    found = replace(hit(article(), SENTENCE), semantic=None, copies=(article(id="b"),))
    document = as_json.hit_json(3, found)
    assert document == {
        "rank": 3,
        "score": 0.913,
        "lexical": {"rank": 1, "score": 21.44},
        "semantic": None,
        "recency": 0.12,
        "passage": {"text": SENTENCE, "start": 0, "end": len(SENTENCE), "caption": False},
        "article": as_json.article_json(article()),
        "copies": [as_json.article_json(article(id="b"))],
    }


# --- terminal


def test_the_terminal_shows_the_span_in_bold_and_links_the_visible_address() -> None:
    out = printed(terminal(answered(quote(1, article(), span=SPAN))), width=200)
    assert "and all \x1b[1m212 people\x1b[0m on board" in out
    target = render.text_fragment("https://wire.test/ferry", SENTENCE)
    assert re.search(r"\x1b\]8;[^;]*;" + re.escape(target) + r"\x1b\\\S*https://wire\.test/ferry\S*\x1b\]8;;\x1b", out)
    assert out.startswith("\x1b[1m212 people\x1b[0m")


def test_the_terminal_says_what_plain_text_says() -> None:
    found = answered(quote(1, article()), quote(2, article(id="2", source="Demo Daily")))
    shown = ESCAPES.sub("", printed(terminal(found), width=200))
    for part in ["212 people\n", "came ashore. [1][2]\n", f"[2] Demo Daily, 29 September 2020: “{SENTENCE}”", "0.2 s"]:
        assert part in shown
    missing = ESCAPES.sub("", printed(terminal(not_found(article())), width=200))
    for line in render.plain(not_found(article()), width=200).splitlines():
        assert line.strip() in missing


HOSTILE_WORDS = WORDS | st.sampled_from(["[bold]x[/bold]", "[/]", "[link=http://evil.test]x", HOSTILE])


@given(HOSTILE_WORDS, st.sampled_from([40, 80, 200]))
def test_no_words_of_an_article_command_the_terminal(words: str, width: int) -> None:
    hostile = article(text=words, title=words, source=words, url=f"https://wire.test/{words}")
    found = answered(quote(1, hostile), short=words)
    for shown in (
        terminal(found),
        terminal(not_found(hostile)),
        sources(found),
        why(found),
        passages([replace(hit(hostile), copies=(hostile,))]),
    ):
        assert not FORBIDDEN.search(ESCAPES.sub("", printed(shown, width)))


def test_markup_in_a_title_comes_out_as_it_stands() -> None:
    title = "[bold]Loud[/bold] [red] [/] [link=http://evil.test]here[/link] :smile:"
    assert title in ESCAPES.sub("", printed(sources(answered(quote(1, article(title=title)))), width=200))


def test_a_passage_names_the_other_outlets_that_have_it() -> None:
    elsewhere = article(id="b", source="Demo Daily", published=None)
    copied = replace(hit(article()), copies=(elsewhere, article(id="c", source="The Specimen Post")))
    shown = passages([copied, hit(article())]).plain
    assert shown.count("also in") == 1
    assert "ferry\nalso in Demo Daily, undated; The Specimen Post, 29 September 2020\n\n" in shown


def test_sources_names_each_cited_article_once() -> None:
    twice = answered(quote(1, article()), quote(2, article()), quote(3, article(id="b", title="Other")))
    assert sources(twice).plain == (
        "- Ferry aground off Kirkholm (Sample Wire, 29 September 2020)\nhttps://wire.test/ferry\n"
        "- Other (Sample Wire, 29 September 2020)\nhttps://wire.test/ferry"
    )
    assert sources(not_found()).plain == "The last answer quotes no article."


def test_why_shows_how_each_passage_came() -> None:
    found = answered(quote(1, article()), quote(2, article(id="b", text="Short.")))
    lines = why(replace(found, hits=(found.hits[0], replace(found.hits[1], semantic=None)))).plain.splitlines()
    assert [line.split() for line in (lines[0], lines[1], lines[3])] == [
        "# score BM25 rank dense rank recency".split(),
        "1 0.91 21.4 1 0.61 12 +0.12".split(),
        "2 0.91 21.4 1 – – +0.12".split(),
    ]
    assert {len(line) for line in (lines[0], lines[1], lines[3])} == {40}
    assert lines[2].strip().endswith("The ferry Aurelia ran aground off Kirkholm at dawn, and all 212…")
    assert lines[4].strip() == "Sample Wire, 29 September 2020: Short."
    assert why(not_found()).plain == "No passage was read."
