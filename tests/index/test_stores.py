"""The contract of every store: one suite, run against each."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from index.errors import ManifestMismatch, StoreError, StoreLocked
from index.stores import open_store
from index.stores.local import LocalStore
from index.stores.writer import SEGMENT_PASSAGES
from index.text import passages
from index.types import EVERYTHING, Article, Filter, Manifest, Precision, Published, Vectors

MANIFEST = Manifest(encoder="static", model="test/1", dimension=8, splitter=1)


def vectors(article: Article, count: int) -> Vectors:
    """Unit rows that depend on the article's id alone."""
    rows = np.random.default_rng(sum(article.id.encode())).normal(size=(count, 8))
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def put(store: LocalStore, article: Article) -> None:
    parts = passages(article)
    store.replace(article, parts, vectors(article, len(parts)))


def article(id_: str, text: str, day: int | None = None, source: str | None = None, origin: str = "") -> Article:
    published = Published(datetime(2020, 9, day, tzinfo=UTC)) if day else None
    return Article(id=id_, text=text, title=f"About {id_}", published=published, source=source, origin=origin)


def found(store: LocalStore, text: str, where: Filter = EVERYTHING) -> list[str]:
    ranked = store.lexical(text, 10, where)
    return [passage.article_id for passage, _ in store.passages([hit.key for hit in ranked]).values()]


def nearest(store: LocalStore, like: Article, where: Filter = EVERYTHING) -> list[str]:
    ranked = store.semantic(vectors(like, 1)[0], 10, where)
    return [passage.article_id for passage, _ in store.passages([hit.key for hit in ranked]).values()]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    opened = open_store(f"local:{tmp_path / 'data'}")
    opened.claim(MANIFEST)
    yield opened
    opened.close()


VILNIUS = article("vilnius", "Macron met Tikhanovskaya in Vilnius.", 29, "Sample Wire", "/news/a.txt")
SUEZ = article("suez", "A ship blocked the canal.", 12, "Demo Daily", "/news/b.txt")
UNDATED = article("undated", "The canal is old.", None, None, "/newspaper/c.txt")


def test_what_is_stored_comes_back_whole(store: LocalStore) -> None:
    whole = Article(
        id="x",
        text="One sentence stands here.\n\n[A caption.]",
        title="T",
        url="https://example.org/x",
        published=Published(datetime(2020, 9, 29, 8, 30, tzinfo=UTC), Precision.TIME),
        source="Sample Wire",
        language="en",
        authors=("Ann Sampleton", "Bo Mock"),
        origin="/news/x.txt",
    )
    put(store, whole)
    ranked = store.lexical("caption", 5, EVERYTHING)
    assert store.passages([hit.key for hit in ranked]) == {ranked[0].key: (passages(whole)[1], whole)}
    assert store.digests(["x", "y"]) == {"x": whole.digest}
    assert store.manifest() == MANIFEST


def test_replacing_an_article_leaves_nothing_of_the_old(store: LocalStore) -> None:
    put(store, VILNIUS)
    put(store, article("vilnius", "A ferry sank."))
    assert found(store, "Macron Tikhanovskaya") == []
    assert found(store, "ferry") == ["vilnius"]
    assert store.status().passages == 1


def test_removed_articles_are_found_no_more(store: LocalStore) -> None:
    for item in (VILNIUS, SUEZ, UNDATED):
        put(store, item)
    store.remove(["suez", "never stored"])
    assert found(store, "canal") == ["undated"]
    assert "suez" not in nearest(store, SUEZ)
    assert store.status().articles == 2


def test_semantic_search_ranks_by_dot_product(store: LocalStore) -> None:
    for item in (VILNIUS, SUEZ, UNDATED):
        put(store, item)
    ranked = store.semantic(vectors(SUEZ, 1)[0], 2, EVERYTHING)
    assert nearest(store, SUEZ)[0] == "suez"
    assert ranked[0].score == pytest.approx(1.0, abs=1e-3)
    assert ranked[0].score >= ranked[1].score


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (EVERYTHING, {"vilnius", "suez", "undated"}),
        (Filter(after=datetime(2020, 9, 29, tzinfo=UTC)), {"vilnius"}),
        (Filter(before=datetime(2020, 9, 29, tzinfo=UTC)), {"suez"}),
        (Filter(sources=("sample wire",)), {"vilnius"}),
        (Filter(sources=("Sample Wire", "Demo Daily"), before=datetime(2020, 9, 20, tzinfo=UTC)), {"suez"}),
        (Filter(sources=("No Such Outlet",)), set()),
    ],
)
def test_filters_hold_for_both_searches(store: LocalStore, where: Filter, expected: set[str]) -> None:
    for item in (VILNIUS, SUEZ, UNDATED):
        put(store, item)
    assert set(found(store, "Macron canal", where)) == expected
    assert set(nearest(store, SUEZ, where)) == expected


