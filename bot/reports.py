"""The folder of one evaluation: written question by question, so that one cut short can go on, then finished."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from index.errors import InputError
from index.evaluation import outcomes as lines
from index.evaluation import ranking
from index.evaluation.figures import figures
from index.evaluation.outcomes import Outcome
from index.evaluation.page import page
from index.types import Failure

Settings = Mapping[str, str]
"""What was evaluated and how, by name; the same settings on the same code give the same outcomes."""

OUTCOMES, SETTINGS, FIGURES, PAGE = "outcomes.jsonl", "settings.json", "figures.json", "report.html"


class Report:
    """A folder with a report in it, or about to be. One process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, settings: Settings) -> list[Outcome]:
        """Make ready to write: what an evaluation with these settings that was cut short has left, or else nothing.

        A finished report gives way to the new one.

        Raises:
            InputError: The folder cannot be written to, or what was cut short in it had other settings.
        """
        with _written(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            kept = self._kept(settings)
            self._path(OUTCOMES).write_text("".join(f"{outcome.line()}\n" for outcome in kept), "utf-8")
            self._path(FIGURES).unlink(missing_ok=True)
            self._path(SETTINGS).write_text(json.dumps(dict(settings), indent=1), "utf-8")
        return kept

    def _kept(self, settings: Settings) -> list[Outcome]:
        if self._path(FIGURES).exists() or not self._path(SETTINGS).exists():
            return []
        before = self.settings()
        changed = [
            f"{name} {before.get(name)!r} instead of {settings.get(name)!r}"
            for name in {**before, **settings}
            if before.get(name) != settings.get(name)
        ]
        if changed:
            raise InputError(
                f"an evaluation that was interrupted in {self.folder} had {', '.join(changed)}: "
                f"finish that one, or give another folder with --report"
            )
        return self.outcomes()

    def add(self, outcome: Outcome) -> None:
        """Write one more outcome."""
        with _written(self.folder), self._path(OUTCOMES).open("a", encoding="utf-8") as file:
            file.write(f"{outcome.line()}\n")

    def finish(self, outcomes: Sequence[Outcome], failures: Sequence[Failure]) -> None:
        """Write the figures, the page, and what TREC's tools read."""
        settings = self.settings()
        rankings = {"passages": ranking.passages(outcomes), "articles": ranking.articles(outcomes)}
        with _written(self.folder):
            for name, some in rankings.items():
                self._path(f"{name}.run").write_text(some.run(), "utf-8")
                self._path(f"{name}.qrels").write_text(some.qrels(), "utf-8")
            title = f"dateline evaluate {settings['questions']}"
            self._path(PAGE).write_bytes(page(title, {**settings, "asked": f"{len(outcomes):,}"}, outcomes))
            self._path(FIGURES).write_text(json.dumps(figures_json(outcomes, failures), indent=1), "utf-8")

    def settings(self) -> Settings:
        """Those of the evaluation that stands here. Raises InputError if none does."""
        try:
            return {str(name): str(value) for name, value in json.loads(self._path(SETTINGS).read_bytes()).items()}
        except (OSError, ValueError, AttributeError) as error:
            raise self._missing(error) from error

    def outcomes(self) -> list[Outcome]:
        """What has been written so far. Raises InputError if there is nothing to read."""
        try:
            with self._path(OUTCOMES).open(encoding="utf-8") as file:
                return lines.read(file, str(self._path(OUTCOMES)))
        except (OSError, UnicodeDecodeError) as error:
            raise self._missing(error) from error

    def _missing(self, error: Exception) -> InputError:
        return InputError(f"{self.folder} holds no report that can be read ({error}): make one with --report")

    def _path(self, name: str) -> Path:
        return self.folder / name


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Raises InputError for what goes wrong with files."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written to ({error.strerror}): give another folder with --report"
        ) from error


def figures_json(outcomes: Sequence[Outcome], failures: Sequence[Failure]) -> dict[str, object]:
    """The contract of `dateline evaluate --json`."""
    return {
        "questions": len(outcomes),
        "figures": {
            group: {name: asdict(figure) for name, figure in some.items()} for group, some in figures(outcomes).items()
        },
        "failures": [asdict(failure) for failure in failures],
    }
