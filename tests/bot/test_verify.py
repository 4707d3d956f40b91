import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.types import Claim, Quote
from bot.verify import verify
from index.fetch import read
from index.ingest import parsed
from index.text import sentences
from index.types import Article

SEEDS = list(parsed(read([Path(__file__).parents[2] / "seeds"], lambda _: None)))
SENTENCES = [
    article.text[s.start : s.end] for article in SEEDS if isinstance(article, Article) for s in sentences(article.text)
]
NUMBERED = [sentence for sentence in SENTENCES if re.search(r"\d", sentence)]

FLOOD = (
    "Mayor Aino Example said on 12 March 2021 that 1,500 people in Sampleton had lost their homes, two dozen of them "
    "twice. “We will rebuild every house,” she told the Demo Daily. The first 5km of the dyke held; the fire brigade's "
    "match was lost 4–3. Damage came to $2.5 billion, 40 percent of it insured."
)


def quotes(*texts: str) -> Mapping[int, Quote]:
    return {n: Quote(n, Article("a", text), text, 0, len(text)) for n, text in enumerate(texts, start=1)}


def proved(text: str, *evidence: str) -> bool:
    return verify(Claim(text, tuple(range(1, len(evidence) + 1))), quotes(*evidence))


@given(st.sampled_from(SENTENCES))
def test_a_sentence_quoted_verbatim_passes(sentence: str) -> None:
    assert proved(sentence, sentence)


@given(st.text(min_size=1), st.text())
def test_any_text_proves_itself(text: str, other: str) -> None:
    assert proved(text, other, text)


@given(st.sampled_from(NUMBERED), st.data())
def test_a_claim_with_an_altered_digit_fails(sentence: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([m.start() for m in re.finditer(r"[1-9]", sentence)] or [0]))
    digit = data.draw(st.sampled_from("123456789"))
    altered = sentence[:place] + digit + sentence[place + 1 :]
    word = next(m[0] for m in re.finditer(r"[\w.,:–-]*\d[\w.,:–-]*", altered) if m.start() <= place < m.end())
    assume(word.strip(".,:–-") not in sentence)  # 16 altered to 12 is still in the quote if 12 was
    numbers = re.findall(r"\d+", word)
    assume(not all(re.search(rf"(?<!\d){n}(?!\d)", sentence) for n in numbers))
    assert not proved(altered, sentence)


@given(
    st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from(["{}", "{:,}", "${}", "{}%", "{}km", "{} million"])
)
def test_a_claim_with_another_number_fails(told: int, claimed: int, form: str) -> None:
    quote = f"The town spent {form.format(told)} on the bridge."
    assert proved(quote.replace("spent", "paid"), quote)
    assert proved(quote.replace("spent", "paid").replace(form.format(told), form.format(claimed)), quote) == (
        told == claimed
    )


@pytest.mark.parametrize(
    "claim",
    [
        "1500 people lost their homes.",
        "24 lost theirs twice.",
        "Twenty-four lost theirs twice.",
        "Example spoke in March 2021.",
        "Aino Example, the mayor of Sampleton, spoke on March 12.",
        "AINO EXAMPLE spoke to the Demo Daily.",
        "“We will rebuild every house,” said Example.",
        'She said that she would "rebuild every house".',
        "40% of $2.5 billion was insured.",
        "The brigade lost 4-3.",
        "The first 5km held.",
        "The dyke held.",
    ],
)
def test_what_the_quote_says_in_other_words_passes(claim: str) -> None:
    assert proved(claim, FLOOD)


@pytest.mark.parametrize(
    "claim",
    [
        "1,501 people lost their homes.",
        "15,000 people lost their homes.",
        "Two hundred lost theirs twice.",
        "Three lost theirs.",
        "Example spoke on 13 March 2021.",
        "Example spoke in March 2022.",
        "Example spoke in April 2021.",
        "Example spoke on Friday.",
        "Mayor Bertil Mock spoke.",
        "The mayor of Mockbury spoke.",
        "“We will rebuild every school,” said Example.",
        "She said “no",
        "5 percent was insured.",
        "Damage came to $25 billion.",
        "The brigade lost 3–4.",
        "The second 5km held.",
        "The first 6km held.",
        "A quarter was insured.",
    ],
)
def test_what_the_quote_does_not_say_fails(claim: str) -> None:
    assert not proved(claim, FLOOD)


@pytest.mark.parametrize("sentence", ["Nothing is cited.", "Is it so?", ""])
def test_a_claim_without_a_quote_fails(sentence: str) -> None:
    assert not verify(Claim(sentence, ()), quotes(FLOOD))


def test_a_claim_that_cites_what_is_not_there_fails() -> None:
    assert not verify(Claim("The dyke held.", (1, 2)), quotes(FLOOD))


def test_only_cited_quotes_count() -> None:
    evidence = quotes("Nothing else is known.", FLOOD)
    assert verify(Claim("Aino Example spoke.", (2,)), evidence)
    assert verify(Claim("Aino Example spoke.", (1, 2)), evidence)
    assert not verify(Claim("Aino Example spoke.", (1,)), evidence)


def test_a_name_stands_in_one_quote_whole() -> None:
    assert proved("Ann Sampleton met Bo Mock.", "Ann Sampleton came.", "Bo Mock came.")
    assert not proved("Ann Mock came.", "Ann Sampleton came.", "Bo Mock came.")


def test_line_breaks_and_apostrophes_make_no_difference() -> None:
    assert proved("Mock's team won. It cheered.", "Mock’s team\n\nwon. It  cheered.")
