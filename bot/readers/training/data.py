"""Question sets -> examples (question, sentence, context, does the sentence answer the question).

Openly licensed sets only: SQuAD 2.0 (CC BY-SA 4.0), QAMR (MIT) and ClapNQ (Apache-2.0). Hard negatives are the
sentences of the same article that share most words with the question, and the right sentence for a question in
which a name, place, date or number has been swapped for another of its sort.
"""

import csv
import gzip
import io
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.mentions import Sort, mentions
from index.text import sentences, terms

OWN, OTHER = 2, 1
"""Hard negatives of a SQuAD question from its own paragraph, and (if it has an answer) from the rest of its article."""

QAMR_PAIRS = 4_000
"""Of about 38,000, many of which ask the same of one sentence; more of them would outweigh SQuAD."""

SWAPPED = 0.5
"""Share of the right pairs that also give a negative with a swapped mention."""


@dataclass(frozen=True, slots=True)
class Example:
    """One pair to learn from; `context` is the headline and the sentence before."""

    question: str
    sentence: str
    context: str
    right: bool


def examples(folder: Path, seed: int = 0) -> list[Example]:
    """All examples of the sets under `folder` (laid out as shared/data), shuffled."""
    rng = random.Random(seed)  # noqa: S311 - sampling
    pairs = [*squad(folder / "squad2-half/dev-v2.0.json.gz"), *qamr(folder / "qamr", rng), *clapnq(folder / "clapnq")]
    pairs += swapped([pair for pair in pairs if pair.right], rng)
    rng.shuffle(pairs)
    return pairs


def squad(path: Path) -> Iterator[Example]:
    """The sentence that holds the answer, and the likeliest wrong ones of the article."""
    for article in json.loads(gzip.decompress(path.read_bytes()))["data"]:
        title = article["title"].replace("_", " ")
        split = [_split(p["context"]) for p in article["paragraphs"]]
        pool = [(text, _context(title, spans, i)) for spans in split for i, (_, text) in enumerate(spans)]
        for paragraph, spans in zip(article["paragraphs"], split, strict=True):
            for qa in paragraph["qas"]:
                yield from _squad_question(qa, title, spans, pool)


def _squad_question(
    qa: dict[str, object], title: str, spans: list[tuple[int, str]], pool: list[tuple[str, str]]
) -> Iterator[Example]:
    question = str(qa["question"]).strip()
    right: set[str] = set()
    if not qa["is_impossible"]:
        for answer in qa["answers"]:  # type: ignore[attr-defined]  # JSON
            place = max(i for i, (start, _) in enumerate(spans) if start <= answer["answer_start"])
            if spans[place][1] not in right:
                right.add(spans[place][1])
                yield Example(question, spans[place][1], _context(title, spans, place), right=True)
    own = [(text, _context(title, spans, i)) for i, (_, text) in enumerate(spans)]
    for text, context in likeliest(question, own, right, OWN):
        yield Example(question, text, context, right=False)
    if right:
        near = right | {text for text, _ in own}
        for text, context in likeliest(question, pool, near, OTHER):
            yield Example(question, text, context, right=False)


def likeliest(question: str, pool: Sequence[tuple[str, str]], right: set[str], count: int) -> list[tuple[str, str]]:
    """The sentences that share most of the question's terms, the right ones left out."""
    asked = set(terms(question))
    ranked = sorted(pool, key=lambda item: -len(asked & set(terms(item[0]))))
    return [item for item in ranked if item[0] not in right][:count]


def qamr(folder: Path, rng: random.Random) -> list[Example]:
    """Questions about one sentence each; a neighbour of the same article is the negative."""
    texts: dict[str, str] = {}
    for line in gzip.decompress((folder / "wiki-sentences.tsv.gz").read_bytes()).decode().splitlines():
        id_, _, text = line.partition("\t")
        texts[id_] = detokenised(text)
    documents: dict[str, list[str]] = defaultdict(list)
    for id_ in texts:
        documents[":".join(id_.split(":")[:3])].append(id_)
    asked = sorted({(row[0], row[5]) for name in ("dev", "test") for row in _rows(folder / f"{name}.tsv.gz")})
    result = []
    for id_, question in rng.sample(asked, min(QAMR_PAIRS, len(asked))):
        result.append(Example(question, texts[id_], "", right=True))
        others = [(texts[other], "") for other in documents[":".join(id_.split(":")[:3])] if other != id_]
        others = others or [(texts[rng.choice(asked)[0]], "")]
        result += [Example(question, text, "", right=False) for text, _ in likeliest(question, others, {texts[id_]}, 1)]
    return result


def _rows(path: Path) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(gzip.decompress(path.read_bytes()).decode()), delimiter="\t", quoting=csv.QUOTE_NONE)


def detokenised(text: str) -> str:
    """Penn Treebank tokens as ordinary text."""
    for token, plain in {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}.items():
        text = text.replace(token, plain)
    text = re.sub(r" (?=[.,;:!?%)\]]|n't|'(?:s|re|ve|ll|d|m)\b)", "", text)
    return re.sub(r"(?<=[(\[$]) ", "", text)


def clapnq(folder: Path) -> Iterator[Example]:
    """Evidence sentences chosen by hand, and questions on passages that do not answer them."""
    for name in ("clapnq_dev_answerable.jsonl", "clapnq_dev_unanswerable.jsonl"):
        for line in (folder / name).read_text().splitlines():
            item = json.loads(line)
            chosen = {s for output in item["output"] for s in output.get("selected_sentences", [])}
            for passage in item["passages"]:
                pool = [(text, passage["title"]) for text in passage["sentences"] if len(text) > 20]  # noqa: PLR2004 - headings
                yield from (Example(item["input"], t, c, right=True) for t, c in pool if t in chosen)
                wrong = likeliest(item["input"], pool, chosen, 3)
                yield from (Example(item["input"], t, c, right=False) for t, c in wrong)


def swapped(right: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    """Right pairs whose question names something else than the sentence and its context."""
    pool: dict[Sort, list[str]] = defaultdict(list)
    for example in right:
        for mention in mentions(example.question):
            pool[mention.sort].append(mention.text)
    for example in right:
        found = [m for m in mentions(example.question) if m.start > 0]
        if found and rng.random() < SWAPPED:
            mention = rng.choice(found)
            other = rng.choice(pool[mention.sort])
            if not set(terms(other)) & set(terms(f"{example.sentence} {example.context} {example.question}")):
                question = example.question[: mention.start] + other + example.question[mention.end :]
                yield Example(question, example.sentence, example.context, right=False)


def _split(text: str) -> list[tuple[int, str]]:
    return [(s.start, text[s.start : s.end]) for s in sentences(text)]


def _context(title: str, spans: Sequence[tuple[int, str]], place: int) -> str:
    return f"{title}. {spans[place - 1][1]}" if place else title
