import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.errors import StoreError
from index.rank import RECENCY_WEIGHT, WINDOW_WEIGHT
from index.retrieve import CANDIDATES, Retriever, manifest_of
from index.stores import open_store
from index.stores.local import REFRESH_SECONDS, LocalStore
from index.text import passages, scored_text
from index.types import Article, Encoder, Filter, Hit, Published

ASKED = datetime(2021, 4, 1, tzinfo=UTC)


def article(id_: str, text: str, date: str | None = None, source: str | None = None) -> Article:
    published = Published(datetime.fromisoformat(date).replace(tzinfo=UTC)) if date else None
    return Article(id=id_, text=text, title=f"Report {id_}", published=published, source=source)


STOPPED = "The ferry to the island has stopped because of the storm."
FERRY = article("ferry", STOPPED, "2021-03-30", "Sample Wire")
OLD_FERRY = article("old-ferry", STOPPED, "2019-03-30", "Demo Daily")
LATER = article("later", "The ferry to the island sails again after the storm.", "2021-06-01", "Demo Daily")
CHEESE = article("cheese", "A dairy in the valley won a prize for its goat cheese.", "2021-03-31", "Demo Daily")
UNDATED = article("undated", "The lighthouse keeper has retired.")
LONG = article(
    "long", "\n\n".join(f"Note {n}. " + "The harbour crane lifts another container. " * 20 for n in range(8))
)
ARTICLES = [FERRY, OLD_FERRY, LATER, CHEESE, UNDATED, LONG]


def put(store: LocalStore, encoder: Encoder, one: Article) -> None:
    parts = passages(one)
    store.replace(one, parts, encoder.encode([scored_text(one, part) for part in parts]))


@pytest.fixture
def store(tmp_path: Path, encoder: Encoder) -> Iterator[LocalStore]:
    opened = open_store(str(tmp_path / "data"))
    opened.claim(manifest_of(encoder, "static"))
    for one in ARTICLES:
        put(opened, encoder, one)
    yield opened
    opened.close()


@pytest.fixture
def retriever(store: LocalStore, encoder: Encoder) -> Retriever:
    return Retriever(store, encoder)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.article.id for hit in hits]


def test_the_fresh_report_comes_before_its_old_twin_and_the_later_one_has_no_bonus(retriever: Retriever) -> None:
    hits = retriever.search("Why has the ferry stopped?", asked_at=ASKED)
    assert ids(hits)[0] == "ferry"
    bonus = {hit.article.id: hit.recency for hit in hits}
    assert RECENCY_WEIGHT / 2 < bonus["ferry"] < RECENCY_WEIGHT
    assert bonus["old-ferry"] < 1e-6
    assert bonus["later"] == 0.0


def test_when_it_was_asked_decides(retriever: Retriever) -> None:
    assert ids(retriever.search("ferry island storm", 1, datetime(2019, 4, 1, tzinfo=UTC))) == ["old-ferry"]
    assert ids(retriever.search("ferry island storm", 1, datetime(2021, 4, 1, tzinfo=UTC))) == ["ferry"]


def test_the_time_that_a_question_names_decides_whenever_it_is_asked(retriever: Retriever) -> None:
    question = "Why did the ferry to the island stop in March 2019?"
    hits = retriever.search(question, asked_at=ASKED)
    assert ids(hits)[0] == "old-ferry"
    bonus = {hit.article.id: hit.recency for hit in hits}
    assert bonus["old-ferry"] == WINDOW_WEIGHT
    assert bonus["ferry"] == 0.0


def test_words_that_date_the_publication_filter(retriever: Retriever) -> None:
    assert set(ids(retriever.search("articles on the ferry published in March 2019", asked_at=ASKED))) == {"old-ferry"}


def test_a_hit_says_how_it_came(retriever: Retriever) -> None:
    hits = retriever.search("goat cheese prize", asked_at=ASKED)
    best = hits[0]
    assert best.article == CHEESE
    assert CHEESE.text[best.passage.start : best.passage.end] == best.passage.text
    assert best.lexical is not None
    assert best.semantic is not None
    assert (best.lexical.rank, best.semantic.rank) == (1, 1)
    assert best.score == pytest.approx(1.0 + best.recency)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_what_no_word_finds_meaning_may(retriever: Retriever) -> None:
    hits = retriever.search("boats sailing", asked_at=ASKED)
    assert hits
    assert all(hit.lexical is None or "sail" in hit.passage.text for hit in hits)
    assert {"ferry", "old-ferry", "later"} >= set(ids(hits)[:1])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(sources=("demo daily",)), {"old-ferry", "later", "cheese"}),
        (Filter(after=datetime(2021, 3, 31, tzinfo=UTC)), {"cheese", "later"}),
        (Filter(before=datetime(2021, 3, 31, tzinfo=UTC)), {"ferry", "old-ferry"}),
        (Filter(datetime(2021, 1, 1, tzinfo=UTC), datetime(2021, 5, 1, tzinfo=UTC), ("Sample Wire",)), {"ferry"}),
        (Filter(sources=("Nobody",)), set()),
    ],
)
def test_a_filter_lets_through_what_it_says(retriever: Retriever, where: Filter, expected: set[str]) -> None:
    assert set(ids(retriever.search("ferry cheese lighthouse crane", where=where))) == expected


