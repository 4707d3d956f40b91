"""Styled text, written as Telegram's HTML and split within its limits. Pure.

A text is a list of paragraphs, which a blank line parts; a paragraph is a list of runs of one style each. Tags are
written last, for one message at a time, so that no split can cut one.

Source of the limits: https://core.telegram.org/bots/api#sendmessage and
https://core.telegram.org/api/entities (lengths are counted in UTF-16 code units).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby, pairwise
from typing import TypeAlias

import regex

MAX_UNITS = 4_096
"""UTF-16 code units of a message, its tags not counted."""

MAX_ENTITIES = 100

MAX_WHOLE = 512
"""UTF-16 code units up to which a run or a word is kept on one message."""

# What Telegram makes an entity of by itself: @name, #tag, $TAG, /command, addresses, times. And card numbers: at least
# thirteen digits, however they are spaced. Counted too often rather than too seldom.
_AUTOMATIC = re.compile(r"[@#$/]\w|\w[.:]/?/?\w")
_CARD_DIGITS = 13
_PIECES = 3
"""Entities that one found in styled text can make: itself, and the style before and after it."""

_WORDS = re.compile(r"\S+\s*|\s+")
_GRAPHEMES = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one style. Their text has no control characters and no lone surrogates (`bot.render.clean`)."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None
    quote: bool = False
    """Within a quotation, which Telegram shows folded."""
    whole: bool = False
    """Not to be split, as a citation is not."""

    @property
    def style(self) -> tuple[bool, bool, str | None, bool]:
        """What tags depend on."""
        return self.bold, self.italic, self.link, self.quote

    @property
    def entities(self) -> int:
        """How many it makes, besides that of the quotation."""
        return self.bold + self.italic + bool(self.link)


Paragraph: TypeAlias = Sequence[Run]

_GAP = Run("\n\n")


def units(text: str) -> int:
    """UTF-16 code units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def html(runs: Iterable[Run]) -> str:
    """Runs as Telegram's HTML; a quotation that they hold is closed at their end."""
    return "".join(
        f"<blockquote expandable>{_tagged(group)}</blockquote>" if quote else _tagged(group)
        for quote, group in groupby(runs, lambda run: run.quote)
    )


def plain(runs: Iterable[Run]) -> str:
    """The words alone."""
    return "".join(run.text for run in runs)


def _tagged(runs: Iterable[Run]) -> str:
    return "".join(_tag("".join(run.text for run in group), style) for style, group in groupby(runs, lambda r: r.style))


def _tag(text: str, style: tuple[bool, bool, str | None, bool]) -> str:
    bold, italic, link, _ = style
    text = escape(text, quote=False)
    text = f"<b>{text}</b>" if bold else text
    text = f"<i>{text}</i>" if italic else text
    return f'<a href="{escape(link)}">{text}</a>' if link else text


def split(text: Iterable[Paragraph]) -> list[list[Run]]:
    """The text as messages within the limits, none of them blank.

    A paragraph moves on whole to the next message if it fits on one; else it is cut between words, and a longer word
    between characters as a reader sees them.
    """
    messages: list[list[Run]] = [[]]
    for paragraph in text:
        joined = [*messages[-1], *([_GAP] if messages[-1] else []), *paragraph]
        if _fits(joined):
            messages[-1] = joined
        else:
            messages += [list(paragraph)] if _fits(paragraph) else _cut(paragraph)
    return [message for message in messages if _visible(plain(message))]


def _fits(runs: Sequence[Run]) -> bool:
    return units(plain(runs)) <= MAX_UNITS and _entities(runs) <= MAX_ENTITIES


def _entities(runs: Sequence[Run]) -> float:
    """An upper bound of the entities that Telegram counts."""
    bare = Run("")
    return sum(_cost(run, before) for before, run in pairwise([bare, *runs]))


def _cost(run: Run, before: Run) -> float:
    """Entities that a run adds to those of the one before it."""
    opened = 0 if run.style == before.style else run.entities + (run.quote and not before.quote)
    found = len(_AUTOMATIC.findall(run.text)) + sum(map(str.isdigit, run.text)) / _CARD_DIGITS
    return opened + _PIECES * found


def _cut(paragraph: Paragraph) -> list[list[Run]]:
    """The paragraph in pieces, each as long as the limits allow."""
    pieces: list[list[Run]] = [[]]
    length, entities = 0, 0.0
    for atom in (atom for run in paragraph for atom in _atoms(run)):
        size, cost = units(atom.text), _cost(atom, pieces[-1][-1] if pieces[-1] else Run(""))
        if length + size > MAX_UNITS or entities + cost > MAX_ENTITIES:
            pieces.append([])
            length, entities, cost = 0, 0.0, _cost(atom, Run(""))
        pieces[-1].append(atom)
        length, entities = length + size, entities + cost
    return pieces


def _atoms(run: Run) -> Iterator[Run]:
    """Runs that are not cut."""
    if run.whole and units(run.text) <= MAX_WHOLE:
        yield run
        return
    for word in _WORDS.findall(run.text):
        parts = [word] if units(word) <= MAX_WHOLE else _characters(word)
        yield from (replace(run, text=part) for part in parts)


def _characters(word: str) -> Iterator[str]:
    """Characters as a reader sees them; one under a heap of accents comes in pieces."""
    for grapheme in _GRAPHEMES.findall(word):
        yield from [grapheme] if units(grapheme) <= MAX_WHOLE else grapheme


def _visible(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)
