"""Whether an answer is right."""

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.evaluation.questions import Asked, Evidence
from index.types import Article

COMPOSED = frozenset({"yes_no", "two_articles"})
"""Kinds whose answers ("yes", "no", what is put together from two articles) prove nothing where their words stand."""

_PUNCTUATION = re.compile(rf"[{re.escape(string.punctuation)}“”‘’–—]")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that an answer shows as those of `article.text[start:end]`."""

    article: Article
    text: str
    start: int
    end: int

    @property
    def verbatim(self) -> bool:
        """They are."""
        return self.article.text[self.start : self.end] == self.text


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered to a question, as it came."""

    answered: bool
    short: str | None
    quotes: Sequence[Quoted]
    confidence: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer is worth; None where that cannot be told of this question."""

    answered: bool
    right: bool | None
    """The first quote is a right one; see `is_right`. None for what is not answerable or has no answers or evidence."""
    supported: bool | None
    """The first quote stands in a supporting article. None for what is not answerable, and without such articles."""
    exact: float | None
    """SQuAD's exact match of the short answer, 0 or 1. None for what is not answerable, and without answers."""
    f1: float | None
    """SQuAD's F1 of the short answer. None as `exact`."""
    verbatim: bool | None
    """Every quote is. None without quotes."""
    confidence: float
    seconds: float
    short: str | None
    quote: str | None
    """The first quote's words."""
    article: str | None
    """Id of the first quote's article."""


def judge(asked: Asked, given: Given) -> Judged:
    """Hold what was answered against what is right."""
    first = given.quotes[0] if given.quotes else None
    short = given.short or ""
    judgeable = asked.answerable and bool(asked.answers or asked.evidence)
    answers = asked.answers if asked.answerable else ()
    return Judged(
        answered=given.answered,
        right=first is not None and is_right(asked, first) if judgeable else None,
        supported=first is not None and first.article.id in asked.supporting if asked.supporting else None,
        exact=max(exact_match(short, answer) for answer in answers) if answers else None,
        f1=max(f1(short, answer) for answer in answers) if answers else None,
        verbatim=all(quote.verbatim for quote in given.quotes) if given.quotes else None,
        confidence=given.confidence,
        seconds=given.seconds,
        short=given.short,
        quote=first.text if first else None,
        article=first.article.id if first else None,
    )


def is_right(asked: Asked, quote: Quoted) -> bool:
    """Whether a quote answers the question.

    With evidence, it does if it shares more than half of the shorter one's characters with a piece of evidence, or
    if it holds an answer's words and stands in a supporting article. Without evidence, `supporting` is taken for the
    articles that are known to say it, not for all that do: an answer's words count in whichever article they stand.
    Words alone never count for COMPOSED kinds.
    """
    if any(_covers(evidence, quote) for evidence in asked.evidence):
        return True
    counts = quote.article.id in asked.supporting if asked.evidence else True
    return counts and holds_answer(asked, quote.text)


def _covers(evidence: Evidence, quote: Quoted) -> bool:
    """Whether quote and evidence share most of the shorter one."""
    if evidence.article != quote.article.id:
        return False
    start, end = evidence.start, evidence.end
    if evidence.sentence is not None:
        start = quote.article.text.find(evidence.sentence)
        end = start + len(evidence.sentence)
    shared = min(end, quote.end) - max(start, quote.start)
    return start >= 0 and shared > 0.5 * min(end - start, quote.end - quote.start)


def searchable(asked: Asked) -> bool:
    """Whether the question has an answer whose words can be looked for."""
    return asked.answerable and bool(asked.answers) and asked.kind not in COMPOSED


def holds_answer(asked: Asked, text: str) -> bool:
    """Whether any answer's words stand in the text, where words can answer (see COMPOSED)."""
    return asked.kind not in COMPOSED and holds(text, asked.answers)


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether the words of any of the answers stand in the text, one after the other; marks part words here."""
    padded = f" {normalised(text, ' ')} "
    wanted = (normalised(answer, " ") for answer in answers)
    return any(f" {answer} " in padded for answer in wanted if answer)


def normalised(text: str, mark: str = "") -> str:
    """SQuAD's normalisation: no case, marks, articles (a, an, the) and white space but single spaces.

    Source: Rajpurkar et al. 2018, evaluate-v2.0.py; typographic quotes and dashes are marks here too.

    Args:
        text: Any.
        mark: What stands for a mark. SQuAD's script drops marks; a space finds "Biden" in "Biden's".
    """
    return " ".join(_ARTICLES.sub(" ", _PUNCTUATION.sub(mark, text.casefold())).split())


def exact_match(given: str, right: str) -> float:
    """1 if both are the same when normalised, else 0."""
    return float(normalised(given) == normalised(right))


def f1(given: str, right: str) -> float:
    """Harmonic mean of precision and recall of the words, each counted as often as it stands in both; as SQuAD's."""
    ours, theirs = normalised(given).split(), normalised(right).split()
    if not ours or not theirs:
        return float(ours == theirs)
    shared = (Counter(ours) & Counter(theirs)).total()
    return 2 * shared / (len(ours) + len(theirs))
