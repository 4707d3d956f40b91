"""Answers as plain text. Pure.

An article's words are untrusted: whatever they hold, they are shown as words. `clean` takes out the characters that
would command a terminal or reorder what stands around them; only JSON (`as_json`), which escapes them, passes them on.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote as percent_encode

from bot.types import Answer, Claim, Quote, Searched
from index.types import Article, Precision, Published

FRAGMENT_WORDS = 5
"""Words at each end of a quote that name it in a link: enough to be met once on a page, short enough for a URL."""

# Not datetime's %B, which depends on the locale.
MONTHS = """January February March April May June July August September October November December""".split()

NOT_FOUND = "Not found: no article that was searched answers this."

# Controls but tab and newline, line separators, direction overrides and isolates, lone surrogates.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_IN_URL = re.compile(rf"\s|{_UNSAFE.pattern}")


def clean(text: str) -> str:
    """The text with each unsafe character replaced by U+FFFD, so that offsets into it still hold."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """The text cleaned, and each run of white space in it made one space."""
    return clean(" ".join(text.split()))


def written(published: Published | None) -> str:
    """A date as far as it is known: "29 September 2020", "September 2020", "2020" or "undated"."""
    if published is None:
        return "undated"
    at = published.at
    month = f"{MONTHS[at.month - 1]} {at.year}"
    return {Precision.YEAR: f"{at.year}", Precision.MONTH: month}.get(published.precision, f"{at.day} {month}")


def byline(article: Article) -> str:
    """Outlet and date: "Sample Wire, 29 September 2020"."""
    return f"{one_line(article.source or '') or 'unnamed outlet'}, {written(article.published)}"


def headline(article: Article) -> str:
    """The title, or else the first words of the text."""
    return one_line(article.title) or textwrap.shorten(one_line(article.text[:200]), 60, placeholder="…")


def address(article: Article) -> str | None:
    """The article's URL where it is one a browser may be sent to (http, https)."""
    if not article.url or not article.url.lower().startswith(("http://", "https://")):
        return None
    return _UNSAFE_IN_URL.sub(lambda match: percent_encode(match[0], errors="replace"), article.url)


def text_fragment(url: str, quote: str) -> str:
    """The URL with a text directive, at which a browser scrolls to the quote and marks it.

    A quote of up to 2 * FRAGMENT_WORDS words stands in it whole, a longer one as `first words,last words`. So does
    one of several paragraphs, as only the two ends of a range may stand in different blocks of a page.

    Source: WICG, URL Fragment Text Directives, https://wicg.github.io/scroll-to-text-fragment/ ("-", "," and "&"
    are its syntax, so they are percent-encoded in words; a URL's own fragment stands before ":~:").

    Args:
        url: Where the quote stands; may have a fragment, and a directive, which is replaced.
        quote: At least one word.
    """
    paragraphs = [line.split() for line in quote.splitlines() if line.strip()]
    first, last = paragraphs[0], paragraphs[-1]
    whole = len(paragraphs) == 1 and len(first) <= 2 * FRAGMENT_WORDS
    ends = [first] if whole else [first[:FRAGMENT_WORDS], last[-FRAGMENT_WORDS:]]
    directive = ",".join(_directive_words(words) for words in ends)
    base = url.partition(":~:")[0]
    return f"{base}{'' if '#' in base else '#'}:~:text={directive}"


def _directive_words(words: list[str]) -> str:
    return percent_encode(" ".join(words), safe="", errors="replace").replace("-", "%2D")


def link(article: Article, quote: str) -> str | None:
    """Where a browser shows the quote in its article; None where the article has no web address."""
    url = address(article)
    return text_fragment(url, quote) if url else None


def statement(claim: Claim) -> str:
    """A claim with the numbers of its quotes: "The summit was moved. [1][2]"."""
    return f"{one_line(claim.text)} {''.join(f'[{n}]' for n in claim.quotes)}"


def origin(article: Article, *, caption: bool) -> str:
    """The byline, and whether the words are a picture's caption."""
    return f"{byline(article)} (picture caption)" if caption else byline(article)


def searched(scope: Searched) -> str:
    """What was searched, as one sentence: how many articles, the newest's date, the limits."""
    said = [f"Searched {scope.articles:,} article{'' if scope.articles == 1 else 's'}"]
    if scope.newest:
        said.append(f"the newest of {written(scope.newest)}")
    return ", ".join([*said, *limits(scope)]) + "."


def limits(scope: Searched) -> list[str]:
    """To which outlets and times the search kept, and which it preferred."""
    said = []
    if scope.where.sources:
        said.append(f"only from {' or '.join(map(one_line, scope.where.sources))}")
    if scope.where.after:
        said.append(f"published from {_instant(scope.where.after)} on")
    if scope.where.before:
        said.append(f"published before {_instant(scope.where.before)}")
    if scope.preferred:
        said.append(f"those of {scope.preferred} first")
    return said


def kept_to(scope: Searched) -> str | None:
    """The limits below an answer: "Searched only from CNN"; None if there were none."""
    said = limits(scope)
    return f"Searched {', '.join(said)}" if said else None


def _instant(at: datetime) -> str:
    midnight = (at.hour, at.minute) == (0, 0)
    return written(Published(at)) + ("" if midnight else f" {at:%H:%M}")


def short_first(answer: Answer) -> str | None:
    """The short answer on one line, where it says less than the claim that follows it."""
    short = one_line(answer.short or "")
    return short if short and short not in {one_line(claim.text) for claim in answer.claims} else None


def plain(answer: Answer, width: int = 80) -> str:
    """The answer for pipes and files, without a newline at its end.

    The parts of the answer are shown rather than `answer.text`, which says the same in one piece. Quotes and links
    are left on their lines as they are; the rest is wrapped.

    Args:
        answer: What to show.
        width: Columns.
    """
    parts = _answered(answer, width) if answer.status == "answered" else _not_found(answer, width)
    return "\n\n".join(parts)


def _answered(answer: Answer, width: int) -> Iterator[str]:
    short = short_first(answer)
    if short:
        yield _wrapped([short], width)
    yield _wrapped(map(statement, answer.claims), width)
    yield from map(_quoted, answer.quotes)
    kept = kept_to(answer.searched)
    if kept:
        yield _wrapped([f"{kept}."], width)


def _not_found(answer: Answer, width: int) -> Iterator[str]:
    yield _wrapped([NOT_FOUND, searched(answer.searched)], width)
    if answer.nearest:
        yield "\n".join(["Nearest:", *(_listed(article, width) for article in answer.nearest)])


def _wrapped(lines: Iterable[str], width: int) -> str:
    return "\n".join(textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in lines)


def _quoted(quote: Quote) -> str:
    url = link(quote.article, quote.text)
    words = f"[{quote.n}] {origin(quote.article, caption=quote.caption)}: “{clean(quote.text)}”"
    return f"{words}\n{url}" if url else words


def _listed(article: Article, width: int) -> str:
    url = address(article)
    entry = _wrapped([f"- {headline(article)} ({byline(article)})"], width)
    return f"{entry}\n  {url}" if url else entry
