"""The command `dateline` on the sample articles: its contract, and what wrong use of it gets."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from index.types import Article
from tests.command import SEEDS, Done, complaint, dateline, imported, output, start

VILNIUS = "who met whom in Vilnius?"
UNKNOWN = "Which bakery invented the Zanzibar croissant?"

ARTICLE_KEYS = set("id title url source published".split())
HIT_KEYS = set("rank score lexical semantic recency passage article copies".split())
ANSWER_KEYS = set("question status answer short claims quotes nearest searched reader confidence seconds".split())
QUOTE_KEYS = set("n text start end caption span link article".split())


def records(*rows: Mapping[str, object]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def lines(done: Done) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def answers(seeds_data: Path) -> list[dict[str, Any]]:
    """What `ask --batch` says to every question of the sample set."""
    done = dateline("ask", "--batch", SEEDS / "questions.jsonl", "--data", seeds_data)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return lines(done)


# --- the contract


def test_status_tells_what_there_is(seeds_data: Path, seeds_articles: Mapping[str, Article]) -> None:
    status = output("status", "--data", seeds_data)
    assert set(status) == {"articles", "passages", "outlets", "oldest", "newest", "encoder", "bytes"}
    assert status["articles"] == len(seeds_articles)
    assert sum(status["outlets"].values()) == sum(article.source is not None for article in seeds_articles.values())
    dates = [article.published for article in seeds_articles.values() if article.published]
    assert status["oldest"] == str(min(dates, key=lambda date: date.at))
    assert status["encoder"] == "static"
    assert status["bytes"] > 100_000
    words = dateline("status", "--data", seeds_data).stdout.decode()
    assert f"articles  {len(seeds_articles)}\n" in words


def test_search_has_the_promised_shape(seeds_data: Path, seeds_articles: Mapping[str, Article]) -> None:
    found = output("search", VILNIUS, "-k", "5", "--asked-at", "2020-10-05", "--data", seeds_data)
    assert found.keys() == {"question", "hits", "publishers"}
    assert found["question"] == VILNIUS
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3, 4, 5]
    for hit in found["hits"]:
        assert hit.keys() == HIT_KEYS
        assert hit["article"].keys() == ARTICLE_KEYS
        assert hit["lexical"] is None or hit["lexical"].keys() == {"rank", "score"}
        assert hit["semantic"] is None or hit["semantic"].keys() == {"rank", "score"}
        passage = hit["passage"]
        assert passage.keys() == {"text", "start", "end", "caption"}
        assert seeds_articles[hit["article"]["id"]].text[passage["start"] : passage["end"]] == passage["text"]
    assert found["hits"][0]["article"]["id"].startswith("belarus")


def test_a_wire_copy_takes_no_second_place_and_is_listed(seeds_data: Path) -> None:
    asked = ("search", "What did Osama Rabie say of the waiting ships?", "--asked-at", "2021-04-01", "--data")
    found = output(*asked, seeds_data)
    wire = {"evergiven-04", "evergiven-05"}
    listed = [
        ({hit["article"]["id"]}, {copy["id"] for copy in hit["copies"]})
        for hit in found["hits"]
        if hit["article"]["id"] in wire
    ]
    assert listed
    assert all(shown | copies == wire for shown, copies in listed)
    assert len({id_ for shown, _ in listed for id_ in shown}) == 1
    assert 1 < found["publishers"] <= 7
    assert b"\nalso in " in dateline(*asked, seeds_data).stdout


def test_ask_has_the_promised_shape(seeds_data: Path) -> None:
    answer = output("ask", VILNIUS, "--asked-at", "2020-10-05", "--data", seeds_data)
    assert answer.keys() == ANSWER_KEYS
    assert answer["status"] == "answered"
    assert {"Macron", "Tikhanovskaya"} <= set(answer["quotes"][0]["text"].replace(",", "").split())
    assert answer["claims"][0].keys() == {"text", "quotes"}
    assert " ".join(answer["claims"][0]["text"].split()) in answer["answer"]
    assert "[1]" in answer["answer"]
    assert [quote["n"] for quote in answer["quotes"]] == list(range(1, len(answer["quotes"]) + 1))
    for quote in answer["quotes"]:
        assert quote.keys() == QUOTE_KEYS
        assert quote["article"].keys() == ARTICLE_KEYS
    assert answer["nearest"] == []
    assert answer["searched"].keys() == {"articles", "newest", "after", "before", "sources", "preferred"}
    assert 0 < answer["seconds"] < 5


def test_what_the_articles_do_not_say_is_not_found(seeds_data: Path, seeds_articles: Mapping[str, Article]) -> None:
    answer = output("ask", UNKNOWN, "--data", seeds_data, code=3)
    assert answer["status"] == "not_found"
    assert (answer["claims"], answer["quotes"], answer["short"]) == ([], [], None)
    assert 1 <= len(answer["nearest"]) <= 3
    assert all(article.keys() == ARTICLE_KEYS for article in answer["nearest"])
    assert f"Searched {len(seeds_articles)} articles" in answer["answer"]


def test_every_quote_is_verbatim_and_cited(
    answers: Sequence[dict[str, Any]], seeds_articles: Mapping[str, Article]
) -> None:
    quotes = [quote for answer in answers for quote in answer["quotes"]]
    assert len(quotes) > 100
    for quote in quotes:
        assert seeds_articles[quote["article"]["id"]].text[quote["start"] : quote["end"]] == quote["text"]
    for answer in answers:
        cited = {n for claim in answer["claims"] for n in claim["quotes"]}
        assert cited == {quote["n"] for quote in answer["quotes"]}
        assert (answer["status"] == "answered") == bool(answer["claims"])


def test_a_batch_answers_each_question_in_turn_as_if_asked_alone(
    answers: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]], seeds_data: Path
) -> None:
    assert [answer["id"] for answer in answers] == [question["id"] for question in questions]
    for question, answer in list(zip(questions, answers, strict=True))[:: len(questions) // 4]:
        date = ["--asked-at", question["asked_at"]] if question.get("asked_at") else []
        alone = dateline("ask", question["question"], *date, "--data", seeds_data, "--json")
        expected = {**json.loads(alone.stdout), "id": question["id"], "seconds": answer["seconds"]}
        assert answer == expected
        assert alone.returncode == (0 if answer["status"] == "answered" else 3)


def test_search_takes_a_batch_too(seeds_data: Path) -> None:
    batch = records({"id": 1, "question": VILNIUS, "asked_at": "2020-10"}, {"question": "Ever Given"})
    first, second = lines(dateline("search", "--batch", "-", "-k", "2", "--data", seeds_data, stdin=batch))
    alone = output("search", VILNIUS, "-k", "2", "--asked-at", "2020-10", "--data", seeds_data)
    assert first == {**alone, "id": 1}
    assert second["id"] is None
    assert len(second["hits"]) == 2


def test_words_for_people(seeds_data: Path) -> None:
    done = dateline("ask", VILNIUS, "--asked-at", "2020-10-05", "--data", seeds_data)
    words = done.stdout.decode()
    assert done.returncode == 0
    assert "Macron" in words
    assert "[1] " in words
    assert "September 2020: “" in words
    assert "\x1b" not in words
    found = dateline("search", VILNIUS, "-k", "1", "--data", seeds_data).stdout.decode()
    assert "Vilnius" in found


# --- dates and outlets


def ids(found: Mapping[str, Any]) -> set[str]:
    return {hit["article"]["id"] for hit in found["hits"]}


@pytest.mark.parametrize(
    ("options", "first", "last"),
    [
        (["--after", "2021"], "2021-01-01", "9"),
        (["--before", "2020-09"], "0", "2020-09-01"),
        (["--after", "2020-09-29", "--before", "2020-09-30"], "2020-09-29", "2020-09-30"),
        (["--after", "2020-09-29T12:00", "--before", "2023"], "2020-09-29T12", "2023"),
    ],
)
def test_only_articles_of_these_dates(seeds_data: Path, options: Sequence[str], first: str, last: str) -> None:
    found = output("search", "president", "-k", "50", *options, "--data", seeds_data)
    dates = [hit["article"]["published"] for hit in found["hits"]]
    assert dates
    assert all(first <= date < last for date in dates)


def test_the_day_of_asking_lasts_to_its_end(seeds_data: Path) -> None:
    def scores(date: str) -> list[float]:
        found = output("search", VILNIUS, "--asked-at", date, "--data", seeds_data)
        return [hit["score"] for hit in found["hits"]]

    assert scores("2020-09-30") == scores("2020-09-30T23:59:59") == scores("2020-09-30T23:59:59+00:00")
    assert scores("2020-09-30") != scores("2020-09-30T00:00")
    assert scores("2020-09") == scores("2020-09-30")
    assert scores("2020") == scores("2020-12-31")


def test_only_these_outlets(seeds_data: Path) -> None:
    sources = ["--source", "sample wire", "--source", "Demo Daily"]
    found = output("search", "election", "-k", "30", *sources, "--data", seeds_data)
    assert {hit["article"]["source"] for hit in found["hits"]} == {"Sample Wire", "Demo Daily"}
    answer = json.loads(dateline("ask", VILNIUS, *sources, "--data", seeds_data, "--json").stdout)
    assert {quote["article"]["source"] for quote in answer["quotes"]} <= {"Sample Wire", "Demo Daily"}
    assert answer["searched"]["sources"] == ["sample wire", "Demo Daily"]


def test_an_unknown_outlet_names_the_nearest(seeds_data: Path) -> None:
    said = complaint("ask", VILNIUS, "--source", "Placeholder Time", "--data", seeds_data, code=2)
    assert "'Placeholder Time'; the nearest names are 'Placeholder Times'" in said


# --- wrong use


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask"], "give a question, or questions with --batch FILE"),
        (["ask", "a", "--batch", "-"], "give a question, or questions with --batch FILE"),
        (["ask", "a", "--asked-at", "yesterday"], "'yesterday' is no date: write 2020"),
        (["ask", "a", "--asked-at", "2020-02-30"], "'2020-02-30' is no date"),
        (["ask", "a", "--asked-at", "9999"], "'9999' is no date"),
        (["search", "a", "--after", ""], "'' is no date"),
        (["search", "a", "-k", "0"], "0 is not in the range 1<=x<=1000"),
        (["search", "a", "-k", "1001"], "1001 is not in the range"),
        (["search", "a", "-k", "many"], "'many' is not a valid integer"),
        (["ask", "a", "--batch", "no such file"], "No such file or directory"),
        (["ask", "a", "b"], "unexpected extra argument"),
        (["ask", "--colour", "a"], "No such option"),
        (["index"], "Missing argument"),
        (["explain"], "No such command 'explain'"),
        (["status", "--data", "pyproject.toml"], "is a file"),
    ],
)
def test_wrong_use_is_told_in_one_line(arguments: Sequence[str], said: str) -> None:
    assert said in complaint(*arguments, code=2)


def test_without_a_command_there_is_help() -> None:
    done = dateline()
    assert done.returncode == 2
    assert b"Commands:" in done.stderr
    assert dateline("--help").returncode == 0


@pytest.mark.parametrize("command", [["status"], ["search", "a"], ["ask", "a"]])
def test_a_missing_index_says_how_to_make_one(tmp_path: Path, command: Sequence[str]) -> None:
    said = complaint(*command, "--data", tmp_path / "none", code=1)
    assert f"there is no index at {tmp_path}/none: make one with `dateline index --data {tmp_path}/none SOURCE" in said
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("question", "said"),
    [("", "the question is empty"), (" \n ", "the question is empty"), ("who " * 600, "has 2,399 characters")],
)
def test_a_question_that_is_none(seeds_data: Path, question: str, said: str) -> None:
    for command in ("ask", "search"):
        assert said in complaint(command, question, "--data", seeds_data, code=1)


@pytest.mark.parametrize(
    "question", [b"who \xff\xfe met whom?", "\u202ewho met whom?".encode(), b"\x1b[31mwho?", b"%s {0}"]
)
def test_odd_questions_do_no_harm(seeds_data: Path, question: bytes) -> None:
    for command in ("ask", "search"):
        done = dateline(command, question, "--data", seeds_data, "--json")
        assert done.returncode in {0, 3}
        assert done.stderr == b""
        assert json.loads(done.stdout)["question"]


def test_a_broken_line_of_a_batch_is_told_and_the_others_are_answered(seeds_data: Path) -> None:
    broken = [
        b"not json",
        b'"a string"',
        b'{"id": "no question"}',
        b'{"id": 5, "question": 7}',
        b'{"id": "when", "question": "who?", "asked_at": "someday"}',
        b'{"id": "type", "question": "who?", "asked_at": 3}',
        b'{"id": ["list"], "question": "who?"}',
        b'{"id": "blank", "question": "  "}',
        b'{"id": "bytes", "question": "\xff"}',
        b'{"id": "\\ud800", "question": ""}',
        b"[" * 50_000,
        b'{"id": "long", "question": "' + b"x" * 200_000 + b'"}',
        b"\x00\x01",
    ]
    good = records({"id": "last", "question": VILNIUS, "asked_at": None})
    done = dateline("ask", "--batch", "-", "--data", seeds_data, stdin=b"\n".join([*broken, b"", good]))
    results = lines(done)
    assert done.returncode == 1
    assert done.stderr == b""
    assert [set(result) for result in results[:-1]] == [{"id", "error"}] * len(broken)
    ids = [None, None, "no question", 5, "when", "type", None, "blank", None, "\ud800", None, None, None]
    assert [result["id"] for result in results] == [*ids, "last"]
    assert results[-1].keys() == {*ANSWER_KEYS, "id"}


def test_whoever_stops_reading_does_no_harm(seeds_data: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_bytes(records(*({"question": f"Who was number {n}?"} for n in range(300))))
    with start("search", "--batch", batch, "--data", seeds_data) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


# --- chat


def test_a_first_chat_reads_the_sample_articles(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = dateline("chat", VILNIUS, "--data", data)
    assert done.returncode == 0
    assert b"Macron" in done.stdout
    assert done.stderr.decode().startswith("Indexing the sample articles")
    again = dateline("chat", "--data", data, stdin=f"{VILNIUS}\n/sources\n/quit\n".encode())
    assert again.returncode == 0
    assert again.stderr == b""
    assert b"Macron" in again.stdout
    assert dateline("chat", UNKNOWN, "--data", data).returncode == 3


# --- what is loaded


HEAVY = {"torch", "transformers", "sentence_transformers", "sklearn", "scipy", "telegram", "pymilvus"}
FOR_OTHERS = {"rich", "prompt_toolkit", "trafilatura", "feedparser", "lxml", "httpcore", "protego"}


def test_the_packages_import_nothing_heavy() -> None:
    loaded = imported("-c", "import index, bot, bot.cli, index.encode, index.retrieve, index.ingest")
    assert {"index", "bot", "numpy"} <= loaded
    assert loaded & HEAVY == set()


def test_a_question_loads_only_what_it_needs(seeds_data: Path) -> None:
    loaded = imported("-m", "bot.cli", "ask", VILNIUS, "--json", "--data", seeds_data)
    assert {"bot", "sqlite3"} <= loaded
    assert loaded & (HEAVY | FOR_OTHERS) == set()
