"""What a message asks, if it asks anything of the bot. Pure."""

import re
import textwrap
from dataclasses import dataclass

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.render import one_line
from bot.telegram.memory import Place

MAX_CONTEXT = 300
"""Characters of a message that a question is about: its first words name what it tells."""

_PUNCTUATION = re.compile(r"^[\s,:;–-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks."""

    words: str
    """As typed, without the bot's name; may be empty."""
    about: str = ""
    """The message of somebody else that it replies to."""
    answer: int | None = None
    """The bot's message that it replies to."""


def with_context(words: str, about: str) -> str:
    """A question that stands alone: the words, and in brackets what they are about; or the latter alone."""
    return f"{words} ({about})" if words and about else words or about


def place_of(message: Message) -> Place:
    """The chat, or the topic in a forum."""
    return Place(message.chat_id, message.message_thread_id if message.is_topic_message else None)


def words_of(message: Message) -> str:
    """Text or caption, on one line."""
    return one_line(message.text or message.caption or "")


def asked(message: Message, bot: User) -> Asked | None:
    """What a message asks of the bot; None if it does not speak to it.

    In a private chat every message does; in a group one that mentions the bot or replies to it. Messages of bots, and
    those sent by way of this one (inline), never do.
    """
    if message.via_bot or (message.from_user and message.from_user.is_bot):
        return None
    mentions = _mentions(message, bot)
    replied = _replied(message)
    ours = bool(replied and replied.from_user and replied.from_user.id == bot.id)
    if not (message.chat.type == ChatType.PRIVATE or mentions or ours):
        return None
    words = _PUNCTUATION.sub("", one_line(_without(message.text or message.caption or "", mentions)))
    about = "" if ours else _about(message, replied)
    return Asked(words, about, replied.message_id if replied and ours else None)


def _replied(message: Message) -> Message | None:
    """The message replied to; in a topic every message replies to its beginning, which does not count."""
    replied = message.reply_to_message
    return None if replied and replied.forum_topic_created else replied


def _about(message: Message, replied: Message | None) -> str:
    """The words picked from the message replied to, or all of them, cut short."""
    words = one_line(message.quote.text) if message.quote else words_of(replied) if replied else ""
    return shortened(words)


def shortened(words: str) -> str:
    """The first words, as context."""
    return textwrap.shorten(words, MAX_CONTEXT, placeholder="…")


def _mentions(message: Message, bot: User) -> list[MessageEntity]:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    found = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
    return [
        entity
        for entity, name in found.items()
        if (entity.user and entity.user.id == bot.id) or name.casefold() == f"@{bot.username}".casefold()
    ]


def _without(text: str, entities: list[MessageEntity]) -> str:
    """The text without entities, whose offsets count UTF-16 code units."""
    raw = text.encode("utf-16-le", "surrogatepass")
    for entity in sorted(entities, key=lambda entity: entity.offset, reverse=True):
        raw = raw[: 2 * entity.offset] + raw[2 * (entity.offset + entity.length) :]
    return raw.decode("utf-16-le", "replace")
