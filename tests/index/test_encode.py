"""Encoders, with their real models: prepared once for all tests here, in a cache of their own."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encode import open_encoder
from index.errors import EncoderError
from index.minilm import check_weights, packaged_model
from index.types import Encoder, Vectors

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / ".." / "shared" / "data" / "realtimeqa-2022-2023" / "articles.jsonl.gz"

SENTENCES = [
    "Lithuania's president received the Polish prime minister in Vilnius on Tuesday.",
    "The central bank left its key rate at 4.25% for the third time in a row.",
    "Heavy rain flooded the old town, and some 300 people had to leave their homes.",
    "“We did not expect this,” the mayor said – and neither did the voters.",
    "Café owners in Zürich protested; the city's council said it would listen.",
    "東京で地震があり、新幹線が止まった。",
    "Snake_case, C++ and a URL: https://example.org/a?b=c#d 😀 €5",
    "goal goal goal goal goal and then, at last, a penalty",
    "\ttabs,\nnew lines and\xa0hard spaces\u200b with zero width\x00 and null",
]
UNKNOWN = "😀 🦖"
"""Not one character of it is in the vocabulary."""

ONE_QUESTION = """
import json, sys
from index.encode import open_encoder
spec, *texts = sys.argv[1:]
steps = []
def progress(*step):
    steps.append(step)
    print(*step, file=sys.stderr, flush=True)
encoder = open_encoder(spec, progress)
vectors = encoder.encode(texts).tolist()
heavy = {"torch", "transformers", "sklearn", "sentence_transformers", "model2vec", "onnx"} & set(sys.modules)
print(json.dumps({"vectors": vectors, "heavy": sorted(heavy), "steps": steps}))
"""


def start(cache: Path, spec: str, *texts: str, script: str = ONE_QUESTION) -> "subprocess.Popen[str]":
    """A Python process that opens an encoder in a cache."""
    command = [sys.executable, "-c", script, spec, *texts]
    environment = os.environ | {"DATELINE_CACHE": str(cache)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: "subprocess.Popen[str]") -> Any:  # noqa: ANN401 - what the process printed as JSON
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    return json.loads(output)


@pytest.fixture(scope="module")
def first_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Any]]]:
    """A new cache, and what two processes say that opened the static model in it at once."""
    cache = tmp_path_factory.mktemp("cache")
    processes = [start(cache, "static", SENTENCES[0]) for _ in range(2)]
    reports = [finish(process) for process in processes]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_CACHE", str(cache))
        yield cache, reports


@pytest.fixture(scope="module")
def cache(first_two: tuple[Path, list[Any]]) -> Path:
    """The cache, with the static model in it and in use by this process."""
    return first_two[0]


@pytest.fixture(scope="module")
def static(cache: Path) -> Encoder:
    assert cache.exists()
    return open_encoder("static")


@pytest.fixture(scope="module")
def minilm(cache: Path) -> Encoder:
    assert cache.exists()
    return open_encoder("minilm")


@pytest.fixture(params=["static", "minilm"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    found: Encoder = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def passages() -> list[str]:
    """Three hundred passages of real news, from a headline's length to more than the model reads."""
    if not ARTICLES.exists():
        pytest.skip(f"needs {ARTICLES.name} from the shared data")
    with gzip.open(ARTICLES, "rt", encoding="utf-8") as lines:
        words = [json.loads(line)["text"].split() for line, _ in zip(lines, range(300), strict=False)]
    return [" ".join(article[: (8, 30, 80, 120, 120, 250)[n % 6]]) for n, article in enumerate(words)]


def assert_unit_rows(vectors: Vectors, shape: tuple[int, int]) -> None:
    assert vectors.shape == shape
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_rows_have_unit_length(encoder: Encoder) -> None:
    texts = [*SENTENCES, "", UNKNOWN, " \n"]
    assert_unit_rows(encoder.encode(texts), (len(texts), encoder.dimension))


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert_unit_rows(encoder.encode([]), (0, encoder.dimension))


