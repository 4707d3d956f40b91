"""Quality may only rise: the figures on seeds/ have floors. Raise a floor when its figure rises; lowering one needs a
reason in CHANGELOG.md.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.settings import open_index
from index.types import Article
from tests.command import SEEDS
from tests.quality import copies
from tests.quality.measure import Outcome, figures, first_ranks, outcomes, read

RIGHT_FIRST_QUOTE = 0.0
RIGHTLY_REFUSED = 0.0
WRONGLY_REFUSED = 1.0
"""A ceiling."""
FIRST_FIVE = 0.0
"""Share of the questions with an answer in one of the first five passages."""

COPIES_PRECISION = 1.0
COPIES_RECALL = {"edited": 0.99, "paraphrase": 0.95, "wire": 1.0}
"""Of either half of the storylines."""

COMPOSED = ("yes_no", "two_articles", "follow_up")
"""Kinds whose answers do not stand in one passage, or that lean on a conversation."""


@pytest.fixture(scope="module")
def judged(seeds_data: Path) -> list[Outcome]:
    return list(outcomes(open_index(seeds_data).desk, read(SEEDS / "questions.jsonl")))


def test_every_quote_is_verbatim(judged: list[Outcome]) -> None:
    assert all(outcome.verbatim for outcome in judged)


def test_the_first_quote_is_right_as_often_as_before(judged: list[Outcome]) -> None:
    assert figures(judged).right >= RIGHT_FIRST_QUOTE


def test_unanswerable_questions_are_refused_as_often_as_before(judged: list[Outcome]) -> None:
    assert figures(judged).rightly_refused >= RIGHTLY_REFUSED


def test_answerable_questions_are_refused_no_oftener_than_before(judged: list[Outcome]) -> None:
    assert figures(judged).wrongly_refused <= WRONGLY_REFUSED


def test_the_first_passages_hold_the_answer_as_often_as_before(seeds_data: Path) -> None:
    questions = [q for q in read(SEEDS / "questions.jsonl") if q["kind"] not in COMPOSED]
    ranks = first_ranks(open_index(seeds_data).retriever, questions, k=5)
    assert sum(rank is not None for rank in ranks) / len(ranks) >= FIRST_FIVE


@pytest.mark.parametrize("half", [0, 1], ids=["tuning", "held out"])
def test_copies_are_told_from_reports_as_well_as_before(seeds_articles: Mapping[str, Article], half: int) -> None:
    judged = copies.figures(copies.halves(copies.pairs(seeds_articles))[half])
    assert judged.precision >= COPIES_PRECISION
    assert judged.recall.keys() == COPIES_RECALL.keys()
    assert {kind: share for kind, share in judged.recall.items() if share < COPIES_RECALL[kind]} == {}