def test_origins_are_told_by_whole_path_segments(store: LocalStore) -> None:
    for item in (VILNIUS, SUEZ, UNDATED):
        put(store, item)
    assert dict(store.origins("/news")) == {"vilnius": "/news/a.txt", "suez": "/news/b.txt"}
    assert dict(store.origins("/news/a.txt")) == {"vilnius": "/news/a.txt"}


def test_status_counts_and_dates(store: LocalStore) -> None:
    for item in (VILNIUS, SUEZ, UNDATED):
        put(store, item)
    status = store.status()
    assert (status.articles, status.passages, status.encoder) == (3, 3, "static")
    assert status.outlets == {"Demo Daily": 1, "Sample Wire": 1}
    assert (str(status.oldest), str(status.newest)) == ("2020-09-12", "2020-09-29")
    assert status.bytes > 0


def test_a_failed_replace_changes_nothing(store: LocalStore) -> None:
    put(store, VILNIUS)
    with pytest.raises(ValueError, match="zip"):
        store.replace(article("vilnius", "New text. With words never seen."), passages(SUEZ), vectors(SUEZ, 3))
    put(store, SUEZ)
    assert found(store, "Tikhanovskaya") == ["vilnius"]
    assert found(store, "canal") == ["suez"]


def test_the_store_opens_again_with_everything(store: LocalStore, tmp_path: Path) -> None:
    for item in (VILNIUS, SUEZ):
        put(store, item)
    store.flush()
    store.close()
    again = open_store(str(tmp_path / "data"))
    assert found(again, "canal") == ["suez"]
    assert nearest(again, VILNIUS)[0] == "vilnius"
    again.close()


def test_another_manifest_is_refused_with_the_way_out(store: LocalStore, tmp_path: Path) -> None:
    store.close()
    again = open_store(str(tmp_path / "data"))
    with pytest.raises(ManifestMismatch, match=r"built with model 'test/1' instead of 'other'.*dateline index"):
        again.claim(Manifest(encoder="static", model="other", dimension=8, splitter=1))
    again.claim(MANIFEST)
    again.close()


def test_there_is_one_writer_at_a_time(store: LocalStore, tmp_path: Path) -> None:
    second = open_store(str(tmp_path / "data"))
    with pytest.raises(StoreLocked, match="another process is writing"):
        second.claim(MANIFEST)
    store.close()
    second.claim(MANIFEST)
    second.close()


def test_a_reader_sees_what_another_connection_commits(store: LocalStore, tmp_path: Path) -> None:
    put(store, VILNIUS)
    reader = open_store(str(tmp_path / "data"))
    assert found(reader, "canal") == []
    put(store, SUEZ)
    pause = threading.Event()
    for _ in range(20):
        if found(reader, "canal"):
            break
        pause.wait(0.1)
    assert found(reader, "canal") == ["suez"]
    reader.close()


def test_reading_without_an_index_says_how_to_make_one(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "nowhere"))
    with pytest.raises(StoreError, match=r"no index at .*nowhere.*dateline index"):
        store.lexical("x", 1, EVERYTHING)
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_database_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "dateline.sqlite").write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(str(tmp_path)).status()


def test_segments_are_written_merged_and_searched_as_the_tail_is(tmp_path: Path) -> None:
    """Enough passages for several segments, with removals in old and new ones."""
    store = open_store(str(tmp_path / "data"))
    store.claim(MANIFEST)
    big = [
        article(f"n{i}", "\n\n".join(f"[Picture {i} of word{j} in town{j % 97}.]" for j in range(512)), day=1 + i % 28)
        for i in range(3 * SEGMENT_PASSAGES // 512)
    ]
    for item in big:
        put(store, item)
    put(store, article("n3", "Replaced by a single sentence about zebras."))
    store.remove(["n20"])
    store.flush()
    expected = store.lexical("picture 7 word5 zebras", 50, EVERYTHING)
    store.close()

    again = open_store(str(tmp_path / "data"))
    assert again.lexical("picture 7 word5 zebras", 50, EVERYTHING) == expected
    assert found(again, "zebras") == ["n3"]
    assert again.lexical("picture 20", 1, EVERYTHING)[0].score < expected[0].score
    held = {a.id for _, a in again.passages(list(range(1, 30_000))).values()}
    assert held == {item.id for item in big} - {"n20"}
    assert 1 <= len(list((tmp_path / "data" / "segments").iterdir())) <= 3
    again.close()


def test_threads_search_while_one_writes(store: LocalStore) -> None:
    put(store, VILNIUS)
    failures: list[Exception] = []

    def search() -> None:
        try:
            for _ in range(50):
                assert "vilnius" in found(store, "Tikhanovskaya")
        except Exception as error:  # noqa: BLE001 - handed to the test's thread
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for i in range(100):
        put(store, article(f"n{i}", f"Item {i} came in."))
    for thread in threads:
        thread.join()
    assert failures == []
