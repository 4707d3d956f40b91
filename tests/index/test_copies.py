from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.copies import NEAR, Story, collapse, outlet, publishers, same
from index.types import Article, Hit, Passage, Precision, Published

AT = datetime(2021, 3, 30, 8, tzinfo=UTC)
REPORT = Article(
    "report",
    "The ferry Aurelia ran aground off Kirkholm at dawn on Tuesday with 212 people on board, the Coast Guard said. "
    "All were brought ashore by 9.40, among them the actor Magnus Ferring and 14 pupils of the Norwick School.\n\n"
    "“We heard a bang and then nothing,” said Captain Ingrid Solheim. The Aurelia, built in Gdansk in 1998, had left "
    "Tarbet at 5.15 for Lerwick. Northlink, its owner, has cancelled 6 sailings until Friday.",
    title="Ferry aground off Kirkholm",
    published=Published(AT, Precision.TIME),
    source="Sample Wire",
)
RETOLD = replace(
    REPORT,
    id="retold",
    title="212 rescued from stranded ship",
    text="Coast Guard crews took 212 people off the Aurelia after it hit rocks near Kirkholm. By 9.40 on Tuesday the "
    "last of them, 14 children from Norwick School and actor Magnus Ferring included, stood on dry land.\n\n"
    "The Northlink ship dates from 1998 and comes from a yard in Gdansk. It was 5.15 when it set out from Tarbet, "
    "with Lerwick as its goal. There was a bang, “and then nothing”, Captain Ingrid Solheim recalled. No fewer than 6 "
    "crossings up to Friday will not take place.",
    source="Demo Daily",
)
OWN_REPORT = replace(
    REPORT,
    id="own",
    text="Families waited on the quay of Lerwick for hours on Tuesday before they heard that everybody from the ferry "
    "Aurelia was safe. Mayor Tom Haldane opened the Garrison Hall and had tea brought from the Queens Hotel.\n\n"
    "Divers will look at the hull on Wednesday. The Marine Accident Branch in Southampton sends 3 inspectors; its "
    "last case there, in 2014, took 11 months. Rivals of Northlink offered 80 berths on the Hjaltland.",
    source="Example Courier",
)
STORIES = st.builds(
    Article,
    id=st.sampled_from("ab"),
    text=st.sampled_from([REPORT.text, RETOLD.text, OWN_REPORT.text, REPORT.text[:200], "", "Nothing."]),
    url=st.sampled_from([None, "https://wire.test/1", "https://daily.test/2"]),
    published=st.none() | st.builds(Published, st.just(AT) | st.just(AT + 2 * NEAR), st.sampled_from(Precision)),
    source=st.sampled_from([None, "", "Sample Wire", "Demo Daily"]),
)


def copied(article: Article, id_: str = "copy", source: str = "Demo Daily", days: float = 1) -> Article:
    assert article.published
    at = article.published.at + timedelta(days=days)
    return replace(article, id=id_, source=source, url=None, published=replace(article.published, at=at))


def alike(one: Article, other: Article) -> bool:
    return same(Story(one), Story(other))


def hit(article: Article, score: float = 1.0) -> Hit:
    return Hit(Passage(article.id, 0, article.text, 0, len(article.text)), article, score, None, None, 0.0)


@given(st.builds(Article, id=st.text(), text=st.text()))
def test_an_article_is_a_copy_of_itself(article: Article) -> None:
    assert alike(article, article)


def test_every_sample_article_is_known_in_another_outlet_on_the_next_day(seeds_articles: Mapping[str, Article]) -> None:
    missed = [id_ for id_, article in seeds_articles.items() if not alike(article, copied(article))]
    assert missed == []


@given(STORIES, STORIES)
def test_being_a_copy_goes_both_ways(one: Article, other: Article) -> None:
    assert alike(one, other) == alike(other, one)


def test_a_report_retold_is_a_copy_and_another_of_the_same_event_is_not() -> None:
    assert alike(REPORT, RETOLD)
    assert not alike(REPORT, OWN_REPORT)
    assert not alike(RETOLD, OWN_REPORT)


def test_an_outlet_does_not_retell_itself() -> None:
    assert not alike(REPORT, replace(RETOLD, source=REPORT.source))


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text[: text.index(" Northlink, its owner")],
        lambda text: f"{text}\n\nReporting by our staff in London.",
        lambda text: text.replace("“", '"').replace("”", '"'),
        lambda text: text.replace("cancelled", "canceled").replace("brought ashore", "taken to land"),
    ],
)
def test_a_lightly_edited_copy_is_one(edit: Callable[[str], str]) -> None:
    assert alike(REPORT, replace(copied(REPORT), text=edit(REPORT.text)))


