"""What the command line prints: one JSON object, or words."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from bot.as_json import hit_json
from bot.render import one_line, plain
from bot.types import Answer
from index.copies import publishers
from index.types import Failure, Hit, Status

if TYPE_CHECKING:
    from rich.text import Text

    from bot.indexing import Outcome

FAILURES_SHOWN = 20


def print_json(value: object) -> None:
    """One line; all but ASCII escaped, so that any terminal and any decoder takes it."""
    click.echo(json.dumps(value))


def complain(message: str) -> None:
    """One line on stderr."""
    click.echo(f"dateline: {one_line(message)}", err=True)


def outcome_json(outcome: "Outcome") -> Mapping[str, object]:
    """What was indexed, and what could not be."""
    report = outcome.report
    return {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "passages": report.passages,
        "failures": [{"origin": failure.origin, "reason": failure.reason} for failure in report.failures],
        "seconds": outcome.seconds,
    }


def print_outcome(outcome: "Outcome") -> None:
    """The same in words: the first failures on stderr, and a line of counts."""
    report = outcome.report
    print_failures(report.failures)
    click.echo(
        f"{report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged, {report.removed:,} removed; "
        f"{report.passages:,} passages in {outcome.seconds:.1f} s"
    )


def print_failures(failures: Sequence[Failure]) -> None:
    """The first of them, a line each on stderr."""
    for failure in failures[:FAILURES_SHOWN]:
        click.echo(one_line(str(failure)), err=True)
    if len(failures) > FAILURES_SHOWN:
        click.echo(f"and {len(failures) - FAILURES_SHOWN:,} more (--json lists them all)", err=True)


def status_json(status: Status) -> Mapping[str, object]:
    """What an index holds."""
    return {
        "articles": status.articles,
        "passages": status.passages,
        "outlets": dict(status.outlets),
        "oldest": str(status.oldest) if status.oldest else None,
        "newest": str(status.newest) if status.newest else None,
        "encoder": status.encoder,
        "bytes": status.bytes,
    }


def print_status(status: Status) -> None:
    """The same in words, a line for each fact."""
    for name, value in status_json(status).items():
        click.echo(f"{name:9} {one_line(_in_words(value))}")


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count:,}" for name, count in value.items()) or "-"
    return f"{value:,}" if isinstance(value, int) else str(value or "-")


def hits_json(question: str, hits: Sequence[Hit]) -> Mapping[str, object]:
    """A search's result."""
    return {
        "question": question,
        "hits": [hit_json(rank, hit) for rank, hit in enumerate(hits, start=1)],
        "publishers": publishers(article for hit in hits for article in (hit.article, *hit.copies)),
    }


def print_hits(hits: Sequence[Hit]) -> None:
    """The passages in full, best first."""
    from bot.terminal import passages  # noqa: PLC0415 - rich takes as long as an answer

    text = passages(hits)
    if sys.stdout.isatty():
        _print_styled(text)
    else:
        click.echo(text.plain or "Nothing found.")


def print_answer(answer: Answer) -> None:
    """The answer with its quotes."""
    if sys.stdout.isatty():
        from bot.terminal import terminal  # noqa: PLC0415 - as above

        _print_styled(terminal(answer))
    else:
        click.echo(plain(answer))


def _print_styled(text: "Text") -> None:
    from rich.console import Console  # noqa: PLC0415 - as above

    Console(highlight=False).print(text)
