"""Texts as Telegram takes them: TDLib is asked what it makes of each."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.render import clean
from bot.telegram.text import MAX_ENTITIES, MAX_UNITS, Run, html, plain, split, units
from tests.telegram_rules import check, parsed

CITED = "[12]"
FAMILY = "👩‍👩‍👧‍👦"
NASTY = ["<b>", "</blockquote>", "&amp;", "&nbsp;", "<", ">", '"', "'", FAMILY, "🇺🇦", "é", "\u200b", "שלום", "\u200f"]
NASTY += [
    " ",
    "\n",
    "@someone",
    "#tag",
    "$USD",
    "/start",
    "a.com",
    "12:30",
    "4111 1111 1111 1111",
    "x" * 700,
    "🙂" * 700,
]

words = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=30).map(lambda parts: clean("".join(parts)))
runs = st.builds(
    Run,
    text=words,
    bold=st.booleans(),
    italic=st.booleans(),
    link=st.none() | st.sampled_from(["https://wire.test/a?b=1&c=\"2'", "https://wire.test/#:~:text=a"]),
    quote=st.booleans(),
)
cited = st.just(Run(CITED, whole=True))
repeated = st.tuples(st.lists(runs | cited, min_size=1, max_size=4), st.sampled_from([1, 1, 1, 40, 120]))
paragraphs = repeated.map(lambda drawn: drawn[0] * drawn[1])
texts = st.lists(paragraphs, max_size=4)


@given(texts)
def test_every_part_is_one_that_telegram_takes(text: list[list[Run]]) -> None:
    for part in split(text):
        check(html(part), html=True)
        assert units(plain(part)) <= MAX_UNITS
        assert len(parsed(html(part))[1]) <= MAX_ENTITIES


@given(texts)
def test_no_word_is_lost_or_changed(text: list[list[Run]]) -> None:
    def visible(words: str) -> str:
        return "".join(c for c in words if c not in "\u200b\u200f\ufeff" and not c.isspace() and c.isprintable())

    assert visible("".join(map(plain, split(text)))) == visible("".join(map(plain, text)))


@given(texts)
def test_a_citation_is_not_cut(text: list[list[Run]]) -> None:
    whole = sum(run.whole for paragraph in text for run in paragraph)
    assert sum(run.whole and run.text == CITED for part in split(text) for run in part) == whole


@given(st.text(st.sampled_from(f"ab <>&\"'{FAMILY}שé\u200d\u200e"), min_size=1))
def test_hostile_words_come_out_verbatim(words: str) -> None:
    for style in (Run(""), Run("", bold=True), Run("", quote=True), Run("", link="https://wire.test/")):
        shown, _ = parsed(html([Run("a "), replace(style, text=words), Run(" z")]))
        assert shown == f"a {words} z"


def test_a_paragraph_that_fits_moves_on_whole() -> None:
    first, second = [Run("one " * 900)], [Run("two " * 300)]
    assert split([first, second]) == [first, second]


def test_an_emoji_is_not_cut() -> None:
    parts = split([[Run(FAMILY * 1_000)]])
    assert len(parts) > 1
    assert all(plain(part).replace(FAMILY, "") == "" for part in parts)


def test_a_quotation_that_is_cut_goes_on_as_one() -> None:
    first, second = split([[Run("Before "), Run("words " * 1_000, quote=True)]])
    assert html(first).count("<blockquote expandable>") == html(second).count("</blockquote>") == 1


def test_a_text_without_words_is_no_message() -> None:
    assert split([]) == split([[Run(" \n\u200b")]]) == []
