"""The sentence scorer: a small cross-encoder that says whether a sentence answers a question. No torch."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import EncoderError

FOLDER = Path(__file__).parent / "scorer"
"""Written by bot/readers/training/export.py; MODEL_CARD.md there says what it was trained on."""

MODEL, TOKENIZER, CHECKSUM = "model.onnx", "tokenizer.json", "model.sha256"

TOKENS = 64
"""Of a question, a sentence and its context together: half of what it was trained with takes half the time, and ranks
as well (seeds: the right sentence first for .62 of the questions either way)."""


class Scorer:
    """Scores (question, sentence, context) triples. Loaded when first used; usable from several threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def score(self, question: str, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Log-odds that each (sentence, context) answers the question; shape (pairs,).

        Raises:
            EncoderError: The model is missing or damaged.
        """
        encoded = self._tokenizer.encode_batch([(question, f"{sentence} | {context}") for sentence, context in pairs])
        # A pair in each thread, unpadded, beats every batch size.
        return np.array(list(self._pool.map(self._score_one, encoded)), dtype=np.float64)

    def _score_one(self, encoded: Any) -> float:  # noqa: ANN401 - tokenizers ships no type for it
        inputs = {"ids": [encoded.ids], "types": [encoded.type_ids]}
        return float(self._session.run(None, inputs)[0][0, 0])

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="scorer")

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 - onnxruntime ships no types
        import onnxruntime  # noqa: PLC0415 - 0.2 s, spent when the first question is read

        path = self._folder / MODEL
        model, expected = _read(path), _read(self._folder / CHECKSUM).decode().strip()
        if hashlib.sha256(model).hexdigest() != expected:
            raise EncoderError(f"{path} is damaged: install Dateline again")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        # As in index/minilm.py: further levels make it slower.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_str(_read(self._folder / TOKENIZER).decode())
        tokenizer.enable_truncation(TOKENS)
        tokenizer.no_padding()
        return tokenizer


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EncoderError(f"{path} cannot be read ({error.strerror}): install Dateline again") from error
