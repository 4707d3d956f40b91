import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answer import MAX_QUESTION, NEAREST, READ, STATUS_SECONDS, Newsdesk, proved
from bot.types import Answer, Claim, Question, Quote, Reading, Turn
from index.errors import InputError
from index.retrieve import Retriever, manifest_of
from index.stores import open_store
from index.stores.local import LocalStore
from index.text import passages, scored_text
from index.types import EVERYTHING, Article, Encoder, Filter, Hit, Published

ASKED = datetime(2021, 4, 1, tzinfo=UTC)
HARBOUR = Article(
    "harbour",
    "Ann Sampleton opened the harbour of Mockbury on 3 March 2021. Two dozen boats came in.",
    "Harbour opens",
    published=Published(datetime(2021, 3, 3, tzinfo=UTC)),
    source="Sample Wire",
)
OTHERS = [
    Article(
        f"harbour-{n}",
        f"The harbour of Port {n} is closed for repairs.",
        f"Repairs {n}",
        published=Published(datetime(2021, 3, n, tzinfo=UTC)),
        source="Demo Daily",
    )
    for n in range(1, 8)
]


def quote(n: int, text: str, article: Article = HARBOUR) -> Quote:
    start = article.text.index(text)
    return Quote(n, article, text, start, start + len(text))


OPENED = "Ann Sampleton opened the harbour of Mockbury on 3 March 2021."
BOATS = "Two dozen boats came in."


@dataclass
class Scripted:
    """A reader that says what it is told to, and keeps what it was asked."""

    reading: Reading
    question: Question | None = None
    hits: Sequence[Hit] = ()
    asked_at: datetime | None = None
    name: str = "scripted"

    def read(self, question: Question, hits: Sequence[Hit], asked_at: datetime) -> Reading:
        self.question, self.hits, self.asked_at = question, hits, asked_at
        return self.reading


@pytest.fixture
def store(tmp_path: Path, encoder: Encoder) -> Iterator[LocalStore]:
    opened = open_store(str(tmp_path / "data"))
    opened.claim(manifest_of(encoder, "static"))
    for article in [HARBOUR, *OTHERS]:
        parts = passages(article)
        opened.replace(article, parts, encoder.encode([scored_text(article, part) for part in parts]))
    yield opened
    opened.close()


Desk = Callable[[Scripted], Newsdesk]


@pytest.fixture
def desk(store: LocalStore, encoder: Encoder) -> Desk:
    return lambda reader: Newsdesk(Retriever(store, encoder), reader, store)


def ask(desk: Desk, reading: Reading, question: str = "Who opened the harbour?", where: Filter = EVERYTHING) -> Answer:
    return desk(Scripted(reading)).ask(question, ASKED, where=where)


def test_an_answer_says_the_short_answer_then_each_claim_with_its_numbers(desk: Desk) -> None:
    claims = (Claim(OPENED, (1,)), Claim("24 boats came in.", (2, 1)))
    answer = ask(desk, Reading(claims, (quote(1, OPENED), quote(2, BOATS)), "Ann Sampleton"))
    assert answer.status == "answered"
    assert answer.text == f"Ann Sampleton. {OPENED} [1] 24 boats came in. [2][1]"
    assert answer.short == "Ann Sampleton"
    assert answer.claims == claims
    assert answer.nearest == ()
    assert answer.reader == "scripted"
    assert 0 < answer.seconds < 10


def test_a_short_answer_that_is_the_claim_is_said_once(desk: Desk) -> None:
    answer = ask(desk, Reading((Claim(BOATS, (1,)),), (quote(1, BOATS),), BOATS))
    assert answer.text == f"{BOATS} [1]"


def test_a_claim_that_its_quote_does_not_prove_is_dropped_and_quotes_are_numbered_anew(desk: Desk) -> None:
    claims = (Claim("Bo Mock opened it.", (1,)), Claim("Three dozen boats came in.", (2,)), Claim(BOATS, (3,)))
    quotes = (quote(1, OPENED), quote(2, "boats came"), quote(3, BOATS))
    answer = ask(desk, Reading(claims, quotes, "Bo Mock"))
    assert answer.claims == (Claim(BOATS, (1,)),)
    assert answer.quotes == (replace(quotes[2], n=1),)
    assert answer.short is None
    assert answer.text == f"{BOATS} [1]"


@pytest.mark.parametrize(
    "bad",
    [
        replace(quote(1, OPENED), text=OPENED.replace("Ann", "Eve")),
        replace(quote(1, OPENED), start=1),
        replace(quote(1, OPENED), end=10_000),
        replace(quote(1, OPENED), article=OTHERS[0]),
    ],
)
def test_a_quote_that_is_not_verbatim_proves_nothing(desk: Desk, bad: Quote) -> None:
    answer = ask(desk, Reading((Claim(bad.text, (1,)),), (bad,)))
    assert (answer.status, answer.claims, answer.quotes) == ("not_found", (), ())


