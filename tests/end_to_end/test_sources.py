"""`dateline sources` and `dateline follow`, on sites that run on loopback."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import complaint, dateline, output, start
from tests.sites import Handler, Site, article_page, rss, serving, story

LIST_KEYS = set("source kind title health error failures last_read last_article articles_a_day next".split())
FOLLOW_KEYS = set("source title new changed unchanged error failures".split())


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def add(data: Path, *places: str | Path, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    return output("sources", "add", *places, "--allow-private", "--data", data, code=code)


def follow(data: Path, code: int = 0) -> dict[str, dict[str, Any]]:
    """Follow once; what was told of each source."""
    done = dateline("follow", "--once", "--delay", "0", "--allow-private", "--data", data, "--json")
    assert done.returncode == code, done.stderr.decode()
    assert done.stderr == b""
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(row.keys() == FOLLOW_KEYS for row in rows)
    return {row["source"]: row for row in rows}


def counts(row: dict[str, Any]) -> tuple[int, int, bool]:
    return row["new"], row["changed"], row["unchanged"]


def listed(data: Path) -> dict[str, dict[str, Any]]:
    rows = output("sources", "list", "--data", data)["sources"]
    assert all(row.keys() == LIST_KEYS for row in rows)
    return {row["source"]: row for row in rows}


def best(data: Path, question: str) -> dict[str, Any]:
    """The best hit."""
    hit: dict[str, Any] = output("search", question, "--data", data)["hits"][0]
    return hit


# --- one source


def test_a_feed_is_followed_and_what_has_not_changed_is_not_sent_again(site: Site, data: Path) -> None:
    items = [(f"{site.url}/{n}", f"Headline {n}", story(topic)) for n, topic in enumerate(["pilots", "dredging"])]
    feed = site.put("/feed", rss("Sample Wire", *items), "application/rss+xml", ETag='"1"')
    assert add(data, feed)["added"] == [{"source": feed, "kind": "feed", "title": "Sample Wire"}]
    assert counts(follow(data)[feed]) == (2, 0, False)
    assert counts(follow(data)[feed]) == (0, 0, True)
    assert site.statuses[-1] == ("/feed", 304)
    hit = best(data, "harbour master dredging")
    assert hit["article"]["url"] == f"{site.url}/1"
    assert hit["article"]["source"] == "Sample Wire"
    items[1] = (items[1][0], "Headline 1", story("the new breakwater"))
    site.put("/feed", rss("Sample Wire", *items, (f"{site.url}/2", "Headline 2", story("lamps"))), ETag='"2"')
    assert counts(follow(data)[feed]) == (1, 1, False)
    assert best(data, "breakwater")["article"]["url"] == f"{site.url}/1"
    assert output("status", "--data", data)["articles"] == 3


def test_the_page_behind_a_teaser_is_read_once(site: Site, data: Path) -> None:
    page = site.put("/story", article_page("Ferries stop", story("the ferries")))
    feed = site.put("/feed", rss("Sample Wire", (page, "Ferries stop", "The ferries stop. More on our site.")))
    add(data, feed)
    assert counts(follow(data)[feed]) == (1, 0, False)
    assert "council of Sampleton" in best(data, "ferries")["passage"]["text"]
    assert counts(follow(data)[feed]) == (0, 0, False)
    assert site.asked["/story"] == 1


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (410, 1), (500, 3)])
def test_the_teaser_has_to_do_where_the_page_cannot_be_had(site: Site, data: Path, status: int, asked: int) -> None:
    page = site.fail("/story", status)
    feed = site.put("/feed", rss("Sample Wire", (page, "Ferries stop", "The ferries stop tonight.")), ETag='"1"')
    add(data, feed)
    assert counts(follow(data)[feed]) == (1, 0, False)
    for _ in range(4):
        assert follow(data)[feed]["new"] == 0
    assert site.asked["/story"] == asked
    assert site.statuses[-1] == ("/feed", 304)
    assert best(data, "ferries")["passage"]["text"] == "The ferries stop tonight."


def test_a_page_that_was_in_trouble_is_read_when_it_is_back(site: Site, data: Path) -> None:
    page = site.fail("/story", 500)
    feed = site.put("/feed", rss("Sample Wire", (page, "Ferries stop", "The ferries stop tonight.")), ETag='"1"')
    add(data, feed)
    follow(data)
    site.put("/story", article_page("Ferries stop", story("the ferries")))
    assert counts(follow(data)[feed]) == (0, 1, False)
    assert "council of Sampleton" in best(data, "ferries")["passage"]["text"]


def test_two_feeds_with_the_same_ids_and_links_do_not_mix(site: Site, data: Path) -> None:
    shared = (f"{site.url}/shared", "Shared", story("the shared story"))
    one = site.put("/one", rss("One", shared, (f"{site.url}/a", "A", story("anchors"))), ETag='"1"')
    two = site.put("/two", rss("Two", shared, (f"{site.url}/b", "B", story("buoys"))), ETag='"1"')
    add(data, one, two)
    follow(data)
    again = follow(data)
    assert {counts(row) for row in again.values()} == {(0, 0, True)}
    assert output("status", "--data", data)["articles"] == 3


# --- kinds


def test_every_kind_of_source(site: Site, data: Path, tmp_path: Path) -> None:
    page = site.put("/page", article_page("Lighthouse", story("the lighthouse")))
    behind = site.put("/behind", article_page("Mapped", story("the map of the bay")))
    latin = article_page("Café", story("the café in Größe")).encode("latin-1")
    site.put("/latin", latin, "text/html; charset=ISO-8859-1")
    sitemap = site.put(
        "/news.xml",
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>{behind}</loc><n:news><n:publication><n:name>Map Times</n:name><n:language>en</n:language>"
        "</n:publication><n:publication_date>2021-05-01</n:publication_date><n:title>Mapped out</n:title></n:news>"
        f"</url><url><loc>{site.url}/latin</loc></url></urlset>",
        "application/xml",
    )
    items = [{"id": 7, "url": "/json-story", "title": "J", "content_html": f"<p>{story('jetties')}</p>"}, "odd", {}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Jason Post", "items": items}
    json_feed = site.put("/feed.json", json.dumps(feed), "application/feed+json")
    atom = site.put(
        "/atom",
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom Star</title><entry><id>tag:a,1</id><title>T</title>'
        f'<link href="/atom-story"/><content type="html">{story("the atom")}</content></entry></feed>',
    )
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "mill.txt").write_text("date 2021-05-01 The old mill at Sampleton burned down.")
    added = add(data, page, sitemap, json_feed, atom, folder)["added"]
    assert [one["kind"] for one in added] == ["page", "sitemap", "feed", "feed", "files"]
    told = follow(data)
    assert {place: counts(row)[0] for place, row in told.items()} == {
        page: 1, sitemap: 2, json_feed: 1, atom: 1, str(folder): 1,
    }  # fmt: skip
    mapped = best(data, "map of the bay")["article"]
    assert (mapped["source"], mapped["published"], mapped["title"]) == ("Map Times", "2021-05-01", "Mapped out")
    assert "café in Größe" in best(data, "café Größe")["passage"]["text"]
    assert best(data, "jetties")["article"]["url"] == f"{site.url}/json-story"
    assert best(data, "atom")["article"]["url"] == f"{site.url}/atom-story"
    assert best(data, "old mill")["article"]["id"] == "mill"
    site.put("/page", article_page("Lighthouse", story("the lighthouse, which is for sale")))
    (folder / "well.txt").write_text("date 2021-05-02 Children found a Roman well.")
    again = follow(data)
    assert counts(again[page]) == (0, 1, False)
    assert counts(again[str(folder)]) == (1, 0, False)
    assert counts(follow(data)[str(folder)]) == (0, 0, True)


def test_of_a_page_the_feed_that_it_names_is_followed(site: Site, data: Path) -> None:
    feed = site.put("/news/feed", rss("Sample Wire", (f"{site.url}/1", "One", story("one"))))
    links = (
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments">'
        '<link rel="alternate" type="application/atom+xml" href="missing">'
        '<link rel="alternate" type="application/rss+xml" href="feed">'
    )
    page = site.put("/news/", article_page("Home", story("home")).replace("</head>", f"{links}</head>"))
    assert add(data, page)["added"] == [{"source": feed, "kind": "feed", "title": "Sample Wire"}]
    assert add(data, feed)["added"] == []
    assert add(data, page, "--page")["added"][0]["kind"] == "page"
    assert site.asked["/comments"] == 0


def test_opml_goes_out_and_comes_in(site: Site, data: Path, tmp_path: Path) -> None:
    feeds = [site.put(f"/{n}", rss(f"Wire &amp; Post {n}", (f"{site.url}/s", "S", story("s")))) for n in range(2)]
    add(data, *feeds)
    exported = dateline("sources", "export", "--data", data).stdout
    opml = tmp_path / "feeds.opml"
    opml.write_bytes(exported.replace(b"</body>", b'<outline text="bad" xmlUrl="ftp://a/"/><outline text="f"/></body>'))
    other = tmp_path / "other"
    imported = output("sources", "import", opml, "--data", other, code=1)
    assert [one["source"] for one in imported["added"]] == feeds
    assert [one["title"] for one in imported["added"]] == ["Wire & Post 0", "Wire & Post 1"]
    assert [failure["origin"] for failure in imported["failures"]] == ["ftp://a/"]
    assert dateline("sources", "export", "--data", other).stdout == exported
    opml.write_text("<html></html>")
    assert "is no OPML" in complaint("sources", "import", opml, "--data", other, code=1)
    opml.write_text(
        '<!DOCTYPE o [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><outline xmlUrl="http://a/&e;"/></opml>'
    )
    assert "declares XML entities" in complaint("sources", "import", opml, "--data", other, code=1)


# --- what is refused


def test_without_allow_private_nothing_on_this_machine_is_reached(site: Site, data: Path) -> None:
    feed = site.put("/feed", rss("Sample Wire", (f"{site.url}/1", "One", story("one"))))
    refused = output("sources", "add", feed, "--data", data, code=1)
    assert refused["added"] == []
    assert "127.0.0.1 is this machine, and only the public internet is followed" in refused["failures"][0]["reason"]
    assert site.asked.total() == 0
    add(data, feed)
    before = site.asked.total()
    done = dateline("follow", "--once", "--data", data, "--json")
    assert done.returncode == 1
    assert "is this machine" in json.loads(done.stdout)["error"]
    assert site.asked.total() == before
    assert listed(data)[feed]["health"] == "failing"


@pytest.mark.parametrize(
    "place", ["ftp://sample.example/feed", "file:///etc/passwd", "http://reader:hunter2@127.0.0.1/", "no such file"]
)
def test_what_cannot_be_followed_is_told(data: Path, place: str) -> None:
    done = dateline("sources", "add", place, "--allow-private", "--data", data)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert b"hunter2" not in done.stderr
    assert b"Traceback" not in done.stderr


def test_what_is_no_source_is_told(site: Site, data: Path) -> None:
    bad = {
        site.put("/empty", ""): "is empty",
        site.put("/picture", b"\x89PNG\r\n\x1a\n" + bytes(99)): "binary",
        site.put("/bomb", '<!DOCTYPE r [<!ENTITY a "b">]><rss>&a;</rss>'): "declares XML entities",
        site.put("/index.xml", "<sitemapindex><sitemap><loc>http://a/n.xml</loc></sitemap></sitemapindex>"): "n.xml",
        site.put("/blank", "<html><body></body></html>"): "no article text",
        site.fail("/missing", 404): "status 404",
    }
    failures = {failure["origin"]: failure["reason"] for failure in add(data, *bad, code=1)["failures"]}
    assert failures.keys() == bad.keys()
    assert all(said in failures[place] for place, said in bad.items())


def test_an_entry_does_not_lead_where_one_may_not_go(site: Site, data: Path) -> None:
    links = ["file:///etc/passwd", "http://user:hunter2@127.0.0.1/", "javascript:alert(1)"]
    feed = site.put("/feed", rss("Sample Wire", *((link, f"H {n}", f"Word {n}") for n, link in enumerate(links))))
    add(data, feed)
    assert follow(data)[feed]["new"] == 3
    found = output("search", "word", "--data", data)
    assert {hit["article"]["url"] for hit in found["hits"]} == {None}
    assert "hunter2" not in json.dumps(found)


# --- health


def test_list_tells_how_each_source_fares(site: Site, data: Path) -> None:
    good = site.put("/good", rss("Good", (f"{site.url}/1", "One", story("one"))))
    bad = site.put("/bad", rss("Bad", (f"{site.url}/2", "Two", story("two"))))
    assert b"Nothing is followed yet" in dateline("sources", "list", "--data", data).stdout
    assert not data.exists()
    add(data, good, bad)
    assert {row["health"] for row in listed(data).values()} == {"new"}
    site.fail("/bad", 410)
    follow(data)
    follow(data)
    rows = listed(data)
    assert (rows[good]["health"], rows[good]["articles_a_day"], rows[good]["failures"]) == ("ok", 1.0, 0)
    assert rows[good]["last_article"]
    assert (rows[bad]["health"], rows[bad]["failures"]) == ("failing", 2)
    assert rows[bad]["error"] == "is gone for good (status 410)"
    assert rows[bad]["next"] > rows[good]["next"]
    words = dateline("sources", "list", "--data", data).stdout.decode()
    assert f"failing {bad} (feed)" in words
    checked = output("sources", "check", "--allow-private", "--data", data, code=1)
    assert [one["source"] for one in checked["readable"]] == [good]
    assert [failure["origin"] for failure in checked["failures"]] == [bad]
    site.put("/bad", rss("Bad", (f"{site.url}/2", "Two", story("two"))))
    follow(data)
    assert listed(data)[bad]["health"] == "ok"
    output("sources", "remove", bad, "--data", data)
    assert list(listed(data)) == [good]
    assert "is not among the sources" in complaint("sources", "remove", bad, "--data", data, code=1)


def test_a_source_that_moved_for_good_is_followed_there(site: Site, data: Path) -> None:
    old = site.put("/old", rss("Sample Wire", (f"{site.url}/1", "One", story("one"))))
    add(data, old)
    new = site.put("/new", rss("Sample Wire", (f"{site.url}/1", "One", story("one"))))
    site.fail("/old", 301, Location="/new")
    assert follow(data)[old]["new"] == 1
    assert list(listed(data)) == [new]
    site.fail("/new", 302, Location="/elsewhere")
    site.put("/elsewhere", rss("Sample Wire", (f"{site.url}/1", "One", story("one"))))
    follow(data)
    assert list(listed(data)) == [new]


def test_a_source_whose_host_asks_to_wait_is_left_alone(site: Site, data: Path) -> None:
    feed = site.put("/feed", rss("Sample Wire", (f"{site.url}/1", "One", story("one"))))
    add(data, feed)
    site.fail("/feed", 503, Retry_After="3600")
    assert "asks to wait 3600 seconds" in follow(data, code=1)[feed]["error"]
    asked = site.asked["/feed"]
    assert follow(data, code=1) == {}
    assert site.asked["/feed"] == asked


def test_nothing_to_follow_is_told(data: Path) -> None:
    said = complaint("follow", "--once", "--data", data, code=1)
    assert "name one with `dateline sources add URL`" in said


# --- many


def test_a_host_that_hangs_delays_no_other(site: Site, data: Path) -> None:
    released = threading.Event()

    def hang(_: Handler) -> None:
        released.wait(600)

    feeds = [site.put(f"/{n}", rss(f"Wire {n}", (f"{site.url}/s{n}", f"H {n}", story(f"n{n}")))) for n in range(5)]
    with serving("127.0.0.2") as stuck:
        hanging = [stuck.put(f"/{n}", rss("Stuck", (f"{stuck.url}/1", "One", story("one")))) for n in range(5)]
        add(data, *hanging, *feeds)
        stuck.pages = dict.fromkeys(stuck.pages, hang)
        with start("follow", "--delay", "0", "--allow-private", "--data", data) as process:
            until(lambda: all(listed(data)[feed]["last_article"] for feed in feeds))
            rows = listed(data)
            assert best(data, "n4 harbour master")
            process.kill()
        released.set()
    assert any(rows[place]["health"] == "new" for place in hanging)  # their host has not yet used up its time
    assert all(rows[feed]["health"] == "ok" for feed in feeds)


# --- processes


@pytest.mark.usefixtures("interruptible")
def test_one_process_follows_while_others_index_search_and_add(site: Site, data: Path, tmp_path: Path) -> None:
    feed = site.put("/feed", rss("Sample Wire", (f"{site.url}/1", "One", story("pilots"))))
    add(data, feed)
    with start("follow", "--delay", "0", "--allow-private", "--data", data) as process:
        until(lambda: listed(data)[feed]["health"] == "ok")
        assert "another process is following" in complaint("follow", "--once", "--data", data, code=1)
        mill = tmp_path / "mill.txt"
        mill.write_text("date 2021-05-01 The old mill at Sampleton burned down.")
        assert output("index", mill, "--data", data)["new"] == 1
        later = site.put("/later", rss("Later", (f"{site.url}/2", "Two", story("zeppelins"))))
        add(data, later)
        until(lambda: listed(data)[later]["health"] == "ok")
        assert best(data, "zeppelins")["article"]["url"] == f"{site.url}/2"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == b"dateline: interrupted; what is in stays in, run the same command again to go on\n"
    assert output("status", "--data", data)["articles"] == 3


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


KILLS = 8


def test_killed_at_any_instant_nothing_is_lost_and_nothing_comes_twice(site: Site, data: Path) -> None:
    total = 0
    feeds = [f"/{n}" for n in range(3)]
    items: dict[str, list[tuple[str, str, str]]] = {feed: [] for feed in feeds}

    def publish(count: int) -> None:
        nonlocal total
        for feed in feeds:
            for _ in range(count):
                total += 1
                page = site.put(f"/s{total}", article_page(f"Story {total}", story(f"matter{total}")))
                items[feed].insert(0, (page, f"Story {total}", "A teaser."))
            site.put(feed, rss(f"Wire {feed}", *items[feed]), ETag=f'"{total}"')

    publish(1)
    add(data, *(site.url + feed for feed in feeds))
    for n in range(KILLS):
        publish(4)
        with start("follow", "--once", "--delay", "0", "--allow-private", "--data", data) as process:
            asked = site.asked.total()
            while site.asked.total() == asked and process.poll() is None:
                time.sleep(0.005)
            time.sleep(0.05 * n)
            process.kill()
    follow(data)
    assert {counts(row) for row in follow(data).values()} == {(0, 0, True)}
    assert output("status", "--data", data)["articles"] == total
    fetched = [site.asked[f"/s{n}"] for n in range(1, total + 1)]
    assert min(fetched) >= 1
