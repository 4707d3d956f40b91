"""`open_encoder`: texts to vectors, by a static model, by all-MiniLM-L6-v2, or by any sentence-transformers model.

The first two come from packaged weights, are prepared once and opened from a cache from then on. The static model
(https://github.com/MinishLab/model2vec) is a vector for each token; a text's is their mean. It is read here and not by
model2vec itself, to start sooner and to encode three times as many texts a second, with the same result.
"""

import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import platformdirs
from tokenizers import Tokenizer

from index import minilm
from index.errors import EncoderError
from index.minilm import Progress
from index.types import Encoder, Vectors

STATIC = "static-minilm-256/1"
MINILM = "minilm-384/1"
"""Names of the two models: the number goes up when their vectors change."""

STATIC_DIMENSION = 256

SIZES = "sizes.json"
"""The file in a cached model's folder that says how long its other files are."""

WORDS = re.compile(r"[!-/:-@\[-`{-~]|[^\s!-/:-@\[-`{-~]+")
"""Each ASCII punctuation mark, and what stands between them: no token of BERT's crosses these bounds."""

KNOWN_WORDS = 2**17
LONGEST_KNOWN = 64
"""Words, and characters in one, that are remembered with their tokens: about 25 MB."""

ROWS_AT_ONCE = 1024
"""Token vectors summed at a time, 1 MB of them: they stay in a core's cache, and a long text takes no more memory."""

HUB_SECONDS = 10

Embed: TypeAlias = Callable[[Sequence[str]], Vectors]
"""n texts without lone surrogates to n vectors of any length."""


def open_encoder(spec: str = "static", progress: Progress | None = None) -> Encoder:
    """The encoder of that name, usable from several threads.

    Args:
        spec: `static`; `minilm`; or a sentence-transformers model by its name or its folder's path.
        progress: Told of what takes time: (what, steps done, steps in all).

    Raises:
        EncoderError: The model is unknown, damaged or out of reach, or the cache cannot be written.
    """
    report = progress or (lambda _title, _done, _total: None)
    if spec == "static":
        return _Unit(STATIC, STATIC_DIMENSION, _Static(_cached(STATIC, _distil, report)).embed)
    if spec == "minilm":
        return _Unit(MINILM, minilm.DIMENSION, minilm.MiniLM.open(_cached(MINILM, minilm.build, report)).embed)
    return _named(spec, report)


@dataclass(frozen=True)
class _Unit:
    """What every encoder owes its callers, around a model that only embeds."""

    name: str
    dimension: int
    _embed: Embed

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit-length row per text, in order."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        # Tokenizers refuse a lone surrogate, the half of a character.
        rows = self._embed([text.encode(errors="ignore").decode() for text in texts])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        # A text without a known token has no direction. It gets one all the same, the first axis, because a row must
        # have unit length; a fixed one, so that it is no nearer to some texts than to others by chance.
        nowhere = np.eye(1, self.dimension, dtype=np.float32)
        return np.where(lengths > 0, rows / np.where(lengths > 0, lengths, 1), nowhere)


class _Static:
    """The token vectors that `_distil` wrote."""

    def __init__(self, folder: Path) -> None:
        # Mapped, not read: a question touches a few pages of 30 MB, and processes share them.
        self._table = np.asarray(np.load(folder / "vectors.npy", mmap_mode="r"))
        self._tokens = _Tokens(Tokenizer.from_file(str(folder / "tokenizer.json")))

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._sum(text) for text in texts])

    def _sum(self, text: str) -> Vectors:
        """The direction of the mean, which is all that is asked for."""
        tokens = list(chain.from_iterable(map(self._tokens.__getitem__, WORDS.findall(text))))
        total = np.zeros(STATIC_DIMENSION, np.float32)
        for start in range(0, len(tokens), ROWS_AT_ONCE):
            total += self._table.take(tokens[start : start + ROWS_AT_ONCE], axis=0).sum(axis=0)
        return total


