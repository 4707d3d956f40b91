"""`dateline sources`: what is followed."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.exits import ANSWERED, FAILED
from bot.options import Command, as_json, in_folder
from bot.output import print_failures, print_json
from bot.render import one_line
from index.errors import DatelineError, InputError, Refused
from index.types import Failure

if TYPE_CHECKING:
    from index.sources.examining import Examined
    from index.sources.types import Source
    from index.web.visitor import Visitor

allow_private = click.option(
    "--allow-private", is_flag=True, help="Also follow addresses on this machine and in private networks."
)


def open_visitor(*, private: bool, delay: float | None = None) -> "Visitor":
    """Whoever fetches for a command."""
    from index.web.client import Client  # noqa: PLC0415 - a question does without the web
    from index.web.hosts import DELAY, Hosts  # noqa: PLC0415 - as above
    from index.web.network import anywhere, public_only  # noqa: PLC0415 - as above
    from index.web.visitor import Visitor  # noqa: PLC0415 - as above

    return Visitor(Client(anywhere if private else public_only), Hosts(DELAY if delay is None else delay))


@click.group()
def sources() -> None:
    """Say which feeds, sitemaps, pages and folders `dateline follow` looks at."""


def _command(name: str) -> Callable[[Command], click.Command]:
    """A command of the group, whose function may have another name."""

    def named(function: Command) -> click.Command:
        return sources.command(name)(in_folder(as_json(function)))

    return named


@_command("add")
@click.argument("places", nargs=-1, required=True, metavar="URL|FILE|FOLDER...")
@click.option("--page", is_flag=True, help="Follow a page itself, not the feed that it names.")
@allow_private
def add(places: Sequence[str], data: Path, *, page: bool, allow_private: bool, json_wanted: bool) -> int:
    """Follow these from now on; of a page that names a feed, the feed."""
    from index.sources.examining import examine  # noqa: PLC0415 - as above

    visitor = open_visitor(private=allow_private)
    found, failures = _each(places, lambda place: examine(place, visitor, page_itself=page))
    return _enter(found, failures, data, json_wanted=json_wanted)


def _each(places: Iterable[str], look: Callable[[str], "Examined"]) -> tuple[list["Examined"], list[Failure]]:
    """What a look at each place finds, and what it fails with."""
    found, failures = [], []
    for place in places:
        try:
            found.append(look(place))
        except Refused as error:  # its message names as much of the place as may be shown
            failures.append(Failure(_shown(place), str(error)))
        except DatelineError as error:
            failures.append(Failure(place, str(error)))
    return found, failures


def _shown(place: str) -> str:
    """A place without the name and password that it may hold."""
    before, at, after = place.rpartition("@")
    return f"{before.partition('://')[0]}://{after}" if at and "://" in before else place


def _enter(found: Sequence["Examined"], failures: Sequence[Failure], data: Path, *, json_wanted: bool) -> int:
    from index.sources.register import Register  # noqa: PLC0415 - as above

    now = time.time()
    with closing(Register(data)) as register:
        added = [one for one in found if register.add(one.place, one.kind, one.title, now)]
    if json_wanted:
        told = [{"source": one.place, "kind": one.kind, "title": one.title} for one in added]
        print_json({"added": told, "failures": [_failure_json(failure) for failure in failures]})
    else:
        print_failures(failures)
        for one in found:
            click.echo(one_line(f"{'added' if one in added else 'there already'}: {one.place} ({_called(one)})"))
    return FAILED if failures else ANSWERED


def _called(one: "Examined | Source") -> str:
    return f"{one.kind}, {one.title}" if one.title else one.kind


def _failure_json(failure: Failure) -> Mapping[str, str]:
    return {"origin": failure.origin, "reason": failure.reason}


@_command("remove")
@click.argument("places", nargs=-1, required=True, metavar="URL|FILE|FOLDER...")
def remove(places: Sequence[str], data: Path, *, json_wanted: bool) -> int:
    """Follow these no longer; their articles stay in the index."""
    from index.sources.examining import place_of  # noqa: PLC0415 - as above
    from index.sources.register import Register  # noqa: PLC0415 - as above

    with closing(Register(data)) as register:
        for place in map(place_of, places):
            register.remove(place)
    if json_wanted:
        print_json({"removed": len(places)})
    return ANSWERED


@_command("list")
def list_(data: Path, *, json_wanted: bool) -> int:
    """Tell what is followed, and how each source fares."""
    now = time.time()
    rows = [_source_json(source, now) for source in _sources(data, now)]
    if json_wanted:
        print_json({"sources": rows})
        return ANSWERED
    for row in rows:
        click.echo(one_line(_in_words(row)))
    if not rows:
        click.echo("Nothing is followed yet: `dateline sources add URL` changes that.")
    return ANSWERED


def _sources(data: Path, now: float) -> list["Source"]:
    from index.sources.register import Register  # noqa: PLC0415 - as above

    with closing(Register(data)) as register:
        return register.sources(now)


def _source_json(source: "Source", now: float) -> Mapping[str, Any]:
    return {
        "source": source.place,
        "kind": source.kind,
        "title": source.title,
        "health": source.health(now),
        "error": source.error,
        "failures": source.failures,
        "last_read": _time(source.read_at),
        "last_article": _time(source.article_at),
        "articles_a_day": round(source.a_day(now), 1),
        "next": _time(max(source.due, source.closed_until)),
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _in_words(row: Mapping[str, Any]) -> str:
    words = [f"{row['health']:8}{row['source']} ({row['kind']})", f"{row['articles_a_day']} articles a day"]
    words += [f"last article {row['last_article']}"] if row["last_article"] else []
    words += [f"failed {row['failures']} times: {row['error']}"] if row["error"] else []
    return ", ".join(words)


@_command("check")
@click.argument("places", nargs=-1, metavar="[URL|FILE|FOLDER]...")
@allow_private
def check(places: Sequence[str], data: Path, *, allow_private: bool, json_wanted: bool) -> int:
    """Try whether sources can be read, all that are followed or these; changes nothing."""
    from index.sources.examining import examine  # noqa: PLC0415 - as above

    visitor = open_visitor(private=allow_private)
    followed = [source.place for source in _sources(data, time.time())]
    found, failures = _each(places or followed, lambda place: examine(place, visitor, page_itself=True))
    if json_wanted:
        told = [{"source": one.place, "kind": one.kind, "title": one.title} for one in found]
        print_json({"readable": told, "failures": [_failure_json(failure) for failure in failures]})
    else:
        for one in found:
            click.echo(one_line(f"ok: {one.place} ({_called(one)})"))
        print_failures(failures)
    return FAILED if failures else ANSWERED


@_command("import")
@click.argument("opml", type=click.Path(path_type=Path, dir_okay=False))
def import_(opml: Path, data: Path, *, json_wanted: bool) -> int:
    """Follow the feeds of an OPML file, which are not looked at before `dateline follow` does."""
    from index.sources.examining import Examined, place_of  # noqa: PLC0415 - as above
    from index.sources.opml import read  # noqa: PLC0415 - as above
    from index.sources.types import Kind  # noqa: PLC0415 - as above

    try:
        named = dict(read(opml.read_bytes()))
    except OSError as error:
        raise InputError(f"{opml} cannot be read ({error.strerror})") from error
    except InputError as error:
        raise InputError(f"{opml} {error}") from error
    found, failures = _each(named, lambda url: Examined(place_of(url), Kind.FEED, named[url]))
    return _enter(found, failures, data, json_wanted=json_wanted)


@sources.command("export")
@in_folder
def export(data: Path) -> int:
    """Print the feeds and sitemaps that are followed as OPML."""
    from index.sources.opml import write  # noqa: PLC0415 - as above
    from index.sources.types import Kind  # noqa: PLC0415 - as above

    listed = [source for source in _sources(data, time.time()) if source.kind in {Kind.FEED, Kind.SITEMAP}]
    click.echo(write((source.place, source.title) for source in listed), nl=False)
    return ANSWERED
