"""A report as one HTML page that needs nothing else: no network, no script, readable in light and dark."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

from index.evaluation import ranking
from index.evaluation.charts import charts
from index.evaluation.failures import Failed, Fault, failures
from index.evaluation.figures import MEASURES, Figure, figures
from index.evaluation.outcomes import Outcome
from index.evaluation.plots import tag

STYLE = Path(__file__).parent / "page.css"

SECTIONS: Mapping[str, Sequence[str]] = {
    "Passages": list(ranking.PASSAGE_MEASURES),
    "Supporting articles": list(ranking.ARTICLE_MEASURES),
    "Answers": MEASURES[len(ranking.PASSAGE_MEASURES) + len(ranking.ARTICLE_MEASURES) :],
}
"""The tables of figures: the measures of each."""


def page(title: str, settings: Mapping[str, str], outcomes: Sequence[Outcome]) -> bytes:
    """The page, in UTF-8; every word in it is shown as a word.

    Args:
        title: What was evaluated.
        settings: How: name and value of each.
        outcomes: At least one.
    """
    facts = [item for name, value in settings.items() for item in (tag("dt", name), tag("dd", value))]
    plots = tag("section", tag("h2", "Plots"), tag("div", *charts(outcomes), class_="plots"))
    main = [tag("h1", title), tag("dl", *facts), plots, *_tables(figures(outcomes)), _failures(failures(outcomes))]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", STYLE.read_text("utf-8")),
    )
    html = tostring(tag("html", head, tag("body", tag("main", *main)), lang="en"), encoding="unicode", method="html")
    return f"<!doctype html>\n{html}\n".encode("utf-8", "replace")


def _tables(by_group: Mapping[str, Mapping[str, Figure]]) -> Iterator[Element]:
    for title, measures in SECTIONS.items():
        measured = [name for name in measures if any(name in some for some in by_group.values())]
        if measured:
            head = tag("tr", tag("th", "questions"), *(tag("th", name) for name in measured))
            rows = [
                tag("tr", tag("th", group), *(_cell(some.get(name)) for name in measured))
                for group, some in by_group.items()
            ]
            yield tag("section", tag("h2", title), tag("div", tag("table", head, *rows), class_="wide"))


def _cell(figure: Figure | None) -> Element:
    if figure is None:
        return tag("td", "–")
    interval = f"{figure.low:.3f}–{figure.high:.3f}"
    return tag("td", f"{figure.value:.3f}", tag("small", interval), title=f"{figure.questions:,} questions")


def _failures(failed: Sequence[Failed]) -> Element:
    section = tag("section", tag("h2", f"Failures ({len(failed):,})"))
    for fault in Fault:
        some = [one for one in failed if one.fault is fault]
        if some:
            summary = tag("summary", f"{fault} ({len(some):,})")
            section.append(tag("details", summary, tag("ol", *map(_failed, some)), open=""))
    return section


def _failed(failed: Failed) -> Element:
    asked, answer = failed.outcome.asked, failed.outcome.answer
    status = [asked.id, str(asked.asked_at or "undated"), *([asked.kind] if asked.kind else [])]
    if answer:
        status += ["answered" if answer.answered else "refused", f"confidence {answer.confidence:.2f}"]
    if asked.answers and asked.answerable:
        status.append(f"answer in passage {failed.outcome.first or '–'}")
    instead = tag("p", tag("b", "quoted" if answer and answer.quote is not None else "first passage"), " ")
    instead.append(tag("q", failed.instead))
    instead.append(tag("span", f" {failed.article}" if failed.article else "", class_="status"))
    return tag(
        "li",
        tag("p", " › ".join([*asked.history, asked.question]), class_="question"),
        tag("p", " · ".join(status), class_="status"),
        tag("p", tag("b", "expected"), " ", " | ".join(asked.answers) if asked.answerable else "a refusal"),
        instead,
    )
