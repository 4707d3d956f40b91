"""Public question sets, as their makers release them -> questions and articles in the format of `questions`.

Written after the releases themselves, and strict: what does not look as they do is refused. What is converted is
named in each function. The result is for measuring; the texts stay their publishers'.
"""

import csv
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from index.errors import InputError
from index.evaluation.judging import holds
from index.evaluation.questions import Asked

Record: TypeAlias = dict[str, Any]

STRICT_DAYS = 21
"""A question of RealTime QA is strict if an article that says the answer came out at most so long before it."""

_OUTLETS = {"cnn.com": "CNN", "usatoday.com": "USA TODAY", "theweek.co.uk": "The Week", "theweek.com": "The Week"}
_WEEK = re.compile(r"\d{8}")


@dataclass(frozen=True, slots=True)
class Release:
    """A set in this project's format."""

    questions: Sequence[Asked]
    articles: Sequence[Mapping[str, Any]]
    """Records as `dateline index` reads them."""


def convert(name: str, checkout: Path) -> Release:
    """The release of this name (one of RELEASES) in a folder. Raises InputError for files that are not as expected."""
    try:
        release = RELEASES[name](checkout)
    except OSError as error:
        raise InputError(f"{error.filename} cannot be read ({error.strerror})") from error
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise InputError(
            f"{checkout} does not look like a release of {name} ({type(error).__name__}: {error}): see "
            f"`index/evaluation/releases.py` for the files it should hold"
        ) from error
    if not release.questions:
        raise InputError(f"{checkout} holds no questions of {name}")
    return release


