from hypothesis import given
from hypothesis import strategies as st

from index.text import MAX_SENTENCE, Kind, passages, sentences, terms
from index.types import Article

PARAGRAPHS = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), max_size=12)
WORDS = st.sampled_from(["Macron", "met", "her.", "He", "said", "“no.”", "[photo", "1.5", "U.S."])
WORDY = st.lists(st.lists(WORDS, min_size=1, max_size=60).map(" ".join), max_size=20)


def split(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text)]


@given(st.one_of(PARAGRAPHS, WORDY).map("\n\n".join))
def test_passages_are_slices_and_cover_every_sentence_once(text: str) -> None:
    article = Article(id="a", text=text)
    parts = passages(article)
    for ordinal, part in enumerate(parts):
        assert part.ordinal == ordinal
        assert text[part.start : part.end] == part.text
        assert part.text.strip() == part.text != ""
    for sentence in sentences(text):
        holders = [p for p in parts if p.start <= sentence.start and sentence.end <= p.end]
        assert len(holders) == 1
        assert holders[0].caption == (sentence.kind is Kind.CAPTION)


@given(st.one_of(PARAGRAPHS, WORDY).map("\n\n".join))
def test_sentences_lose_nothing_but_space_and_brackets(text: str) -> None:
    kept = "".join(split(text))
    assert [c for c in kept if not c.isspace() and c not in "[]"] == [
        c for c in text if not c.isspace() and c not in "[]"
    ]


def test_abbreviations_initials_quotes_and_decimals_end_no_sentence() -> None:
    text = (
        "Mr. Lee met J. K. Rowling in the U.S. on Jan. 5. “It was good,” he said. "
        "Shares rose 3.4% to $1.5 billion. He “must go.”Then she left."
    )
    assert split(text) == [
        "Mr. Lee met J. K. Rowling in the U.S. on Jan. 5.",
        "“It was good,” he said.",
        "Shares rose 3.4% to $1.5 billion.",
        "He “must go.”",
        "Then she left.",
    ]


def test_captions_and_headings_are_told_from_prose() -> None:
    text = "It began at noon.\n\n[Marchers in Minsk. Credit: Sample]\n\nPolice respond\n\nOfficers closed the square."
    assert [(s.kind, text[s.start : s.end]) for s in sentences(text)] == [
        (Kind.PROSE, "It began at noon."),
        (Kind.CAPTION, "Marchers in Minsk."),
        (Kind.CAPTION, "Credit: Sample"),
        (Kind.HEADING, "Police respond"),
        (Kind.PROSE, "Officers closed the square."),
    ]


def test_a_caption_is_a_passage_apart() -> None:
    text = "The march began at noon.\n\n[Marchers in Minsk. Credit: Sample]\n\nOfficers closed the square."
    assert [(p.caption, p.text) for p in passages(Article(id="a", text=text))] == [
        (False, "The march began at noon."),
        (True, "Marchers in Minsk. Credit: Sample"),
        (False, "Officers closed the square."),
    ]


def test_passages_are_equal_parts_of_about_120_words() -> None:
    text = " ".join(f"Sentence number {i} has exactly eight words here." for i in range(100))
    sizes = [len(p.text.split()) for p in passages(Article(id="a", text=text))]
    assert min(sizes) >= 100
    assert max(sizes) <= 140


def test_a_heading_stays_with_what_it_heads() -> None:
    filler = " ".join(f"Filler number {i} stands here." for i in range(24))
    text = f"{filler}\n\nThe second part\n\n{filler}"
    parts = passages(Article(id="a", text=text))
    assert [p.text.endswith("The second part") for p in parts] == [False] * len(parts)


def test_text_without_sentence_ends_is_cut() -> None:
    assert max(map(len, split("word " * 10_000))) <= MAX_SENTENCE
    assert max(map(len, split("x" * 10_000))) <= MAX_SENTENCE


def test_terms_fold_case_diacritics_forms_and_spellings() -> None:
    assert terms("Élysée Palaces") == terms("elysee palace")
    assert terms("Tikhanovskaya’s visit") == terms("Tikhanovskaya visits")
    assert terms("the U.N. vote of the 28th") == terms("UN votes 28")
    assert terms("1,500 people") == terms("1500 people")


def test_stop_words_are_no_terms_but_names_in_capitals_are() -> None:
    assert terms("who was it") == []
    assert terms("the WHO said") == ["who", "said"]
