"""Messages out: split, sent in order, once each; the typing sign; what is tried again."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import httpx
from telegram import InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import AIORateLimiter, ExtBot

from bot.telegram.memory import Place
from bot.telegram.text import Paragraph, Run, html, plain, split

Sending: TypeAlias = Coroutine[Any, Any, Any]

log = logging.getLogger(__name__)

TYPING_SECONDS = 4.0
"""How often the typing sign is renewed; Telegram takes it away after five seconds."""

FLOOD_RETRIES = 5
"""How often a message that Telegram wants later is sent again, each time after the wait it asks for."""

RETRIES = 4
FIRST_WAIT = 0.5
"""Seconds before the first retry; doubled each time, and up to half as long again by chance."""


class Patient(AIORateLimiter):
    """Keeps Telegram's rates, waits where it asks to, and repeats requests that surely had no effect."""

    def __init__(self) -> None:
        super().__init__(max_retries=FLOOD_RETRIES)

    async def process_request(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on as they are
        """The library's interface: make one request, by `callback`."""
        for attempt in range(RETRIES):
            try:
                return await super().process_request(*args, **kwargs)
            except NetworkError as error:
                if isinstance(error, BadRequest):
                    log.warning("Telegram refused %s: %s", kwargs["endpoint"], error.message)
                if not had_no_effect(error):
                    raise
                log.info("Telegram could not be reached: trying again")
                await asyncio.sleep(FIRST_WAIT * 2**attempt * random.uniform(1, 1.5))  # noqa: S311 - hides nothing
        return await super().process_request(*args, **kwargs)


def had_no_effect(error: NetworkError) -> bool:
    """Whether a request can be repeated without doing anything twice.

    It can if no connection was made, or if the server answered that it failed. It cannot if the connection broke
    before an answer came.
    """
    if isinstance(error, BadRequest):
        return False
    cause = error.__cause__
    answered = cause is None or isinstance(cause, TelegramError)  # the latter of an answer that is not JSON
    return answered or isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


async def send(
    bot: ExtBot[None],
    place: Place,
    text: Iterable[Paragraph],
    reply_to: int | None = None,
    keyboard: InlineKeyboardMarkup | None = None,
) -> list[int]:
    """Send a text in as many messages as it needs.

    Args:
        bot: Who sends.
        place: Where to.
        text: What to say.
        reply_to: The message that the first one replies to, if that is still there.
        keyboard: Buttons below the last one.

    Returns:
        The messages' ids.

    Raises:
        TelegramError: A message could not be sent, nor was anything after it.
    """
    parts = split(text)
    sent = []
    for n, part in enumerate(parts):
        reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to and n == 0 else None
        sent.append(await _deliver(bot, place, part, reply, keyboard if n == len(parts) - 1 else None))
    return sent


async def _deliver(
    bot: ExtBot[None],
    place: Place,
    part: list[Run],
    reply: ReplyParameters | None,
    keyboard: InlineKeyboardMarkup | None,
) -> int:
    """Send one message; if Telegram refuses it, once more without formatting and buttons."""

    def attempt(words: str, parse_mode: str | None, buttons: InlineKeyboardMarkup | None) -> Sending:
        return bot.send_message(
            place.chat,
            words,
            parse_mode=parse_mode,
            message_thread_id=place.topic,
            reply_parameters=reply,
            reply_markup=buttons,
        )

    try:
        message = await attempt(html(part), ParseMode.HTML, keyboard)
    except BadRequest:
        message = await attempt(plain(part), None, None)
    return int(message.message_id)


@asynccontextmanager
async def typing(bot: ExtBot[None], place: Place) -> AsyncIterator[None]:
    """Show the typing sign meanwhile."""
    task = asyncio.create_task(_repeat(lambda: bot.send_chat_action(place.chat, ChatAction.TYPING, place.topic)))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(action: Callable[[], Sending]) -> None:
    while True:
        with suppress(TelegramError):
            await action()
        await asyncio.sleep(TYPING_SECONDS)
