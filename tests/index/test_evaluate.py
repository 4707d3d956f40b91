"""Question sets, judgments, figures and their intervals, comparisons, and what a report shows of them."""

import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from index.errors import InputError
from index.evaluation import outcomes as kept
from index.evaluation import questions, ranking
from index.evaluation.failures import Fault, failures
from index.evaluation.figures import compare, figures, table
from index.evaluation.judging import Given, Judged, Quoted, exact_match, f1, holds, is_right, judge, normalised
from index.evaluation.outcomes import Outcome, Ranked, outcome
from index.evaluation.page import page
from index.evaluation.questions import Asked, Evidence
from index.evaluation.thresholds import thresholds
from index.types import Article, Hit, Passage

# --- question sets

MINIMAL = {"id": "q1", "question": "Who?", "answerable": True}


def read(*records: object) -> tuple[list[Asked], list[str]]:
    found, failed = questions.read([json.dumps(record).encode() for record in records], "set.jsonl")
    return found, [str(failure) for failure in failed]


def test_a_line_becomes_a_question() -> None:
    line = {
        **MINIMAL,
        "asked_at": "2021-05-31",
        "answers": ["Anna Bell"],
        "supporting": ["mill"],
        "evidence": [{"article": "mill", "sentence": "Anna Bell did."}, {"article": "mill", "start": 3, "end": 9}],
        "history": ["What burned?"],
        "kind": "who",
        "strict": False,
        "choices": ["passed over"],
    }
    found, failed = read(line)
    expected = Asked(
        id="q1",
        question="Who?",
        answerable=True,
        asked_at=date(2021, 5, 31),
        answers=("Anna Bell",),
        supporting=("mill",),
        evidence=(Evidence("mill", "Anna Bell did."), Evidence("mill", None, 3, 9)),
        history=("What burned?",),
        kind="who",
        strict=False,
    )
    assert (found, failed) == ([expected], [])
    assert found[0].at == datetime(2021, 5, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": 5}, '"id" must be a string that is not empty'),
        ({"question": " "}, '"question" must be a string that is not empty'),
        ({"answerable": None}, '"answerable" must be true or false'),
        ({"asked_at": "soon"}, "\"asked_at\" must be a day (2020-09-29) or null, not 'soon'"),
        ({"asked_at": 2020}, '"asked_at" must be a day (2020-09-29) or null'),
        ({"answers": "Anna"}, '"answers" must be a list'),
        ({"supporting": [1]}, '"supporting" must be a list of strings'),
        ({"kind": 1}, '"kind" must be a string'),
        ({"strict": "yes"}, '"strict" must be true or false'),
        ({"evidence": [{"article": "mill"}]}, '"evidence" must be a list of {"article", "sentence"} or'),
        ({"evidence": [{"article": "mill", "start": 9, "end": 3}]}, '"evidence" must be a list of'),
    ],
)
def test_a_key_that_is_wrong_is_named(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError) as raised:
        questions.asked({**MINIMAL, **change})
    assert str(raised.value).startswith(complaint)


def test_broken_lines_are_numbered_and_the_rest_goes_on() -> None:
    lines = [json.dumps(MINIMAL).encode(), b"", b"{", b"[1]", b"\xff", json.dumps(MINIMAL).encode()]
    good = json.dumps({**MINIMAL, "id": "q2"}).encode()
    found, failed = questions.read([*lines, good], "set.jsonl")
    assert [question.id for question in found] == ["q1", "q2"]
    assert [failure.origin for failure in failed] == [f"set.jsonl:{n}" for n in (3, 4, 5, 6)]
    assert failed[-1].reason == "is a second question with the id 'q1'"


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip())
ASKED = st.builds(
    Asked,
    id=WORDS,
    question=WORDS,
    answerable=st.booleans(),
    asked_at=st.none() | st.dates(),
    answers=st.lists(WORDS).map(tuple),
    supporting=st.lists(WORDS).map(tuple),
    evidence=st.lists(st.builds(Evidence, WORDS, WORDS) | st.just(Evidence("a", None, 1, 2))).map(tuple),
    history=st.lists(WORDS).map(tuple),
    kind=st.none() | WORDS,
    strict=st.none() | st.booleans(),
)

GIVEN = Given(answered=False, short="Ann \N{SNOWMAN}", quotes=[], confidence=0.5, seconds=0.1)


