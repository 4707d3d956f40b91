"""Where a text names periods: every match of a language's rules that the words around it do not belie. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from index.dates.language import Language
from index.dates.periods import Period
from index.dates.rules import RULES, Said

EARLIEST, LATEST = date(1605, 1, 1), date(9000, 1, 1)
"""No article is older than the first newspaper (Strasbourg's Relation)."""

_RECURRING = {"day", "days", "quarter", "season", "month", "weekday"}


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names a period by a rule of RULES."""

    start: int
    end: int
    rule: str
    match: re.Match[str]
    period: Period

    @property
    def floating(self) -> bool:
        """It recurs, and does not say which one is meant: "in September", "Monday"."""
        said = self.match.groupdict()
        return self.rule in _RECURRING and not any(said.get(group) for group in ("year", "whose", "which"))


def mentions(text: str, asked: date, language: Language) -> list[Mention]:
    """Every period that a text names, in the order of the text; none overlaps another."""
    found: list[Mention] = []
    taken = bytearray(len(text))
    text = language.pattern(language.names).sub(lambda name: "_" * len(name[0]), text)
    for rule, pattern in language.rules:
        for match in language.pattern(pattern).finditer(text):
            if any(taken[match.start() : match.end()]) or _doubtful(match, language):
                continue
            if period := resolve(rule, match, asked, language):
                taken[match.start() : match.end()] = b"1" * len(match[0])
                found.append(Mention(match.start(), match.end(), rule, match, period))
    return sorted(found, key=lambda mention: mention.start)


def resolve(rule: str, match: re.Match[str], asked: date, language: Language) -> Period | None:
    """What a match of a rule means on the day `asked`; None for what the calendar lacks (31 February)."""
    try:
        period = RULES[rule](Said(match, language, asked))
    except (ValueError, OverflowError):
        return None
    return period if period and EARLIEST <= period.first < period.end <= LATEST else None


def _doubtful(match: re.Match[str], language: Language) -> bool:
    """Whether it is a word such as "may" or "fall" that nothing makes a time, or a number that counts something."""
    said = match.groupdict()
    text, start = match.string, match.start()
    if said.get("year") and match[0] == said["year"]:
        return language.preceding(text, start, language.counting) is not None
    word = next((said[group] for group in ("month", "season", "weekday") if said.get(group)), "")
    vouch = language.doubtful.get(word.lower())
    if vouch is None or any(said.get(group) for group in ("year", "whose", "which", "part")):
        return False
    if said.get("day"):
        return not (word.istitle() or language.preceding(text, start, language.adverbial))
    ranges = language.pattern(language.to + "{month}").match(text, match.end())
    return not (ranges or language.preceding(text, start, vouch))
