"""The reading model: a small cross-encoder that finds in a window the sentence that answers a question. No torch."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.readers.tokens import Tokens, open_tokenizer, tokenise
from bot.readers.windows import Bounds, Window
from index.errors import EncoderError
from index.minilm import session

FOLDER = Path(__file__).parent / "model"
"""Written by bot/readers/training/export.py; MODEL_CARD.md there says what it was trained on."""

MODEL, TOKENIZER, CHECKSUM = "model.onnx", "tokenizer.json", "model.sha256"

ANSWER_TOKENS = 24
"""Tokens of a short answer at most; the written answers have 12 words at most, clauses aside."""

EVIDENCE, START, END = range(3)
"""The model's outputs for each token."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """What the model says of one sentence of a window."""

    evidence: float
    """Log-odds that it answers the question, against that nothing does."""
    answer: Bounds | None
    """The likeliest short answer in it, as offsets into the window's text; None where the window was cut before it."""


class Model:
    """Reads windows. Loaded when first used; usable from several threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def read(self, question: str, windows: Sequence[Window]) -> list[list[Found]]:
        """For each window, what is found in each of its sentences.

        Raises:
            EncoderError: The model is missing or damaged.
        """
        pairs = tokenise(self._tokenizer, question, list(windows))
        # A window in each thread, unpadded, beats every batch size.
        outputs = self._pool.map(self._run, pairs)
        return [_found(*each) for each in zip(windows, pairs, outputs, strict=True)]

    def _run(self, tokens: Tokens) -> Floats:
        """Shape (tokens, 3)."""
        inputs = {"ids": tokens.ids[None], "types": tokens.types[None]}
        return np.asarray(self._session.run(None, inputs)[0][0], dtype=np.float64)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="model")

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 - onnxruntime ships no types
        path = self._folder / MODEL
        model, expected = _read(path), _read(self._folder / CHECKSUM).decode().strip()
        if hashlib.sha256(model).hexdigest() != expected:
            raise EncoderError(f"{path} is damaged: install Dateline again")
        return session(model)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return open_tokenizer(_read(self._folder / TOKENIZER).decode())


def _found(window: Window, tokens: Tokens, outputs: Floats) -> list[Found]:
    return [_in_sentence(tokens, outputs, place) for place in range(len(window.sentences))]


def _in_sentence(tokens: Tokens, outputs: Floats, place: int) -> Found:
    inside = np.flatnonzero(tokens.sentence == place)
    if not len(inside):
        return Found(-np.inf, None)
    scores = outputs[inside[0] : inside[-1] + 1]
    spans = np.add.outer(scores[:, START], scores[:, END]) + _forbidden(len(scores))
    first, last = np.unravel_index(int(spans.argmax()), spans.shape)
    answer = (tokens.bounds[inside[0] + first][0], tokens.bounds[inside[0] + last][1])
    return Found(float(outputs[inside, EVIDENCE].mean()), answer)


def _forbidden(size: int) -> Floats:
    """-inf for spans that end before they start, or are longer than ANSWER_TOKENS; shape (size, size)."""
    length = np.subtract.outer(np.arange(size), np.arange(size)).T + 1
    return np.where((length < 1) | (length > ANSWER_TOKENS), -np.inf, 0.0)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EncoderError(f"{path} cannot be read ({error.strerror}): install Dateline again") from error