@given(ASKED, st.sampled_from([None, GIVEN]))
def test_an_outcome_is_the_same_after_it_was_written(asked: Asked, given: Given | None) -> None:
    ranking = tuple(Ranked(f"a#{n}", "a", holds=n > 0) for n in range(3))
    before = Outcome(asked, ranking, "The text.", judge(asked, given) if given else None)
    assert kept.read([f"{before.line()}\n", f"{before.line()}\n", before.line()], "x") == [before, before]


def test_outcomes_of_another_program_are_refused() -> None:
    with pytest.raises(InputError, match="evaluate again"):
        kept.read(['{"some": "thing"}\n'], "outcomes.jsonl")


# --- judging

TEXT = "The old mill at Sampleton burned down on Friday. Anna Bell, the miller, saw the flames. It stood since 1804."
MILL = Article("mill", TEXT)
INN = Article("inn", "Anna Bell opened an inn.")
ASKED_WHO = Asked("q", "Who saw the flames?", answerable=True, answers=("Anna Bell",), supporting=("mill",))
SENTENCE = "Anna Bell, the miller, saw the flames."


def quoted(words: str, article: Article = MILL) -> Quoted:
    start = article.text.index(words)
    return Quoted(article, words, start, start + len(words))


def evident(**change: Any) -> Asked:  # noqa: ANN401 - any field's value
    return replace(ASKED_WHO, **{"evidence": (Evidence("mill", SENTENCE),), **change})


@pytest.mark.parametrize(
    ("right", "asked", "quote"),
    [
        (True, evident(), quoted(SENTENCE)),
        (True, evident(answers=()), quoted("Bell, the miller, saw the")),
        (True, evident(answers=()), quoted("Friday. Anna Bell, the")),
        (False, evident(answers=()), quoted("burned down on Friday. Anna Bell")),
        (True, evident(answers=("1804",)), quoted("It stood since 1804.")),
        (False, evident(answers=("1804",), kind="two_articles"), quoted("It stood since 1804.")),
        (False, evident(), quoted("Anna Bell opened an inn.", INN)),
        (True, evident(evidence=(Evidence("mill", None, TEXT.index("It"), len(TEXT)),)), quoted("stood since 1804.")),
        (False, evident(evidence=(Evidence("mill", "Not in it."),), answers=()), quoted(TEXT)),
        (True, ASKED_WHO, quoted("Anna Bell opened an inn.", INN)),
        (False, ASKED_WHO, quoted("The old mill at Sampleton burned down on Friday.")),
        (False, replace(ASKED_WHO, kind="yes_no"), quoted(SENTENCE)),
    ],
)
def test_a_quote_is_right_by_evidence_or_by_an_answers_words(right: object, asked: Asked, quote: Quoted) -> None:
    assert is_right(asked, quote) is right


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        ("It was Anna Bell's mill.", "Anna Bell", True),
        ("It was Anna Bellamy's mill.", "Anna Bell", False),
        ("They chose “Squid Game”.", "squid game", True),
        ("A fall of 3.5 per cent", "The 3.5", True),
        ("Nothing", "", False),
        ("Nothing", "the", False),
    ],
)
def test_an_answer_is_found_by_its_words(text: str, answer: str, found: object) -> None:
    assert holds(text, [answer]) is found


def test_the_short_answer_is_scored_as_squad_does() -> None:
    assert normalised("The  U.S. (an ally)") == "us ally"
    assert exact_match("the Mill!", "a mill") == 1
    assert exact_match("", "mill") == 0
    # "anna bell" of "miss anna bell miller": 2 shared of 2 and of 4 words.
    precision, recall = 2 / 2, 2 / 4
    assert f1("Anna Bell", "Miss Anna Bell, the miller") == pytest.approx(2 * precision * recall / (precision + recall))
    assert f1("mill mill", "mill") == pytest.approx(2 * (1 / 2) * 1 / (1 / 2 + 1))
    assert f1("inn", "mill") == 0
    assert f1("the", "a") == 1


def test_what_cannot_be_told_is_not_judged() -> None:
    quote = quoted(SENTENCE)
    answered = replace(GIVEN, answered=True, short="Anna Bell", quotes=[quote, replace(quote, text="Anna Ball")])
    full = judge(ASKED_WHO, answered)
    assert (full.right, full.supported, full.exact, full.f1, full.verbatim) == (True, True, 1, 1, False)
    assert (full.quote, full.article, full.confidence) == (SENTENCE, "mill", 0.5)
    none = judge(ASKED_WHO, GIVEN)
    assert (none.right, none.supported, none.exact, none.f1, none.verbatim) == (False, False, 0, 0, None)
    unanswerable = judge(replace(ASKED_WHO, answerable=False, supporting=()), answered)
    assert (unanswerable.right, unanswerable.supported, unanswerable.exact, unanswerable.f1) == (None,) * 4
    bare = judge(Asked("q", "KENNEDY AND DIEM", answerable=True, supporting=("mill",)), answered)
    assert (bare.right, bare.supported, bare.exact) == (None, True, None)


