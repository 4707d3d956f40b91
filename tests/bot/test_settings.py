from pathlib import Path

import pytest

from bot.settings import claim_index, data_folder, holds_articles, open_desk, open_index
from index.errors import ManifestMismatch, StoreError, StoreLocked
from index.stores import open_store
from index.types import Article, Manifest


def untold(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def test_the_folder_given_comes_before_the_environment_and_that_before_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "environment"))
    assert data_folder(tmp_path / "given") == tmp_path / "given"
    assert data_folder() == tmp_path / "environment"
    monkeypatch.delenv("DATELINE_DATA")
    assert data_folder().name == "dateline"


def test_folders_are_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_DATA", "~/news")
    assert data_folder() == Path.home() / "news"
    assert data_folder(Path("news")) == Path.cwd() / "news"


def test_a_new_index_takes_the_default_encoder_and_is_opened_with_it(tmp_path: Path) -> None:
    index = claim_index(tmp_path, None, untold)
    assert index.store.manifest().encoder == "static"
    index.store.replace(Article("a", "A heron was seen."), [], index.encoder.encode([]))
    index.close()
    opened = open_index(tmp_path)
    assert opened.encoder.name == index.encoder.name
    assert opened.store.status().articles == 1
    opened.close()
    desk = open_desk(tmp_path)
    assert desk.ask("What was seen?").status == "not_found"
    desk.close()


def test_another_encoder_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    claim_index(tmp_path, None, untold).close()
    with pytest.raises(ManifestMismatch, match=r"built with encoder 'static' instead of 'no-such-model'.*--data"):
        claim_index(tmp_path, "no-such-model", untold)


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.claim(Manifest("static", "a model of old", 256, 1))
    store.close()
    with pytest.raises(ManifestMismatch, match=r"model 'a model of old' instead of 'static"):
        open_index(tmp_path)


def test_only_one_may_write(tmp_path: Path) -> None:
    first = claim_index(tmp_path, None, untold)
    with pytest.raises(StoreLocked, match="another process"):
        claim_index(tmp_path, None, untold)
    first.close()
    claim_index(tmp_path, None, untold).close()


def test_a_folder_without_an_index_holds_nothing(tmp_path: Path) -> None:
    assert not holds_articles(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(StoreError, match=r"there is no index at .*nowhere: make one"):
        open_index(tmp_path / "nowhere")


def test_an_index_without_articles_holds_nothing(tmp_path: Path) -> None:
    index = claim_index(tmp_path, None, untold)
    assert not holds_articles(tmp_path)
    index.store.replace(Article("a", "A heron was seen."), [], index.encoder.encode([]))
    assert holds_articles(tmp_path)
    index.close()
