"""The buttons below an answer, and what a tap does."""

from datetime import datetime, timedelta
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.render import address
from bot.telegram.messages import LONG_AGO, came_out, titled
from bot.types import Answer

LABEL = 28
"""Characters of a headline on a button, and of its outlet: what a phone shows on two lines."""

DAY = timedelta(days=1)


class Action(StrEnum):
    """What a button does; its callback data (Telegram takes at most 64 bytes)."""

    SOURCES = "sources"
    MORE = "more"
    NEWER = "newer"
    GOOD = "good"
    BAD = "bad"


LABELS = {Action.SOURCES: "Sources", Action.MORE: "More", Action.NEWER: "Newer", Action.GOOD: "👍", Action.BAD: "👎"}
ROWS = ((Action.SOURCES, Action.MORE, Action.NEWER), (Action.GOOD, Action.BAD))


def keyboard(answer: Answer) -> InlineKeyboardMarkup | None:
    """What can be done with an answer; where nothing was found, the nearest articles that have an address."""
    rows = _actions(answer) if answer.claims else _nearest(answer)
    return InlineKeyboardMarkup(rows) if rows else None


def _actions(answer: Answer) -> list[list[InlineKeyboardButton]]:
    offered = [[action for action in row if action is not Action.NEWER or has_newer(answer)] for row in ROWS]
    return [[InlineKeyboardButton(LABELS[action], callback_data=action) for action in row] for row in offered]


def _nearest(answer: Answer) -> list[list[InlineKeyboardButton]]:
    pairs = [(article, address(article)) for article in answer.nearest]
    return [[InlineKeyboardButton(titled(article, LABEL), url=url)] for article, url in pairs if url]


def has_newer(answer: Answer) -> bool:
    """Whether articles came out after all that an answer quotes."""
    newest = answer.searched.newest
    return bool(newest and newest.at >= day_after(answer) > LONG_AGO + DAY)


def day_after(answer: Answer) -> datetime:
    """A day after the newest article that an answer quotes came out."""
    return max(came_out(quote.article) for quote in answer.quotes) + DAY
