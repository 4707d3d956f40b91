"""A server of the Bot API for tests: what a bot process sends, Telegram's own library checks; faults can be ordered.

It serves webhooks and polling, on the loopback interface, in a thread.
"""

import asyncio
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, TypeAlias

import httpx
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.telegram_rules import Refused, check

Json: TypeAlias = dict[str, Any]

TOKEN = "1234567890:AAE-emulated_token_of_no_real_bot_1"  # noqa: S105 - no bot has it
ME: Json = {"id": 1234567890, "is_bot": True, "first_name": "Dateline", "username": "dateline_test_bot"}
ME |= {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}
JSON_FIELDS = {"reply_markup", "reply_parameters", "results", "commands", "allowed_updates", "link_preview_options"}
WAIT = 120.0
"""Seconds after which a test gives up on an answer: a busy machine is slow."""


@dataclass(frozen=True)
class Call:
    """One request of the bot's."""

    method: str
    arguments: Json
    at: float
    error: str | None = None
    """Why it was refused."""
    message: int = 0
    """The id of the message that it sent."""

    @property
    def chat(self) -> int:
        return int(self.arguments.get("chat_id", 0))

    @property
    def text(self) -> str:
        return str(self.arguments["text"])

    @property
    def buttons(self) -> list[Json]:
        rows = self.arguments.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass(frozen=True)
class Fault:
    """An answer in place of the right one."""

    code: int
    description: str = "Ordered by the test"
    retry_after: int | None = None
    raw: bytes | None = None
    """A body that is not the Bot API's."""


