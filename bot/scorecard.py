"""Figures and differences as tables for the terminal."""

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from index.evaluation.figures import ALL, LESS_IS_BETTER, STRICT, Difference, Figure
from index.evaluation.page import SECTIONS

BY_KIND = ("answer recall@1", "answer recall@5", "right first quote", "exact match", "F1", "refusal recall")
"""What the table by kind shows; the page and the JSON have the rest."""


def print_figures(figures: Mapping[str, Mapping[str, Figure]]) -> None:
    """Every figure of all and of the strict questions, then some by kind."""
    for group in (ALL, STRICT):
        if group in figures:
            _print(_whole(group, figures[group]))
    kinds = {group: some for group, some in figures.items() if group not in (ALL, STRICT)}
    shown = [name for name in BY_KIND if any(name in some for some in kinds.values())]
    if shown:
        _print(_by_kind(kinds, shown))


def _print(table: Table) -> None:
    Console(highlight=False).print(table)


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first)
    for name in numbers:
        table.add_column(name, justify="right")
    return table


def _whole(group: str, figures: Mapping[str, Figure]) -> Table:
    table = _table(f"{group} questions", "", "95 % interval", "questions")
    for measures in SECTIONS.values():
        for name in measures:
            if name in figures:
                figure = figures[name]
                interval = f"{figure.low:.3f}–{figure.high:.3f}"
                table.add_row(name, f"{figure.value:.3f}", Text(interval, "dim"), f"{figure.questions:,}")
        table.add_section()
    return table


def _by_kind(kinds: Mapping[str, Mapping[str, Figure]], shown: Sequence[str]) -> Table:
    table = _table("kind", *shown)
    for kind, some in kinds.items():
        table.add_row(Text(kind), *(f"{some[name].value:.3f}" if name in some else "–" for name in shown))
    return table


def print_differences(differences: Mapping[str, Mapping[str, Difference]]) -> None:
    """Every difference over all questions, and the significant ones of each group."""
    table = _table("questions", "measure", "A", "B", "B - A", "95 % interval", "")
    for group, some in differences.items():
        for name, difference in some.items():
            if group == ALL or difference.significant:
                table.add_row(Text(group), name, *_cells(name, difference))
    _print(table)
    Console(highlight=False).print(
        "Where nothing has changed, one difference in twenty looks significant all the same.", style="dim"
    )


def _cells(name: str, difference: Difference) -> Sequence[str | Text]:
    change = difference.second - difference.first
    verdict = Text("")
    if difference.significant:
        better = (change > 0) is (name not in LESS_IS_BETTER)
        verdict = Text("better", "green") if better else Text("worse", "red")
    return (
        f"{difference.first:.3f}",
        f"{difference.second:.3f}",
        f"{change:+.3f}",
        Text(f"{difference.low:+.3f} to {difference.high:+.3f}", "dim"),
        verdict,
    )
