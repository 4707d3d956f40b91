from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.question import understand
from bot.readers import open_reader
from bot.readers.scorer import FOLDER, Scorer
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


def test_a_pair_scores_the_same_alone_and_among_others() -> None:
    scorer = Scorer()
    pairs = [("The cat sat.", "Cats"), ("A ferry ran aground near Tallinn.", "Ferry"), ("x " * 500, "long")]
    together = scorer.score("Where did the ferry run aground?", pairs)
    assert together[1] == pytest.approx(scorer.score("Where did the ferry run aground?", pairs[1:2])[0], abs=1e-6)
    assert together[1] > together[0]
    assert scorer.score("Where?", []).shape == (0,)


def test_a_damaged_scorer_is_refused(tmp_path: Path) -> None:
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "model.onnx").open("r+b") as model:
        model.seek(1000)
        model.write(b"damage")
    with pytest.raises(EncoderError, match="damaged"):
        Scorer(tmp_path).score("Who?", [("a", "b")])
    with pytest.raises(EncoderError, match="cannot be read"):
        Scorer(tmp_path / "nowhere").score("Who?", [("a", "b")])
