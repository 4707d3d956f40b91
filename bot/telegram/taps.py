"""Taps on buttons; every one is answered, and none does anything twice."""

import logging
from dataclasses import replace

from telegram import CallbackQuery, Message, Update
from telegram.ext import ContextTypes, ExtBot

from bot.telegram.asking import Asker, Request
from bot.telegram.buttons import Action, day_after, has_newer
from bot.telegram.feedback import Feedback
from bot.telegram.memory import Exchange, Memory, Place
from bot.telegram.messages import passages, sources
from bot.telegram.sending import send

log = logging.getLogger(__name__)

MORE = 3
"""Passages shown at a time."""

EXPIRED = "I no longer have that answer. Ask again."
ABOVE = "That was sent already."


class Taps:
    """What the buttons below answers do."""

    def __init__(self, asker: Asker, memory: Memory, feedback: Feedback) -> None:
        self._asker = asker
        self._memory = memory
        self._feedback = feedback

    async def tapped(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The handler of callback queries."""
        query = update.callback_query
        if query is None:
            return
        message = query.message
        exchange = self._memory.exchange(message.chat.id, message.message_id) if message else None
        if exchange is None or query.data not in set(Action):
            await query.answer(EXPIRED)
        elif query.data in {Action.GOOD, Action.BAD}:
            await query.answer(self._voted(query, exchange))
        elif isinstance(message, Message):
            await self._shown(context.bot, query, message, exchange)

    def _voted(self, query: CallbackQuery, exchange: Exchange) -> str:
        if not exchange.once(f"vote of {query.from_user.id}"):
            return "Your vote was counted already."
        try:
            self._feedback.add(exchange, good=query.data == Action.GOOD)
        except OSError as error:
            log.error("a vote could not be stored: %s", error.strerror)  # noqa: TRY400 - says all there is to say
            return "Your vote could not be stored."
        return "Thank you. Your vote is stored with the question and the answer."

    async def _shown(self, bot: ExtBot[None], query: CallbackQuery, message: Message, exchange: Exchange) -> None:
        place = Place(message.chat.id, message.message_thread_id if message.is_topic_message else None)
        if query.data == Action.MORE:
            hits = exchange.more(MORE)
            await query.answer(None if hits else "Nothing more was read for this answer.")
            await send(bot, place, passages(hits), message.message_id)
        elif not exchange.once(f"{query.data}"):
            await query.answer(ABOVE)
        elif query.data == Action.SOURCES:
            await query.answer()
            await send(bot, place, [*sources(exchange.answer)], message.message_id)
        else:
            await query.answer("Asking what came out since …")
            await self._asker.answer(bot, _newer(place, message, exchange))


def _newer(place: Place, message: Message, exchange: Exchange) -> Request:
    """The same question of the articles that came out since; it leans on no conversation."""
    since = day_after(exchange.answer) if has_newer(exchange.answer) else exchange.where.after
    where = replace(exchange.where, after=since)
    return Request(place, exchange.answer.question, message.message_id, where, history=())
