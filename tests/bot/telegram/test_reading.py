"""Which messages speak to the bot, and what they ask."""

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Chat, ForumTopicCreated, Message, MessageEntity, TextQuote, User

from bot.telegram.memory import Place
from bot.telegram.reading import Asked, asked, place_of, with_context

BOT = User(1, "Dateline", is_bot=True, username="DatelineBot")
ADA = User(2, "Ada", is_bot=False)
PRIVATE, GROUP = Chat(2, Chat.PRIVATE), Chat(-3, Chat.SUPERGROUP)


def message(text: str | None, chat: Chat = GROUP, sender: User = ADA, **fields: Any) -> Message:  # noqa: ANN401 - Telegram's
    return Message(7, datetime(2021, 3, 4, tzinfo=UTC), chat, from_user=sender, text=text, **fields)


def mentioning(text: str, name: str = "@datelinebot", **fields: Any) -> Message:  # noqa: ANN401 - as above
    offset = len(text[: text.index(name)].encode("utf-16-le")) // 2
    return message(text, entities=[MessageEntity(MessageEntity.MENTION, offset, len(name))], **fields)


def test_in_private_every_message_asks() -> None:
    assert asked(message(" Who\nmet? ", PRIVATE), BOT) == Asked("Who met?")
    assert asked(message(None, PRIVATE, caption="Who?"), BOT) == Asked("Who?")


def test_in_a_group_one_that_does_not_speak_to_the_bot_asks_nothing() -> None:
    assert asked(message("Who met?"), BOT) is None
    assert asked(mentioning("@somebody who met?", "@somebody"), BOT) is None


@pytest.mark.parametrize("text", ["@datelinebot, who met?", "👩‍👩‍👧 @datelinebot who met?", "who met? @datelinebot"])
def test_a_mention_asks_and_is_left_out(text: str) -> None:
    found = asked(mentioning(text), BOT)
    assert found
    assert found.words in {"who met?", "👩‍👩‍👧 who met?"}


def test_a_mention_by_name_alone_counts_too() -> None:
    entity = MessageEntity(MessageEntity.TEXT_MENTION, 0, 4, user=BOT)
    assert asked(message("Date: who met?", entities=[entity]), BOT) == Asked("who met?")


def test_a_reply_to_the_bot_asks_about_its_answer() -> None:
    assert asked(message("And when?", reply_to_message=message("[1]", sender=BOT)), BOT) == Asked("And when?", "", 7)


def test_a_mention_in_a_reply_asks_about_what_it_replies_to() -> None:
    said = message("The ferry sank.")
    assert asked(mentioning("@datelinebot when?", reply_to_message=said), BOT) == Asked("when?", "The ferry sank.")
    picked = mentioning("@datelinebot when?", reply_to_message=said, quote=TextQuote("ferry", 4))
    assert asked(picked, BOT) == Asked("when?", "ferry")


def test_a_topic_s_beginning_is_no_message_replied_to() -> None:
    beginning = message(None, sender=BOT, forum_topic_created=ForumTopicCreated("News", 1))
    assert asked(message("Who?", reply_to_message=beginning, is_topic_message=True), BOT) is None


def test_bots_and_what_was_sent_inline_ask_nothing() -> None:
    assert asked(message("Who?", PRIVATE, sender=User(9, "Other", is_bot=True)), BOT) is None
    assert asked(message("Who?", PRIVATE, via_bot=BOT), BOT) is None


def test_a_topic_is_a_place_of_its_own() -> None:
    assert place_of(message("Who?", message_thread_id=5, is_topic_message=True)) == Place(-3, 5)
    assert place_of(message("Who?", message_thread_id=5)) == Place(-3)


def test_context_stands_in_brackets() -> None:
    assert with_context("when?", "The ferry sank.") == "when? (The ferry sank.)"
    assert with_context("", "The ferry sank.") == "The ferry sank."
    assert with_context("when?", "") == "when?"
