"""What several commands of the command line take: a data folder, and how a question is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO

import click

from bot.settings import data_folder
from index.clean import published
from index.errors import InputError
from index.types import Filter, Precision, Published, Status

Command = Callable[..., int]
"""Returns the process's exit code."""

SUGGESTED = 3
"""Outlets that are named where one is unknown."""


def moment(text: str, *, end: bool = False) -> datetime:
    """The start (or the last second) of the year, month, day or instant that a text names; UTC.

    Raises InputError for any other text.
    """
    date = published(text)
    try:
        if date:
            return _last_second(date) if end else date.at
    except (ValueError, OverflowError):
        pass  # the year 9999 has an end that no datetime can hold
    raise InputError(f"{text!r} is no date: write 2020, 2020-09, 2020-09-29 or 2020-09-29T08:30")


def _last_second(date: Published) -> datetime:
    match date.precision:
        case Precision.TIME:
            return date.at
        case Precision.DAY:
            following = date.at + timedelta(days=1)
        case Precision.MONTH:
            following = (date.at + timedelta(days=31)).replace(day=1)
        case Precision.YEAR:
            following = date.at.replace(year=date.at.year + 1)
    return following - timedelta(seconds=1)


class _Moment(click.ParamType[datetime]):
    name = "date"

    def __init__(self, *, end: bool) -> None:
        self._end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401 - click's
        try:
            return moment(value, end=self._end)
        except InputError as error:
            self.fail(str(error), param, ctx)


def in_folder(command: Command) -> Command:
    """The option --data: passes on `data`, absolute."""

    @click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the index.")
    @wraps(command)
    def with_folder(*args: object, data: Path | None, **options: object) -> int:
        return command(*args, data=data_folder(data), **options)

    return with_folder


as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON.")


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, of which articles, and how the answer is wanted."""

    question: str | None
    batch: BinaryIO | None
    """Questions as JSON lines, in place of `question`."""
    asked_at: datetime | None
    where: Filter
    data: Path
    json_wanted: bool

    def check_outlets(self, status: Callable[[], Status]) -> None:
        """Raises BadParameter for an outlet of which the index has no articles."""
        for name in self.where.sources:
            outlets = status().outlets
            if name.casefold() not in map(str.casefold, outlets):
                near = get_close_matches(name, outlets, SUGGESTED, cutoff=0.0)
                raise click.BadParameter(
                    f"there are no articles of {name!r}; the nearest names are {', '.join(map(repr, near)) or 'none'}",
                    param_hint="--source",
                )


def asking(command: Command) -> Command:
    """Options of the commands that take a question; they are passed on as one Asking."""

    @click.argument("question", required=False)
    @click.option("--batch", type=click.File("rb"), help='JSON lines {"id", "question", "asked_at"} ("-": stdin).')
    @click.option("--asked-at", type=_Moment(end=True), help="When it is asked (default: now).")
    @click.option("--after", type=_Moment(end=False), help="Only articles from this date on.")
    @click.option("--before", type=_Moment(end=False), help="Only articles from before this date.")
    @click.option("--source", "sources", multiple=True, metavar="OUTLET", help="Only this outlet's; may be repeated.")
    @as_json
    @in_folder
    @wraps(command)
    def with_asking(  # noqa: PLR0913 - one for each option
        *,
        question: str | None,
        batch: BinaryIO | None,
        asked_at: datetime | None,
        after: datetime | None,
        before: datetime | None,
        sources: tuple[str, ...],
        data: Path,
        json_wanted: bool,
        **rest: object,
    ) -> int:
        if (question is None) == (batch is None):
            raise click.UsageError("give a question, or questions with --batch FILE")
        where = Filter(after, before, sources)
        return command(Asking(question, batch, asked_at, where, data, json_wanted), **rest)

    return with_asking
