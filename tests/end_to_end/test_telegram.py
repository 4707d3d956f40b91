"""The bot as it runs: a process of its own, against an emulated Telegram over HTTP."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.command import ENVIRONMENT, ROOT, complaint
from tests.telegram_emulator import ME, TOKEN, Call, Emulator, Fault, emulated
from tests.telegram_rules import parsed

QUESTION = "who met whom in Vilnius?"
UNKNOWN = "Which bakery invented the Zanzibar croissant?"
SILENCE = 0.4
"""Seconds after which no answer will come any more."""

ids = count(5000)


@dataclass
class Process:
    """A bot, and what it writes to stderr."""

    process: subprocess.Popen[bytes]
    lines: list[str] = field(default_factory=list)

    def read(self) -> None:
        assert self.process.stderr
        self.lines += [line.decode() for line in self.process.stderr]

    @property
    def log(self) -> str:
        return "".join(self.lines)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Bots:
    """Starts bots and ends them."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._running: list[tuple[Process, threading.Thread]] = []

    def start(self, api: str, *options: str, token: str = TOKEN) -> Process:
        environment = {**ENVIRONMENT, "DATELINE_TELEGRAM_TOKEN": token, "DATELINE_TELEGRAM_API": api}
        command = [sys.executable, "-m", "bot.cli", "telegram", "--data", str(self._data), *options]
        bot = Process(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE))
        reader = threading.Thread(target=bot.read)
        reader.start()
        self._running.append((bot, reader))
        return bot

    def webhook(self, api: str, *options: str) -> Process:
        port = free_port()
        listen = ("--webhook", f"http://127.0.0.1:{port}/telegram", "--listen", f"127.0.0.1:{port}")
        return self.start(api, *listen, *options)

    def end(self) -> None:
        for bot, reader in self._running:
            bot.process.send_signal(signal.SIGTERM)
            assert bot.process.wait(15) in {0, 1}
            reader.join()
            assert bot.process.stderr
            bot.process.stderr.close()
            assert TOKEN not in bot.log


@pytest.fixture(scope="module")
def data(seeds_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(seeds_data, tmp_path_factory.mktemp("bot") / "data"))


@pytest.fixture(scope="module")
def bots(data: Path) -> Iterator[Bots]:
    bots = Bots(data)
    yield bots
    bots.end()


@pytest.fixture(scope="module")
def telegram(bots: Bots) -> Iterator[Emulator]:
    """An emulator with a public bot at its webhook."""
    with emulated() as emulator:
        bots.webhook(emulator.url, "--public")
        emulator.wait(lambda: emulator.webhook)
        yield emulator