def test_a_batch_equals_its_texts_one_by_one_and_in_order(encoder: Encoder) -> None:
    batch = encoder.encode(SENTENCES)
    np.testing.assert_allclose(batch, np.concatenate([encoder.encode([text]) for text in SENTENCES]), atol=1e-6)
    np.testing.assert_allclose(batch, encoder.encode(SENTENCES[::-1])[::-1], atol=1e-6)


def test_threads_get_what_one_thread_gets(encoder: Encoder) -> None:
    alone = encoder.encode(SENTENCES)
    at_once = threading.Barrier(4)

    def encode(_: int) -> Vectors:
        at_once.wait()
        return encoder.encode(SENTENCES)

    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(encode, range(4)):
            np.testing.assert_allclose(vectors, alone, atol=1e-6)


def test_a_question_is_nearest_to_its_answer(encoder: Encoder) -> None:
    question = encoder.encode(["Whom did the president of Lithuania meet?"])
    assert int(np.argmax(encoder.encode(SENTENCES) @ question[0])) == 0


def test_names_say_model_and_version(static: Encoder, minilm: Encoder) -> None:
    assert (static.name, static.dimension) == ("static-minilm-256/1", 256)
    assert (minilm.name, minilm.dimension) == ("minilm-384/1", 384)


def test_texts_without_a_known_token_share_one_vector(static: Encoder) -> None:
    vectors = static.encode(["", UNKNOWN, "\ud800"])
    np.testing.assert_array_equal(vectors, np.eye(1, 256, dtype=np.float32).repeat(3, axis=0))


@settings(max_examples=200)
@given(texts=st.lists(st.text(st.characters(exclude_categories=[])), min_size=1, max_size=4))
def test_any_text_has_a_static_vector(static: Encoder, texts: list[str]) -> None:
    assert_unit_rows(static.encode(texts), (len(texts), 256))


@settings(max_examples=50)
@given(text=st.text(st.characters(exclude_categories=[])))
def test_any_text_has_a_minilm_vector(minilm: Encoder, text: str) -> None:
    assert_unit_rows(minilm.encode([text]), (1, 384))