def test_two_passages_of_an_article_unless_asked_otherwise(retriever: Retriever) -> None:
    question = "crane lifts container harbour"
    assert ids(retriever.search(question)).count("long") == 2
    assert ids(retriever.search(question, per_article=1)).count("long") == 1
    assert ids(retriever.search(question, per_article=50)).count("long") == len(passages(LONG)) > 2


def test_as_many_as_asked_for(retriever: Retriever, store: LocalStore, encoder: Encoder) -> None:
    for n in range(CANDIDATES + 50):
        put(store, encoder, article(f"bulletin-{n}", f"Weather bulletin number {n}."))
    assert len(retriever.search("weather bulletin", 3)) == 3
    assert len(retriever.search("weather bulletin", CANDIDATES + 50)) == CANDIDATES + 50


def test_a_wire_copy_takes_no_second_place_and_is_listed(
    retriever: Retriever, store: LocalStore, encoder: Encoder, seeds_articles: Mapping[str, Article]
) -> None:
    wire, copy, other = (seeds_articles[f"evergiven-0{n}"] for n in (4, 5, 3))
    for one in (wire, copy, other):
        put(store, encoder, one)
    hits = retriever.search("How many ships are waiting at the Suez Canal?", asked_at=ASKED)
    found = {hit.article.id: hit.copies for hit in hits}
    assert wire.id not in found or copy.id not in found
    assert found.get(wire.id, ()) + found.get(copy.id, ()) in ((copy,), (wire,))
    assert found[other.id] == ()


def test_many_copies_leave_room_for_the_rest(
    retriever: Retriever, store: LocalStore, encoder: Encoder, seeds_articles: Mapping[str, Article]
) -> None:
    wire = seeds_articles["evergiven-04"]
    for n in range(30):
        put(store, encoder, replace(wire, id=f"copy-{n}", source=f"Outlet {n}"))
    put(store, encoder, seeds_articles["evergiven-03"])
    hits = retriever.search("How many ships are waiting at the Suez Canal?", 4, asked_at=ASKED)
    assert len(hits) == 4
    assert "evergiven-03" in ids(hits)


@pytest.mark.parametrize("question", ["", "  \n"])
def test_no_question_finds_nothing(retriever: Retriever, question: str) -> None:
    assert retriever.search(question) == []


def test_what_is_put_in_later_is_found_and_what_is_removed_is_not(
    retriever: Retriever, store: LocalStore, encoder: Encoder
) -> None:
    assert ids(retriever.search("goat cheese", 1)) == ["cheese"]
    store.remove(["cheese"])
    put(store, encoder, replace(UNDATED, id="butter", text="Butter is dearer than cheese made of goat milk."))
    time.sleep(REFRESH_SECONDS)
    assert ids(retriever.search("goat cheese", 1)) == ["butter"]


def test_a_missing_store_says_so(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(StoreError, match=r"there is no index at .*nowhere"):
        Retriever(open_store(str(tmp_path / "nowhere")), encoder).search("ferry")


def test_an_outlet_that_a_question_asks_is_the_only_one_searched(retriever: Retriever) -> None:
    hits = retriever.search("According to Demo Daily, why has the ferry stopped?", asked_at=ASKED)
    assert {hit.article.source for hit in hits} == {"Demo Daily"}
    assert "Sample Wire" in {
        hit.article.source for hit in retriever.search("Why has the ferry stopped?", asked_at=ASKED)
    }


def test_an_outlet_that_the_asker_has_set_is_not_changed_by_the_question(retriever: Retriever) -> None:
    where = Filter(sources=("Sample Wire",))
    assert retriever.scope("According to Demo Daily, why?", ASKED, where).where == where


def test_a_scope_tells_the_time_that_a_question_is_about(retriever: Retriever) -> None:
    past = retriever.scope("Why did the ferry stop in March 2019?", ASKED).past
    assert str(past) == "Mar 2019"
    assert retriever.scope("Why has the ferry stopped today?", ASKED).past is None
