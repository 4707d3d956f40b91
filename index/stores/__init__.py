"""Where articles, passages and vectors are kept."""

from pathlib import Path

from index.stores.local import LocalStore


def open_store(url: str) -> LocalStore:
    """The store at `local:PATH`, or simply PATH; it is made when it is first claimed."""
    return LocalStore(Path(url.removeprefix("local:")).expanduser().absolute())
