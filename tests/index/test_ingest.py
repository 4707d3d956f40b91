import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fetch import read
from index.ingest import BATCH_ARTICLES, Ingest, Report, parsed, plan
from index.parse import Blob, Kind
from index.retrieve import manifest_of
from index.stores import open_store
from index.stores.local import LocalStore
from index.text import passages
from index.types import EVERYTHING, Article, Encoder, Failure

VERSIONS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["one", "two"]))


@pytest.fixture
def store(tmp_path: Path, encoder: Encoder) -> Iterator[LocalStore]:
    opened = open_store(str(tmp_path / "data"))
    opened.claim(manifest_of(encoder, "static"))
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    news = tmp_path / "news"
    news.mkdir()
    write(news, "bridge", "The old bridge over the river was opened again.")
    write(news, "comet", "A comet can be seen in the northern sky.")
    return news


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.txt"
    path.write_text(text, "utf-8")
    return path


def many(folder: Path, count: int) -> Path:
    path = folder / "many.jsonl"
    rows = ({"id": f"n{n}", "text": f"Notice number {n} went up on the town hall."} for n in range(count))
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def ingest(store: LocalStore, encoder: Encoder, *sources: Path, prune: bool = False) -> Report:
    run = Ingest(store, encoder)
    run.run(read(sources, lambda _: None))
    if prune:
        run.prune(sources)
    return run.report


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.removed


def stored(store: LocalStore, text: str) -> set[str]:
    """Ids of the articles with these words."""
    keys = [hit.key for hit in store.lexical(text, 1000, EVERYTHING)]
    return {article.id for _, article in store.passages(keys).values()}


@given(VERSIONS, VERSIONS)
def test_a_plan_tells_new_from_changed_from_unchanged(before: dict[str, str], now: dict[str, str]) -> None:
    articles = [Article(id_, text) for id_, text in now.items()]
    todo = plan(articles, {id_: Article(id_, text).digest for id_, text in before.items()})
    assert {a.id for a in todo.new} == now.keys() - before.keys()
    assert {a.id for a in todo.changed} == {id_ for id_ in now.keys() & before.keys() if now[id_] != before[id_]}
    assert todo.unchanged == sum(before.get(id_) == text for id_, text in now.items())


def test_a_moved_article_is_unchanged() -> None:
    article = Article("a", "Some words.", origin="/old/a.txt")
    assert plan([replace(article, origin="/new/a.txt")], {"a": article.digest}).unchanged == 1


def test_articles_go_in_whole(store: LocalStore, encoder: Encoder, folder: Path) -> None:
    report = ingest(store, encoder, folder)
    assert counts(report) == (2, 0, 0, 0)
    assert report.passages == 2
    assert stored(store, "bridge") == {"bridge"}
    assert stored(store, "comet sky") == {"comet"}


def test_what_has_not_changed_is_left_alone(store: LocalStore, encoder: Encoder, folder: Path) -> None:
    ingest(store, encoder, folder)
    keys = [hit.key for hit in store.lexical("bridge comet", 10, EVERYTHING)]
    report = ingest(store, encoder, folder)
    assert counts(report) == (0, 0, 2, 0)
    assert report.passages == 0
    assert [hit.key for hit in store.lexical("bridge comet", 10, EVERYTHING)] == keys


def test_what_has_changed_is_replaced(store: LocalStore, encoder: Encoder, folder: Path) -> None:
    ingest(store, encoder, folder)
    write(folder, "comet", "A meteor has been found in the desert.")
    write(folder, "third", "Something new has come.")
    assert counts(ingest(store, encoder, folder)) == (1, 1, 1, 0)
    assert stored(store, "comet") == set()
    assert stored(store, "meteor") == {"comet"}


def test_one_bad_input_does_not_keep_the_others_out(store: LocalStore, encoder: Encoder, folder: Path) -> None:
    bad = folder / "bad.txt"
    bad.write_bytes(b"\x00\x01\x02")
    lines = folder / "lines.jsonl"
    lines.write_text('{"id": "good", "text": "The mill turns."}\n{"id": 3.5}\nnot json\n{"text": ""}\n', "utf-8")
    report = ingest(store, encoder, folder)
    assert counts(report) == (3, 0, 0, 0)
    assert [failure.origin for failure in report.failures] == [str(bad), *(f"{lines}:{n}" for n in (2, 3, 4))]
    assert all(failure.reason for failure in report.failures)


