"""Indexing that is cut short, or that others watch: what is committed stays, and is whole."""

import json
import multiprocessing
import random
import signal
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.indexing import ingest
from bot.settings import claim_index, open_index
from index.errors import StoreError
from index.retrieve import Retriever
from index.stores import open_store
from index.text import passages, scored_text
from index.types import EVERYTHING, Article, Encoder, Passage, Vectors
from tests.command import complaint, index, output, start

SEEN_WITHIN = 2.0
"""Seconds after its commit by which an article is found by a search that was already running."""

KILLS = 50
CHAIN = 10
"""Kills after which to start with an empty folder again."""

ASKED = datetime(2021, 6, 1, tzinfo=UTC)
STEMS = "anchor bakery canal dairy engine ferry garden harbour island jetty kiln lantern meadow north orchard".split()
WORDS = [f"{one}{other}" for one in STEMS for other in STEMS]


def write(path: Path, texts: Mapping[str, str]) -> Path:
    rows = (
        {"id": id_, "text": text, "published": "2021-05-01", "source": "Sample Wire"} for id_, text in texts.items()
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


# --- watched


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_second_writer_is_turned_away(data: Path, tmp_path: Path) -> None:
    source = write(tmp_path / "mill.jsonl", {"mill": "The old mill at Sampleton burned down."})
    with closing(claim_index(data, None, lambda *_: None)):
        assert "another process is writing to the index" in complaint("index", source, "--data", data, code=1)
    assert index(data, source) == (1, 0, 0, 0)


def test_a_running_search_sees_what_another_process_indexes(data: Path, tmp_path: Path) -> None:
    index(data, write(tmp_path / "mill.jsonl", {"mill": "The old mill at Sampleton burned down."}))
    with closing(open_index(data)) as opened:
        assert found(opened.retriever, "lighthouse") == "mill"
        index(data, write(tmp_path / "light.jsonl", {"light": "The lighthouse keeper retired."}))
        deadline = time.monotonic() + SEEN_WITHIN
        while found(opened.retriever, "lighthouse") != "light":
            assert time.monotonic() < deadline
            time.sleep(0.05)


def found(retriever: Retriever, question: str) -> str:
    return retriever.search(question, 1, ASKED)[0].article.id


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_keeps_what_others_see_already_and_a_second_run_goes_on(data: Path, tmp_path: Path) -> None:
    total = 6_000
    source = write(tmp_path / "many.jsonl", {f"n{n}": f"Notice {n}. " + "It says a lot. " * 60 for n in range(total)})
    with start("index", source, "--data", data) as process:
        while not seen(data):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said == b"dateline: interrupted; what is in stays in, run the same command again to go on\n"
    kept = output("status", "--data", data)["articles"]
    assert 0 < kept < total
    assert index(data, source) == (total - kept, 0, kept, 0)


def seen(data: Path) -> bool:
    """Whether a search that begins now finds the notices."""
    try:
        with closing(open_store(str(data))) as store:
            return bool(store.lexical("notice", 1, EVERYTHING))
    except StoreError:
        return False


# --- killed


LAST = "last"
"""The id of the article that is written last."""


@dataclass
class Corpus:
    """Articles of random words, some of which change and some of which are new each time."""

    random: random.Random
    texts: dict[str, str] = field(default_factory=dict)

    def change(self) -> None:
        """Rewrite a third of the articles and the last one, and add a few; a new corpus begins with many."""
        changed = self.random.sample(sorted(self.texts), len(self.texts) // 3)
        added = [f"n{len(self.texts) + n}" for n in range(5 if self.texts else 300)]
        self.texts = {**self.texts, **{id_: self._text() for id_ in [*changed, *added]}}
        self.texts.pop(LAST, None)
        self.texts[LAST] = self._text()

    def _text(self) -> str:
        sentences = (" ".join(self.random.choices(WORDS, k=self.random.randint(4, 12))) for _ in range(40))
        return " ".join(f"The bulletin says {sentence}." for sentence in sentences)


MANY = 1_000_000
PROBE = np.eye(1, 256, 7, dtype=np.float32)[0]
HALF_PRECISION = 1e-3


class Witness:
    """Looks at an index from outside, and checks that what it holds is whole."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}

    def articles(self, data: Path) -> dict[str, Article]:
        """Every article that a search finds, by id; each has all its passages and vectors, and its digest."""
        with closing(open_store(str(data))) as store:
            words, meaning = store.lexical("bulletin", MANY, EVERYTHING), store.semantic(PROBE, MANY, EVERYTHING)
            held = store.passages([hit.key for hit in words])
            similar = {hit.key: hit.score for hit in meaning}
            assert similar.keys() == held.keys()
            articles = {article.id: article for _, article in held.values()}
            assert store.digests(articles) == {id_: article.digest for id_, article in articles.items()}
            status = store.status()
        assert (status.articles, status.passages) == (len(articles), len(held))
        assert sorted(part.id for part, _ in held.values()) == sorted(
            part.id for article in articles.values() for part in passages(article)
        )
        for key, (part, article) in held.items():
            assert article.text[part.start : part.end] == part.text
            assert similar[key] == pytest.approx(float(self._vector(article, part) @ PROBE), abs=HALF_PRECISION)
        return articles

    def _vector(self, article: Article, part: Passage) -> Vectors:
        text = scored_text(article, part)
        if text not in self._vectors:
            self._vectors[text] = self._encoder.encode([text])[0]
        return self._vectors[text]


@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(2**32)])  # in the test's name, to try it again
def test_killed_at_any_instant_an_index_has_every_committed_article_whole(
    tmp_path: Path, encoder: Encoder, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - hides nothing
    witness = Witness(encoder)
    for chain in range(KILLS // CHAIN):
        data, source, corpus = tmp_path / f"data{chain}", tmp_path / f"news{chain}.jsonl", Corpus(rng)
        held: dict[str, Article] = {}
        kills = 0
        while kills < CHAIN:
            before = {id_: article.text for id_, article in held.items()}
            corpus.change()
            write(source, corpus.texts)
            kills += killed(data, source, rng)
            held = witness.articles(data) if exists(data) else {}
            assert before.keys() <= held.keys()
            assert all(article.text in (before.get(id_), corpus.texts[id_]) for id_, article in held.items())
        assert index(data, source)[0] == len(corpus.texts) - len(held)
        index(tmp_path / f"undisturbed{chain}", source)
        assert_same(data, tmp_path / f"undisturbed{chain}", witness)


WHOLE_RUN, END_OF_RUN = 0.6, 0.04
"""Seconds, about, that a run takes, and of them the part after its last article, in which it writes derived files."""

FORKS = multiprocessing.get_context("forkserver")


def killed(data: Path, source: Path, rng: random.Random) -> bool:
    """Index in another process; whether it was killed before it was done, every other time near its end."""
    FORKS.set_forkserver_preload(["bot.indexing"])  # so that each process is at work in 20 ms
    before = last_digest(data)
    process = FORKS.Process(target=ingest, args=(data, [source], None), kwargs={"prune": False})
    process.start()
    if rng.random() < 0.5:
        process.join(rng.uniform(0, WHOLE_RUN))
    else:
        while process.is_alive() and last_digest(data) == before:
            time.sleep(0.001)
        process.join(rng.uniform(0, END_OF_RUN))
    process.kill()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def last_digest(data: Path) -> str | None:
    """What the article that is written last has for a digest now."""
    try:
        with closing(open_store(str(data))) as store:
            return store.digests([LAST]).get(LAST)
    except StoreError:
        return None


def exists(data: Path) -> bool:
    """Whether anything has been committed there."""
    try:
        with closing(open_store(str(data))) as store:
            return store.status().articles > 0
    except StoreError:
        return False


def assert_same(one: Path, other: Path, witness: Witness) -> None:
    """The same articles, and for some questions the same scores of every passage."""
    assert witness.articles(one) == witness.articles(other)
    for question in (" ".join(WORDS[n : n + 3]) for n in range(0, len(WORDS), 60)):
        for ours, theirs in zip(scores(one, question), scores(other, question), strict=True):
            assert ours == pytest.approx(theirs, abs=1e-6)


def scores(data: Path, question: str) -> tuple[dict[str, float], dict[str, float]]:
    """By words and by meaning, of each passage that was found; not ranks, as equals stand in the order they came in."""
    with closing(open_index(data)) as opened:
        store, vector = opened.store, opened.encoder.encode([question])[0]
        words, meaning = store.lexical(question, MANY, EVERYTHING), store.semantic(vector, MANY, EVERYTHING)
        ids = {key: part.id for key, (part, _) in store.passages([hit.key for hit in meaning]).items()}
    return {ids[hit.key]: hit.score for hit in words}, {ids[hit.key]: hit.score for hit in meaning}
