"""`dateline telegram`: the bot."""

from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from bot.exits import ANSWERED
from bot.options import in_folder
from bot.settings import open_index, telegram_account


class _Listen(click.ParamType[tuple[str, int]]):
    name = "host:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:  # noqa: ANN401 - click's
        if isinstance(value, tuple):
            return value
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdigit() or int(port) > 65_535:  # noqa: PLR2004 - the last port
            self.fail(f"{value!r} is no address: write 127.0.0.1:8080", param, ctx)
        return host.strip("[]"), int(port)


@click.command()
@click.option("--webhook", metavar="URL", help="Let Telegram call this address (https) instead of asking it for news.")
@click.option("--listen", type=_Listen(), default="127.0.0.1:8080", show_default=True, help="Where --webhook leads to.")
@click.option(
    "--allow", "admitted", type=int, multiple=True, metavar="ID", help="A user or group to answer; repeatable."
)
@click.option("--public", is_flag=True, help="Answer everybody.")
@in_folder
def telegram(
    webhook: str | None, listen: tuple[str, int], admitted: tuple[int, ...], data: Path, *, public: bool
) -> int:
    """Answer questions on Telegram, until a signal ends it. DATELINE_TELEGRAM_TOKEN holds the bot's token."""
    if public == bool(admitted):
        raise click.UsageError("say who may ask: either --public, or --allow ID for each user or group")
    if webhook and urlsplit(webhook).scheme not in {"https", "http"}:
        raise click.BadParameter(f"{webhook!r} is no address that Telegram can call", param_hint="--webhook")
    account = telegram_account()
    from bot.telegram import gate, process  # noqa: PLC0415 - these bring telegram, which a question does without

    process.log_to_stderr(account.token)
    with closing(open_index(data)) as index:
        access = gate.Access(frozenset(admitted), public)
        app = process.built(index, account, access, data / "feedback.jsonl")
        process.run(app, account, process.Webhook(webhook, *listen) if webhook else None)
    return ANSWERED
