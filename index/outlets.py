"""Outlets that a question names as those who say it ("according to CNN", "what did The Week report?"). Pure; English.

A name alone does not count: a question about the BBC is no question to the BBC. Names are written as the outlet writes
them, as capitals tell The Week from the week; only "according to" vouches for one in small letters.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

ALIASES = {"WaPo": "Washington Post", "the Beeb": "BBC", "the Journal": "Wall Street Journal"}
"""Nicknames that are neither a part of the name nor its initials."""

_SUFFIX = re.compile(r"(?:\s+(?:News|Online|Magazine|Newspaper)|\.(?:com|org|net|co\.uk))$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_SAYING = (
    "say|says|said|saying|report|reports|reported|reporting|write|writes|wrote|written|publish|publishes|published"
    "|claim|claims|claimed|call|calls|called|describe|describes|described|put|give|gave|quote|quotes|quoted|tell|tells|told"
)
_WORK = r"(?:reports?|articles?|story|stories|coverage|account|figures?|headlines?|piece|interview|version)"

# {0} is a name. The first holds in any spelling, the others for a name as the outlet spells it.
_IN_ANY_CASE = r"\baccording to (?:the )?{0}(?!\w)"
_AS_SPELT = (
    rf"\b(?i:{_SAYING}) (?i:by|in|on) (?:[Tt]he )?{{0}}(?!\w)",
    rf"\b(?:do|does|did|has|have|had|and|or) (?:[Tt]he )?{{0}} (?:(?:both|first|ever|also) )?(?:{_SAYING})\b",
    r"\b(?i:both) (?:[Tt]he )?{0} (?:and|or)\b",
    r"(?<!\w){0} (?i:says|said|reports|reported|writes|wrote|claims|claimed)\b",
    rf"(?<!\w){{0}}(?:['’]s?)? {_WORK}\b",
)


def named(question: str, outlets: Iterable[str]) -> tuple[str, ...]:
    """Those of the outlets that the question asks, in their order; none if it asks none.

    Args:
        question: Any text.
        outlets: Names as they stand in articles: "CNN", "The Week", "bbc.co.uk".
    """
    folded = question.casefold()
    return tuple(
        outlet
        for outlet in outlets
        # The patterns are for the few names that stand in the question: an index has thousands of outlets.
        if any(name.casefold() in folded and _asked(question, name) for name in _names(outlet))
    )


def _asked(question: str, name: str) -> bool:
    written = re.escape(name)
    if re.search(_IN_ANY_CASE.format(written), question, re.IGNORECASE):
        return True
    return any(re.search(pattern.format(written), question) for pattern in _AS_SPELT)


@lru_cache(maxsize=1 << 14)
def _names(outlet: str) -> frozenset[str]:
    """What an outlet goes by: its name with and without what surrounds it, initials, nicknames."""
    full = outlet.removeprefix("The ").removeprefix("the ").strip()
    short = _SUFFIX.sub("", full)
    names = {full, short, short.upper()} if "." in full else {full, short}
    words = _WORD.findall(full)
    if len(words) > 1:
        names.add("".join(word[0] for word in words).upper())
    names |= {nickname.removeprefix("the ") for nickname, name in ALIASES.items() if name == short}
    return frozenset(names - {""})