# --- figures


def judged(**change: Any) -> Judged:  # noqa: ANN401 - any field's value
    fine: dict[str, Any] = {
        "answered": True,
        "right": True,
        "supported": True,
        "exact": 1.0,
        "f1": 1.0,
        "verbatim": True,
    }
    shown: dict[str, Any] = {
        "confidence": 0.9,
        "seconds": 0.1,
        "short": "Anna Bell",
        "quote": SENTENCE,
        "article": "mill",
    }
    return Judged(**{**fine, **shown, **change})


def case(id_: str, holding: Sequence[bool], answer: Judged | None, **change: Any) -> Outcome:  # noqa: ANN401 - as above
    """An outcome whose passages, one of each article a0, a1 ..., hold an answer or do not."""
    found = tuple(Ranked(f"a{n}#0", f"a{n}", holds_it) for n, holds_it in enumerate(holding))
    asked = Asked(id_, f"Question {id_}?", answerable=True, answers=("Anna Bell",), supporting=("a0", "a2"))
    return Outcome(replace(asked, **change), found, "The first passage.", answer)


REFUSED = judged(answered=False, right=False, supported=False, exact=0, f1=0, verbatim=None, confidence=0.2)
UNJUDGED: dict[str, Any] = {"right": None, "supported": None, "exact": None, "f1": None}
NOT_THERE: dict[str, Any] = {"answerable": False, "answers": (), "supporting": ()}
SET = [
    case("right", [True, False, True], judged(seconds=0.1), kind="who", strict=True),
    case("wrong", [False, True], judged(right=False, exact=0, f1=0.5, seconds=0.2), kind="who", strict=False),
    case("refused", [False] * 10 + [True], replace(REFUSED, seconds=0.4), kind="why", strict=True),
    case("rightly", [False], replace(REFUSED, **UNJUDGED), kind="why", strict=False, **NOT_THERE),
    case("wrongly", [False], judged(**UNJUDGED, confidence=0.95), kind="why", strict=False, **NOT_THERE),
]


def values(group: str, outcomes: Sequence[Outcome] = SET) -> dict[str, float]:
    return {name: figure.value for name, figure in figures(outcomes)[group].items()}


def test_figures_are_what_is_computed_by_hand() -> None:
    gain = 1 + 1 / math.log2(4)  # a0 first and a2 third
    best = 1 + 1 / math.log2(3)  # both first
    assert values("all") == pytest.approx(
        {
            "answer recall@1": 1 / 3,
            "answer recall@5": 2 / 3,
            "answer recall@10": 2 / 3,
            "answer recall@20": 3 / 3,
            "answer recall@50": 3 / 3,
            "answer MRR@10": (1 + 1 / 2 + 0) / 3,
            "success@1": 3 / 3,
            "success@5": 3 / 3,
            "MRR@10": 3 / 3,
            "nDCG@10": (gain / best + 1 / best + gain / best) / 3,
            "recall@10": (2 / 2 + 1 / 2 + 2 / 2) / 3,
            "recall@20": (2 / 2 + 1 / 2 + 2 / 2) / 3,
            "right first quote": 1 / 3,
            "supporting first quote": 2 / 3,
            "exact match": (1 + 0 + 0) / 3,
            "F1": (1 + 0.5 + 0) / 3,
            "refusal precision": 1 / 2,
            "refusal recall": 1 / 2,
            "answerable refused": 1 / 3,
            "verbatim": 3 / 3,
            "seconds": 0.1,  # the median of 0.1, 0.1, 0.1, 0.2 and 0.4
        }
    )


def test_groups_are_all_the_strict_ones_and_each_kind() -> None:
    assert list(figures(SET)) == ["all", "strict", "who", "why"]
    assert values("strict")["right first quote"] == 1 / 2
    assert values("who")["answer MRR@10"] == (1 + 1 / 2) / 2
    assert not {"refusal recall", "refusal precision"} & values("who").keys()
    assert not {"refusal recall", "refusal precision"} & values("strict").keys()
    assert figures(SET)["why"]["refusal recall"].questions == 2
    plain = [replace(o, asked=replace(o.asked, kind=None, strict=None)) for o in SET]
    assert list(figures(plain)) == ["all"]


