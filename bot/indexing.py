"""Indexing from the command line: one ingest, with its progress on the terminal."""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.settings import claim_index
from index.fetch import read, size
from index.ingest import Ingest, Report


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ingest did."""

    report: Report
    seconds: float
    complete: bool
    """False if Ctrl-C cut it short."""

    @property
    def idle(self) -> bool:
        """No article was found or removed."""
        report = self.report
        return not (report.new or report.changed or report.unchanged or report.removed)


def ingest(data: Path, sources: Sequence[Path], encoder: str | None, *, prune: bool) -> Outcome:
    """Bring the index in a data folder up to date with the sources.

    Args:
        data: The folder; made if it is missing.
        sources: Files and folders.
        encoder: None for the index's own, or the default in a new one.
        prune: Remove what was once read from the sources and is not in them any more.

    Raises:
        InputError: A source does not exist; nothing has been done then.
        StoreError, EncoderError: As `claim_index` does.
    """
    began = time.perf_counter()
    total = size(sources)
    complete = True
    with _Bars() as bars, closing(claim_index(data, encoder, bars.prepared)) as index:
        bars.start(total)
        run = Ingest(index.store, index.encoder, bars.ingested)
        try:
            run.run(read(sources, bars.read))
            if prune:
                run.prune(sources)
        except KeyboardInterrupt:
            complete = False
    return Outcome(run.report, time.perf_counter() - began, complete)


class _Bars:
    """How far an ingest is, on stderr if that is a terminal: one bar for the encoder, one for the sources' bytes."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[rate]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._preparing = self._bars.add_task("", visible=False, rate="")
        self._reading = self._bars.add_task("Indexing", start=False, visible=False, rate="")
        self._began = 0.0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def prepared(self, what: str, done: int, total: int) -> None:
        """The encoder's preparation has come so far; see `index.minilm.Progress`."""
        self._bars.update(self._preparing, description=what, completed=done, total=total, visible=True)

    def start(self, total: int) -> None:
        """Reading of so many bytes begins."""
        self._began = time.perf_counter()
        self._bars.update(self._reading, total=total, visible=True)
        self._bars.start_task(self._reading)

    def read(self, count: int) -> None:
        """So many more bytes have been read."""
        self._bars.advance(self._reading, count)

    def ingested(self, report: Report) -> None:
        """Another batch is in."""
        rate = report.passages / (time.perf_counter() - self._began)
        self._bars.update(self._reading, rate=f"{report.passages:,} passages, {rate:,.0f}/s")
