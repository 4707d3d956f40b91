"""Readers: passages and a question in, cited claims out."""

from bot.readers.extractive import ExtractiveReader
from bot.types import Reader
from index.errors import InputError
from index.types import Encoder


def open_reader(spec: str, encoder: Encoder) -> Reader:
    """The reader of this name ("extractive"). Raises InputError for any other."""
    if spec == "extractive":
        return ExtractiveReader(encoder)
    raise InputError(f"there is no reader {spec!r}: use `extractive`")