@dataclass
class Chat:
    """A chat with the bot, seen from the other side; in a group, negative ids."""

    emulator: Emulator
    id: int = field(default_factory=lambda: next(ids))
    user: int = field(default_factory=lambda: next(ids))
    topic: int | None = None
    heard: int = 0

    def message(self, text: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        number = next(self.emulator.numbers)
        self.emulator.messages.add((self.id, number))
        forum = {"message_thread_id": self.topic, "is_topic_message": True} if self.topic else {}
        sender = {"id": self.user, "is_bot": False, "first_name": "Ada"}
        if text.startswith("/"):
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        where = {"id": self.id, "type": "private" if self.id > 0 else "supergroup", "first_name": "Ada"}
        return {
            "message_id": number,
            "date": 1_700_000_000,
            "chat": where,
            "from": sender,
            "text": text,
            **forum,
            **fields,
        }

    def says(self, text: str, **fields: Any) -> int:  # noqa: ANN401 - JSON
        message = self.message(text, **fields)
        self.emulator.update(message=message)
        return int(message["message_id"])

    def hears(self, messages: int = 1) -> list[Call]:
        """The next messages of the bot."""
        before, self.heard = self.heard, self.heard + messages
        self.emulator.wait(lambda: len(self.emulator.of("sendMessage", self.id)) >= self.heard)
        return self.emulator.of("sendMessage", self.id)[before : self.heard]

    def asks(self, text: str, **fields: Any) -> Call:  # noqa: ANN401 - JSON
        self.says(text, **fields)
        (answer,) = self.hears()
        return answer

    def silent(self) -> bool:
        time.sleep(SILENCE)
        return len(self.emulator.of("sendMessage", self.id)) == self.heard

    def taps(self, answer: Call, data: str, user: int | None = None) -> str:
        """The toast that a tap brings."""
        name = str(next(ids))
        message = self.message(answer.text, message_id=answer.message) | {"from": ME, "message_id": answer.message}
        sender = {"id": user or self.user, "is_bot": False, "first_name": "Ada"}
        query = {"id": name, "from": sender, "chat_instance": "1", "message": message, "data": data}
        self.emulator.update(callback_query=query)

        def answered() -> list[Call]:
            calls = self.emulator.of("answerCallbackQuery")
            return [call for call in calls if call.arguments["callback_query_id"] == name]

        (call,) = self.emulator.wait(answered)
        return str(call.arguments.get("text", ""))


@pytest.fixture
def chat(telegram: Emulator) -> Chat:
    return Chat(telegram)


@pytest.fixture
def group(telegram: Emulator) -> Chat:
    return Chat(telegram, id=-next(ids))


def words(call: Call) -> str:
    return parsed(call.text)[0] if call.arguments.get("parse_mode") else call.text


def mention(text: str) -> dict[str, Any]:
    name = f"@{ME['username']}"
    at = len(text[: text.index(name)].encode("utf-16-le")) // 2
    return {"text": text, "entities": [{"type": "mention", "offset": at, "length": len(name)}]}


# --- help


def test_commands_are_registered_at_the_start(telegram: Emulator) -> None:
    (registered,) = telegram.wait(lambda: telegram.of("setMyCommands"))
    assert {"sources", "reset", "about"} <= {command["command"] for command in registered.arguments["commands"]}
    telegram.wait(lambda: telegram.of("setMyShortDescription"))


def test_help_has_the_corpus_and_questions_that_it_answers(chat: Chat) -> None:
    said = words(chat.asks("/start"))
    assert re.search(r"It has 1\d\d articles from \d+ \w+ 20\d\d to", said)
    examples = re.findall(r"• (.*)", said)
    assert examples
    for example in examples:
        assert "[1]" in words(chat.asks(example))


def test_about_says_what_is_stored(chat: Chat) -> None:
    said = words(chat.asks("/about"))
    assert "Dateline 0." in said
    assert "Sample Wire" in said
    assert "gone when it restarts" in said


def test_an_unknown_command_is_named_in_private_and_ignored_in_groups(chat: Chat, group: Chat) -> None:
    assert "/help" in words(chat.asks("/weather"))
    group.says("/weather")
    group.says("/help@another_bot")
    assert group.silent()


# --- answers


def test_an_answer_has_exactly_one_source_for_each_number(chat: Chat) -> None:
    question = chat.says(QUESTION)
    (answer,) = chat.hears()
    text, entities = parsed(answer.text)
    kinds = [entity["type"]["@type"] for entity in entities]
    claims, sources = text.partition("\n\n[1]")[0], text.partition("\n\n[1]")[1:]
    assert "Tikhanovskaya" in claims
    cited = re.findall(r"\[(\d+)\]", claims)
    assert cited
    assert sorted(re.findall(r"^\[(\d+)\] .*, \d+ \w+ 20\d\d", "".join(sources), re.MULTILINE)) == sorted(set(cited))
    assert kinds[0] == "textEntityTypeBold"
    assert kinds.count("textEntityTypeExpandableBlockQuote") == len(set(cited))
    assert answer.arguments["reply_parameters"] == {"message_id": question, "allow_sending_without_reply": True}
    assert answer.arguments["link_preview_options"]["is_disabled"]


def test_the_typing_sign_comes_before_the_answer(chat: Chat, telegram: Emulator) -> None:
    chat.asks(QUESTION)
    (typing, *_) = telegram.of("sendChatAction", chat.id)
    assert typing.at < telegram.of("sendMessage", chat.id)[0].at
    assert typing.arguments["action"] == "typing"


def test_what_is_not_found_cites_nothing_and_offers_what_is_nearest(chat: Chat) -> None:
    answer = chat.asks(UNKNOWN)
    assert words(answer).startswith("Not found")
    assert "Searched 1" in words(answer)
    assert "[1]" not in words(answer)
    assert "Nearest:" in words(answer) or answer.buttons
    assert all(button["url"].startswith("https://") for button in answer.buttons)


@pytest.mark.parametrize("hostile", ["<b>who</b> & </blockquote> met in Vilnius?", "2026", "🙂" * 50, "who?" * 700])
def test_hostile_questions_are_answered(chat: Chat, hostile: str) -> None:
    assert words(chat.asks(hostile))


# --- conversation


def test_a_follow_up_leans_on_what_was_said_until_reset(chat: Chat) -> None:
    chat.asks(QUESTION)
    assert "Understood as:" in words(chat.asks("And when was that?"))
    assert "Forgotten" in words(chat.asks("/reset"))
    assert "Understood as:" not in words(chat.asks("And when was that?"))


def test_commands_tell_more_about_the_last_answer(chat: Chat) -> None:
    assert "ask a question first" in words(chat.asks("/sources"))
    chat.asks(QUESTION)
    assert re.search(r"• .*\(.*20\d\d\)", words(chat.asks("/sources")))
    assert "BM25" in words(chat.asks("/why"))
    assert re.search(r"20\d\d", words(chat.asks("/more")))


def test_dates_and_outlets_can_be_set(chat: Chat) -> None:
    assert "published from 1 January 2024 on" in words(chat.asks(f"/since 2024 {QUESTION}"))
    assert "only from Sample Wire" in words(chat.asks(f"/outlet Sample Wire: {QUESTION}"))
    assert "Sample Wire" in words(chat.asks("/outlet Nobody: who?"))
    assert "no date" in words(chat.asks("/since yore who?"))


def test_latest_shows_newest_first(chat: Chat) -> None:
    said = words(chat.asks("/latest sanctions"))
    years = [int(year) for year in re.findall(r"^.+, \d+ \w+ (20\d\d)", said, re.MULTILINE)]
    assert years == sorted(years, reverse=True)
    assert len(years) == 3


def test_a_forwarded_message_is_what_the_next_question_is_about(chat: Chat) -> None:
    origin = {"type": "hidden_user", "date": 1_600_000_000, "sender_user_name": "Bo"}
    assert "Noted" in words(chat.asks("Macron in Vilnius", forward_origin=origin))
    assert "Tikhanovskaya" in words(chat.asks("Who met him?"))


# --- groups


def test_a_group_is_answered_only_when_it_speaks_to_the_bot(group: Chat) -> None:
    group.says(QUESTION)
    assert group.silent()
    text = f"🙂 @{ME['username']}, {QUESTION}"
    answer = group.asks(**mention(text))
    assert "Tikhanovskaya" in words(answer)
    assert ME["username"] not in words(answer)
    reply = group.message("", message_id=answer.message) | {
        "from": ME,
        "text": answer.text,
        "message_id": answer.message,
    }
    assert "Understood as:" in words(group.asks("And when was that?", reply_to_message=reply))
    group.says("I agree.", reply_to_message=group.message("What a day."))
    assert group.silent()


def test_a_mention_in_a_reply_asks_about_the_message_replied_to(group: Chat) -> None:
    said = group.message("Macron in Vilnius")
    answer = group.asks(**mention(f"@{ME['username']} who met him?"), reply_to_message=said)
    assert "Tikhanovskaya" in words(answer)


def test_a_topic_is_answered_in_its_topic(telegram: Emulator) -> None:
    topic = Chat(telegram, id=-next(ids), topic=77)
    answer = topic.asks(**mention(f"@{ME['username']} {QUESTION}"))
    assert answer.arguments["message_thread_id"] == "77"


def test_private_words_never_reach_a_group(chat: Chat, telegram: Emulator) -> None:
    chat.asks(QUESTION)
    group = Chat(telegram, id=-next(ids), user=chat.user)
    assert "ask a question first" in words(group.asks("/sources"))
    assert "Understood as:" not in words(group.asks(**mention(f"@{ME['username']} And when was that?")))


# --- buttons


def test_buttons_show_sources_and_more(chat: Chat) -> None:
    answer = chat.asks(QUESTION)
    assert {"sources", "more", "good", "bad"} <= {button["callback_data"] for button in answer.buttons}
    chat.taps(answer, "sources")
    assert "•" in words(chat.hears()[0])
    assert chat.taps(answer, "sources") == "That was sent already."
    chat.taps(answer, "more")
    assert chat.hears()
    assert chat.silent()


def test_newer_asks_what_came_out_since(chat: Chat) -> None:
    answer = chat.asks(QUESTION)
    chat.taps(answer, "newer")
    assert "published from" in words(chat.hears()[0])


def test_a_vote_counts_once_and_names_nobody(chat: Chat, data: Path) -> None:
    answer = chat.asks(QUESTION)
    before = (data / "feedback.jsonl").read_text().count("\n") if (data / "feedback.jsonl").exists() else 0
    assert chat.taps(answer, "good").startswith("Thank you")
    assert "already" in chat.taps(answer, "bad")
    assert chat.taps(answer, "bad", user=next(ids)).startswith("Thank you")
    lines = (data / "feedback.jsonl").read_text().splitlines()[before:]
    assert ['"good": true' in line for line in lines] == [True, False]
    assert all(QUESTION in line and str(chat.user) not in line for line in lines)


def test_taps_on_what_is_forgotten_or_foreign_do_no_harm(chat: Chat, group: Chat) -> None:
    answer = chat.asks(QUESTION)
    assert "Ask again" in group.taps(answer, "sources")
    assert "Ask again" in chat.taps(answer, "format c:")
    chat.asks("/reset")
    assert "Ask again" in chat.taps(answer, "more")
    assert group.silent()
    assert chat.silent()


# --- inline


def typed(telegram: Emulator, query: str) -> Call:
    name = str(next(ids))
    sender = {"id": next(ids), "is_bot": False, "first_name": "Ada"}
    telegram.update(inline_query={"id": name, "from": sender, "query": query, "offset": ""})

    def answers() -> list[Call]:
        return [call for call in telegram.of("answerInlineQuery") if call.arguments["inline_query_id"] == name]

    found: list[Call] = telegram.wait(answers)
    return found[0]


def test_inline_results_carry_their_source(telegram: Emulator) -> None:
    results = typed(telegram, "Macron Vilnius").arguments["results"]
    assert len(results) > 1
    for result in results:
        text, entities = parsed(result["input_message_content"]["message_text"])
        assert re.search(r", \d+ \w+ 20\d\d", text)
        assert "textEntityTypeExpandableBlockQuote" in [entity["type"]["@type"] for entity in entities]


def test_an_empty_query_gives_help_and_a_long_one_an_error(telegram: Emulator) -> None:
    assert "start_parameter" in typed(telegram, "").arguments["button"]
    (error,) = typed(telegram, "x" * 256).arguments["results"]
    assert "too long" in error["title"]


# --- faults


def test_429_is_waited_for_and_the_answer_comes_once_with_its_formatting(chat: Chat, telegram: Emulator) -> None:
    telegram.faults["sendMessage"].append(Fault(429, "Too Many Requests: retry after 1", retry_after=1))
    answer = chat.asks(QUESTION)
    assert answer.arguments["parse_mode"] == "HTML"
    refused = [call for call in telegram.calls if call.chat == chat.id and call.error]
    assert answer.at - refused[0].at >= 1
    assert chat.silent()


@pytest.mark.parametrize("fault", [Fault(502, "Bad Gateway"), Fault(500), Fault(502, raw=b"<html>no JSON</html>")])
def test_a_server_error_is_tried_again(chat: Chat, telegram: Emulator, fault: Fault) -> None:
    telegram.faults["sendMessage"].extend([fault, fault])
    assert "Tikhanovskaya" in words(chat.asks(QUESTION))
    assert chat.silent()


def test_a_message_that_telegram_refuses_is_sent_plain_once(chat: Chat, telegram: Emulator) -> None:
    telegram.faults["sendMessage"].append(Fault(400, "Bad Request: can't parse entities"))
    answer = chat.asks(QUESTION)
    assert "parse_mode" not in answer.arguments
    assert "Tikhanovskaya" in answer.text
    assert chat.silent()


def test_a_chat_that_blocks_the_bot_is_forgotten(chat: Chat, telegram: Emulator) -> None:
    chat.asks(QUESTION)
    telegram.faults["sendMessage"].append(Fault(403, "Forbidden: bot was blocked by the user"))
    chat.says("/sources")
    assert chat.silent()
    assert "ask a question first" in words(chat.asks("/sources"))


def test_an_update_that_comes_twice_is_answered_once(chat: Chat, telegram: Emulator) -> None:
    update = telegram.update(message=chat.message("/help"))
    telegram.deliver(update)
    chat.hears()
    assert chat.silent()


def test_the_webhook_wants_its_secret_and_survives_nonsense(chat: Chat, telegram: Emulator) -> None:
    assert telegram.post(b"{}", None) == 403
    assert telegram.post(b"{}", "wrong") == 403
    for body in (b"", b"{", b"[]", b"7", b'{"update_id": "x"}', b'{"update_id": 5, "message": 3}', b"\xff"):
        assert telegram.post(body, telegram.webhook["secret_token"]) in {200, 400, 500}
    assert chat.asks("/help")


def test_questions_of_one_chat_are_answered_in_order(chat: Chat) -> None:
    asked = [chat.says(f"{QUESTION} {n}") for n in range(3)]
    answers = chat.hears(3)
    assert [call.arguments["reply_parameters"]["message_id"] for call in answers] == asked


# --- the process


def test_polling_works_and_waits_for_telegram(bots: Bots) -> None:
    port = free_port()
    bot = bots.start(f"http://127.0.0.1:{port}", "--public")
    time.sleep(3)
    with emulated(port) as telegram:
        chat = Chat(telegram)
        assert "Tikhanovskaya" in words(chat.asks(QUESTION))
        assert bot.process.poll() is None
        chat.says(QUESTION)
        bot.process.send_signal(signal.SIGTERM)
        assert bot.process.wait(15) == 0


def test_only_those_admitted_are_answered(bots: Bots) -> None:
    with emulated() as telegram:
        friend, stranger = Chat(telegram), Chat(telegram)
        friends = Chat(telegram, id=-next(ids))
        bots.webhook(telegram.url, "--allow", str(friend.user), "--allow", str(friends.id))
        telegram.wait(lambda: telegram.webhook)
        assert "Tikhanovskaya" in words(friend.asks(QUESTION))
        assert str(stranger.user) in words(stranger.asks(QUESTION))
        stranger.says(QUESTION)
        assert stranger.silent()
        assert "Dateline" in words(friends.asks("/help"))


def test_a_token_that_telegram_refuses_is_not_shown(bots: Bots) -> None:
    with emulated() as telegram:
        wrong = f"{TOKEN}x"
        bot = bots.start(telegram.url, "--public", token=wrong)
        assert bot.process.wait(60) == 1
        time.sleep(SILENCE)
        assert wrong not in bot.log
        assert "@BotFather" in bot.log
        assert "Traceback" not in bot.log


def test_wrong_use_is_told(data: Path) -> None:
    assert "--public" in complaint("telegram", "--data", data, code=2)
    assert "DATELINE_TELEGRAM_TOKEN" in complaint("telegram", "--public", "--data", data, code=1)
    assert "no address" in complaint("telegram", "--public", "--webhook", "here", "--data", data, code=2)
