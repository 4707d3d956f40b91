"""Questions that the articles at hand answer, for /start."""

from collections.abc import Iterator
from itertools import islice

from bot.answer import Newsdesk
from bot.mentions import Mention, Sort, mentions

ANYTHING = "What is the latest news?"
EXAMPLES = 3
TRIED = 12
"""Questions that are asked to find these, so that a start takes no longer than a second or two."""


def examples(desk: Newsdesk) -> list[str]:
    """Up to EXAMPLES questions that the desk answers; it is asked a few to find them. Raises StoreError."""
    candidates = islice(dict.fromkeys(_candidates(desk)), TRIED)
    return list(islice((question for question in candidates if desk.ask(question).claims), EXAMPLES))


def _candidates(desk: Newsdesk) -> Iterator[str]:
    for hit in desk.ask(ANYTHING).hits:
        yield from map(
            _about, [found for found in mentions(hit.passage.text) if " " in found.text or found.sort is Sort.PLACE]
        )


def _about(mention: Mention) -> str:
    return f"What happened in {mention.text}?" if mention.sort is Sort.PLACE else f"What did {mention.text} say?"