def test_a_claim_that_cites_a_number_that_is_not_there_is_dropped() -> None:
    assert proved(Reading((Claim(BOATS, (1, 2)),), (quote(1, BOATS),))) == Reading()


def test_what_is_not_found_says_what_was_searched_and_names_the_nearest(desk: Desk) -> None:
    reader = Scripted(Reading(confidence=0.1))
    answer = desk(reader).ask("Who opened the harbour?", ASKED)
    assert answer.status == "not_found"
    assert answer.text == (
        "Not found: no article that was searched answers this. Searched 8 articles, the newest of 7 March 2021."
    )
    assert answer.short is None
    ids = list(dict.fromkeys(hit.article.id for hit in reader.hits))
    assert [article.id for article in answer.nearest] == ids[:NEAREST]
    assert len(ids) > NEAREST


def test_a_filter_reaches_the_search_and_the_answer(desk: Desk) -> None:
    reader = Scripted(Reading())
    where = Filter(sources=("demo daily",))
    answer = desk(reader).ask("Who opened the harbour?", ASKED, where=where)
    assert {hit.article.source for hit in reader.hits} == {"Demo Daily"}
    assert answer.searched.articles == 7
    assert answer.searched.where == where
    assert "only from demo daily" in answer.text


def test_what_the_question_says_of_outlet_and_time_is_told(desk: Desk) -> None:
    reader = Scripted(Reading())
    answer = desk(reader).ask("According to Demo Daily, who opened the harbour in March 2020?", ASKED)
    assert {hit.article.source for hit in reader.hits} == {"Demo Daily"}
    assert answer.text.endswith("only from Demo Daily, those of Mar 2020 first.")


def test_the_reader_gets_the_best_passages_and_the_time_of_asking(desk: Desk) -> None:
    reader = Scripted(Reading())
    answer = desk(reader).ask("Which harbour did Ann Sampleton open?", ASKED)
    assert reader.asked_at == ASKED
    assert reader.hits[0].article == HARBOUR
    assert len(reader.hits) <= READ
    assert answer.hits == tuple(reader.hits)


def test_a_time_without_a_zone_is_utc_and_no_time_is_now(desk: Desk) -> None:
    reader = Scripted(Reading())
    desk(reader).ask("Who?", datetime(2021, 4, 1))  # noqa: DTZ001 - what this is about
    assert reader.asked_at == ASKED
    before = datetime.now(UTC)
    desk(reader).ask("Who?")
    assert reader.asked_at is not None
    assert before <= reader.asked_at <= datetime.now(UTC)


def test_a_follow_up_takes_over_what_it_leaves_out(desk: Desk) -> None:
    reader = Scripted(Reading((Claim(OPENED, (1,)),), (quote(1, OPENED),), "Ann Sampleton"))
    newsdesk = desk(reader)
    first = newsdesk.ask("Who opened the harbour of Mockbury?", ASKED)
    second = newsdesk.ask("When did she do it?", ASKED, (Turn(first.question, first),))
    assert "Mockbury" in second.question
    assert str(reader.question) == second.question


@pytest.mark.parametrize("question", ["", " \n\t ", "\u2003"])
def test_an_empty_question_is_refused(desk: Desk, question: str) -> None:
    with pytest.raises(InputError, match="the question is empty"):
        ask(desk, Reading(), question)


def test_a_question_has_a_longest_length(desk: Desk) -> None:
    assert ask(desk, Reading(), "y" * MAX_QUESTION).status == "not_found"
    with pytest.raises(InputError, match=r"has 2,001 characters: ask in at most 2,000"):
        ask(desk, Reading(), "y" * (MAX_QUESTION + 1))


@pytest.mark.parametrize(
    "question", ["who\x00?", "\ud800 who?", "who\x1b[31m?", "???", "الميناء", "🚢", "SELECT * FROM"]
)
def test_odd_characters_do_no_harm(desk: Desk, question: str) -> None:
    answer = ask(desk, Reading(), question)
    assert answer.status == "not_found"
    assert answer.question.encode()


def test_the_count_of_articles_is_fresh_within_a_second(desk: Desk, store: LocalStore) -> None:
    newsdesk = desk(Scripted(Reading()))
    assert newsdesk.status().articles == 8
    store.remove(["harbour"])
    time.sleep(STATUS_SECONDS)
    assert newsdesk.status().articles == 7
