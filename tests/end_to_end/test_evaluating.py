"""`dateline evaluate` on small sets written here: the report, Ctrl-C and going on, comparing, converting."""

import json
import signal
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import ir_measures
import pytest

from tests.command import Argument, complaint, dateline, output, start

ARTICLES = {
    "mill": "The old mill at Sampleton burned down on Friday night. Anna Bell, the miller, saw the flames first.",
    "well": "Children found a Roman well behind the school of Testford. The mayor, Carl Dean, closed the playground.",
    "pond": "The pond of Exampleby froze for the first time since 1987. Skaters came from three villages.",
}
QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "miller",
        "question": "Who saw the flames at the old mill first?",
        "asked_at": "2021-05-02",
        "answers": ["Anna Bell"],
        "supporting": ["mill"],
        "evidence": [{"article": "mill", "sentence": "Anna Bell, the miller, saw the flames first."}],
        "answerable": True,
        "kind": "who",
    },
    {
        "id": "mayor",
        "question": "And who closed the playground?",
        "asked_at": "2021-05-02",
        "answers": ["Carl Dean"],
        "supporting": ["well"],
        "history": ["What did children find behind the school of Testford?"],
        "answerable": True,
        "kind": "follow_up",
    },
    {
        "id": "pond",
        "question": "When did the pond of Exampleby last freeze?",
        "asked_at": "2021-05-02",
        "answers": ["1987"],
        "supporting": ["pond"],
        "answerable": True,
        "kind": "when",
    },
    {
        "id": "bakery",
        "question": "Which bakery invented the Zanzibar croissant?",
        "asked_at": None,
        "answerable": False,
        "kind": "who",
    },
]
WRITTEN = {
    "settings.json", "outcomes.jsonl", "figures.json", "report.html",
    "articles.run", "articles.qrels", "passages.run", "passages.qrels",
}  # fmt: skip


