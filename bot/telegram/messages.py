"""What the bot says, as styled text. Pure.

Telegram shows an article's words as they are: every one of them has been through `clean` or `one_line`.
"""

import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.render import (
    NOT_FOUND,
    address,
    byline,
    clean,
    headline,
    kept_to,
    link,
    one_line,
    origin,
    searched,
    short_first,
    written,
)
from bot.telegram.text import Paragraph, Run
from bot.types import Answer, Claim, Quote
from index.types import Article, Hit, Placing, Status

COMMANDS = {
    "help": "what you can ask, and how",
    "sources": "the articles that the last answer quotes",
    "more": "what else was read for it",
    "why": "how those passages were ranked",
    "latest": "the newest passages on something: /latest harbour",
    "since": "only articles from a date on: /since 2020-09 who met Macron?",
    "outlet": "only one outlet: /outlet Sample Wire: who met Macron?",
    "reset": "forget the conversation",
    "about": "the articles behind the answers, versions, what is stored",
}
"""What Telegram offers after a "/", in this order."""

SHORT_DESCRIPTION = "Answers questions about the news, every claim with a verbatim quote, its outlet, date and link."

MAX_LABEL = 120
"""Characters of a headline or an outlet; what is longer is cut, so that the words of a link stay on one message."""

FIRST_WORDS = 120
"""Characters by which a passage is named."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)


def said(*lines: str) -> list[Paragraph]:
    """Plain paragraphs."""
    return [[Run(line)] for line in lines]


def label(text: str, width: int = MAX_LABEL) -> str:
    """The text cut to a width in characters."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def answered(answer: Answer, asked: str) -> list[Paragraph]:
    """The answer with its sources, or what was searched in vain.

    Args:
        answer: What to show.
        asked: The question as it was typed; where it was understood otherwise, that is said.
    """
    meant = one_line(answer.question)
    understood = [] if meant == one_line(asked) else [[Run(f"Understood as: {meant}", italic=True)]]
    return [*understood, *(_found(answer) if answer.claims else _not_found(answer))]


def _found(answer: Answer) -> list[Paragraph]:
    short = short_first(answer)
    kept = kept_to(answer.searched)
    return [
        *([[Run(short, bold=True)]] if short else []),
        *(_claim(claim) for claim in answer.claims),
        *(_source(quote) for quote in answer.quotes),
        *([[Run(f"{kept}.", italic=True)]] if kept else []),
    ]


def _claim(claim: Claim) -> Paragraph:
    return [Run(f"{one_line(claim.text)} "), *(Run(f"[{n}]", whole=True) for n in claim.quotes)]


def _source(quote: Quote) -> Paragraph:
    """The number and the outlet, and below them the quote with the short answer in bold."""
    words = clean(quote.text)
    start, end = quote.span or (0, 0)
    parts = (Run(words[:start], quote=True), Run(words[start:end], bold=True, quote=True), Run(words[end:], quote=True))
    return [
        Run(f"[{quote.n}]", whole=True),
        Run(" "),
        Run(label(origin(quote.article, caption=quote.caption)), link=link(quote.article, quote.text), whole=True),
        Run("\n"),
        *(part for part in parts if part.text),
    ]


def _not_found(answer: Answer) -> list[Paragraph]:
    """Articles with an address are left to the buttons below."""
    silent = [article for article in answer.nearest if not address(article)]
    near = [[Run("Nearest:\n"), *_listed(silent)]] if silent else []
    return [[Run(NOT_FOUND, bold=True)], [Run(searched(answer.searched))], *near]


def _listed(articles: Iterable[Article]) -> list[Run]:
    return [
        run
        for article in articles
        for run in (Run("• "), Run(titled(article), link=address(article), whole=True), Run("\n"))
    ]


def titled(article: Article, width: int = MAX_LABEL) -> str:
    """Headline and byline: "Ferry aground (Sample Wire, 29 September 2020)"."""
    return f"{label(headline(article), width)} ({label(byline(article), width)})"


def sources(answer: Answer) -> list[Paragraph]:
    """The articles that the answer quotes, each once."""
    articles = {quote.article.id: quote.article for quote in answer.quotes}
    return [_listed(articles.values())] if articles else said("That answer quotes no article.")


def passages(hits: Sequence[Hit]) -> list[Paragraph]:
    """Passages in full, each below its outlet, date and link."""
    return [passage(hit) for hit in hits]


def passage(hit: Hit) -> Paragraph:
    """One passage in full."""
    where = label(origin(hit.article, caption=hit.passage.caption))
    return [
        Run(where, link=link(hit.article, hit.passage.text), whole=True),
        Run("\n"),
        Run(clean(hit.passage.text), quote=True),
    ]


def why(answer: Answer) -> list[Paragraph]:
    """The passages read, best first, with what ranked them."""
    rows = [_row(rank, hit) for rank, hit in enumerate(answer.hits, start=1)]
    return [[Run("Passages read, best first:", bold=True)], *rows] if rows else said("No passage was read.")


def _row(rank: int, hit: Hit) -> Paragraph:
    found = f"BM25 {_placing(hit.lexical)}, dense {_placing(hit.semantic)}, recency {hit.recency:+.2f}"
    first = textwrap.shorten(one_line(hit.passage.text), FIRST_WORDS, placeholder="…")
    return [Run(f"{rank}. {hit.score:.2f}", bold=True), Run(f" ({found})\n{label(byline(hit.article))}: {first}")]


def _placing(placing: Placing | None) -> str:
    return f"#{placing.rank}" if placing else "–"


def helped(status: Status, examples: Sequence[str], username: str) -> list[Paragraph]:
    """What to ask and how: in private, in groups, inline."""
    return [
        [Run("Dateline answers questions about the news. "), Run("Every claim has a verbatim quote.", bold=True)],
        [Run(_reach(status))],
        *([[Run("For example:"), *(Run(f"\n• {example}") for example in examples)]] if examples else []),
        [Run(f"A follow-up may lean on what was said before. In a group, reply to me or mention @{username}.")],
        [Run("\n".join(f"/{name} – {purpose}" for name, purpose in COMMANDS.items()))],
    ]


def _reach(status: Status) -> str:
    if not status.articles:
        return "There are no articles yet, so it cannot answer."
    span = f" from {written(status.oldest)} to {written(status.newest)}" if status.oldest and status.newest else ""
    return f"It has {status.articles:,} article{'' if status.articles == 1 else 's'}{span}."


def about(status: Status, version: str, kept: str) -> list[Paragraph]:
    """The articles, the versions, and what is stored of the user.

    Args:
        status: What can be asked about.
        version: Dateline's.
        kept: What is stored and for how long, in a sentence.
    """
    outlets = ", ".join(f"{one_line(name)} ({count:,})" for name, count in list(status.outlets.items())[:10])
    return [
        [Run(f"Dateline {version}", bold=True)],
        [Run(_reach(status) + (f" Outlets: {outlets}." if outlets else ""))],
        [Run(f"Encoder: {status.encoder or 'none'}. A claim is a sentence of an article: nothing is written anew.")],
        [Run(kept)],
    ]


def newest(hits: Sequence[Hit], count: int) -> list[Hit]:
    """The hits whose articles came out last, newest first; undated ones after all others."""
    return sorted(hits, key=lambda hit: came_out(hit.article), reverse=True)[:count]


def came_out(article: Article) -> datetime:
    """When; long ago if that is not known."""
    return article.published.at if article.published else LONG_AGO