class _Tokens(dict[str, tuple[int, ...]]):
    """The known tokens of a word, remembered: words recur, and a look-up is far quicker than the tokenizer."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__()
        self._tokenizer = tokenizer
        self._unknown = tokenizer.token_to_id("[UNK]")

    def __missing__(self, word: str) -> tuple[int, ...]:
        found = self._tokenizer.encode(word, add_special_tokens=False).ids
        tokens = tuple(token for token in found if token != self._unknown)
        if len(self) < KNOWN_WORDS and len(word) <= LONGEST_KNOWN:
            self[word] = tokens
        return tokens


def _distil(folder: Path, progress: Progress) -> None:
    """Write vectors.npy, shape (tokens, 256), float32, and tokenizer.json."""
    progress("Loading all-MiniLM-L6-v2", 0, 1)
    source = minilm.packaged_model()
    import torch  # noqa: PLC0415 - seconds that a cache hit does without
    from model2vec.distill import distill  # noqa: PLC0415 - as above

    _silence_transformers()
    progress("Loading all-MiniLM-L6-v2", 1, 1)
    # Its progress bar is the one place where model2vec says how far it is.
    inference: Any = import_module("model2vec.distill.inference")
    theirs, inference.tqdm = inference.tqdm, partial(_Bar, progress)
    # Threads save little on inputs of three tokens, and beside other work they wait for each other: 20 s become 90.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = distill(str(source), pca_dims=STATIC_DIMENSION, quantize_to="float32")
    finally:
        inference.tqdm = theirs
        torch.set_num_threads(threads)
    np.save(folder / "vectors.npy", model.embedding)
    model.tokenizer.no_truncation()
    model.tokenizer.save(str(folder / "tokenizer.json"))


class _Bar:
    """Takes tqdm's place and passes its counts on."""

    def __init__(self, progress: Progress, total: int, **_look: object) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def update(self, count: int) -> None:
        self._done += count
        self._progress("Distilling the static encoder", self._done, self._total)


def _cached(name: str, build: Callable[[Path, Progress], None], progress: Progress) -> Path:
    """The folder of a model that is built once, by one process, and again if a file of it is missing or cut short."""
    home = Path(os.environ.get("DATELINE_CACHE") or platformdirs.user_cache_path("dateline"))
    folder = home / name.replace("/", "-")
    if _is_whole(folder):
        return folder
    import filelock  # noqa: PLC0415 - 50 ms that a cache hit does without

    try:
        home.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{folder}.lock"):
            if not _is_whole(folder):
                _replace(folder, lambda part: build(part, progress))
    except OSError as error:
        raise EncoderError(
            f"{name} cannot be prepared in {home} ({error.strerror or error}): "
            "make room there, or set DATELINE_CACHE to a folder that can be written"
        ) from error
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        sizes = json.loads((folder / SIZES).read_text("utf-8"))
        return all((folder / file).stat().st_size == size for file, size in sizes.items())
    except (OSError, ValueError):
        return False


def _replace(folder: Path, build: Callable[[Path], None]) -> None:
    """Build beside the folder and rename at the end, so that a process killed at any instant leaves nothing half."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    build(part)
    sizes = {file.name: file.stat().st_size for file in part.iterdir()}
    (part / SIZES).write_text(json.dumps(sizes), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def _named(spec: str, progress: Progress) -> Encoder:
    progress(f"Loading {spec}", 0, 1)
    try:
        model = _load(spec)
    except Exception as error:  # what it raises differs between files, formats, the hub and the network
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise EncoderError(
            f"no sentence-transformers model {spec!r} ({reason}): give static, minilm, a model's full name "
            "while online, or the path of a downloaded model"
        ) from error
    progress(f"Loading {spec}", 1, 1)
    lock = threading.Lock()  # its tokenizer sets padding and truncation anew for each batch

    def embed(texts: Sequence[str]) -> Vectors:
        with lock:
            return np.asarray(model.encode(texts, show_progress_bar=False), np.float32)

    dimension = model.get_embedding_dimension() or embed([""]).shape[1]
    return _Unit(f"sentence-transformers:{spec}", dimension, embed)


def _load(spec: str) -> Any:  # noqa: ANN401 - sentence-transformers ships no types
    from huggingface_hub import HfApi  # noqa: PLC0415 - only a named model needs it
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

    _silence_transformers()
    if Path(spec).exists():
        return SentenceTransformer(spec)
    try:
        return SentenceTransformer(spec, local_files_only=True)
    except OSError:  # not downloaded yet
        # The hub is asked first because, without a network, the download itself would try for over a minute.
        HfApi().model_info(spec if "/" in spec else f"sentence-transformers/{spec}", timeout=HUB_SECONDS)
        return SentenceTransformer(spec)


def _silence_transformers() -> None:
    """Keep its bars for files and downloads, and its report on weights that are not needed, off our terminal."""
    from transformers.utils import logging  # noqa: PLC0415 - imports torch

    logging.disable_progress_bar()  # type: ignore[no-untyped-call] # transformers leaves it so
    logging.set_verbosity_error()  # type: ignore[no-untyped-call] # as above
