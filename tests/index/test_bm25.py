from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from index.bm25 import BM25, Postings, best, count, merge

WORDS = st.integers(0, 30)
DOCUMENT = st.lists(WORDS, min_size=1, max_size=40)
CORPUS = st.lists(DOCUMENT, min_size=1, max_size=25)
QUERY = st.lists(st.integers(0, 35), max_size=8)


def ours(corpus: Sequence[Sequence[int]], removed: Sequence[int] = ()) -> BM25:
    model = BM25()
    model.add([count(key, document) for key, document in enumerate(corpus)])
    model.remove(removed)
    return model


def reference(corpus: Sequence[Sequence[int]], query: Sequence[int]) -> list[float]:
    return list(BM25Okapi([list(d) for d in corpus], k1=0.9, b=0.4).get_scores(query))


@given(CORPUS, QUERY)
def test_scores_equal_rank_bm25(corpus: list[list[int]], query: list[int]) -> None:
    assert ours(corpus).get_scores(query) == pytest.approx(reference(corpus, query), abs=1e-4)


@given(CORPUS, QUERY, st.data())
def test_after_removal_scores_equal_a_model_of_what_is_left(
    corpus: list[list[int]], query: list[int], data: st.DataObject
) -> None:
    gone = data.draw(st.sets(st.sampled_from(range(len(corpus))), max_size=len(corpus) - 1))
    model = ours(corpus, sorted(gone))
    left = [document for key, document in enumerate(corpus) if key not in gone]
    assert model.get_scores(query)[model.alive] == pytest.approx(reference(left, query), abs=1e-4)
    assert not model.get_scores(query)[~model.alive].any()


@given(CORPUS, CORPUS, QUERY)
def test_documents_may_come_between_queries(first: list[list[int]], later: list[list[int]], query: list[int]) -> None:
    model = ours(first)
    model.add([count(key, document) for key, document in enumerate(later, start=len(first))])
    assert model.get_scores(query) == pytest.approx(reference([*first, *later], query), abs=1e-4)


@given(CORPUS, CORPUS, QUERY, st.data())
def test_merged_segments_score_as_their_parts(
    first: list[list[int]], later: list[list[int]], query: list[int], data: st.DataObject
) -> None:
    parts = ours(first)
    parts.add([count(key, document) for key, document in enumerate(later, start=len(first))])
    parts.remove(data.draw(st.sets(st.sampled_from(range(len(first) + len(later))), max_size=5)))
    living = [parts.alive[: len(first)], parts.alive[len(first) :]]
    whole = BM25([merge(parts.segments, living)])
    assert whole.keys.tolist() == parts.keys[parts.alive].tolist()
    assert whole.get_scores(query) == pytest.approx(parts.get_scores(query)[parts.alive], abs=1e-9)


def test_a_model_without_documents_scores_nothing() -> None:
    assert BM25().get_scores([1, 2]).shape == (0,)


def test_a_posting_takes_six_bytes() -> None:
    model = ours([[1, 2, 2], [2, 3]])
    postings: Postings = model.segments[0]
    assert postings.documents.itemsize + postings.counts.itemsize == 6


def test_best_orders_by_score_then_key_within_what_is_allowed() -> None:
    scores = np.array([1.0, 3.0, 2.0, 3.0, 9.0])
    keys = np.array([10, 11, 12, 13, 14])
    allowed = np.array([True, True, True, True, False])
    assert best(scores, keys, 3, allowed).tolist() == [1, 3, 2]
    assert best(scores, keys, 9, allowed).tolist() == [1, 3, 2, 0]
