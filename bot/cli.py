"""The command `dateline`. Exit codes: 0 answered, 3 not found, 2 wrong use, 1 failure, 130 interrupted."""

import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import click

from bot.answer import checked
from bot.as_json import to_json
from bot.batch import Answering, answers
from bot.commands.evaluate import evaluate
from bot.commands.follow import follow
from bot.commands.sources import sources
from bot.commands.telegram import telegram
from bot.exits import ANSWERED, FAILED, INTERRUPTED, MISUSED, NOT_FOUND
from bot.options import Asking, as_json, asking, in_folder
from bot.output import (
    complain,
    hits_json,
    outcome_json,
    print_answer,
    print_hits,
    print_json,
    print_outcome,
    print_status,
    status_json,
)
from bot.settings import SEEDS, holds_articles, open_desk, open_index
from bot.types import Answer
from index.errors import DatelineError
from index.retrieve import PER_ARTICLE
from index.stores import open_store
from index.types import Hit

EXAMPLE = "who met whom in Vilnius?"


@click.group()
@click.version_option(package_name="dateline")
@click.option("--debug", is_flag=True, help="Show where an unexpected error arose.")
def commands(*, debug: bool) -> None:
    """Answer questions about the news, every claim with a verbatim quote."""
    del debug  # `main` looks for it, also where the command line cannot be understood


commands.add_command(evaluate)
commands.add_command(follow)
commands.add_command(sources)
commands.add_command(telegram)


def main() -> None:
    """Run the command line; ends the process."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    sys.exit(_run(sys.argv[1:]))


def _run(args: Sequence[str]) -> int:
    try:
        return int(commands.main(args, prog_name="dateline", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return MISUSED
    except click.ClickException as error:
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "dateline"
        complain(f"{error.format_message()} (see `{command} --help`)")
        return error.exit_code
    except DatelineError as error:
        complain(str(error))
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        return INTERRUPTED
    except Exception as error:
        if "--debug" in args:
            raise
        complain(f"unexpected {type(error).__name__}: {error}; this is a defect, and `dateline --debug` shows where")
        return FAILED


def _note(what: str, done: int, total: int) -> None:
    """Says once why a question takes longer than usual."""
    del total
    if done == 0 and sys.stderr.isatty():
        click.echo(f"{what} ...", err=True)


@commands.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--encoder", metavar="SPEC", help="static (default), minilm, or any sentence-transformers name or path.")
@click.option("--prune", is_flag=True, help="Remove articles that have left these sources.")
@in_folder
@as_json
def index(sources: Sequence[Path], encoder: str | None, data: Path, *, prune: bool, json_wanted: bool) -> int:
    """Put the articles of files and folders into the index: text, JSONL, HTML, RSS and Atom."""
    from bot.indexing import ingest  # noqa: PLC0415 - brings rich, which a question does without

    outcome = ingest(data, sources, encoder, prune=prune)
    if not outcome.complete:
        complain("interrupted; what is in stays in, run the same command again to go on")
        return INTERRUPTED
    if json_wanted:
        print_json(outcome_json(outcome))
    else:
        print_outcome(outcome)
    if outcome.idle:
        complain(f"no article could be read from {', '.join(map(str, sources))}")
        return FAILED
    return ANSWERED


@commands.command()
@in_folder
@as_json
def status(data: Path, *, json_wanted: bool) -> int:
    """Tell what the index holds."""
    with closing(open_store(str(data))) as store:
        now = store.status()
    if json_wanted:
        print_json(status_json(now))
    else:
        print_status(now)
    return ANSWERED


@commands.command()
@click.option("-k", "k", type=click.IntRange(1, 1000), default=10, show_default=True, help="Passages at most.")
@click.option("--per-article", type=click.IntRange(1), default=PER_ARTICLE, show_default=True, help="Of one article.")
@asking
def search(request: Asking, *, k: int, per_article: int) -> int:
    """Find the passages that fit a question best."""
    with closing(open_index(request.data, _note)) as opened:
        request.check_outlets(opened.store.status)

        def find(question: str, asked_at: datetime | None) -> list[Hit]:
            return opened.retriever.search(checked(question), k, asked_at, request.where, per_article)

        if request.batch:
            return _batch(request.batch, request, lambda question, at: hits_json(question, find(question, at)))
        question = request.question or ""
        hits = find(question, request.asked_at)
    if request.json_wanted:
        print_json(hits_json(question, hits))
    else:
        print_hits(hits)
    return ANSWERED if hits else NOT_FOUND


@commands.command()
@asking
def ask(request: Asking) -> int:
    """Answer a question, with quotes."""
    with closing(open_desk(request.data, _note)) as desk:
        request.check_outlets(desk.status)

        def answer(question: str, asked_at: datetime | None) -> Answer:
            return desk.ask(question, asked_at, where=request.where)

        if request.batch:
            return _batch(request.batch, request, lambda question, at: to_json(answer(question, at)))
        found = answer(request.question or "", request.asked_at)
    if request.json_wanted:
        print_json(to_json(found))
    else:
        print_answer(found)
    return _code(found)


def _code(answer: Answer) -> int:
    return ANSWERED if answer.status == "answered" else NOT_FOUND


def _batch(lines: BinaryIO, request: Asking, answering: Answering) -> int:
    code = ANSWERED
    for result in answers(lines, request.asked_at, answering):
        print_json(result)
        code = FAILED if "error" in result else code
    return code


@commands.command()
@click.argument("question", required=False)
@in_folder
def chat(question: str | None, data: Path) -> int:
    """Ask in a conversation; a QUESTION given here is answered, and that is all.

    Where there is no index yet, the sample articles are indexed first.
    """
    if not holds_articles(data):
        _index_samples(data)
    with closing(open_desk(data, _note)) as desk:
        if question is not None:
            answer = desk.ask(question)
            print_answer(answer)
            return _code(answer)
        from bot import console  # noqa: PLC0415 - brings rich and prompt_toolkit

        console.chat(desk, data / "history", EXAMPLE)
    return ANSWERED


def _index_samples(data: Path) -> None:
    from bot.indexing import ingest  # noqa: PLC0415 - brings rich

    click.echo("Indexing the sample articles; `dateline index SOURCE...` adds your own.", err=True)
    if not ingest(data, [SEEDS], None, prune=False).complete:
        raise KeyboardInterrupt


if __name__ == "__main__":
    main()
