"""Which outlets a question asks."""

import pytest

from index.outlets import named

OUTLETS = [
    "CNN",
    "The Week",
    "BBC News",
    "bbc.co.uk",
    "Associated Press",
    "Washington Post",
    "Time",
    "People",
    "",
    "(X)",
]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("According to CNN, who won?", ["CNN"]),
        ("according to cnn, who won?", ["CNN"]),
        ("Who won, according to the week?", ["The Week"]),
        ("What did The Week report about the strike?", ["The Week"]),
        ("How many died, according to the BBC?", ["BBC News", "bbc.co.uk"]),
        ("What did AP say on Monday?", ["Associated Press"]),
        ("What was reported by the Associated Press?", ["Associated Press"]),
        ("How many dead did WaPo report?", ["Washington Post"]),
        ("Which toll stands in Time’s report?", ["Time"]),
        ("Which Washington Post article told of it?", ["Washington Post"]),
        ("Did both CNN and the Associated Press report the strike?", ["CNN", "Associated Press"]),
        ("CNN reported a strike. Where?", ["CNN"]),
        ("According to (X), who won?", ["(X)"]),
    ],
)
def test_who_is_asked_is_named(question: str, asked: list[str]) -> None:
    assert list(named(question, OUTLETS)) == asked


@pytest.mark.parametrize(
    "question",
    [
        "Who bought CNN?",
        "Why did CNN's owner resign?",
        "What did the week bring?",
        "What did people say about the vote?",
        "At what time did people report the fire?",
        "Which reports did the CNNX write?",
        "according to the police, who won?",
        "",
    ],
)
def test_a_name_alone_is_not_asked(question: str) -> None:
    assert named(question, OUTLETS) == ()
