"""Question sets -> groups: a question, the windows it is read against, and where in them its answer stands.

Openly licensed sets only: SQuAD 2.0 (CC BY-SA 4.0), QAMR (MIT) and ClapNQ (Apache-2.0); the questions written on
Wikinews (CC BY) are read by `wikinews.py`. In a group without evidence the right answer is that there is none.
"""

import csv
import gzip
import io
import json
import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from bot.mentions import Sort, mentions
from bot.readers.windows import Bounds, Window, around, window
from index.text import sentences, terms

QAMR_PAIRS = 6_000
"""Of about 38,000, many of which ask the same of one sentence."""

SWAPPED = 0.2
"""Share of the groups with evidence that also give one without, by a swapped mention."""

LENGTHS = (40, 75, 75, 100)
"""Words of a window, drawn from these, so that the model serves windows of any length near the one that is read."""


@dataclass(frozen=True, slots=True)
class Read:
    """A window, and what in it answers the question."""

    window: Window
    evidence: frozenset[int] = frozenset()
    """The sentences that answer it, each by itself."""
    answer: Bounds | None = None
    """The short answer, as offsets into the window's text."""


@dataclass(frozen=True, slots=True)
class Group:
    """One question and what is read for it."""

    question: str
    reads: tuple[Read, ...]

    @property
    def answerable(self) -> bool:
        """Whether any of the windows holds evidence."""
        return any(read.evidence for read in self.reads)


@dataclass(frozen=True, slots=True)
class Text:
    """Where a window is cut from."""

    header: str
    text: str
    bounds: Sequence[Bounds]
    """Its sentences."""

    @classmethod
    def split(cls, header: str, text: str) -> "Text":
        """A text in our own splitter's sentences."""
        return cls(header, text, [(sentence.start, sentence.end) for sentence in sentences(text)])

    @classmethod
    def join(cls, header: str, parts: Sequence[str]) -> "Text":
        """A text of sentences that are split already."""
        ends = [end - 1 for end in accumulate(len(part) + 1 for part in parts)]
        return cls(header, " ".join(parts), [(end - len(part), end) for part, end in zip(parts, ends, strict=True)])

    def likeliest(self, question: str) -> int:
        """The place of the sentence that shares most terms with the question."""
        asked = set(terms(question))
        shared = [len(asked & set(terms(self.text[start:end]))) for start, end in self.bounds]
        return shared.index(max(shared))

    def cut(self, place: int, rng: random.Random, proofs: Collection[int] = (), answer: Bounds | None = None) -> Read:
        """A window around a sentence; `proofs` are places of sentences, `answer` offsets into the text."""
        places = around(self.text, self.bounds, place, rng.choice(LENGTHS))
        begin, end = self.bounds[places[0]][0], self.bounds[places[-1]][1]
        held = answer is not None and begin <= answer[0] and answer[1] <= end
        return Read(
            window(self.header, self.text, self.bounds, places),
            frozenset(proof - places[0] for proof in proofs if proof in places),
            (answer[0] - begin, answer[1] - begin) if answer and held else None,
        )


def open_sets(folder: Path, rng: random.Random) -> list[Group]:
    """The groups of SQuAD, QAMR and ClapNQ under a folder laid out as shared/data."""
    return [
        *squad(folder / "squad2-half/dev-v2.0.json.gz", rng),
        *qamr(folder / "qamr", rng),
        *clapnq(folder / "clapnq", rng),
    ]


def squad(path: Path, rng: random.Random) -> Iterator[Group]:
    """The window of the answer, and the likeliest of another paragraph of the article."""
    for article in json.loads(gzip.decompress(path.read_bytes()))["data"]:
        title = article["title"].replace("_", " ")
        texts = [Text.split(title, paragraph["context"]) for paragraph in article["paragraphs"]]
        bags = [set(terms(text.text)) for text in texts]
        for own, paragraph in enumerate(article["paragraphs"]):
            for qa in paragraph["qas"]:
                asked = set(terms(qa["question"]))
                other = max((i for i in range(len(bags)) if i != own), key=lambda i: len(asked & bags[i]))
                yield _squad_group(qa, texts[own], texts[other], rng)