def test_static_vectors_are_those_of_model2vec(cache: Path, static: Encoder, passages: list[str]) -> None:
    from model2vec import StaticModel  # noqa: PLC0415 - slow, and needed by this test alone
    from tokenizers import Tokenizer  # noqa: PLC0415 - as above

    folder = cache / "static-minilm-256-1"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    theirs = StaticModel(np.load(folder / "vectors.npy"), tokenizer, normalize=True)
    texts = [*SENTENCES, *passages, " ".join(passages)]
    cosines = (static.encode(texts) * theirs.encode(texts, max_length=None)).sum(axis=1)
    np.testing.assert_allclose(cosines, 1, atol=1e-4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # within torch and transformers
def test_minilm_and_a_named_model_are_true_to_sentence_transformers(minilm: Encoder, passages: list[str]) -> None:
    import torch  # noqa: PLC0415 - slow, and needed by this test alone
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as above

    torch.set_num_threads(1)  # several wait for each other beside other work
    texts = [*SENTENCES, *passages]
    path = str(packaged_model())
    reference = SentenceTransformer(path, device="cpu").encode(texts, batch_size=8, normalize_embeddings=True)
    assert (minilm.encode(texts) * reference).sum(axis=1).min() >= 0.99

    steps: list[tuple[str, int, int]] = []
    named = open_encoder(path, lambda *step: steps.append(step))
    assert path in named.name
    assert named.dimension == 384
    assert steps == [(f"Loading {path}", 0, 1), (f"Loading {path}", 1, 1)]
    odd = [*SENTENCES, "", "\ud800"]
    assert_unit_rows(named.encode(odd), (len(odd), 384))
    assert_unit_rows(named.encode([]), (0, 384))
    np.testing.assert_allclose(named.encode(SENTENCES), reference[: len(SENTENCES)], atol=1e-5)


def test_two_processes_prepare_a_model_at_once(first_two: tuple[Path, list[Any]]) -> None:
    cache, (one, other) = first_two
    assert one["vectors"] == other["vectors"]
    assert {file.name for file in cache.iterdir()} >= {"static-minilm-256-1"}
    assert not list(cache.glob("*.part"))
    title, done, total = max((one["steps"], other["steps"]), key=len)[-1]
    assert title == "Distilling the static encoder"
    assert done == total > 20_000


@pytest.mark.parametrize("spec", ["static", "minilm"])
def test_a_cached_model_is_opened_without_torch(spec: str, cache: Path, request: pytest.FixtureRequest) -> None:
    expected: Encoder = request.getfixturevalue(spec)
    report = finish(start(cache, spec, SENTENCES[0]))
    assert report["heavy"] == []
    assert report["steps"] == []
    np.testing.assert_allclose(report["vectors"], expected.encode(SENTENCES[:1]), atol=1e-6)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
def test_a_fork_after_encoding_is_silent(cache: Path) -> None:
    script = (
        f"{ONE_QUESTION}\nimport os\nif os.fork():\n    os.wait()\nelse:\n    encoder.encode(texts)\n    os._exit(0)"
    )
    _, errors = start(cache, "static", *SENTENCES[:5], script=script).communicate(timeout=60)
    assert "TOKENIZERS_PARALLELISM" not in errors


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    genuine = packaged_model() / "model.safetensors"
    check_weights(genuine)
    copy = tmp_path / "model.safetensors"
    shutil.copyfile(genuine, copy)
    with copy.open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)[0]
        file.seek(50_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(EncoderError, match=r"model\.safetensors is damaged .* pip install"):
        check_weights(copy)
    with pytest.raises(EncoderError, match=r"cannot be read .* pip install"):
        check_weights(tmp_path / "missing.safetensors")


def truncate(folder: Path) -> None:
    os.truncate(folder / "model.onnx", 1_000_000)


def delete(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def cut_sizes(folder: Path) -> None:
    os.truncate(folder / "sizes.json", 10)


@pytest.mark.parametrize("damage", [truncate, delete, cut_sizes])
def test_a_damaged_cache_is_built_again(
    damage: Callable[[Path], None], minilm: Encoder, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(cache / "minilm-384-1", tmp_path / "minilm-384-1")
    damage(tmp_path / "minilm-384-1")
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path))
    steps: list[int] = []
    again = open_encoder("minilm", lambda _title, done, _total: steps.append(done))
    assert steps == [0, 1, 2, 3]
    np.testing.assert_allclose(again.encode(SENTENCES), minilm.encode(SENTENCES), atol=1e-6)


def test_a_killed_preparation_does_no_harm(minilm: Encoder, tmp_path: Path) -> None:
    for steps in (1, 2, 3, 4):
        process = start(tmp_path, "minilm")
        assert process.stderr is not None
        for _ in range(steps):
            assert process.stderr.readline()
        process.kill()
        process.communicate()
    report = finish(start(tmp_path, "minilm", SENTENCES[0]))
    np.testing.assert_allclose(report["vectors"], minilm.encode(SENTENCES[:1]), atol=1e-6)
    assert not list(tmp_path.glob("*.part"))


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(EncoderError, match=r"file/cache .*DATELINE_CACHE") as refused:
        open_encoder("minilm")
    assert "\n" not in str(refused.value)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # within torch and transformers
@pytest.mark.parametrize("spec", ["no-such-model-for-dateline", "nobody-at-all/no-such-model", "./no/such/folder"])
def test_an_unknown_model_is_named_with_what_works(spec: str) -> None:
    with pytest.raises(EncoderError, match="the path of a downloaded model") as refused:
        open_encoder(spec)
    assert spec in str(refused.value)
    assert "\n" not in str(refused.value)
