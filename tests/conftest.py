"""What several folders of tests share: the sample articles, and the default encoder."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from index.encode import open_encoder
from index.fetch import read
from index.ingest import parsed
from index.types import Article, Encoder
from tests.command import SEEDS, dateline

settings.register_profile("untimed", deadline=None)  # a busy machine is no defect
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def seeds_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose index holds the sample articles; not to be written to."""
    data = tmp_path_factory.mktemp("seeds") / "data"
    done = dateline("index", SEEDS, "--data", data)
    assert done.returncode == 0, done.stderr.decode()
    return data


@pytest.fixture(scope="session")
def seeds_articles() -> dict[str, Article]:
    """The sample articles by id, as they are parsed."""
    items = parsed(read([SEEDS], lambda _: None))
    return {item.id: item for item in items if isinstance(item, Article)}


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The default encoder."""
    return open_encoder("static")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Processes started meanwhile heed Ctrl-C, also where this one was told not to (as by a shell's `&`)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
