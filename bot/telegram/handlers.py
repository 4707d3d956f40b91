"""Messages that are no commands: questions, and what they are about."""

import logging

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.telegram.asking import Asker, Request
from bot.telegram.memory import Memory, turn
from bot.telegram.messages import said
from bot.telegram.reading import Asked, asked, place_of, shortened, with_context
from bot.telegram.sending import send

log = logging.getLogger(__name__)

Context = ContextTypes.DEFAULT_TYPE

NOTED = "Noted. Your next question is about this message."
NO_WORDS = "I read words alone: write me a question."


class Questions:
    """What the bot does with messages in words."""

    def __init__(self, asker: Asker, memory: Memory) -> None:
        self._asker = asker
        self._memory = memory

    async def written(self, update: Update, context: Context) -> None:
        """The handler of messages that are no commands."""
        message = update.effective_message
        request = asked(message, context.bot.bot) if message else None
        if message is None or request is None:
            return
        if message.forward_origin and request.words and message.chat.type == ChatType.PRIVATE:
            self._memory.conversation(place_of(message)).context = shortened(request.words)
            await send(context.bot, place_of(message), said(NOTED), message.message_id)
        else:
            await self._ask(message, request, context)

    async def _ask(self, message: Message, request: Asked, context: Context) -> None:
        place = place_of(message)
        conversation = self._memory.conversation(place)
        about, conversation.context = request.about or conversation.context, ""
        question = with_context(request.words, about)
        if not question:
            await send(context.bot, place, said(NO_WORDS), message.message_id)
            return
        replied = self._memory.exchange(place.chat, request.answer) if request.answer else None
        history = (turn(replied),) if replied else None
        await self._asker.answer(context.bot, Request(place, question, message.message_id, history=history))

    async def failed(self, update: object, context: Context) -> None:
        """The handler of errors: a chat that will not have us is forgotten, all else is logged, without any words."""
        chat = update.effective_chat if isinstance(update, Update) else None
        if isinstance(context.error, Forbidden):
            log.info("a chat refuses the bot: it is forgotten")
            if chat:
                self._memory.forget(chat.id)
        elif isinstance(context.error, TelegramError):
            log.warning("Telegram: %s", context.error.message)
        else:
            log.error("an update could not be handled; this is a defect", exc_info=context.error)
