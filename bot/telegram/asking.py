"""From a question to its answer in the chat: in order, in a bounded pool, within a time."""

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from telegram.ext import ExtBot

from bot.answer import Newsdesk
from bot.render import one_line
from bot.telegram.buttons import keyboard
from bot.telegram.memory import Conversation, Exchange, Memory, Place
from bot.telegram.messages import answered, said
from bot.telegram.sending import send, typing
from bot.types import Answer, Turn
from index.errors import DatelineError
from index.types import EVERYTHING, Filter

Result = TypeVar("Result")

MAX_WAITING = 3
"""Questions of one place that may wait for their answers."""

TIMEOUT = 60.0
"""Seconds within which a question is answered."""


@dataclass(frozen=True, slots=True)
class Request:
    """A question in a place, and what is known with it."""

    place: Place
    question: str
    message: int | None = None
    """The message that asks it."""
    where: Filter = EVERYTHING
    history: Sequence[Turn] | None = None
    """What it follows; None for what was said in its place."""


class Asker:
    """Answers requests from one Newsdesk."""

    def __init__(self, desk: Newsdesk, memory: Memory) -> None:
        self._desk = desk
        self._memory = memory
        self._pool = ThreadPoolExecutor(os.cpu_count(), "asking")

    async def work(self, function: Callable[[], Result]) -> Result:
        """Run a function that takes long in the pool. Raises TimeoutError after TIMEOUT seconds."""
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._pool, function), TIMEOUT)

    async def answer(self, bot: ExtBot[None], request: Request) -> None:
        """Answer a request in its place, after those that wait there already."""
        conversation = self._memory.conversation(request.place)
        if conversation.waiting >= MAX_WAITING:
            text = said(f"I am still answering {MAX_WAITING} questions of this chat: ask again when that is done.")
            await send(bot, request.place, text, request.message)
            return
        conversation.waiting += 1
        try:
            async with typing(bot, request.place), conversation.turn:
                await self._answer(bot, request, conversation)
        finally:
            conversation.waiting -= 1

    async def _answer(self, bot: ExtBot[None], request: Request, conversation: Conversation) -> None:
        try:
            answer = await self._ask(request, conversation)
        except DatelineError as error:
            await send(bot, request.place, said(one_line(str(error))), request.message)
        except TimeoutError:
            text = said(f"That took longer than {TIMEOUT:.0f} seconds, so I gave up: ask again, in fewer words.")
            await send(bot, request.place, text, request.message)
        else:
            text, buttons = answered(answer, request.question), keyboard(answer)
            sent = await send(bot, request.place, text, request.message, buttons)
            exchange = Exchange(request.question, answer, request.where, answer.unquoted)
            self._memory.remember(request.place, sent, exchange)

    async def _ask(self, request: Request, conversation: Conversation) -> Answer:
        history = tuple(conversation.turns) if request.history is None else tuple(request.history)
        return await self.work(partial(self._desk.ask, request.question, history=history, where=request.where))
