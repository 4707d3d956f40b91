"""`dateline follow`: news as it comes."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands.sources import allow_private, open_visitor
from bot.exits import ANSWERED, FAILED, INTERRUPTED
from bot.options import as_json, in_folder
from bot.output import complain, print_failures, print_json
from bot.render import one_line

if TYPE_CHECKING:
    from bot.following import Polled


@click.command()
@click.option("--once", is_flag=True, help="Look at each source one time, due or not, and end.")
@click.option("--delay", type=click.FloatRange(0, 3600), help="Seconds between two requests to a host (default: 1).")
@allow_private
@in_folder
@as_json
def follow(data: Path, delay: float | None, *, once: bool, allow_private: bool, json_wanted: bool) -> int:
    """Put what is new in the sources into the index, until Ctrl-C."""
    from bot.following import follow as run  # noqa: PLC0415 - a question does without the web

    read: set[str] = set()

    def tell(polled: "Polled") -> None:
        if polled.outcome.error is None:
            read.add(polled.source.place)
        if json_wanted:
            print_json(_json(polled))
        else:
            _print(polled)

    try:
        run(data, open_visitor(private=allow_private, delay=delay), tell, once=once)
    except KeyboardInterrupt:
        complain("interrupted; what is in stays in, run the same command again to go on")
        return INTERRUPTED
    return ANSWERED if read else FAILED


def _json(polled: "Polled") -> Mapping[str, Any]:
    return {
        "source": polled.source.place,
        "title": polled.outcome.title or polled.source.title,
        "new": polled.new,
        "changed": polled.changed,
        "unchanged": polled.outcome.unchanged,
        "error": polled.outcome.error,
        "failures": [{"origin": failure.origin, "reason": failure.reason} for failure in polled.failures],
    }


def _print(polled: "Polled") -> None:
    """A line for a look that brought or failed something."""
    print_failures(polled.failures)
    if polled.outcome.error:
        click.echo(one_line(f"{polled.source.place}: {polled.outcome.error}"), err=True)
    elif polled.new or polled.changed:
        click.echo(one_line(f"{polled.source.place}: {polled.new:,} new, {polled.changed:,} changed"))