def test_retrieval_alone_has_no_figures_of_answers() -> None:
    alone = values("all", [replace(o, answer=None) for o in SET])
    assert set(alone) == {*ranking.PASSAGE_MEASURES, *ranking.ARTICLE_MEASURES}
    assert values("all", [replace(o, asked=replace(o.asked, answers=(), supporting=())) for o in SET[:1]]).keys() == {
        "right first quote",
        "supporting first quote",
        "exact match",
        "F1",
        "answerable refused",
        "verbatim",
        "seconds",
    }


def test_yes_and_no_are_not_looked_for_in_passages() -> None:
    assert "answer recall@1" not in values("all", [case("q", [True], judged(), kind="yes_no")])


FOUND = st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=50, unique_by=lambda found: found[0])


@given(st.lists(st.tuples(FOUND, st.sets(st.integers(0, 30), min_size=1)), min_size=1, max_size=8))
def test_other_tools_score_the_run_files_the_same(drawn: list[tuple[list[tuple[int, bool]], set[int]]]) -> None:
    outcomes = [
        Outcome(
            Asked(
                f"q {n}",
                "Who?",
                answerable=True,
                answers=("x",),
                supporting=tuple(f"né {a}" for a in sorted(supporting)),
            ),
            tuple(Ranked(f"né {article}#0", f"né {article}", holds=held) for article, held in found),
            "",
            None,
        )
        for n, (found, supporting) in enumerate(drawn)
    ]
    ours = table(outcomes)
    for rankings, measures in (
        (ranking.articles(outcomes), ranking.ARTICLE_MEASURES),
        (ranking.passages(outcomes), ranking.PASSAGE_MEASURES),
    ):
        run = list(ir_measures.read_trec_run(StringIO(rankings.run())))  # type: ignore[no-untyped-call]  # theirs
        qrels = list(ir_measures.read_trec_qrels(StringIO(rankings.qrels())))  # type: ignore[no-untyped-call]  # theirs
        for name, measure in measures.items():
            parsed = ir_measures.parse_measure(measure)
            theirs = sum(one.value for one in ir_measures.iter_calc([parsed], qrels, run)) if qrels else 0
            assert np.nansum(ours[name]) == pytest.approx(theirs)


def shares(right: Sequence[bool], seconds: float = 0.1) -> list[Outcome]:
    return [case(f"q{n}", [yes], judged(right=yes, seconds=seconds)) for n, yes in enumerate(right)]


def test_intervals_cover_the_truth() -> None:
    rng, truth, covered = random.Random(0), 0.3, 0  # noqa: S311 - hides nothing
    for _ in range(100):
        figure = figures(shares([rng.random() < truth for _ in range(80)]))["all"]["right first quote"]
        covered += figure.low <= truth <= figure.high
        assert figure.low <= figure.value <= figure.high
    assert 88 <= covered <= 100  # of 95: 3 standard deviations below


def test_intervals_are_the_same_each_time_and_narrow_with_more_questions() -> None:
    few, many = (figures(shares([True, False, False, True] * n))["all"]["right first quote"] for n in (5, 50))
    assert few == figures(shares([True, False, False, True] * 5))["all"]["right first quote"]
    assert few.value == many.value == 0.5
    assert many.high - many.low < (few.high - few.low) / 2


# --- comparison


def test_a_report_does_not_differ_from_itself() -> None:
    for some in compare(SET, SET).values():
        for difference in some.values():
            assert (difference.low, difference.high, difference.significant) == (0, 0, False)
            assert difference.p == 1


def test_what_changes_many_questions_is_significant_and_what_changes_one_is_not() -> None:
    before = [n % 3 > 0 for n in range(60)]
    much, little = [True] * 60, [True, *before[1:]]
    difference = compare(shares(before), shares(much))["all"]["right first quote"]
    assert (difference.first, difference.second) == pytest.approx((40 / 60, 60 / 60))
    assert difference.significant
    assert difference.low > 0
    assert difference.p == 0
    assert compare(shares(much), shares(before))["all"]["right first quote"].high < 0
    assert not compare(shares(before), shares(little))["all"]["right first quote"].significant


def test_pairs_tell_what_two_intervals_do_not() -> None:
    """Each question a little slower, among questions that take from 0.1 to 10 s: the intervals overlap."""
    before = [case(f"q{n}", [True], judged(f1=n / 100)) for n in range(100)]
    after = [case(f"q{n}", [True], judged(f1=n / 100 + 0.02)) for n in range(100)]
    assert figures(before)["all"]["F1"].high > figures(after)["all"]["F1"].low
    assert compare(before, after)["all"]["F1"].significant


