"""Whether a claim's quotes prove it. Pure; English."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.mentions import Mention, Sort, mentions, number
from bot.types import Claim, Quote
from index.text import terms

_QUOTED = re.compile(r"[“\"]([^“”\"]+)(?:[”\"]|$)")
"""Words in quotation marks; a mark that nothing closes reaches to the end, as where speech fills paragraphs."""

_JOINED = re.compile(r"\d+(?:[:–-]\d+)+")
"""A score, a time, a range."""

# Words that say a number and are no number mention.
_RANKS = frozenset(
    terms(
        "half third quarter fifth sixth seventh eighth ninth tenth first second fourth eleventh twelfth thirteenth"
        " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twice thrice double triple"
    )
)


def verify(claim: Claim, quotes: Mapping[int, Quote]) -> bool:
    """Whether every name, number, date and quoted word of a claim stands in a quote that it cites.

    Names are compared by their terms, numbers by value ("two dozen" is "24"), dates by their parts (a claim may
    be less exact than its quote), quoted words letter by letter. What is said of them is not understood: a claim
    that swaps two numbers of its quote passes.

    Args:
        claim: A claim without quotes proves nothing.
        quotes: By number; a claim that cites another number is not proved.
    """
    if not claim.quotes or not quotes.keys() >= set(claim.quotes):
        return False
    evidence = [_Facts(_flat(quotes[n].text)) for n in claim.quotes]
    said = _Facts(_flat(claim.text))
    return any(said.text == facts.text for facts in evidence) or _proved(said, evidence)


def _flat(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


@dataclass(frozen=True)
class _Facts:
    """What a text says that can be checked."""

    text: str

    @cached_property
    def joined(self) -> frozenset[str]:
        """Numbers that mean something together only: "4–3" -> 4-3."""
        return frozenset(found.replace("–", "-") for found in _JOINED.findall(self.text))

    @cached_property
    def apart(self) -> str:
        """The text without them."""
        return _JOINED.sub(" ", self.text)

    @cached_property
    def mentions(self) -> list[Mention]:
        """What the text mentions, `joined` left out."""
        return mentions(self.apart)

    @cached_property
    def terms(self) -> frozenset[str]:
        """All its terms."""
        return frozenset(terms(self.text))

    @cached_property
    def names(self) -> list[frozenset[str]]:
        """The terms of each name; with the full stop that is part of "U.S." and harmless elsewhere."""
        names = [m for m in self.mentions if m.sort in (Sort.NAME, Sort.PLACE) and not self._counts(m)]
        return [frozenset(terms(f"{name.text}.")) for name in names]

    @cached_property
    def dates(self) -> list[frozenset[str]]:
        """The parts of each date: "Sept. 29, 2020" -> sep, 29, 2020."""
        found = (terms(m.text) for m in self.mentions if m.sort is Sort.DATE)
        return [frozenset(part[:3] if part.isalpha() else part for part in parts) for parts in found]

    @cached_property
    def numbers(self) -> dict[Mention, float]:
        """The number mentions that have a value."""
        found = ((m, number(m.text)) for m in self.mentions if m.sort is Sort.NUMBER)
        return {mention: value for mention, value in found if value is not None}

    @cached_property
    def figures(self) -> frozenset[str]:
        """Other terms that hold a digit or say a number: "a380", "5km", "third"."""
        rest = self.apart
        for mention in reversed([m for m in self.mentions if m.sort is Sort.DATE or m in self.numbers]):
            rest = f"{rest[: mention.start]} {rest[mention.end :]}"
        return frozenset(t for t in terms(rest) if t in _RANKS or any(c.isdigit() for c in t))

    @cached_property
    def speech(self) -> list[str]:
        """Words in quotation marks, without the punctuation that the sentence around them set."""
        return [words.strip(" ,.;:!?") for words in _QUOTED.findall(self.text)]

    def _counts(self, name: Mention) -> bool:
        """Whether a name is a number at the start of its sentence."""
        return any(number.start <= name.start and name.end <= number.end for number in self.numbers)


def _proved(said: _Facts, evidence: Sequence[_Facts]) -> bool:
    return (
        all(any(name <= facts.terms for facts in evidence) for name in said.names)
        and all(any(date <= other for facts in evidence for other in facts.dates) for date in said.dates)
        and all(any(value in facts.numbers.values() for facts in evidence) for value in said.numbers.values())
        and all(any(numbers in facts.joined for facts in evidence) for numbers in said.joined)
        and all(any(figure in facts.terms for facts in evidence) for figure in said.figures)
        and all(any(_holds(facts.text, words) for facts in evidence) for words in said.speech)
    )


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
