from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.rank import HALF_LIFE, RECENCY_WEIGHT, convex, diverse, normalised, order, recency
from index.types import Article, Hit, Passage, Scored

NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
DATES = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones
SCORES = st.dictionaries(st.integers(0, 50), st.floats(-10, 30), max_size=20)


def ranked(scores: dict[int, float]) -> list[Scored]:
    return [Scored(key, scores[key]) for key in order(scores)]


def hit(article: str, score: float) -> Hit:
    return Hit(Passage(article, 0, "x", 0, 1), Article(article, "x"), score, None, None, 0.0)


def test_the_best_is_one_and_the_last_is_zero() -> None:
    assert normalised([Scored(4, 9.0), Scored(1, 6.0), Scored(7, 3.0)]) == {4: 1.0, 1: 0.5, 7: 0.0}


def test_a_list_of_equals_is_all_best() -> None:
    assert normalised([Scored(1, 2.0), Scored(2, 2.0)]) == {1: 1.0, 2: 1.0}
    assert normalised([]) == {}


@given(SCORES)
def test_normalising_keeps_the_order(scores: dict[int, float]) -> None:
    values = list(normalised(ranked(scores)).values())
    assert values == sorted(values, reverse=True)
    assert all(0 <= value <= 1 for value in values)


@given(SCORES, SCORES, st.floats(0, 1))
def test_fusion_lies_between_its_parts(words: dict[int, float], meaning: dict[int, float], weight: float) -> None:
    lexical, semantic = ranked(words), ranked(meaning)
    fused = convex(lexical, semantic, weight)
    assert fused.keys() == words.keys() | meaning.keys()
    for key, score in fused.items():
        parts = [normalised(part).get(key, 0.0) for part in (lexical, semantic)]
        assert min(parts) - 1e-9 <= score <= max(parts) + 1e-9


def test_what_both_lists_have_beats_what_one_has() -> None:
    fused = convex([Scored(1, 9.0), Scored(2, 8.0), Scored(3, 0.0)], [Scored(2, 0.9), Scored(4, 0.8), Scored(5, 0.1)])
    assert order(fused)[0] == 2


@given(DATES, DATES)
def test_recency_is_a_bonus_of_at_most_its_weight(published: datetime, asked: datetime) -> None:
    assert 0 <= recency(published, asked) <= RECENCY_WEIGHT


@given(DATES, st.timedeltas(timedelta(0), timedelta(days=900)), st.timedeltas(timedelta(0), timedelta(days=900)))
def test_the_fresher_has_the_larger_bonus(asked: datetime, one: timedelta, other: timedelta) -> None:
    fresh, old = sorted((one, other))
    assert recency(asked - fresh, asked) >= recency(asked - old, asked)


@pytest.mark.parametrize(
    ("age", "bonus"),
    [
        (timedelta(0), RECENCY_WEIGHT),
        (HALF_LIFE, RECENCY_WEIGHT / 2),
        (2 * HALF_LIFE, RECENCY_WEIGHT / 4),
        (timedelta(hours=-23), RECENCY_WEIGHT),
        (timedelta(days=-1), 0.0),
    ],
)
def test_the_bonus_halves_with_age_and_is_none_for_what_came_later(age: timedelta, bonus: float) -> None:
    assert recency(NOW - age, NOW) == pytest.approx(bonus)


def test_the_undated_have_no_bonus() -> None:
    assert recency(None, NOW) == 0.0


@given(st.lists(st.sampled_from("abc")), st.integers(1, 4))
def test_no_article_has_more_than_its_share_and_the_best_stay(ids: list[str], share: int) -> None:
    hits = [hit(id_, -place) for place, id_ in enumerate(ids)]
    kept = list(diverse(hits, share))
    for id_ in "abc":
        own = [h for h in hits if h.article.id == id_]
        assert [h for h in kept if h.article.id == id_] == own[:share]
    assert kept == sorted(kept, key=lambda h: -h.score)


def test_equals_are_ordered_by_key() -> None:
    assert order({5: 1.0, 2: 1.0, 9: 3.0, 1: 0.0}) == [9, 2, 5, 1]
