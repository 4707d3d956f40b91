"""Answers for a terminal, as rich Text: styles, links, and no markup read into an article's words.

Everything here is one Text, which wraps at the width it is printed at, and whose `plain` is what a pipe gets.
"""

from collections.abc import Iterable, Sequence

from rich.style import Style
from rich.text import Text

from bot.render import (
    NOT_FOUND,
    address,
    byline,
    clean,
    headline,
    limits,
    link,
    one_line,
    origin,
    searched,
    short_first,
)
from bot.types import Answer, Claim, Quote
from index.types import Article, Hit, Placing

NUMBER = "bold cyan"
FIRST_WORDS = 12
"""Words of a passage by which `why` names it."""


def terminal(answer: Answer) -> Text:
    """The short answer, the claims and their quotes; or what was searched in vain and what came nearest."""
    parts = _answered(answer) if answer.status == "answered" else _not_found(answer)
    said = [one_line(answer.reader), f"{answer.seconds:.1f} s"]
    if answer.quotes and limits(answer.searched):
        said.append(f"searched {', '.join(limits(answer.searched))}")
    foot = Text(", ".join(said), "dim")
    return _paragraphs([*parts, foot])


def _paragraphs(parts: Iterable[Text]) -> Text:
    return Text("\n\n").join(parts)


def _answered(answer: Answer) -> list[Text]:
    short = short_first(answer)
    return [
        *([Text(short, "bold")] if short else []),
        Text("\n").join(_claim(claim) for claim in answer.claims),
        *(_numbered(quote) for quote in answer.quotes),
    ]


def _claim(claim: Claim) -> Text:
    text = Text(f"{one_line(claim.text)} ")
    for n in claim.quotes:
        text.append(f"[{n}]", NUMBER)
    return text


def _numbered(quote: Quote) -> Text:
    words = Text(clean(quote.text))
    if quote.span:
        words.stylize("bold", *quote.span)
    where = _linked(quote.article, link(quote.article, quote.text))
    return Text.assemble((f"[{quote.n}] ", NUMBER), _quoted(quote.article, words, where, caption=quote.caption))


def _quoted(article: Article, words: Text, where: Text, *, caption: bool) -> Text:
    return Text.assemble((origin(article, caption=caption), "green"), ": “", words, "”", where)


def _linked(article: Article, target: str | None) -> Text:
    """A line with the article's address that leads to `target`; empty where it has none."""
    shown = address(article)
    return Text.assemble("\n", (shown, Style(dim=True, link=target))) if shown else Text()


def _not_found(answer: Answer) -> list[Text]:
    said = Text.assemble((NOT_FOUND, "bold"), "\n", searched(answer.searched))
    return [said, Text("Nearest:\n").append(_articles(answer.nearest))] if answer.nearest else [said]


def _articles(articles: Iterable[Article]) -> Text:
    return Text("\n").join(
        Text.assemble(f"- {headline(article)} (", (byline(article), "green"), ")", _linked(article, address(article)))
        for article in articles
    )


def sources(answer: Answer) -> Text:
    """The articles that the answer quotes, each once: title, outlet, date, link."""
    articles = {quote.article.id: quote.article for quote in answer.quotes}
    return _articles(articles.values()) if articles else Text("The last answer quotes no article.")


def passages(hits: Sequence[Hit]) -> Text:
    """Passages in full, as they stand in their articles, and where else the same article stands."""
    return _paragraphs(
        _quoted(
            hit.article,
            Text(clean(hit.passage.text)),
            _linked(hit.article, link(hit.article, hit.passage.text)).append_text(_also(hit.copies)),
            caption=hit.passage.caption,
        )
        for hit in hits
    )


def _also(copies: Sequence[Article]) -> Text:
    return Text(f"\nalso in {'; '.join(map(byline, copies))}", "dim") if copies else Text()


def why(answer: Answer) -> Text:
    """The passages read, best first: fused score, score and rank by BM25 and by vectors, and what recency added.

    Each takes two lines, as its numbers alone fill a narrow terminal (40 columns).
    """
    if not answer.hits:
        return Text("No passage was read.")
    head = Text("  # score  BM25 rank  dense rank recency", "dim")
    return Text("\n").join([head, *(_row(rank, hit) for rank, hit in enumerate(answer.hits, start=1))])


def _row(rank: int, hit: Hit) -> Text:
    words = one_line(hit.passage.text).split(" ")
    first = " ".join(words[:FIRST_WORDS]) + ("…" if len(words) > FIRST_WORDS else "")
    found = f"{_placing(hit.lexical, digits=1)}  {_placing(hit.semantic, digits=2)}"
    return Text.assemble(
        (f"{rank:>3}", NUMBER),
        f" {hit.score:5.2f} {found} {hit.recency:+7.2f}\n    ",
        (byline(hit.article), "green"),
        f": {first}",
    )


def _placing(placing: Placing | None, digits: int) -> str:
    """Score and rank, ten columns."""
    if placing is None:
        return f"{'–':>5} {'–':>4}"
    return f"{placing.score:5.{digits}f} {placing.rank:>4}"