def _squad_group(qa: dict[str, Any], own: Text, other: Text, rng: random.Random) -> Group:
    question = str(qa["question"]).strip()
    if qa["is_impossible"]:
        read = own.cut(own.likeliest(question), rng)
    else:
        first = qa["answers"][0]
        answer = (first["answer_start"], first["answer_start"] + len(first["text"]))
        proofs = {_holding(own.bounds, given["answer_start"]) for given in qa["answers"]}
        read = own.cut(_holding(own.bounds, answer[0]), rng, proofs, answer)
    return Group(question, (read, other.cut(other.likeliest(question), rng)))


def _holding(bounds: Sequence[Bounds], at: int) -> int:
    return max(place for place, (start, _) in enumerate(bounds) if start <= at or place == 0)


def qamr(folder: Path, rng: random.Random) -> list[Group]:
    """Questions about one sentence each, read among its neighbours in its article."""
    tokens: dict[str, list[str]] = {}
    for line in gzip.decompress((folder / "wiki-sentences.tsv.gz").read_bytes()).decode().splitlines():
        id_, _, sentence = line.partition("\t")
        tokens[id_] = sentence.split(" ")
    documents: dict[str, list[str]] = defaultdict(list)
    for id_ in sorted(tokens, key=lambda id_: [int(part) for part in id_.split(":")[2:]]):
        documents[id_.rpartition(":")[0].rpartition(":")[0]].append(id_)
    rows = sorted({(row[0], row[5], row[6]) for name in ("dev", "test") for row in _rows(folder / f"{name}.tsv.gz")})
    groups = []
    for id_, question, answer in rng.sample(rows, min(QAMR_PAIRS, len(rows))):
        own = documents[id_.rpartition(":")[0].rpartition(":")[0]]
        text = Text.join("", [detokenised(" ".join(tokens[other])) for other in own])
        place = own.index(id_)
        chosen = detokenised(" ".join(tokens[id_][int(i)] for i in answer.split()))
        found = text.text.find(chosen, *text.bounds[place])
        span = (found, found + len(chosen)) if found >= 0 else None
        groups.append(Group(question, (text.cut(place, rng, [place], span),)))
    return groups


def _rows(path: Path) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode()), delimiter="\t", quoting=csv.QUOTE_NONE)


def detokenised(text: str) -> str:
    """Penn Treebank tokens as ordinary text."""
    for token, plain in {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}.items():
        text = text.replace(token, plain)
    text = re.sub(r" (?=[.,;:!?%)\]]|n't|'(?:s|re|ve|ll|d|m)\b)", "", text)
    return re.sub(r"(?<=[(\[$]) ", "", text)


def clapnq(folder: Path, rng: random.Random) -> Iterator[Group]:
    """Evidence sentences chosen by hand, and questions on passages that do not answer them."""
    for name in ("clapnq_dev_answerable.jsonl", "clapnq_dev_unanswerable.jsonl"):
        for line in (folder / name).read_text().splitlines():
            item = json.loads(line)
            chosen = {s for output in item["output"] for s in output.get("selected_sentences", [])}
            for passage in item["passages"]:
                text = Text.join(passage["title"], [part for part in passage["sentences"] if part.strip()])
                proofs = [place for place, span in enumerate(text.bounds) if text.text[slice(*span)] in chosen]
                place = proofs[0] if proofs else text.likeliest(item["input"])
                yield Group(item["input"], (text.cut(place, rng, proofs),))


def swapped(groups: Sequence[Group], rng: random.Random) -> Iterator[Group]:
    """Groups whose question names something else than their windows, made of groups with evidence."""
    right = [group for group in groups if group.answerable]
    pool: dict[Sort, list[str]] = defaultdict(list)
    for group in right:
        for mention in mentions(group.question):
            pool[mention.sort].append(mention.text)
    for group in right:
        found = [mention for mention in mentions(group.question) if mention.start > 0]
        if found and rng.random() < SWAPPED:
            mention = rng.choice(found)
            other = rng.choice(pool[mention.sort])
            told = " ".join(f"{read.window.header} {read.window.text}" for read in group.reads)
            if not set(terms(other)) & set(terms(f"{told} {group.question}")):
                question = group.question[: mention.start] + other + group.question[mention.end :]
                yield Group(question, tuple(Read(read.window) for read in group.reads if read.evidence))
