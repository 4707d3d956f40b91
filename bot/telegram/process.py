"""The bot's process: opened, run by polling or a webhook, and ended by a signal."""

import hashlib
import hmac
import logging
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from telegram import LinkPreviewOptions, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.settings import Index, TelegramAccount
from bot.telegram.asking import Asker
from bot.telegram.commands import Commands
from bot.telegram.examples import examples
from bot.telegram.feedback import Feedback
from bot.telegram.gate import Access, Gate
from bot.telegram.handlers import Questions
from bot.telegram.inline import Inline
from bot.telegram.memory import Memory
from bot.telegram.messages import COMMANDS, SHORT_DESCRIPTION
from bot.telegram.sending import Patient
from bot.telegram.taps import Taps
from index.errors import InputError

log = logging.getLogger(__name__)

UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]
FOREVER = -1
"""Attempts to reach Telegram at the start."""

App = Application[Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates come in."""

    url: str
    """What Telegram calls; its path is listened at."""
    host: str
    port: int

    @property
    def path(self) -> str:
        """The URL's path without its first slash."""
        return urlsplit(self.url).path.removeprefix("/")


class Redacting(logging.Formatter):
    """Writes log lines without the token, whoever puts it into them."""

    def __init__(self, token: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """The interface of logging: the line, with its traceback."""
        return super().format(record).replace(self._token, "TOKEN")


def log_to_stderr(token: str) -> None:
    """Set up logging: what happens, but no message's words, and the token nowhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(token))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for library in ("httpx", "httpcore", "tornado"):
        logging.getLogger(library).setLevel(logging.WARNING)  # httpx logs every URL, which has the token in it
    # Its last words are the whole message that it could not read; what it raises, we log ourselves.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


def built(index: Index, account: TelegramAccount, access: Access, feedback: Path) -> App:
    """The bot with all its handlers. Raises StoreError."""
    desk, release, memory = index.desk, version("dateline"), Memory()
    asker = Asker(desk, memory)
    questions, taps = Questions(asker, memory), Taps(asker, memory, Feedback(feedback, release))
    commands = Commands(asker, memory, desk, examples(desk), release)
    app = (
        ApplicationBuilder()
        .token(account.token)
        .base_url(f"{account.api}/bot")
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .rate_limiter(Patient())
        .concurrent_updates(True)  # noqa: FBT003 - the library's interface
        .post_init(_introduced)
        .build()
    )
    app.add_handler(TypeHandler(object, Gate(access).pass_on), group=-1)
    app.add_handler(MessageHandler(filters.UpdateType.MESSAGE & filters.COMMAND, commands.given))
    app.add_handler(MessageHandler(filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL, questions.written))
    app.add_handler(CallbackQueryHandler(taps.tapped))
    app.add_handler(InlineQueryHandler(Inline(asker, index.retriever).typed))
    app.add_error_handler(questions.failed)
    return app


async def _introduced(app: App) -> None:
    """Tell Telegram what the bot can do; it works without."""
    try:
        await app.bot.set_my_commands(list(COMMANDS.items()))
        await app.bot.set_my_short_description(SHORT_DESCRIPTION)
    except TelegramError as error:
        log.warning("the commands could not be registered: %s", error.message)
    log.info("@%s is ready", app.bot.username)


def run(app: App, account: TelegramAccount, webhook: Webhook | None) -> None:
    """Answer until SIGINT or SIGTERM, then finish what was begun. Raises InputError for what Telegram refuses."""
    try:
        if webhook:
            _listen(app, webhook, secret(account.token))
        else:
            app.run_polling(bootstrap_retries=FOREVER, allowed_updates=UPDATES)
    except InvalidToken:
        raise InputError("Telegram does not know the bot's token: @BotFather shows it, and gives a new one") from None
    except TelegramError as error:
        said = error.message.replace(account.token, "TOKEN")
        raise InputError(f"Telegram refuses the bot ({said})") from None


def _listen(app: App, webhook: Webhook, secret_token: str) -> None:
    app.run_webhook(
        webhook.host,
        webhook.port,
        webhook.path,
        webhook_url=webhook.url,
        secret_token=secret_token,
        bootstrap_retries=FOREVER,
        allowed_updates=UPDATES,
    )


def secret(token: str) -> str:
    """What Telegram proves itself with at the webhook: made of the token, so that every start has the same."""
    return hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()
