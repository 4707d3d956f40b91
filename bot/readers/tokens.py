"""A question and a window as the reading model's tokens; training and reading share it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from bot.readers.windows import Bounds, Window

TOKENS = 192
"""Most that is read of a question and a window; what is longer is cut at the window's end."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """One pair; arrays of shape (tokens,)."""

    ids: Ints
    types: Ints
    sentence: Ints
    """The place of the window's sentence that a token stands in; -1 in none."""
    bounds: tuple[Bounds, ...]
    """Where a token stands in the window's text; meaningless where `sentence` is -1."""


def open_tokenizer(text: str) -> Tokenizer:
    """The tokenizer of a tokenizer.json, set up for pairs of question and window."""
    tokenizer = Tokenizer.from_str(text)
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()
    return tokenizer


def tokenise(tokenizer: Tokenizer, question: str, windows: list[Window]) -> list[Tokens]:
    """The tokens of a question with each of the windows."""
    heads = [f"{window.header} | " for window in windows]
    pairs = [(question, head + window.text) for head, window in zip(heads, windows, strict=True)]
    encoded = tokenizer.encode_batch(pairs)
    return [_tokens(*each) for each in zip(encoded, windows, map(len, heads), strict=True)]


def _tokens(encoded: Encoding, window: Window, shift: int) -> Tokens:
    types = np.array(encoded.type_ids, dtype=np.int64)
    bounds = np.array(encoded.offsets, dtype=np.int64).reshape(-1, 2) - shift
    starts = np.array([start for start, _ in window.sentences], dtype=np.int64)
    inside = (types == 1) & (bounds[:, 0] >= 0) & (bounds[:, 1] > bounds[:, 0])
    sentence = np.where(inside, np.searchsorted(starts, bounds[:, 0], side="right") - 1, -1)
    return Tokens(np.array(encoded.ids, dtype=np.int64), types, sentence, tuple((int(a), int(b)) for a, b in bounds))
