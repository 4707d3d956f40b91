import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mentions import Sort, mentions, number


def found(text: str, *sorts: Sort) -> list[str]:
    return [m.text for m in mentions(text) if not sorts or m.sort in sorts]


@given(st.text())
def test_mentions_are_slices_in_order(text: str) -> None:
    starts = []
    for mention in mentions(text):
        assert text[mention.start : mention.end] == mention.text
        assert mention.text.strip()
        starts.append(mention.start)
    assert starts == sorted(starts)


def test_names_places_dates_and_numbers_are_told_apart() -> None:
    text = "On September 28, Svetlana Tikhanovskaya met 12 ministers in Vilnius."
    assert [(m.sort, m.text) for m in mentions(text)] == [
        (Sort.DATE, "September 28"),
        (Sort.NAME, "Svetlana Tikhanovskaya"),
        (Sort.NUMBER, "12"),
        (Sort.PLACE, "Vilnius"),
    ]


@pytest.mark.parametrize(
    "date", ["29 September 2020", "Sept. 29, 2020", "2020-09-29", "March 2021", "Tuesday night", "2019", "the 1990s"]
)
def test_dates(date: str) -> None:
    assert found(f"It began {date.removeprefix('the ')} there.", Sort.DATE) == [date.removeprefix("the ")]


def test_a_possessive_is_no_part_of_a_name() -> None:
    assert found("France’s president saw NATO's Jens Stoltenberg.", Sort.NAME) == ["France", "NATO", "Jens Stoltenberg"]


def test_function_words_with_a_capital_are_no_names() -> None:
    assert found("The march ended. It was over. They left.", Sort.NAME) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,500", 1500),
        ("two dozen", 24),
        ("$1.5 billion", 1.5e9),
        ("twenty-one", 21),
        ("two thousand and five", 2005),
        ("three hundred thousand", 300_000),
        ("12 percent", 12),
        ("nobody", None),
    ],
)
def test_values_of_numbers(text: str, value: float | None) -> None:
    assert number(text) == value


@given(st.integers(0, 10**12))
def test_digits_with_and_without_commas_are_one_number(value: int) -> None:
    assert number(f"{value:,}") == number(str(value)) == value