def _lines(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _one(checkout: Path, *patterns: str) -> Path:
    """The one file that fits the first pattern that any fits."""
    for pattern in patterns:
        found = sorted(checkout.rglob(pattern))
        if len(found) > 1:
            raise InputError(f"{checkout} holds several {pattern}: {', '.join(map(str, found))}; name a smaller folder")
        if found:
            return found[0]
    raise InputError(f"{checkout} holds no {' or '.join(patterns)}")


# --- RealTime QA


def realtimeqa(checkout: Path) -> Release:
    """The weeks below `past/` that have both questions and Google's search results.

    `past/YEAR/WEEK_qa.jsonl` has `question_id, question_sentence, choices, answer` (the number of the right choice),
    `WEEK_gcs.jsonl` has `question_id, search_result` with `url, title, text, authors, publish_date`. A question is
    asked on its week's day. An article that was found for it supports it if the right choice's words stand in its
    headline or text; without such an article it is not answerable. Source: Kasai et al. 2023.
    """
    questions: list[Asked] = []
    articles: dict[str, Record] = {}
    for path in sorted((checkout / "past").rglob("*_qa.jsonl")):
        found = path.with_name(path.name.replace("_qa.jsonl", "_gcs.jsonl"))
        week = path.name.removesuffix("_qa.jsonl")
        if _WEEK.fullmatch(week) and found.exists():
            asked_at = datetime.strptime(f"{week}Z", "%Y%m%d%z").date()
            results = {row["question_id"]: _results(row["search_result"]) for row in _lines(found)}
            for row in _lines(path):
                mine = results.get(row["question_id"], {})
                articles.update({id_: articles.get(id_, article) for id_, article in mine.items()})
                questions.append(_quiz(row, asked_at, mine))
    if not questions:
        raise InputError(f"{checkout} holds no past/YEAR/WEEK_qa.jsonl beside a WEEK_gcs.jsonl")
    return Release(questions, list(articles.values()))


def _results(rows: Iterable[Record]) -> dict[str, Record]:
    """The articles of a search, by an id made of their address."""
    return {
        (id_ := hashlib.sha1(row["url"].encode(), usedforsecurity=False).hexdigest()[:12]): {
            "id": id_,
            "url": row["url"],
            "title": row["title"],
            "source": _outlet(row["url"]),
            "published": (row["publish_date"] or "").replace("/", "-") or None,
            "authors": row["authors"],
            "text": row["text"],
        }
        for row in rows
        if row["text"].strip()
    }


def _outlet(url: str) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return next((name for end, name in _OUTLETS.items() if host == end or host.endswith(f".{end}")), host)


def _quiz(row: Record, asked_at: date, found: Mapping[str, Record]) -> Asked:
    answers = tuple(row["choices"][int(number)] for number in row["answer"])
    supporting = [id_ for id_, one in found.items() if holds(f"{one['title']}\n{one['text']}", answers)]
    days = [asked_at - date.fromisoformat(day) for id_ in supporting if (day := found[id_]["published"])]
    return Asked(
        id=row["question_id"],
        question=row["question_sentence"],
        answerable=bool(supporting),
        asked_at=asked_at,
        answers=answers,
        supporting=tuple(supporting),
        strict=any(timedelta(0) <= age <= timedelta(STRICT_DAYS) for age in days),
    )


# --- NewsQA


def newsqa(checkout: Path) -> Release:
    """The stories and questions that NewsQA's own scripts put together, of the JSON file or else of the CSV file.

    `combined-newsqa-data-v1.json` has `data` with `storyId, text, questions`, and of these `q` and `consensus`, which
    is `{s, e}` or says that there is no answer or that the question is bad; only the first are taken.
    `combined-newsqa-data-v1.csv` has `story_id, story_text, question, answer_char_ranges` (`196:228|None`, "|"
    between people, "," between parts); a question is taken if some range was marked by more people than marked none,
    or, of several, by the most. Source: Trischler et al. 2017, and the README of the tools.
    """
    path = _one(checkout, "combined-newsqa-data-v1.json", "combined-newsqa-data-v1.csv")
    stories = list(_newsqa_json(path) if path.suffix == ".json" else _newsqa_csv(path))
    articles = {id_: {"id": id_, "text": text, "source": "CNN"} for id_, text, _, _ in stories}
    questions = [_about(id_, n, question, span, text) for n, (id_, text, question, span) in enumerate(stories) if span]
    return Release([question for question in questions if question.answers[0]], list(articles.values()))


Annotated: TypeAlias = tuple[str, str, str, tuple[int, int] | None]
"""Story id, its text, a question, characters [start, end) of the answer."""


def _about(story: str, number: int, question: str, span: tuple[int, int], text: str) -> Asked:
    answer = text[slice(*span)].strip()
    return Asked(f"{story}#{number}", question, answerable=True, answers=(answer,), supporting=(story,))


def _newsqa_json(path: Path) -> Iterator[Annotated]:
    for story in json.loads(path.read_bytes())["data"]:
        for question in story["questions"]:
            agreed = question["consensus"]
            span = (agreed["s"], agreed["e"]) if "s" in agreed else None
            yield story["storyId"], story["text"], question["q"], span


def _newsqa_csv(path: Path) -> Iterator[Annotated]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["story_id"], row["story_text"], row["question"], _agreed(row["answer_char_ranges"])


def _agreed(ranges: str) -> tuple[int, int] | None:
    """The range that most people marked, the first of equals; None where that is no range."""
    marked = [part for person in ranges.split("|") for part in person.split(",")]
    most = max(dict.fromkeys(marked), key=marked.count)
    if most == "None":
        return None
    start, end = most.split(":")
    return int(start), int(end)


# --- SQuAD 2.0


def squad(checkout: Path) -> Release:
    """The development set, `dev-v2.0.json` (or with `.gz`): each paragraph is an article, and all are searched.

    A question whose paragraph does not answer it is taken for one that none answers. Source: Rajpurkar et al. 2018.
    """
    path = _one(checkout, "dev-v2.0.json", "dev-v2.0.json.gz")
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    questions, articles = [], []
    for subject in json.loads(raw)["data"]:
        for number, paragraph in enumerate(subject["paragraphs"]):
            id_ = f"{subject['title']}-{number}"
            articles.append({"id": id_, "title": subject["title"].replace("_", " "), "text": paragraph["context"]})
            questions += [_reading(row, id_) for row in paragraph["qas"]]
    return Release(questions, articles)


def _reading(row: Record, article: str) -> Asked:
    asked = Asked(row["id"], row["question"].strip(), answerable=not row["is_impossible"])
    if not asked.answerable:
        return asked
    answers = tuple(dict.fromkeys(answer["text"] for answer in row["answers"]))
    return replace(asked, answers=answers, supporting=(article,))


RELEASES: Mapping[str, Callable[[Path], Release]] = {"realtimeqa": realtimeqa, "newsqa": newsqa, "squad": squad}
