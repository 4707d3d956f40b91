"""What is remembered of each chat: in memory only, within bounds, for as long as the process lives."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.types import Answer, Turn
from index.types import Filter, Hit

MAX_TURNS = 10
"""Turns that a follow-up can refer back to."""

MAX_CHATS = 10_000
"""Chats remembered; of more, those that asked last."""

MAX_EXCHANGES = 1_000
"""Answers whose buttons work, of all chats; each holds the articles it was read from, about 50 KB."""

KEPT = (
    "What you ask is kept in the bot's memory, so that follow-ups are understood, and is gone when it restarts or "
    "after /reset. 👍 and 👎 are stored with the question and its answer, not with your name. Nothing else is stored."
)
"""The same for users."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is held: a chat, or one topic of a forum."""

    chat: int
    topic: int | None = None


@dataclass(slots=True)
class Exchange:
    """An answer given, and what its buttons have done."""

    asked: str
    answer: Answer
    where: Filter
    unseen: list[Hit]
    """Passages read and not yet shown, best first."""
    done: set[str] = field(default_factory=set)
    """What works once: votes by user, and buttons that send a message."""

    def once(self, what: str) -> bool:
        """Whether this is done for the first time; it is, after this."""
        fresh = what not in self.done
        self.done.add(what)
        return fresh

    def more(self, count: int) -> list[Hit]:
        """The next passages, which are then seen."""
        shown, self.unseen = self.unseen[:count], self.unseen[count:]
        return shown


@dataclass(slots=True)
class Conversation:
    """What was said in one place."""

    turns: deque[Turn] = field(default_factory=lambda: deque(maxlen=MAX_TURNS))
    last: Exchange | None = None
    context: str = ""
    """Words of a message that was forwarded, which the next question is about."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a question is answered: questions of one place are answered in order."""
    waiting: int = 0
    """Questions that are not answered yet."""


class Memory:
    """The conversations of all places, and the answers that buttons belong to."""

    def __init__(self) -> None:
        self._conversations: OrderedDict[Place, Conversation] = OrderedDict()
        self._exchanges: OrderedDict[tuple[int, int], Exchange] = OrderedDict()

    def conversation(self, place: Place) -> Conversation:
        """What was said in a place; begun if it is new."""
        found = self._conversations.setdefault(place, Conversation())
        self._conversations.move_to_end(place)
        _shorten(self._conversations, MAX_CHATS)
        return found

    def exchange(self, chat: int, message: int) -> Exchange | None:
        """The answer that a message of ours belongs to, unless it has been forgotten."""
        return self._exchanges.get((chat, message))

    def remember(self, place: Place, messages: Sequence[int], exchange: Exchange) -> None:
        """An answer was given, in these messages."""
        conversation = self.conversation(place)
        conversation.turns.append(turn(exchange))
        conversation.last = exchange
        for message in messages:
            self._exchanges[place.chat, message] = exchange
        _shorten(self._exchanges, MAX_EXCHANGES)

    def reset(self, place: Place) -> None:
        """Forget what was said in a place, and the answers of its chat: their buttons no longer work."""
        conversation = self.conversation(place)
        conversation.turns.clear()
        conversation.last, conversation.context = None, ""
        self._forget_answers(place.chat)

    def forget(self, chat: int) -> None:
        """Forget a chat with all its topics and answers."""
        for place in [place for place in self._conversations if place.chat == chat]:
            del self._conversations[place]
        self._forget_answers(chat)

    def _forget_answers(self, chat: int) -> None:
        for key in [key for key in self._exchanges if key[0] == chat]:
            del self._exchanges[key]


def _shorten(entries: OrderedDict[Any, Any], most: int) -> None:
    while len(entries) > most:
        entries.popitem(last=False)


def turn(exchange: Exchange) -> Turn:
    """What a follow-up needs of an answer: not the articles that it came from."""
    return Turn(exchange.asked, replace(exchange.answer, hits=(), quotes=(), nearest=()))
