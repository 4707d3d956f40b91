import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import understand
from bot.types import Answer, Kind, Searched, Turn
from index.types import EVERYTHING


def turn(question: str, short: str | None = None) -> Turn:
    searched = Searched(articles=1, newest=None, where=EVERYTHING)
    return Turn(question, Answer(question, "answered", "", short, (), (), (), searched, (), "test", 0.0, 0.0))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("who met whom in Vilnius?", Kind.WHO),
        ("Which minister resigned?", Kind.WHO),
        ("Where did she flee?", Kind.WHERE),
        ("In which city was the final played?", Kind.WHERE),
        ("When did Tikhanovskaya meet Macron?", Kind.WHEN),
        ("ever given refloated when?", Kind.WHEN),
        ("How many ships waited?", Kind.HOW_MANY),
        ("What was the death toll?", Kind.HOW_MANY),
        ("What did Macron demand from Belarus authorities?", Kind.SAID),
        ("How many drones did they say they used?", Kind.HOW_MANY),
        ("Why was the launch scrubbed?", Kind.WHY),
        ("Did France win the final?", Kind.YES_NO),
        ("What is LK-99?", Kind.WHAT),
    ],
)
def test_the_kind_of_a_question(question: str, kind: Kind) -> None:
    assert understand(question).kind == kind


@pytest.mark.parametrize("question", ["What is the latest toll?", "How many so far?", "the current count of the dead"])
def test_questions_about_the_newest_state(question: str) -> None:
    assert understand(question).latest
    assert not understand("How many died on Monday?").latest


@given(st.text())
def test_without_a_conversation_the_words_are_kept(text: str) -> None:
    assert str(understand(text)) == " ".join(text.split())


def test_and_what_about_asks_the_same_of_another() -> None:
    before = turn("How many people died in Turkey?")
    assert str(understand("And in Syria?", [before])) == "How many people died in Syria?"
    assert str(understand("What about Syria?", [before])) == "How many people died in Syria?"


def test_a_pronoun_brings_the_names_and_the_answer_before() -> None:
    asked = understand("When did he resign?", [turn("Who led Britain before Liz Truss?", "Boris Johnson")])
    assert "Boris Johnson" in asked.context
    assert asked.kind is Kind.WHEN
    assert str(asked).startswith("When did he resign? (")


def test_a_bare_question_word_brings_the_question_before() -> None:
    assert "Twitter" in understand("Why?", [turn("Who bought Twitter?")]).context


def test_a_new_topic_is_not_dragged_back() -> None:
    asked = understand("Who won the World Cup in 2022?", [turn("Who met Macron in Vilnius?")])
    assert str(asked) == "Who won the World Cup in 2022?"
