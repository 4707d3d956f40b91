"""The composition root: where the data is, and what is opened there. Nothing else reads the environment."""

import os
import re
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import platformdirs

from bot.answer import Newsdesk
from bot.readers import open_reader
from index.encode import open_encoder
from index.errors import InputError, StoreError
from index.minilm import Progress
from index.retrieve import Retriever, manifest_of
from index.stores import open_store
from index.stores.local import LocalStore
from index.types import Encoder

SEEDS = Path(__file__).parents[1] / "seeds"
"""The articles written for this project, which a first chat reads."""

ENCODER = "static"
"""The encoder of a new index."""

READER = "extractive"

TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)


def data_folder(given: Path | None = None) -> Path:
    """The folder given, or else DATELINE_DATA, or else the platform's place for a user's data; absolute."""
    folder = given or os.environ.get("DATELINE_DATA") or platformdirs.user_data_path("dateline", appauthor=False)
    return Path(folder).expanduser().absolute()


@dataclass(frozen=True, slots=True)
class TelegramAccount:
    """What the Telegram bot signs in with."""

    token: str = field(repr=False)
    api: str
    """The server of the Bot API."""


def telegram_account() -> TelegramAccount:
    """The token of DATELINE_TELEGRAM_TOKEN or in the file DATELINE_TELEGRAM_TOKEN_FILE; the server of ..._API.

    Raises InputError if there is no token, or none of the form that Telegram gives out.
    """
    token = os.environ.get("DATELINE_TELEGRAM_TOKEN", "").strip() or _token_of_file()
    if not _TOKEN.fullmatch(token):
        raise InputError(
            "no bot token: put the one that @BotFather gave you into DATELINE_TELEGRAM_TOKEN, or into a file named by "
            "DATELINE_TELEGRAM_TOKEN_FILE"
        )
    return TelegramAccount(token, os.environ.get("DATELINE_TELEGRAM_API", TELEGRAM).rstrip("/"))


def _token_of_file() -> str:
    name = os.environ.get("DATELINE_TELEGRAM_TOKEN_FILE")
    try:
        return Path(name).read_text("utf-8", "replace").strip() if name else ""
    except OSError as error:
        raise InputError(f"the token's file {name} cannot be read ({error.strerror})") from error


@dataclass(frozen=True, slots=True)
class Index:
    """A store and the encoder it was built with."""

    store: LocalStore
    encoder: Encoder

    @property
    def retriever(self) -> Retriever:
        """Searches it."""
        return Retriever(self.store, self.encoder)

    @property
    def desk(self) -> Newsdesk:
        """Answers from it."""
        return Newsdesk(self.retriever, open_reader(READER, self.encoder), self.store)

    def close(self) -> None:
        """Release the store; what was made from it can no longer be used."""
        self.store.close()


def open_index(data: Path | None = None, progress: Progress | None = None) -> Index:
    """The index in a data folder, for reading.

    Args:
        data: The folder; `data_folder()` if None.
        progress: Told how far the encoder's preparation is, where its cache has been lost.

    Raises:
        StoreError: There is none, or it cannot be read.
        ManifestMismatch: Another version of Dateline built it.
        EncoderError: Its encoder is missing or damaged.
    """
    folder = data_folder(data)
    store = open_store(str(folder))
    try:
        stored = store.manifest()
        encoder = open_encoder(stored.encoder, progress)
        manifest_of(encoder, stored.encoder).check(stored, str(folder))
    except BaseException:
        store.close()
        raise
    return Index(store, encoder)


def open_desk(data: Path | None = None, progress: Progress | None = None) -> Newsdesk:
    """Whoever answers questions from the index in a data folder; arguments and errors as for `open_index`."""
    return open_index(data, progress).desk


def claim_index(data: Path, spec: str | None, progress: Progress) -> Index:
    """The index in a data folder, for writing; made if there is none.

    Args:
        data: The folder.
        spec: The encoder; None takes the index's own, in a new index ENCODER.
        progress: Told how far the encoder's preparation is.

    Raises:
        StoreLocked: Another process writes to it.
        ManifestMismatch: It was built with another encoder.
        EncoderError: There is no such encoder, or it is damaged.
    """
    store = open_store(str(data))
    try:
        spec = _spec(store, spec, data)
        encoder = open_encoder(spec, progress)
        store.claim(manifest_of(encoder, spec))
    except BaseException:
        store.close()
        raise
    return Index(store, encoder)


def _spec(store: LocalStore, wanted: str | None, data: Path) -> str:
    """The encoder to use; another one than the store's is refused before the time to load it is spent."""
    try:
        stored = store.manifest()
    except StoreError:
        return wanted or ENCODER  # nothing is stored yet; what else may be wrong, the claim will find
    replace(stored, encoder=wanted or stored.encoder).check(stored, str(data))
    return stored.encoder


def holds_articles(data: Path) -> bool:
    """Whether there is an index in the folder with anything in it; raises StoreError if it cannot be read."""
    with closing(open_store(str(data))) as store:
        return store.exists() and store.status().articles > 0
