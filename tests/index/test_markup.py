import tarfile
import time
from collections import Counter
from pathlib import Path

import pytest

from index.errors import InputError
from index.markup import MAX_DEPTH
from index.parse import Blob, Kind, parse
from index.types import Article, Failure

FEEDS = Path(__file__).parents[2] / ".." / "shared" / "data" / "feeds" / "feedparser.tar.gz"

HEAD = """<title>Elbe bridge opens again | Demo Daily</title><meta property="og:site_name" content="Demo Daily">
<meta property="og:title" content="Elbe bridge opens again"><meta name="author" content="Jane Roe">
<link rel="canonical" href="https://www.daily.example.org/elbe-bridge">"""
TIMED = '<meta property="article:published_time" content="2021-03-04T23:30:00-05:00">'
PARAGRAPHS = [
    "The bridge over the Elbe is open again, the city said on Thursday. It had been closed for a month.",
    "Nobody was hurt when two of its cables broke in the storm, and the repair has cost less than was feared.",
    "Trams will cross the river from Monday on, at first at walking speed and with nobody standing in them.",
]
FIGURE = (
    '<figure><img src="a.jpg" alt=""><figcaption>Cyclists on the bridge. <i>Photo: A. Kern</i></figcaption></figure>'
)


def html(head: str = HEAD + TIMED, body: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    menu = "<nav><ul><li><a href='/'>Front page</a></li><li><a href='/s'>Sport</a></li></ul></nav>"
    return (
        f"<!DOCTYPE html><html lang='en-GB'><head>{head}</head><body>{menu}<article><h1>Elbe bridge opens again</h1>"
        f"{FIGURE}{text}</article>{body}<footer><p>© Demo Daily. All rights reserved.</p></footer></body></html>"
    )


def page(data: str | bytes) -> Article:
    (article,) = parse(Blob("/news/p.html", "p", Kind.PAGE, data.encode() if isinstance(data, str) else data))
    assert isinstance(article, Article)
    return article


def test_a_page_with_everything() -> None:
    article = page(html())
    assert article.text == "\n\n".join([*PARAGRAPHS, "[Cyclists on the bridge. Photo: A. Kern]"])
    assert str(article.published) == "2021-03-05T04:30:00+00:00"
    assert article == Article(
        id="p",
        text=article.text,
        title="Elbe bridge opens again",
        url="https://www.daily.example.org/elbe-bridge",
        published=article.published,
        source="Demo Daily",
        language="en",
        authors=("Jane Roe",),
        origin="/news/p.html",
    )


def test_a_page_without_metadata() -> None:
    article = page(html(head=""))
    assert article.title == "Elbe bridge opens again"
    assert (article.url, article.published, article.source, article.authors) == (None, None, None, ())


def test_the_outlet_of_a_page_that_names_none_is_its_host() -> None:
    link = '<link rel="canonical" href="https://www.daily.example.org/elbe-bridge">'
    assert page(html(head=link)).source == "daily.example.org"


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta property="article:published_time" content="2021-03-04">', "2021-03-04"),
        (
            '<script type="application/ld+json">{"datePublished": "2021-03-04T10:00:00Z"}</script>',
            "2021-03-04T10:00:00+00:00",
        ),
    ],
)
def test_a_page_is_dated_as_precisely_as_it_says(head: str, published: str) -> None:
    assert str(page(html(head=HEAD + head)).published) == published


def test_captions_of_other_stories_are_left_out() -> None:
    assert page(html(body=f"<aside>{FIGURE.replace('Cyclists', 'Swimmers')}</aside>")).text == page(html()).text


def test_a_page_in_its_declared_encoding() -> None:
    data = html(head=HEAD + '<meta charset="iso-8859-1">').replace("Elbe", "Saône").encode("cp1252")
    assert page(data).title == "Saône bridge opens again"