def test_an_id_belongs_to_the_first_that_has_it() -> None:
    blobs = [Blob(f"/{place}/a.txt", "a", Kind.TEXT, place.encode()) for place in ("first", "second")]
    first, unread, second = parsed([blobs[0], Failure("/x", "is odd"), blobs[1]])
    assert isinstance(first, Article)
    assert first.text == "first"
    assert unread == Failure("/x", "is odd")
    assert second == Failure("/second/a.txt", "its id 'a' was already used by /first/a.txt: give it another")


def test_an_article_without_a_sentence_is_stored_too(store: LocalStore, encoder: Encoder, folder: Path) -> None:
    (folder / "empty.jsonl").write_text('{"id": "brackets", "text": "[]"}', "utf-8")
    assert passages(Article("x", "[]")) == []
    assert ingest(store, encoder, folder / "empty.jsonl").new == 1
    assert ingest(store, encoder, folder / "empty.jsonl").unchanged == 1


def test_pruning_removes_what_has_left_the_source_and_nothing_else(
    store: LocalStore, encoder: Encoder, folder: Path, tmp_path: Path
) -> None:
    elsewhere = write(tmp_path, "elsewhere", "The well in the yard is dry.")
    ingest(store, encoder, folder, elsewhere)
    (folder / "comet.txt").unlink()
    elsewhere.unlink()
    assert counts(ingest(store, encoder, folder)) == (0, 0, 1, 0)
    assert stored(store, "comet") == {"comet"}
    assert counts(ingest(store, encoder, folder, prune=True)) == (0, 0, 1, 1)
    assert stored(store, "comet") == set()
    assert stored(store, "bridge") == {"bridge"}
    assert stored(store, "well") == {"elsewhere"}


def test_pruning_spares_the_articles_of_a_file_that_cannot_be_read_now(
    store: LocalStore, encoder: Encoder, folder: Path
) -> None:
    lines = folder / "lines.jsonl"
    rows = ['{"id": "mill", "text": "The mill turns."}', '{"id": "kiln", "text": "The kiln is cold."}']
    lines.write_text("\n".join(rows), "utf-8")
    ingest(store, encoder, folder)
    lines.write_text("\n".join([rows[0], rows[1][:20]]), "utf-8")
    (folder / "comet.txt").write_bytes(b"")
    assert counts(ingest(store, encoder, folder, prune=True)) == (0, 0, 2, 0)
    assert stored(store, "kiln comet") == {"kiln", "comet"}


def test_pruning_a_folder_spares_one_whose_name_begins_alike(
    store: LocalStore, encoder: Encoder, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "newspaper"
    other.mkdir()
    write(other, "well", "The well in the yard is dry.")
    ingest(store, encoder, folder, other)
    for path in [*folder.iterdir(), *other.iterdir()]:
        path.unlink()
    assert ingest(store, encoder, folder, prune=True).removed == 2
    assert stored(store, "well") == {"well"}


def test_a_run_that_is_cut_short_goes_on_where_it_was(store: LocalStore, encoder: Encoder, tmp_path: Path) -> None:
    source = many(tmp_path, 3 * BATCH_ARTICLES)

    def stop(report: Report) -> None:
        if report.new == 2 * BATCH_ARTICLES:
            raise KeyboardInterrupt

    run = Ingest(store, encoder, stop)
    with pytest.raises(KeyboardInterrupt):
        run.run(read([source], lambda _: None))
    assert len(stored(store, "notice")) == 2 * BATCH_ARTICLES
    assert counts(ingest(store, encoder, source)) == (BATCH_ARTICLES, 0, 2 * BATCH_ARTICLES, 0)


def test_progress_is_told_after_every_batch(store: LocalStore, encoder: Encoder, tmp_path: Path) -> None:
    told: list[int] = []
    run = Ingest(store, encoder, lambda report: told.append(report.passages))
    run.run(read([many(tmp_path, 2 * BATCH_ARTICLES + 1)], lambda _: None))
    assert told == [BATCH_ARTICLES, 2 * BATCH_ARTICLES, 2 * BATCH_ARTICLES + 1]
