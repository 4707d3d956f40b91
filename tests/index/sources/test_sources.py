"""What sources hold and when they are due, on any input."""

import contextlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from index.feeds import Form, form_of, listing
from index.sources import opml
from index.sources.discovery import feeds_named
from index.sources.register import Register
from index.sources.schedule import FIRST, LEFT_OVER, LONGEST, LONGEST_BACK_OFF, SHORTEST, back_off, next_interval
from index.sources.types import Found, Health, Kind, Known, Outcome
from index.types import Article

NOW = 1_600_000_000.0
DAY = 86_400.0
WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1)


# --- schedule


@given(st.lists(st.booleans()))
def test_an_interval_stays_within_its_bounds(brought: list[bool]) -> None:
    interval = FIRST
    for some in brought:
        following = next_interval(interval, brought=some)
        assert SHORTEST <= following <= LONGEST
        assert following <= interval if some else following >= interval
        interval = following


@given(st.floats(SHORTEST, LONGEST), st.integers(1, 10_000))
def test_each_failure_makes_the_wait_longer_up_to_a_day(interval: float, failures: int) -> None:
    assert interval < back_off(interval, failures) <= back_off(interval, failures + 1) <= LONGEST_BACK_OFF


# --- register


def test_what_is_known_is_what_is_listed(tmp_path: Path) -> None:
    found = [Found(Article(id_, "Text."), id_, Known(f"digest {id_}", 0)) for id_ in "abc"]
    with closing(Register(tmp_path)) as register:
        assert register.sources(NOW) == []
        assert register.add("http://a/", Kind.FEED, "A", NOW)
        assert not register.add("http://a/", Kind.PAGE, "B", NOW)
        (source,) = register.sources(NOW)
        assert source.health(NOW) is Health.NEW
        register.remember(source, found, 3, NOW)
        register.settle(source, Outcome(etag="1", entries=frozenset("ab")), NOW, brought=True)
    with closing(Register(tmp_path)) as again:
        (source,) = again.sources(NOW)
        assert again.memory(source) == {id_: Known(f"digest {id_}", 0) for id_ in "ab"}
        assert (source.etag, source.interval, source.due, source.recent) == ("1", FIRST / 2, NOW + FIRST / 2, 3)
        assert source.a_day(NOW + DAY * 2) == 1.5
        assert again.sources(NOW + 8 * DAY)[0].recent == 0
        assert source.health(NOW + 6 * DAY) is Health.OK
        assert source.health(NOW + 8 * DAY) is Health.STALE
        again.settle(source, Outcome(unchanged=True), NOW, brought=False)
        assert again.sources(NOW)[0].etag == "1"
        again.settle(source, Outcome(etag="2", complete=False), NOW, brought=False)
        (source,) = again.sources(NOW)
        assert (source.etag, source.due) == (None, NOW + LEFT_OVER)
        again.settle(source, Outcome(error="is gone", wait=60.0), NOW, brought=False)
        (source,) = again.sources(NOW)
        assert (source.health(NOW), source.error, source.closed_until) == (Health.FAILING, "is gone", NOW + 60)


def test_a_source_removed_while_it_is_looked_at_leaves_nothing(tmp_path: Path) -> None:
    with closing(Register(tmp_path)) as register:
        register.add("http://a/", Kind.FEED, None, NOW)
        (source,) = register.sources(NOW)
        register.remove("http://a/")
        register.remember(source, [Found(Article("a", "Text."), "a", Known("d", 0))], 1, NOW)
        register.settle(source, Outcome(), NOW, brought=True)
        assert register.sources(NOW) == []
        assert register.memory(source) == {}


def test_a_source_does_not_move_to_where_another_one_is(tmp_path: Path) -> None:
    with closing(Register(tmp_path)) as register:
        for place in ("http://a/", "http://b/"):
            register.add(place, Kind.FEED, None, NOW)
        source = register.sources(NOW)[0]
        register.settle(source, Outcome(moved="http://b/"), NOW, brought=False)
        assert [one.place for one in register.sources(NOW)] == ["http://a/", "http://b/"]
        register.settle(source, Outcome(moved="http://c/"), NOW, brought=False)
        assert [one.place for one in register.sources(NOW)] == ["http://c/", "http://b/"]
        assert replace(source, kind=Kind.FILES, place="/news").host == "/news"


# --- what is in them


@pytest.mark.parametrize(
    ("start", "form"),
    [
        ("<?xml version='1.0'?><!-- <html> --><rss>", Form.RSS),
        ("<rdf:RDF xmlns='x'>", Form.RSS),
        ("<feed>", Form.ATOM),
        ("<urlset>", Form.SITEMAP),
        ("<!DOCTYPE html><html>", None),
        ('{"title": "x", "version": "https://jsonfeed.org/version/1"}', Form.JSON),
        ('{"version": 1}', None),
        ("no markup", None),
    ],
)
def test_a_list_is_told_by_how_it_begins(start: str, form: Form | None) -> None:
    assert form_of(start.encode()) is form


@given(
    st.sampled_from(
        [b"", b"<rss>", b"<feed>", b"<urlset>", b'{"version": "https://jsonfeed.org/version/1", "items": [']
    ),
    st.binary(),
)
def test_any_bytes_are_a_list_or_refused(start: bytes, rest: bytes) -> None:
    with contextlib.suppress(InputError):
        listing(start + rest, "origin", "http://a/")
    with contextlib.suppress(InputError):
        feeds_named(start + rest, "http://a/")
    with contextlib.suppress(InputError):
        opml.read(b"<opml>" + rest)


@given(st.dictionaries(WORDS, st.none() | WORDS.filter(str.strip)))
def test_opml_that_is_written_is_read(feeds: dict[str, str | None]) -> None:
    read = opml.read(opml.write(feeds.items()).encode())
    assert [url for url, _ in read] == list(feeds)