@dataclass
class Emulator:
    """The server's state; changed by its thread, read by tests."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    webhook: Json = field(default_factory=dict)
    messages: set[tuple[int, int]] = field(default_factory=set)
    queue: deque[Json] = field(default_factory=deque)
    """Updates that wait to be asked for."""
    changed: threading.Condition = field(default_factory=threading.Condition)
    numbers: Iterator[int] = field(default_factory=lambda: count(1000))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def update(self, **content: object) -> Json:
        """Hand an update to the bot, by webhook if it has set one."""
        update = {"update_id": next(self.numbers), **content}
        self.deliver(update)
        return update

    def deliver(self, update: Json) -> None:
        if not self.webhook:
            self.queue.append(update)
            return
        assert self.post(json.dumps(update).encode(), self.webhook["secret_token"]) == 200

    def post(self, body: bytes, secret: str | None) -> int:
        """The status with which the bot's webhook answers."""
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        return httpx.post(self.webhook["url"], content=body, headers=headers, timeout=WAIT).status_code

    def wait(self, found: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the test looks for
        """What `found` returns, once that is true."""
        with self.changed:
            assert self.changed.wait_for(found, WAIT), f"not seen; the last calls were {self.calls[-5:]}"
            return found()

    def of(self, method: str, chat: int | None = None) -> list[Call]:
        """Requests that were not refused."""
        return [c for c in self.calls if c.method == method and not c.error and chat in {None, c.chat}]

    def record(self, call: Call) -> None:
        with self.changed:
            self.calls.append(call)
            self.changed.notify_all()


class Handler(RequestHandler):
    """POST /botTOKEN/METHOD."""

    def initialize(self, emulator: Emulator) -> None:
        self.emulator = emulator

    async def post(self, token: str, method: str) -> None:
        raw = {name: self.get_argument(name, strip=False) for name in self.request.arguments}
        arguments = {name: json.loads(value) if name in JSON_FIELDS else value for name, value in raw.items()}
        if token != TOKEN:
            self.refuse(method, arguments, Fault(401, "Unauthorized"))
        elif self.emulator.faults[method]:
            self.refuse(method, arguments, self.emulator.faults[method].popleft())
        else:
            try:
                await self.answer(method, arguments)
            except Refused as refused:
                self.refuse(method, arguments, Fault(400, str(refused)))

    async def answer(self, method: str, arguments: Json) -> None:
        handle = HANDLERS.get(method)
        if handle is None:
            self.refuse(method, arguments, Fault(404, "Not Found"))
            return
        result = handle(self.emulator, arguments)
        if method == "getUpdates":
            until = time.monotonic() + float(arguments.get("timeout", 0))
            while not self.emulator.queue and time.monotonic() < until:  # noqa: ASYNC110 - another thread fills it
                await asyncio.sleep(0.02)
            result = list(self.emulator.queue)
            self.emulator.queue.clear()
        message = result["message_id"] if method == "sendMessage" else 0
        self.emulator.record(Call(method, arguments, time.monotonic(), message=message))
        self.write({"ok": True, "result": result})

    def refuse(self, method: str, arguments: Json, fault: Fault) -> None:
        self.emulator.record(Call(method, arguments, time.monotonic(), fault.description))
        self.set_status(fault.code)
        body: Json = {"ok": False, "error_code": fault.code, "description": fault.description}
        if fault.retry_after:
            body["parameters"] = {"retry_after": fault.retry_after}
        self.write(body if fault.raw is None else fault.raw)

    def log_exception(self, *_: object) -> None:
        """Nothing: the bot hears of it."""


def _set_webhook(emulator: Emulator, arguments: Json) -> bool:
    emulator.webhook = arguments
    return True


def _delete_webhook(emulator: Emulator, _arguments: Json) -> bool:
    emulator.webhook = {}
    return True


def _send_message(emulator: Emulator, arguments: Json) -> Json:
    check(arguments["text"], html=arguments.get("parse_mode") == "HTML")
    _check_buttons(arguments.get("reply_markup", {}).get("inline_keyboard", []))
    chat = int(arguments["chat_id"])
    reply = arguments.get("reply_parameters")
    if reply and (chat, reply["message_id"]) not in emulator.messages and not reply.get("allow_sending_without_reply"):
        raise Refused("Bad Request: message to be replied not found")
    number = next(emulator.numbers)
    emulator.messages.add((chat, number))
    where = {"id": chat, "type": "private" if chat > 0 else "supergroup"}
    return {"message_id": number, "from": ME, "chat": where, "date": int(time.time()), "text": arguments["text"]}


def _check_buttons(rows: list[list[Json]]) -> None:
    for button in (button for row in rows for button in row):
        if not button["text"].strip():
            raise Refused("Bad Request: text buttons are unallowed in the inline keyboard")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refused("Bad Request: BUTTON_DATA_INVALID")
        if "url" in button and not button["url"].startswith(("http://", "https://")):
            raise Refused("Bad Request: BUTTON_URL_INVALID")


def _answer_callback(_emulator: Emulator, arguments: Json) -> bool:
    if len(arguments.get("text", "")) > 200:
        raise Refused("Bad Request: MESSAGE_TOO_LONG")
    return True


def _answer_inline(_emulator: Emulator, arguments: Json) -> bool:
    results = arguments.get("results", [])
    if len(results) > 50 or len({result["id"] for result in results}) < len(results):
        raise Refused("Bad Request: RESULTS_TOO_MUCH or RESULT_ID_DUPLICATE")
    for result in results:
        content = result["input_message_content"]
        check(content["message_text"], html=content.get("parse_mode") == "HTML")
    return True


HANDLERS: Mapping[str, Callable[[Emulator, Json], Any]] = {
    "getMe": lambda _emulator, _arguments: ME,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getUpdates": lambda _emulator, _arguments: [],
    "sendMessage": _send_message,
    "sendChatAction": lambda _emulator, _arguments: True,
    "setMyCommands": lambda _emulator, _arguments: True,
    "setMyShortDescription": lambda _emulator, _arguments: True,
    "answerCallbackQuery": _answer_callback,
    "answerInlineQuery": _answer_inline,
}


@contextmanager
def emulated(port: int = 0) -> Iterator[Emulator]:
    """A running emulator; a free port if none is given."""
    emulator = Emulator()
    started = threading.Event()
    stop: list[Callable[[], object]] = []

    async def serve() -> None:
        stopped = asyncio.Event()
        stop.append(partial(asyncio.get_running_loop().call_soon_threadsafe, stopped.set))
        sockets = bind_sockets(port, "127.0.0.1")
        emulator.port = sockets[0].getsockname()[1]
        server = HTTPServer(Application([(r"/bot([^/]+)/(\w+)", Handler, {"emulator": emulator})]))
        server.add_sockets(sockets)
        started.set()
        await stopped.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(WAIT)
    try:
        yield emulator
    finally:
        stop[0]()
        thread.join()
