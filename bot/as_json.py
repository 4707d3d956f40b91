"""Answers and passages as JSON's own types: a contract, which the README documents. Pure."""

from bot.render import link
from bot.types import Answer, Quote, Searched
from index.types import Article, Hit, Placing, Published


def article_json(article: Article) -> dict[str, object]:
    """id, title, url, source, and published as far as it is known (ISO 8601) or null."""
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "published": _date_json(article.published),
    }


def hit_json(rank: int, hit: Hit) -> dict[str, object]:
    """A passage found: its rank from 1, the scores that made it, the passage and its article."""
    passage = hit.passage
    return {
        "rank": rank,
        "score": hit.score,
        "lexical": _placing_json(hit.lexical),
        "semantic": _placing_json(hit.semantic),
        "recency": hit.recency,
        "passage": {"text": passage.text, "start": passage.start, "end": passage.end, "caption": passage.caption},
        "article": article_json(hit.article),
        "copies": [article_json(article) for article in hit.copies],
    }


def to_json(answer: Answer) -> dict[str, object]:
    """The answer as JSON's own types: all but the passages read, for which there is `hit_json`."""
    return {
        "question": answer.question,
        "status": answer.status,
        "answer": answer.text,
        "short": answer.short,
        "claims": [{"text": claim.text, "quotes": list(claim.quotes)} for claim in answer.claims],
        "quotes": [_quote_json(quote) for quote in answer.quotes],
        "nearest": [article_json(article) for article in answer.nearest],
        "searched": _searched_json(answer.searched),
        "reader": answer.reader,
        "confidence": answer.confidence,
        "seconds": answer.seconds,
    }


def _quote_json(quote: Quote) -> dict[str, object]:
    return {
        "n": quote.n,
        "text": quote.text,
        "start": quote.start,
        "end": quote.end,
        "caption": quote.caption,
        "span": list(quote.span) if quote.span else None,
        "link": link(quote.article, quote.text),
        "article": article_json(quote.article),
    }


def _searched_json(scope: Searched) -> dict[str, object]:
    return {
        "articles": scope.articles,
        "newest": _date_json(scope.newest),
        "after": scope.where.after.isoformat() if scope.where.after else None,
        "before": scope.where.before.isoformat() if scope.where.before else None,
        "sources": list(scope.where.sources),
        "preferred": scope.preferred,
    }


def _date_json(published: Published | None) -> str | None:
    return str(published) if published else None


def _placing_json(placing: Placing | None) -> dict[str, object] | None:
    return {"rank": placing.rank, "score": placing.score} if placing else None
