"""Quality may only rise: each figure of a set has a floor, or a ceiling where less is better. Raise a floor when its
figure rises; lowering one needs a reason in CHANGELOG.md.

The figures on seeds/ are always tested. The other sets belong to others, and lie beside the project, if at all: of
those only retrieval is tested, as it takes seconds and not minutes.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.evaluating import RETRIEVAL_ALONE, Request, evaluate
from bot.settings import READER
from index.evaluation.figures import LESS_IS_BETTER, Figure, figures
from index.types import Article
from tests.command import ROOT, SEEDS
from tests.quality import copies

DATA = ROOT.parent / "shared" / "data"

COPIES_PRECISION = 1.0
COPIES_RECALL = {"edited": 0.99, "paraphrase": 0.95, "wire": 1.0}
"""Of either half of the storylines."""

Figures = Mapping[str, Mapping[str, Figure]]

# (group, figure): its floor, or of LESS_IS_BETTER its ceiling.
SEEDS_FLOORS = {
    ("all", "answer recall@1"): 0.75,
    ("all", "answer recall@5"): 0.96,
    ("all", "right first quote"): 0.66,
    ("all", "exact match"): 0.36,
    ("all", "F1"): 0.48,
    ("all", "refusal precision"): 0.70,
    ("all", "refusal recall"): 0.58,
    ("all", "answerable refused"): 0.08,
    ("all", "verbatim"): 1.0,
}
OTHERS_FLOORS = {
    "realtimeqa-2022-2023": {
        ("strict", "answer recall@1"): 0.71,
        ("strict", "answer recall@5"): 0.915,
        ("strict", "answer MRR@10"): 0.795,
        ("all", "answer recall@1"): 0.59,
        ("all", "answer recall@5"): 0.81,
        ("all", "answer MRR@10"): 0.685,
    },
    "newsqa-even": {("all", "success@1"): 0.60, ("all", "success@5"): 0.79},
    "time": {("all", "MRR@10"): 0.64, ("all", "recall@10"): 0.67},
}


@pytest.fixture(scope="module")
def seeds_figures(seeds_data: Path) -> Figures:
    request = Request(SEEDS / "questions.jsonl", seeds_data, None, None, READER, None)
    return figures(evaluate(request).outcomes)


@pytest.mark.parametrize("figure", SEEDS_FLOORS, ids=" ".join)
def test_a_figure_on_the_sample_articles_is_as_good_as_before(seeds_figures: Figures, figure: tuple[str, str]) -> None:
    hold(seeds_figures, figure, SEEDS_FLOORS[figure])


@pytest.mark.parametrize("name", OTHERS_FLOORS)
def test_retrieval_on_other_sets_is_as_good_as_before(name: str, tmp_path: Path) -> None:
    folder = DATA / name
    if not folder.exists():
        pytest.skip(f"{folder} is missing: the set belongs to others, and is not part of the project")
    request = Request(folder / "questions.jsonl", tmp_path, folder / "articles.jsonl.gz", None, RETRIEVAL_ALONE, None)
    found = figures(evaluate(request).outcomes)
    for figure, floor in OTHERS_FLOORS[name].items():
        hold(found, figure, floor)


@pytest.mark.parametrize("half", [0, 1], ids=["tuning", "held out"])
def test_copies_are_told_from_reports_as_well_as_before(seeds_articles: Mapping[str, Article], half: int) -> None:
    judged = copies.figures(copies.halves(copies.pairs(seeds_articles))[half])
    assert judged.precision >= COPIES_PRECISION
    assert judged.recall.keys() == COPIES_RECALL.keys()
    assert {kind: share for kind, share in judged.recall.items() if share < COPIES_RECALL[kind]} == {}


def hold(found: Figures, figure: tuple[str, str], limit: float) -> None:
    group, name = figure
    value = found[group][name].value
    assert value <= limit if name in LESS_IS_BETTER else value >= limit, f"{group} {name}: {value:.3f}, not {limit}"
