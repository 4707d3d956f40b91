"""The commands of the bot, each as `messages.COMMANDS` describes it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes, ExtBot

from bot.answer import Newsdesk
from bot.options import moment
from bot.render import one_line
from bot.telegram import messages
from bot.telegram.asking import Asker, Request
from bot.telegram.memory import KEPT, Exchange, Memory
from bot.telegram.messages import said
from bot.telegram.reading import place_of
from bot.telegram.sending import send, typing
from bot.telegram.text import Paragraph
from index.errors import DatelineError, InputError
from index.types import Filter, Status

SHOWN = 3
"""Passages shown at a time by /more and /latest."""

Context = ContextTypes.DEFAULT_TYPE
Reply = Sequence[Paragraph] | None
Command = Callable[[Message, ExtBot[None], str], Awaitable[Reply]]
"""A message, the bot, what follows the command's name; what to say, if that has not been said. Raises DatelineError."""


class Commands:
    """What the bot does with commands."""

    def __init__(self, asker: Asker, memory: Memory, desk: Newsdesk, examples: Sequence[str], version: str) -> None:
        self._asker = asker
        self._memory = memory
        self._desk = desk
        self._examples = examples
        self._version = version
        self.all: dict[str, Command] = {
            "start": self._help,
            "help": self._help,
            "sources": self._sources,
            "more": self._more,
            "why": self._why,
            "latest": self._latest,
            "since": self._since,
            "outlet": self._outlet,
            "reset": self._reset,
            "about": self._about,
        }

    async def given(self, update: Update, context: Context) -> None:
        """The handler of all commands; an unknown one is named in private, and left to other bots in groups."""
        message = update.effective_message
        if message is None or not message.text:
            return
        name, _, rest = message.text.partition(" ")
        name, _, addressee = name.removeprefix("/").partition("@")
        if addressee and addressee.casefold() != context.bot.username.casefold():
            return
        command = self.all.get(name.casefold())
        if command is None and message.chat.type != ChatType.PRIVATE:
            return
        reply = await self._done(command, message, context.bot, one_line(rest))
        await send(context.bot, place_of(message), reply or [], message.message_id)

    async def _done(self, command: Command | None, message: Message, bot: ExtBot[None], rest: str) -> Reply:
        if command is None:
            return said("There is no such command. /help lists them.")
        try:
            return await command(message, bot, rest)
        except DatelineError as error:
            return said(one_line(str(error)))
        except TimeoutError:
            return said("That took too long, so I gave up.")

    async def _help(self, _message: Message, bot: ExtBot[None], _rest: str) -> Reply:
        return messages.helped(await self._status(), self._examples, bot.username)

    async def _about(self, _message: Message, _bot: ExtBot[None], _rest: str) -> Reply:
        return messages.about(await self._status(), self._version, KEPT)

    async def _reset(self, message: Message, _bot: ExtBot[None], _rest: str) -> Reply:
        place = place_of(message)
        async with self._memory.conversation(place).turn:
            self._memory.reset(place)
        return said("Forgotten. The next question stands alone.")

    async def _sources(self, message: Message, _bot: ExtBot[None], _rest: str) -> Reply:
        return messages.sources(self._exchange(message).answer)

    async def _why(self, message: Message, _bot: ExtBot[None], _rest: str) -> Reply:
        return messages.why(self._exchange(message).answer)

    async def _more(self, message: Message, _bot: ExtBot[None], _rest: str) -> Reply:
        hits = self._exchange(message).more(SHOWN)
        return messages.passages(hits) or said("Nothing more was read for that answer.")

    async def _latest(self, message: Message, bot: ExtBot[None], rest: str) -> Reply:
        if not rest:
            raise InputError("name something: /latest harbour")
        async with typing(bot, place_of(message)):
            answer = await self._asker.work(partial(self._desk.ask, f"latest {rest}"))
        return messages.passages(messages.newest(answer.hits, SHOWN)) or said("No article tells of that.")

    async def _since(self, message: Message, bot: ExtBot[None], rest: str) -> Reply:
        date, _, question = rest.partition(" ")
        if not question:
            raise InputError("give a date and a question: /since 2020-09 who met Macron?")
        await self._ask(message, bot, question, Filter(after=moment(date)))
        return None

    async def _outlet(self, message: Message, bot: ExtBot[None], rest: str) -> Reply:
        outlets = sorted((await self._status()).outlets, key=len, reverse=True)
        name = next((name for name in outlets if rest.casefold().startswith(name.casefold())), None)
        question = rest[len(name or "") :].strip(" :,")
        if name is None or not question:
            known = ", ".join(one_line(name) for name in sorted(outlets)[:10])
            raise InputError(
                f"give an outlet and a question: /outlet NAME: who met Macron? There are {known or 'none'}."
            )
        await self._ask(message, bot, question, Filter(sources=(name,)))
        return None

    async def _ask(self, message: Message, bot: ExtBot[None], question: str, where: Filter) -> None:
        await self._asker.answer(bot, Request(place_of(message), question, message.message_id, where))

    def _exchange(self, message: Message) -> Exchange:
        """The answer that a command is about: the one it replies to, or the last. Raises InputError."""
        replied = message.reply_to_message
        found = self._memory.exchange(message.chat_id, replied.message_id) if replied else None
        found = found or self._memory.conversation(place_of(message)).last
        if found is None:
            raise InputError("that tells more about an answer: ask a question first")
        return found

    async def _status(self) -> Status:
        """Not in the pool, where questions may wait."""
        return await asyncio.to_thread(self._desk.status)