def write(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def articles(path: Path, *ids: str) -> Path:
    day = "2021-05-01"
    rows = [{"id": id_, "text": ARTICLES[id_], "published": day, "source": "Sample Wire"} for id_ in ids or ARTICLES]
    return write(path, rows)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return articles(tmp_path / "news.jsonl")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write(tmp_path / "questions.jsonl", QUESTIONS)


def test_the_figures_of_a_set(questions: Path, news: Path) -> None:
    found = output("evaluate", questions, "--articles", news)
    assert found.keys() == {"questions", "figures", "failures"}
    assert (found["questions"], found["failures"]) == (4, [])
    assert list(found["figures"]) == ["all", "follow_up", "when", "who"]
    every = found["figures"]["all"]
    assert every["answer recall@5"]["value"] == every["success@5"]["value"] == 1
    assert every["verbatim"] == {"value": 1, "low": 1, "high": 1, "questions": every["verbatim"]["questions"]}
    assert (every["right first quote"]["questions"], every["refusal recall"]["questions"]) == (3, 1)
    assert every["seconds"]["questions"] == 4


def test_a_report_is_written_and_shown(questions: Path, news: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    done = dateline("evaluate", questions, "--articles", news, "--report", report)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    assert "answer MRR@10" in shown
    assert "right first quote" in shown
    assert f"The report: {report / 'report.html'}" in shown
    assert {path.name for path in report.iterdir() if path.is_file()} == WRITTEN
    assert (report / "report.html").read_text("utf-8").startswith("<!doctype html>")
    outcomes = [json.loads(line) for line in (report / "outcomes.jsonl").read_text("utf-8").splitlines()]
    assert [one["asked"]["id"] for one in outcomes] == [question["id"] for question in QUESTIONS]
    figures = json.loads((report / "figures.json").read_text("utf-8"))["figures"]["all"]
    run, qrels = report / "articles.run", report / "articles.qrels"
    theirs = ir_measures.calc_aggregate(
        [ir_measures.RR @ 10],
        list(ir_measures.read_trec_qrels(str(qrels))),  # type: ignore[no-untyped-call]  # theirs
        list(ir_measures.read_trec_run(str(run))),  # type: ignore[no-untyped-call]  # theirs
    )
    assert theirs[ir_measures.RR @ 10] == pytest.approx(figures["MRR@10"]["value"])


def test_the_index_of_the_articles_follows_them(questions: Path, news: Path, tmp_path: Path) -> None:
    command: list[Argument] = [
        "evaluate",
        questions,
        "--articles",
        news,
        "--report",
        tmp_path / "report",
        "--reader",
        "none",
    ]
    assert output(*command)["figures"]["all"]["success@5"]["value"] == 1
    articles(news, "mill", "well")
    assert output(*command)["figures"]["all"]["success@5"]["value"] == pytest.approx(2 / 3)


def test_retrieval_alone_reads_nothing(questions: Path, news: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    found = output("evaluate", questions, "--articles", news, "--reader", "none", "--report", report)
    assert "right first quote" not in found["figures"]["all"]
    assert found["figures"]["follow_up"]["answer recall@1"]["value"] == 1
    assert "Answer recall" in (report / "report.html").read_text("utf-8")


def test_an_index_that_is_there_is_used_as_it_is(questions: Path, news: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    output("index", news, "--data", data)
    found = output("evaluate", questions, "--data", data)
    assert found["figures"]["all"]["answer recall@5"]["value"] == 1


def test_broken_lines_are_told_and_the_rest_is_asked(questions: Path, news: Path) -> None:
    with questions.open("a", encoding="utf-8") as file:
        file.write('{"id": "x"}\n')
        file.write(json.dumps({"id": "long", "question": "who " * 1_000, "answerable": False}) + "\n")
    done = dateline("evaluate", questions, "--articles", news, "--reader", "none")
    assert done.returncode == 1
    said = done.stderr.decode().splitlines()
    assert said[0] == f'{questions}:5: "question" must be a string that is not empty'
    assert said[1].startswith("long: the question has 3,999 characters")
    assert b"answer recall@1" in done.stdout


MANY = 1_500


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_keeps_what_is_done_and_a_second_run_goes_on(news: Path, tmp_path: Path) -> None:
    asked = [{**QUESTIONS[n % 3], "id": f"q{n}", "history": []} for n in range(MANY)]
    command: list[Argument] = [
        "evaluate",
        write(tmp_path / "many.jsonl", asked),
        "--articles",
        news,
        "--reader",
        "none",
    ]
    kept = tmp_path / "report" / "outcomes.jsonl"
    with start(*command, "--report", tmp_path / "report") as process:
        while not kept.exists() or kept.read_bytes().count(b"\n") < 5:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    before = kept.read_bytes()
    done = before.count(b"\n")
    assert 5 <= done < MANY
    expected = f"interrupted after {done:,} of {MANY:,} questions; run the same command again to go on"
    assert said.decode() == f"dateline: {expected}\n"
    with kept.open("ab") as file:
        file.write(b'{"asked": {"id": "q')  # as a process that is killed leaves it
    other = complaint(*command[:-1], "extractive", "--report", tmp_path / "report", code=1)
    assert "had reader 'none' instead of 'extractive': finish that one, or give another folder with --report" in other
    assert output(*command, "--report", tmp_path / "report")["questions"] == MANY
    assert kept.read_bytes().startswith(before)
    assert [json.loads(line)["asked"]["id"] for line in kept.read_bytes().splitlines()] == [q["id"] for q in asked]


def test_a_finished_report_gives_way_to_a_new_one(questions: Path, news: Path, tmp_path: Path) -> None:
    command: list[Argument] = ["evaluate", questions, "--articles", news, "--report", tmp_path / "report"]
    assert output(*command, "--reader", "none")["questions"] == 4
    write(questions, QUESTIONS[:2])
    assert output(*command)["questions"] == 2
    assert (tmp_path / "report" / "outcomes.jsonl").read_bytes().count(b"\n") == 2


def test_two_reports_are_compared(news: Path, tmp_path: Path) -> None:
    asked = write(tmp_path / "q.jsonl", [{**QUESTIONS[n % 3], "id": f"q{n}", "history": []} for n in range(30)])
    one, other = tmp_path / "one", tmp_path / "other"
    fewer = articles(tmp_path / "fewer.jsonl", "well")
    output("evaluate", asked, "--articles", news, "--reader", "none", "--report", one)
    output("evaluate", asked, "--articles", fewer, "--reader", "none", "--report", other)
    found = output("evaluate", "--compare", one, other)["differences"]["all"]["success@5"]
    assert found.keys() == {"first", "second", "low", "high", "p", "significant"}
    assert (found["first"], found["second"], found["significant"]) == (1, pytest.approx(1 / 3), True)
    same = output("evaluate", "--compare", one, one)["differences"]["all"]
    assert not any(difference["significant"] for difference in same.values())
    shown = dateline("evaluate", "--compare", one, other)
    assert shown.returncode == 0
    assert b"worse" in shown.stdout
    assert b"better" not in shown.stdout
    assert "holds no report that can be read" in complaint("evaluate", "--compare", one, tmp_path / "none", code=1)


def test_a_public_release_is_converted_and_evaluated(tmp_path: Path) -> None:
    qas = [
        {"id": "a", "question": "Who saw the flames?", "answers": [{"text": "Anna Bell"}], "is_impossible": False},
        {"id": "b", "question": "Who lit the fire?", "answers": [], "is_impossible": True},
    ]
    paragraphs = [{"context": ARTICLES["mill"], "qas": qas}, {"context": ARTICLES["pond"], "qas": []}]
    checkout, converted = tmp_path / "squad", tmp_path / "set"
    checkout.mkdir()
    (checkout / "dev-v2.0.json").write_text(json.dumps({"data": [{"title": "Sampleton", "paragraphs": paragraphs}]}))
    command: list[Argument] = ["evaluate", "--convert", "squad", checkout, "--out", converted]
    assert output(*command) == {"questions": 2, "articles": 2, "folder": str(converted)}
    found = output("evaluate", converted / "questions.jsonl", "--articles", converted / "articles.jsonl")
    assert found["figures"]["all"]["answer recall@1"]["value"] == 1
    assert "holds something already: give another folder with --out" in complaint(*command, code=1)
    empty = complaint("evaluate", "--convert", "newsqa", checkout, "--out", tmp_path / "x", code=1)
    assert "holds no combined-newsqa-data-v1.json or combined-newsqa-data-v1.csv" in empty


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a file of questions, or --compare A B, or --convert SET CHECKOUT"),
        (["q.jsonl", "--compare", "a", "b"], "give a file of questions, or --compare A B"),
        (["q.jsonl", "--out", "x"], "--out goes with --convert"),
        (["q.jsonl", "--encoder", "minilm"], "--encoder goes with --articles"),
        (["q.jsonl", "--articles", "x", "--data", "y"], "leave --data out"),
        (["--convert", "trivia", "x"], "'trivia' is not one of"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], said: str) -> None:
    assert said in complaint("evaluate", *arguments, code=2)


def test_what_cannot_be_evaluated_is_told(questions: Path, news: Path, tmp_path: Path) -> None:
    missing = complaint("evaluate", tmp_path / "none.jsonl", "--articles", news, code=1)
    assert "none.jsonl cannot be read (No such file or directory)" in missing
    broken = write(tmp_path / "broken.jsonl", [{"id": "x"}])
    assert "broken.jsonl holds no question: " in complaint("evaluate", broken, "--articles", news, code=1)
    assert "there is no reader 'x'" in complaint("evaluate", questions, "--articles", news, "--reader", "x", code=1)
    empty = write(tmp_path / "empty.jsonl", [{"id": "x"}])
    assert "no article could be read from" in complaint("evaluate", questions, "--articles", empty, code=1)
    output("index", news, "--data", tmp_path / "data")
    blocked = complaint("evaluate", questions, "--data", tmp_path / "data", "--report", news / "x", code=1)
    assert "cannot be written to (Not a directory): give another folder with --report" in blocked
