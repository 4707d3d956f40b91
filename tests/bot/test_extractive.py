from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import understand
from bot.readers import open_reader
from bot.readers.model import FOLDER, Model
from bot.readers.windows import Window, around
from bot.types import Reader, Reading
from index.encode import open_encoder
from index.errors import EncoderError, InputError
from index.ingest import Ingest
from index.parse import Blob, Kind
from index.retrieve import Retriever, manifest_of
from index.stores import open_store
from index.types import Encoder, Hit

NOW = datetime(2021, 6, 1, tzinfo=UTC)
ARTICLES = {
    "harbour": (
        " date 2021-05-03 The mayor of Kesmark, Anna Sample, met the Danish minister Bo Mockup in Riga on Sunday."
        " She praised the talks as “open and useful”. The new bridge will cost 40 million euros.\n\n"
        "[Anna Sample on the quay of Kesmark. Credit: Sample Wire]\n\nSource: Sample Wire"
    ),
    "ferry": (
        " date 2021-05-04 A ferry ran aground near Tallinn on Monday because its rudder had failed. Nobody was hurt."
        "\n\nSource: Demo Daily"
    ),
}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder("static")


@pytest.fixture(scope="module")
def retriever(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    store = open_store(str(tmp_path_factory.mktemp("data")))
    store.claim(manifest_of(encoder, "static"))
    blobs = [Blob(f"/{name}.txt", name, Kind.TEXT, text.encode()) for name, text in ARTICLES.items()]
    Ingest(store, encoder).run(blobs)
    return Retriever(store, encoder)


@pytest.fixture(scope="module")
def reader(encoder: Encoder) -> Reader:
    return open_reader("extractive", encoder)


def hits_for(retriever: Retriever, question: str) -> Sequence[Hit]:
    return retriever.search(question, asked_at=NOW)


def reading(reader: Reader, retriever: Retriever, question: str) -> Reading:
    return reader.read(understand(question), hits_for(retriever, question), NOW)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who met Bo Mockup in Riga?", "Anna Sample, met the Danish minister"),
        ("Why did the ferry run aground near Tallinn?", "because its rudder had failed"),
        ("How much will the new bridge in Kesmark cost?", "40 million euros"),
    ],
)
def test_the_sentence_that_answers_is_quoted_first(
    reader: Reader, retriever: Retriever, question: str, words: str
) -> None:
    assert words in reading(reader, retriever, question).quotes[0].text


@pytest.mark.parametrize("question", ["Who met Bo Mockup in Oslo?", "How many children has the Pope's gardener?"])
def test_what_the_articles_do_not_say_is_not_answered(reader: Reader, retriever: Retriever, question: str) -> None:
    assert reading(reader, retriever, question).claims == ()


def test_every_quote_is_verbatim_and_every_claim_cites_one(reader: Reader, retriever: Retriever) -> None:
    found = reading(reader, retriever, "Who met Bo Mockup in Riga?")
    assert [quote.n for quote in found.quotes] == list(range(1, len(found.quotes) + 1))
    for claim, quote in zip(found.claims, found.quotes, strict=True):
        assert claim.quotes == (quote.n,)
        assert quote.article.text[quote.start : quote.end] == quote.text
        if quote.span:
            assert quote.text[slice(*quote.span)].strip()


def test_a_sentence_that_begins_with_a_pronoun_brings_the_one_before(reader: Reader, retriever: Retriever) -> None:
    found = reading(reader, retriever, "What did Anna Sample say about the talks with Bo Mockup?")
    quote = next(q for q in found.quotes if "open and useful" in q.text)
    assert quote.text.startswith("The mayor of Kesmark, Anna Sample")


def test_without_hits_there_is_no_answer(reader: Reader) -> None:
    assert reader.read(understand("Who?"), [], NOW).claims == ()


def test_an_unknown_reader_is_refused(encoder: Encoder) -> None:
    with pytest.raises(InputError, match="no reader 'magic'"):
        open_reader("magic", encoder)


def test_a_window_reads_the_same_alone_and_among_others() -> None:
    model = Model()
    windows = [
        Window("Cats", "The cat sat.", ((0, 12),)),
        Window("Ferry", "Rain fell. A ferry ran aground near Tallinn on Monday.", ((0, 10), (11, 54))),
        Window("Long", "x " * 500 + ". It ends.", ((0, 1001), (1002, 1010))),
    ]
    cats, (rain, ferry), (_, cut) = model.read("Where did the ferry run aground?", windows)
    ((_, alone),) = model.read("Where did the ferry run aground?", windows[1:2])
    assert alone.evidence == pytest.approx(ferry.evidence, abs=1e-5)
    assert ferry.evidence > max(cats[0].evidence, rain.evidence)
    assert ferry.answer
    assert "Tallinn" in windows[1].text[slice(*ferry.answer)]
    assert cut.answer is None
    assert cut.evidence < cats[0].evidence


def test_nothing_is_read_in_no_window() -> None:
    assert Model().read("Where?", []) == []


@pytest.mark.parametrize("file", ["model.onnx", "tokenizer.json"])
def test_a_missing_model_is_refused(file: str, tmp_path: Path) -> None:
    copied(tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(EncoderError, match="cannot be read"):
        Model(tmp_path).read("Who?", [Window("a", "b", ((0, 1),))])


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    copied(tmp_path)
    with (tmp_path / "model.onnx").open("r+b") as model:
        model.seek(1000)
        model.write(b"damage")
    with pytest.raises(EncoderError, match="damaged"):
        Model(tmp_path).read("Who?", [Window("a", "b", ((0, 1),))])


def copied(folder: Path) -> None:
    for file in FOLDER.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.data(), st.integers(1, 120))
def test_a_window_holds_its_sentence_and_is_no_longer_than_it_must(
    sizes: list[int], data: st.DataObject, words: int
) -> None:
    parts = [" ".join(["word"] * size) for size in sizes]
    ends = [end - 1 for end in accumulate(len(part) + 1 for part in parts)]
    bounds = [(end - len(part), end) for part, end in zip(parts, ends, strict=True)]
    place = data.draw(st.integers(0, len(sizes) - 1))
    places = around(" ".join(parts), bounds, place, words)
    assert place in places
    held = sum(sizes[p] for p in places)
    assert held >= words or len(places) == len(sizes)
    assert held - max(sizes[places[0]], sizes[places[-1]]) < words or len(places) == 1