def test_only_questions_of_both_reports_are_compared() -> None:
    changed = replace(SET[1], asked=replace(SET[1].asked, question="Another?"))
    assert compare(SET[:2], [SET[0], changed])["all"]["right first quote"].second == 1
    with pytest.raises(InputError, match="no question in common"):
        compare([SET[1]], [changed])


# --- what a report shows


def test_failures_are_listed_the_worst_and_most_confident_first() -> None:
    surer = case("surer", [False], judged(right=False, confidence=0.99))
    found = failures([*SET, surer])
    assert [(one.fault, one.outcome.asked.id) for one in found] == [
        (Fault.UNANSWERABLE, "wrongly"),
        (Fault.WRONG, "surer"),
        (Fault.WRONG, "wrong"),
        (Fault.REFUSED, "refused"),
    ]
    assert (found[0].instead, found[0].article) == (SENTENCE, "mill")
    alone = failures([replace(o, answer=None) for o in SET])
    assert [(one.fault, one.outcome.asked.id) for one in alone] == [(Fault.NOT_FOUND, "refused")]
    nothing = failures([case("q", [False], judged(answered=False, quote=None, article=None))])
    assert (nothing[0].instead, nothing[0].article) == ("The first passage.", "a0")


def test_thresholds_say_what_more_refusals_would_cost() -> None:
    right = [case(f"r{n}", [True], judged(confidence=0.6)) for n in range(8)]
    wrong = [case(f"w{n}", [True], judged(confidence=0.9, right=False)) for n in range(12)]
    unanswerable = [case(f"u{n}", [True], judged(**UNJUDGED, confidence=0.7), **NOT_THERE) for n in range(4)]
    refused = [
        case("r", [True], replace(REFUSED, confidence=0.99)),
        case("u", [True], replace(REFUSED, **UNJUDGED), **NOT_THERE),
    ]
    steps = thresholds([*right, *wrong, *unanswerable, *refused])
    assert [step.confidence for step in steps] == [0.6, 0.7, 0.9]
    assert [step.precision for step in steps] == [8 / 24, 0 / 16, 0 / 12]
    assert [step.answered for step in steps] == [20 / 21, 12 / 21, 12 / 21]
    assert [step.refused for step in steps] == [1 / 5, 1 / 5, 5 / 5]
    assert thresholds(right) == []  # too few


HOSTILE = '</style><script>alert("&amp;")</script><img src=x onerror=alert(1)>\x00\x1b[31m\ud800'


def test_the_page_shows_words_as_words_and_loads_nothing() -> None:
    change = {"question": HOSTILE, "answers": (HOSTILE,), "kind": HOSTILE, "history": (HOSTILE,)}
    outcomes = [case(HOSTILE, [False], judged(right=False, quote=HOSTILE, article=HOSTILE), **change), *SET]
    written = page(HOSTILE, {HOSTILE: HOSTILE}, outcomes).decode("utf-8")
    shown = html.document_fromstring(written.replace("\x00", ""))
    assert shown.xpath("//script | //img | //link | //iframe | //@src | //@href") == []
    assert "url(" not in written
    assert '<script>alert("&amp;")</script>' in shown.text_content()
    assert len(shown.xpath("//li")) == 4
    assert len(shown.xpath("//svg")) == 3


@pytest.mark.parametrize("outcomes", [SET, SET[:1], SET[3:4], [replace(o, answer=None) for o in SET]])
def test_every_set_has_a_page(outcomes: list[Outcome]) -> None:
    shown = html.document_fromstring(page("Some", {}, outcomes))
    assert shown.xpath("//h1/text()") == ["Some"]
    assert "NaN" not in shown.text_content()


def test_an_outcome_is_made_of_what_was_found() -> None:
    passages = [Passage("inn", 0, INN.text, 0, len(INN.text)), Passage("mill", 0, TEXT[:48], 0, 48)]
    hits = [Hit(part, article, 1.0, None, None, 0.0) for part, article in zip(passages, (INN, MILL), strict=True)]
    hits[0] = replace(hits[0], copies=(replace(INN, id="wire"),))
    found = outcome(ASKED_WHO, hits, None)
    assert found.ranking == (
        Ranked("inn#0", "inn", holds=True, copies=("wire",)),
        Ranked("mill#0", "mill", holds=False),
    )
    assert (found.first, found.articles, found.nearest) == (1, ["inn", "wire", "mill"], INN.text)
    assert outcome(ASKED_WHO, [], None).first is None


def test_the_style_sheet_has_a_dark_side() -> None:
    style = (Path(questions.__file__).parent / "page.css").read_text("utf-8")
    assert "prefers-color-scheme: dark" in style
