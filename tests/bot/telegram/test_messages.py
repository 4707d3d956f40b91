"""What the bot says of an Answer, as Telegram reads it (TDLib)."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.render import clean
from bot.telegram.buttons import keyboard
from bot.telegram.messages import answered, newest, passages, sources, why
from bot.telegram.text import Paragraph, html, plain, split
from bot.types import Answer, Claim, Quote, Searched
from index.types import EVERYTHING, Article, Hit, Passage, Placing, Published
from tests.telegram_rules import check, parsed

DAY = datetime(2021, 3, 4, tzinfo=UTC)
TEXT = "The ferry Aurelia ran aground off Kirkholm with 212 people on board. All were brought ashore."
NASTY = "</blockquote><b>[7] & \u202eRTL \x00 \ud800 שלום 👩‍👩‍👧 @someone https://evil.test \u200b"
ARTICLE = Article("ferry", TEXT, "Ferry aground", "https://wire.test/ferry", Published(DAY), "Sample Wire")


def hit(article: Article) -> Hit:
    passage = Passage(article.id, 0, article.text, 0, len(article.text))
    return Hit(passage, article, 0.9, Placing(1, 20.0), None, 0.1)


def answer(*articles: Article, short: str | None = None, found: bool = True) -> Answer:
    quotes = tuple(Quote(n, article, article.text, 0, len(article.text)) for n, article in enumerate(articles, start=1))
    claims = (Claim("It ran aground.", tuple(quote.n for quote in quotes)),)
    return Answer(
        question="What happened?",
        status="answered" if found else "not_found",
        text="",
        short=short,
        claims=claims if found else (),
        quotes=quotes if found else (),
        nearest=() if found else articles,
        searched=Searched(100, Published(DAY), EVERYTHING),
        hits=tuple(map(hit, articles)),
        reader="extractive",
        confidence=0.5,
        seconds=0.1,
    )


def shown(text: list[Paragraph]) -> str:
    """The words, after a check of each message."""
    parts = split(text)
    for part in parts:
        check(html(part), html=True)
    return "\n\n".join(map(plain, parts))


words = st.lists(st.sampled_from([*NASTY.split(), *TEXT.split(), "x" * 5_000]) | st.text(max_size=9), min_size=1)
texts = words.map(" ".join).filter(lambda text: bool(text.split()))
articles = st.builds(
    Article,
    id=st.text(max_size=3),
    text=texts,
    title=st.just("") | texts,
    url=st.none() | st.sampled_from(["https://wire.test/a?b=1&c=2", "javascript:alert(1)", "https://wire.test/ü \n<"]),
    published=st.none() | st.just(Published(DAY)),
    source=st.none() | texts,
)


@given(st.lists(articles, min_size=1, max_size=40), st.none() | texts, st.booleans(), texts)
def test_whatever_an_article_holds_telegram_takes_it(
    found: list[Article],
    short: str | None,
    right: bool,  # noqa: FBT001 - drawn
    asked: str,
) -> None:
    given_answer = answer(*found, short=short, found=right)
    said = shown(answered(given_answer, asked))
    for quote in given_answer.quotes:
        assert "".join(clean(quote.text).split()) in "".join(said.split())
    for text in (sources(given_answer), passages(given_answer.hits), why(given_answer)):
        assert shown(text)


def test_an_answer_reads_short_answer_then_claims_then_sources() -> None:
    said = shown(answered(answer(ARTICLE, replace(ARTICLE, source="Demo Daily"), short="Aurelia"), "What happened?"))
    assert said.split("\n\n") == [
        "Aurelia",
        "It ran aground. [1][2]",
        f"[1] Sample Wire, 4 March 2021\n{TEXT}",
        f"[2] Demo Daily, 4 March 2021\n{TEXT}",
    ]


def test_a_source_is_a_link_to_its_quote_and_the_quote_is_folded() -> None:
    text, entities = parsed(html(split(answered(answer(ARTICLE), "What happened?"))[0]))
    link, quote = sorted(entities, key=lambda entity: entity["offset"])
    assert link["type"]["url"].startswith("https://wire.test/ferry#:~:text=The%20ferry")
    assert quote["type"]["@type"] == "textEntityTypeExpandableBlockQuote"
    assert text[quote["offset"] :][: quote["length"]] == TEXT


def test_how_a_question_was_understood_is_said_where_it_differs() -> None:
    assert "Understood as: What happened?" in shown(answered(answer(ARTICLE), "And?"))
    assert "Understood" not in shown(answered(answer(ARTICLE), "What  happened?"))


def test_nearest_articles_are_buttons_where_they_have_an_address() -> None:
    silent = replace(ARTICLE, id="silent", url=None, title="No address")
    missed = answer(ARTICLE, silent, found=False)
    said, buttons = shown(answered(missed, "What happened?")), keyboard(missed)
    assert "No address (Sample Wire, 4 March 2021)" in said
    assert "Ferry aground" not in said
    assert not re.search(r"\[\d\]", said)
    assert buttons
    assert [(button.text, button.url) for row in buttons.inline_keyboard for button in row] == [
        ("Ferry aground (Sample Wire, 4 March 2021)", "https://wire.test/ferry")
    ]


def test_newest_puts_undated_passages_last() -> None:
    undated, old = replace(ARTICLE, published=None), replace(ARTICLE, published=Published(DAY.replace(year=1999)))
    hits = [hit(article) for article in (undated, old, ARTICLE)]
    assert [found.article.published for found in newest(hits, 3)] == [ARTICLE.published, old.published, None]