def test_a_page_nested_as_deeply_as_lxml_goes_is_read_in_full() -> None:
    around = MAX_DEPTH - len(["html", "body", "article", "figure", "figcaption", "i"])
    nested = html().replace("<article>", "<div>" * around + "<article>")
    assert page(nested).text.startswith(PARAGRAPHS[0])
    with pytest.raises(InputError, match="nested too deeply"):
        page(nested.replace("<article>", "<div><article>"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<html>" + "<div>" * 100_000 + PARAGRAPHS[0], "nested too deeply"),
        ("<html><body><nav><a href='/'>Front page</a></nav></body></html>", "no article text found in the page"),
        ("<html></html>", "no article text found in the page"),
        ("<!-- nothing -->", "no article text found in the page"),
    ],
    ids=["deep", "menu", "empty", "comment"],
)
def test_a_page_without_an_article(data: str, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(InputError, match=reason):
        page(data)
    assert time.monotonic() - started < 10


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Demo &amp;amp; Daily</title><language>en-GB</language>
<item><title>Bridge &lt;b&gt;opens&lt;/b&gt;</title><guid>elbe-1</guid><link>https://a.example/1</link>
<author>Jane Roe</author><pubDate>Thu, 04 Mar 2021 10:00:00 +0100</pubDate>
<description>&lt;p&gt;The bridge is
open.&lt;/p&gt;&lt;p&gt;Trams&lt;br&gt;cross.&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description></item>
<item><title>No more than a headline</title></item>
<item><guid>https://a.example/?id=3</guid><description>Plain words, 5 &amp;lt; 6.</description></item>
<item></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Demo Daily</title><entry>
<id>tag:a.example,2021:1</id><title>Bridge opens</title><link href="https://a.example/1"/><updated>2021-03-04</updated>
<author><name>Jane Roe</name></author><author><name>Max Poe</name></author><summary>Short.</summary>
<content type="html">&lt;p&gt;Long.&lt;/p&gt;
&lt;figure&gt;&lt;figcaption&gt;A tram.&lt;/figcaption&gt;&lt;/figure&gt;</content>
</entry></feed>"""


def feed(data: str | bytes) -> list[Article | Failure]:
    return list(parse(Blob("/news/f.xml", "f", Kind.FEED, data.encode() if isinstance(data, str) else data)))


def test_rss_with_good_and_broken_entries() -> None:
    first, headline, third, empty = feed(RSS)
    assert isinstance(first, Article)
    assert first == Article(
        id="elbe-1",
        text="The bridge is open.\n\nTrams\n\ncross.",
        title="Bridge opens",
        url="https://a.example/1",
        published=first.published,
        source="Demo & Daily",
        language="en",
        authors=("Jane Roe",),
        origin="/news/f.xml",
    )
    assert str(first.published) == "2021-03-04T09:00:00+00:00"
    assert headline == Failure("/news/f.xml#No more than a headline", "the entry has no text")
    assert isinstance(third, Article)
    assert (third.text, third.title, third.id[:4], len(third.id)) == ("Plain words, 5 < 6.",) * 2 + ("url-", 20)
    assert empty == Failure("/news/f.xml#4", "the entry has no text")


def test_atom_content_comes_before_the_summary() -> None:
    (article,) = feed(ATOM)
    assert isinstance(article, Article)
    assert article.text == "Long.\n\n[A tram.]"
    assert (article.id[:4], article.authors, str(article.published)) == ("url-", ("Jane Roe", "Max Poe"), "2021-03-04")


@pytest.mark.parametrize(
    ("stated", "published"), [("Thu, 04 Mar 2021", "2021-03-04"), ("2021-063", "None"), ("2021-március-04", "None")]
)
def test_a_date_is_rather_missing_than_wrong(stated: str, published: str) -> None:
    (article,) = feed(ATOM.replace("2021-03-04", stated))
    assert isinstance(article, Article)
    assert str(article.published) == published


def test_a_feed_that_is_cut_off_gives_what_it_has() -> None:
    assert feed(RSS[: RSS.index("<item></item>")])[0] == feed(RSS)[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "koi8-r"])
def test_a_feed_in_another_encoding(encoding: str) -> None:
    data = RSS.replace("version='1.0'", "").replace('"1.0"?>', f'"1.0" encoding="{encoding.removesuffix("-sig")}"?>')
    (first, *_) = feed(data.replace("The bridge is", "Мост").encode(encoding))
    assert isinstance(first, Article)
    assert first.text.startswith("Мост open.")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><item>&b;</item></rss>', "declares XML entities"),
        ('<!-- <a> --><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss/>', "declares XML entities"),
        ("<rss><channel></channel></rss>", "no entries found in the feed"),
        ("Just words.", "no entries found in the feed"),
    ],
)
def test_a_feed_that_is_refused(data: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        feed(data)


def test_an_entry_may_write_about_entities() -> None:
    (first, *_) = feed(RSS.replace("Trams", "&amp;lt;!ENTITY"))
    assert isinstance(first, Article)
    assert "<!ENTITY" in first.text


def test_deeply_nested_entries_are_read() -> None:
    (first, *_) = feed(RSS.replace("Trams", "&lt;div&gt;" * 20_000 + "Trams"))
    assert isinstance(first, Article)
    assert "Trams" in first.text


@pytest.mark.skipif(not FEEDS.exists(), reason="feedparser's feeds in ../shared are not on this machine")
def test_no_feed_of_feedparsers_own_tests_crashes_or_hangs() -> None:
    seen: Counter[str] = Counter()
    with tarfile.open(FEEDS) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.name.endswith(".xml") else None
            if stream:
                started = time.monotonic()
                seen[_outcome(stream.read())] += 1
                assert time.monotonic() - started < 5, member.name
    assert seen.total() == 2106
    assert seen["articles"] > 300


def _outcome(data: bytes) -> str:
    try:
        return "articles" if any(isinstance(item, Article) for item in feed(data)) else "failures"
    except InputError:
        return "refused"
