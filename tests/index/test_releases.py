"""Public releases, small ones made by hand after the real layouts, in this project's format."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from index.errors import InputError
from index.evaluation import questions
from index.evaluation.questions import Asked
from index.evaluation.releases import Release, convert


def lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def quiz(id_: str, answer: int) -> dict[str, object]:
    return {
        "question_id": id_,
        "question_date": "2022/06/16",
        "question_source": "CNN",
        "question_url": "https://quiz.example/",
        "question_sentence": f"Question {id_}?",
        "choices": ["a bakery", "the Old Mill", "an inn", "a well"],
        "answer": [str(answer)],
        "evidence": "",
    }


def result(url: str, text: str, day: str) -> dict[str, object]:
    return {"url": url, "title": f"Title of {url}", "text": text, "authors": ["A. Bell"], "publish_date": day}


@pytest.fixture
def realtimeqa(tmp_path: Path) -> Path:
    week = tmp_path / "past" / "2022"
    lines(week / "20220617_qa.jsonl", [quiz("20220617_0", 1), quiz("20220617_1", 2), quiz("20220617_2", 3)])
    mill = result("https://www.cnn.com/mill", "It was the old mill that burned.", "2022/06/01")
    old = result("https://edition.example/inn", "Once there was an inn.", "2021/06/01")
    lines(
        week / "20220617_gcs.jsonl",
        [
            {"question_id": "20220617_0", "search_time": "2022/06/17/16:34", "search_result": [mill, old]},
            {"question_id": "20220617_1", "search_time": "2022/06/17/16:34", "search_result": [mill, old]},
            {
                "question_id": "20220617_2",
                "search_time": "2022/06/17/16:34",
                "search_result": [result("https://usatoday.com/x", " ", "")],
            },
        ],
    )
    lines(week / "20220624_qa.jsonl", [quiz("20220624_0", 1)])  # no search results of that week
    lines(week / "20220617_qa_nota.jsonl", [quiz("20220617_0", 0)])
    lines(week / "20220617-20220624_qa.jsonl", [quiz("20220617_0", 0)])
    return tmp_path


def by_id(release: Release) -> dict[str, Asked]:
    return {question.id: question for question in release.questions}


def test_realtimeqa_takes_the_right_choice_and_the_articles_that_say_it(realtimeqa: Path) -> None:
    release = convert("realtimeqa", realtimeqa)
    mill, inn = release.articles
    assert (mill["url"], mill["source"], mill["published"]) == ("https://www.cnn.com/mill", "CNN", "2022-06-01")
    assert (inn["source"], inn["published"], inn["authors"]) == ("edition.example", "2021-06-01", ["A. Bell"])
    found = by_id(release)
    assert list(found) == ["20220617_0", "20220617_1", "20220617_2"]
    first, second, third = found.values()
    assert first == Asked(
        id="20220617_0",
        question="Question 20220617_0?",
        answerable=True,
        asked_at=date(2022, 6, 17),
        answers=("the Old Mill",),
        supporting=(str(mill["id"]),),
        strict=True,
    )
    assert (second.answerable, second.supporting, second.strict) == (True, (inn["id"],), False)
    assert (third.answerable, third.supporting, third.strict) == (False, (), False)


STORY = "Sampleton (CNN) -- The old mill burned. Anna Bell saw it."


def span(words: str) -> tuple[int, int]:
    return STORY.index(words), STORY.index(words) + len(words)


def test_newsqa_takes_what_most_people_agreed_on(tmp_path: Path) -> None:
    start, end = span("Anna Bell ")  # the end may stand after a space, in the release too
    asked = [
        {"q": "Who saw it?", "consensus": {"s": start, "e": end}, "isAnswerAbsent": 0, "isQuestionBad": 0},
        {"q": "Who lit it?", "consensus": {"noAnswer": True}},
        {"q": "Is?", "consensus": {"badQuestion": True}},
    ]
    story = {"storyId": "./cnn/stories/1.story", "text": STORY, "type": "train", "questions": asked}
    (tmp_path / "combined-newsqa-data-v1.json").write_text(json.dumps({"data": [story], "version": "1"}), "utf-8")
    release = convert("newsqa", tmp_path)
    assert [dict(article) for article in release.articles] == [{"id": story["storyId"], "text": STORY, "source": "CNN"}]
    (question,) = release.questions
    assert (question.question, question.answers, question.supporting) == (
        "Who saw it?",
        ("Anna Bell",),
        (story["storyId"],),
    )


def test_newsqa_of_the_csv_file_says_the_same(tmp_path: Path) -> None:
    (one, two), (three, four) = span("Anna Bell"), span("old mill")
    ranges = {
        "Who saw it?": f"None|{one}:{two}|{one}:{two}",
        "What burned?": f"{three}:{four},0:3|{three}:{four}",
        "Who lit it?": f"None|None|{one}:{two}",
    }
    with (tmp_path / "combined-newsqa-data-v1.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["story_id", "question", "answer_char_ranges", "is_answer_absent", "story_text"])
        writer.writerows(["./cnn/stories/1.story", question, marked, "0", STORY] for question, marked in ranges.items())
    found = convert("newsqa", tmp_path).questions
    assert [(question.question, question.answers) for question in found] == [
        ("Who saw it?", ("Anna Bell",)),
        ("What burned?", ("old mill",)),
    ]


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_squad_makes_an_article_of_each_paragraph(tmp_path: Path, packed: str) -> None:
    there = {
        "id": "56d",
        "question": " Who saw it? ",
        "answers": [{"text": "Anna Bell", "answer_start": 40}] * 2,
        "is_impossible": False,
    }
    absent = {"id": "5ad", "question": "Who lit it?", "answers": [], "plausible_answers": [], "is_impossible": True}
    paragraphs = [{"context": "Nothing.", "qas": []}, {"context": STORY, "qas": [there, absent]}]
    raw = json.dumps({"version": "v2.0", "data": [{"title": "Old_Mill", "paragraphs": paragraphs}]}).encode()
    (tmp_path / f"dev-v2.0.json{packed}").write_bytes(gzip.compress(raw) if packed else raw)
    release = convert("squad", tmp_path)
    assert [article["id"] for article in release.articles] == ["Old_Mill-0", "Old_Mill-1"]
    assert list(release.questions) == [
        Asked("56d", "Who saw it?", answerable=True, answers=("Anna Bell",), supporting=("Old_Mill-1",)),
        Asked("5ad", "Who lit it?", answerable=False),
    ]


def test_what_is_converted_can_be_read(realtimeqa: Path) -> None:
    release = convert("realtimeqa", realtimeqa)
    written = [json.dumps(question.record()).encode() for question in release.questions]
    assert questions.read(written, "x") == (list(release.questions), [])


@pytest.mark.parametrize("name", ["realtimeqa", "newsqa", "squad"])
def test_a_folder_without_the_release_says_what_is_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"^{tmp_path} holds no "):
        convert(name, tmp_path)


def test_two_files_that_could_be_meant_are_refused(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        lines(tmp_path / folder / "dev-v2.0.json", [{"data": []}])
    with pytest.raises(InputError, match=r"holds several dev-v2\.0\.json"):
        convert("squad", tmp_path)
    with pytest.raises(InputError, match="holds no questions of squad"):
        convert("squad", tmp_path / "one")


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"data": [{"title": "x"}]}', '{"data": 5}'])
def test_another_layout_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "dev-v2.0.json").write_text(text, "utf-8")
    with pytest.raises(InputError, match="does not look like a release of squad"):
        convert("squad", tmp_path)


def test_a_choice_that_is_not_there_is_refused(realtimeqa: Path) -> None:
    lines(realtimeqa / "past" / "2022" / "20220617_qa.jsonl", [quiz("20220617_0", 4)])
    with pytest.raises(InputError, match="does not look like a release of realtimeqa"):
        convert("realtimeqa", realtimeqa)
