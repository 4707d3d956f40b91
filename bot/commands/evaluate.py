"""The command `dateline evaluate`: measures, compares two measurements, or converts a set to measure on."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.exits import ANSWERED, FAILED, INTERRUPTED
from bot.options import as_json
from bot.output import complain, print_failures, print_json
from bot.settings import READER, data_folder
from index.errors import InputError

if TYPE_CHECKING:
    from bot.evaluating import Evaluation, Request
    from index.evaluation.figures import Difference

_FOLDER = click.Path(path_type=Path, file_okay=False)
_SETS = ("realtimeqa", "newsqa", "squad")
"""The keys of `releases.RELEASES`, which is not imported for them."""


@click.command()
@click.argument("questions", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--articles", type=click.Path(path_type=Path), help="Make an index of these, in place of --data.")
@click.option("--encoder", metavar="SPEC", help="For the index of --articles.")
@click.option("--data", type=_FOLDER, help="Folder of the index.")
@click.option("--reader", metavar="SPEC", default=READER, show_default=True, help='"none" measures retrieval alone.')
@click.option("--report", type=_FOLDER, help="Write a report here, or go on with one that was interrupted.")
@click.option("--compare", nargs=2, type=_FOLDER, metavar="A B", help="Compare the reports in two folders.")
@click.option(
    "--convert",
    nargs=2,
    type=(click.Choice(_SETS), _FOLDER),
    metavar="SET CHECKOUT",
    help=f"Convert the public release of {', '.join(_SETS)} in a folder.",
)
@click.option("--out", type=_FOLDER, help="Where --convert writes to.  [default: SET-set]")
@as_json
def evaluate(  # noqa: PLR0913 - one for each option
    *,
    questions: Path | None,
    articles: Path | None,
    encoder: str | None,
    data: Path | None,
    reader: str,
    report: Path | None,
    compare: tuple[Path, Path] | None,
    convert: tuple[str, Path] | None,
    out: Path | None,
    json_wanted: bool,
) -> int:
    """Measure retrieval and answers on a file of QUESTIONS (JSON lines; README describes them)."""
    if out and not convert:
        raise click.UsageError("--out goes with --convert")
    match questions, compare, convert:
        case (Path(), None, None):
            from bot.evaluating import Request  # noqa: PLC0415 - brings rich, which a question does without

            _check_index(articles, encoder, data)
            request = Request(questions, data_folder(data), articles, encoder, reader, report)
            return _measure(request, json_wanted=json_wanted)
        case (None, (before, after), None):
            return _compare(before, after, json_wanted=json_wanted)
        case (None, None, (name, checkout)):
            return _convert(name, checkout, out or Path(f"{name}-set"), json_wanted=json_wanted)
    raise click.UsageError("give a file of questions, or --compare A B, or --convert SET CHECKOUT")


def _check_index(articles: Path | None, encoder: str | None, data: Path | None) -> None:
    if articles and data:
        raise click.UsageError("--articles makes an index of its own: leave --data out")
    if encoder and not articles:
        raise click.UsageError("--encoder goes with --articles: an index in --data keeps its own")


def _measure(request: "Request", *, json_wanted: bool) -> int:
    from bot.evaluating import evaluate as run  # noqa: PLC0415 - as above

    done = run(request)
    if not done.complete:
        _interrupted(done, request.report)
        return INTERRUPTED
    if json_wanted:
        from bot.reports import figures_json  # noqa: PLC0415 - brings ir-measures

        print_json(figures_json(done.outcomes, done.failures))
    else:
        _show(done, request.report)
    return FAILED if done.failures else ANSWERED


def _interrupted(done: "Evaluation", report: Path | None) -> None:
    asked = f"interrupted after {len(done.outcomes):,} of {done.questions:,} questions"
    complain(f"{asked}; run the same command again to go on" if report else asked)


def _show(done: "Evaluation", report: Path | None) -> None:
    from bot.scorecard import print_figures  # noqa: PLC0415 - brings rich
    from index.evaluation.figures import figures  # noqa: PLC0415 - brings ir-measures

    print_failures(done.failures)
    print_figures(figures(done.outcomes))
    if report:
        click.echo(f"The report: {report / 'report.html'}")


def _compare(before: Path, after: Path, *, json_wanted: bool) -> int:
    from bot.reports import Report  # noqa: PLC0415 - as above
    from bot.scorecard import print_differences  # noqa: PLC0415 - as above
    from index.evaluation.figures import compare  # noqa: PLC0415 - as above

    differences = compare(Report(before).outcomes(), Report(after).outcomes())
    if json_wanted:
        print_json(_differences_json(differences))
    else:
        print_differences(differences)
    return ANSWERED


def _differences_json(differences: "Mapping[str, Mapping[str, Difference]]") -> Mapping[str, object]:
    return {
        "differences": {
            group: {name: {**asdict(one), "significant": one.significant} for name, one in some.items()}
            for group, some in differences.items()
        }
    }


def _convert(name: str, checkout: Path, out: Path, *, json_wanted: bool) -> int:
    from index.evaluation.releases import convert  # noqa: PLC0415 - nothing else needs it

    release = convert(name, checkout)
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out} holds something already: give another folder with --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write(out / "questions.jsonl", (question.record() for question in release.questions))
        _write(out / "articles.jsonl", release.articles)
    except OSError as error:
        raise InputError(f"{out} cannot be written to ({error.strerror}): give another folder with --out") from error
    counts = {"questions": len(release.questions), "articles": len(release.articles), "folder": str(out)}
    if json_wanted:
        print_json(counts)
    else:
        click.echo(f"{counts['questions']:,} questions and {counts['articles']:,} articles in {out}")
    return ANSWERED


def _write(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
