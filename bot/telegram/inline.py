"""Inline mode: passages with their sources while the question is typed, from the retriever alone."""

import textwrap
from collections.abc import Sequence
from functools import partial

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import ContextTypes

from bot.render import byline, headline, one_line
from bot.telegram.asking import Asker
from bot.telegram.messages import label, passage, said
from bot.telegram.text import Paragraph, Run, html, split
from index.errors import DatelineError
from index.retrieve import Retriever
from index.types import Hit

MIN_LETTERS = 3
MAX_LETTERS = 256
"""Characters of a query: Telegram cuts it there, so a longer one is not what was typed."""

RESULTS = 8
PER_ARTICLE = 1
CACHE_SECONDS = 60
"""How long Telegram may show the same results: as long as an index is likely to stay as it is."""

DESCRIPTION = 160
"""Characters of a passage that a result shows before it is sent."""

HELP = InlineQueryResultsButton("Type a question about the news", start_parameter="help")


class Inline:
    """Answers inline queries from one Retriever."""

    def __init__(self, asker: Asker, retriever: Retriever) -> None:
        self._asker = asker
        self._retriever = retriever

    async def typed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """The handler of inline queries."""
        query = update.inline_query
        if query is None:
            return
        words = one_line(query.query)
        button = HELP if len(words) < MIN_LETTERS else None
        await query.answer(await self._results(words), cache_time=CACHE_SECONDS, button=button)

    async def _results(self, words: str) -> list[InlineQueryResultArticle]:
        if len(words) < MIN_LETTERS:
            return []
        if len(words) >= MAX_LETTERS:
            return [_failure("That is too long: ask in fewer words.")]
        search = partial(self._retriever.search, words, RESULTS, per_article=PER_ARTICLE)
        try:
            return results(await self._asker.work(search))
        except (DatelineError, TimeoutError):
            return [_failure("That cannot be answered now: try again later.")]


def results(hits: Sequence[Hit]) -> list[InlineQueryResultArticle]:
    """A result for each passage, best first; it sends the headline, the passage, its outlet, date and link."""
    if not hits:
        return [_failure("No article tells of that.")]
    return [
        _result(
            str(rank),
            label(headline(hit.article)),
            _described(hit),
            [[Run(label(headline(hit.article)), bold=True)], passage(hit)],
        )
        for rank, hit in enumerate(hits, start=1)
    ]


def _described(hit: Hit) -> str:
    words = textwrap.shorten(one_line(hit.passage.text), DESCRIPTION, placeholder="…")
    return f"{label(byline(hit.article))}: {words}"


def _failure(words: str) -> InlineQueryResultArticle:
    return _result("failure", words, "Dateline", said(words))


def _result(name: str, title: str, description: str, text: Sequence[Paragraph]) -> InlineQueryResultArticle:
    content = InputTextMessageContent(
        html(split(text)[0]), ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
    return InlineQueryResultArticle(name, title, content, description=description)