def test_other_figures_make_an_update_of_a_copy_and_a_version_of_an_article() -> None:
    text = REPORT.text.replace("212", "219")
    assert not alike(REPORT, replace(copied(REPORT), text=text))
    assert alike(REPORT, replace(copied(REPORT, source="Sample Wire"), text=text))


def test_the_same_words_long_after_tell_of_something_else() -> None:
    assert not alike(REPORT, copied(REPORT, days=365))
    page = replace(REPORT, url="https://wire.test/ferry")
    assert alike(page, replace(copied(page, days=365), url=page.url))


def test_a_paraphrase_needs_its_date_and_a_copy_does_not() -> None:
    assert not alike(REPORT, replace(RETOLD, published=None))
    assert not alike(REPORT, replace(RETOLD, published=Published(AT, Precision.MONTH)))
    assert alike(REPORT, replace(copied(REPORT), published=None))


def test_notices_in_place_of_articles_are_not_taken_for_each_other() -> None:
    notice = replace(REPORT, text="Sign up to the Sample Wire for a daily briefing. Read more in our App on iOS.")
    assert not alike(notice, copied(notice))


def test_a_copy_is_listed_by_the_best_ranked_and_has_no_place_of_its_own() -> None:
    copy, other = copied(REPORT), replace(OWN_REPORT, id="x")
    kept = list(collapse([hit(REPORT, 3), hit(copy, 2.5), hit(other, 2), hit(REPORT, 1.5), hit(copy, 1)]))
    assert [(h.article.id, h.score) for h in kept] == [("report", 3), ("x", 2), ("report", 1.5)]
    assert [h.copies for h in kept] == [(copy,), (), (copy,)]


def test_copies_are_listed_best_first() -> None:
    second, third = copied(REPORT, "second"), copied(REPORT, "third", "The Specimen Post")
    (kept,) = collapse([hit(REPORT), hit(third), hit(second), hit(RETOLD)])
    assert kept.copies == (third, second, RETOLD)


def test_a_newer_version_stands_for_the_older_though_it_ranks_below() -> None:
    newer = replace(copied(REPORT, "newer", "sample wire", 0.2), text=f"{REPORT.text} Nobody was hurt.")
    elsewhere = copied(REPORT, "elsewhere", days=1)
    (kept,) = collapse([hit(REPORT), hit(elsewhere), hit(newer)])
    assert kept.article == newer
    assert kept.copies == (REPORT, elsewhere)


@given(st.lists(STORIES, max_size=8))
def test_collapsing_loses_no_article_and_keeps_the_order(articles: list[Article]) -> None:
    distinct = {article.id: article for article in articles}
    hits = [hit(distinct[article.id], -n) for n, article in enumerate(articles)]
    kept = list(collapse(hits))
    assert [h.score for h in kept] == sorted((h.score for h in kept), reverse=True)
    assert {a.id for h in kept for a in (h.article, *h.copies)} == distinct.keys()
    assert [h.article.id for h in collapse(kept)] == [h.article.id for h in kept]


@pytest.mark.parametrize(
    ("source", "url", "expected"),
    [
        ("The Specimen Post", None, "specimen post"),
        ("the SPECIMEN Post ", "https://x.test/1", "specimen post"),
        (None, "https://www.daily.test/1", "daily.test"),
        (None, None, ""),
        ("The", None, "the"),
    ],
)
def test_an_outlet_has_one_spelling(source: str | None, url: str | None, expected: str) -> None:
    assert outlet(Article("a", "x", source=source, url=url)) == expected


def test_publishers_are_counted_and_not_their_feeds_or_copies() -> None:
    feed = replace(OWN_REPORT, id="feed", source="The Example Courier", text="Something else.")
    assert publishers([]) == 0
    assert publishers([REPORT, REPORT]) == 1
    assert publishers([REPORT, copied(REPORT), RETOLD]) == 1
    assert publishers([REPORT, OWN_REPORT, feed]) == 2
    assert publishers([replace(REPORT, source=None), replace(OWN_REPORT, source="")]) == 1


def test_an_outlet_that_prints_a_copy_may_also_have_a_report_of_its_own() -> None:
    copy = copied(REPORT, source="Example Courier")
    assert publishers([copy, OWN_REPORT, REPORT]) == publishers([REPORT, OWN_REPORT, copy]) == 2
