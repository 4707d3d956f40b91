"""Evaluating from the command line: every question of a set asked, with progress on the terminal."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.answer import Newsdesk
from bot.indexing import ingest
from bot.readers import open_reader
from bot.reports import Report, Settings
from bot.settings import Index, open_index
from bot.types import Answer, Question, Reader, Reading, Turn
from index.errors import InputError
from index.evaluation import questions
from index.evaluation.judging import Given, Quoted
from index.evaluation.outcomes import DEPTH, Outcome, outcome
from index.evaluation.questions import Asked
from index.types import Encoder, Failure, Hit

RETRIEVAL_ALONE = "none"
"""The name of the reader that does not read."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to evaluate."""

    questions: Path
    data: Path
    """Folder of the index, where there are no `articles`."""
    articles: Path | None
    """A file or folder of articles, for an index of their own."""
    encoder: str | None
    """Of that index; None for the default."""
    reader: str
    report: Path | None
    """Folder to write to, if any."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation came to."""

    outcomes: Sequence[Outcome]
    questions: int
    """In the set."""
    failures: Sequence[Failure]
    """Lines and questions that could not be used."""
    complete: bool
    """False if Ctrl-C cut it short."""


def evaluate(request: Request) -> Evaluation:
    """Ask every question of a set, from where an evaluation that was cut short in the same folder had come.

    Raises:
        InputError: There is no such reader, no question in the set or no article in `articles`, or the report's
            folder cannot be used.
        StoreError, EncoderError: As `open_index` and `claim_index` do.
    """
    try:
        raw = request.questions.read_bytes()
    except OSError as error:
        raise InputError(f"{request.questions} cannot be read ({error.strerror}): give a file of questions") from error
    asked, failures = questions.read(raw.splitlines(), str(request.questions))
    if not asked:
        raise InputError(f"{request.questions} holds no question: {_first(failures)}")
    report = Report(request.report) if request.report else None
    with _index(request) as index:
        settings = _settings(request, raw, index)
        kept = report.begin(settings) if report else []
        run = _Run(index, request.reader, report, kept)
        complete = run.ask(asked)
    failures += run.failures
    if report and complete:
        report.finish(run.outcomes, failures)
    return Evaluation(run.outcomes, len(asked), failures, complete)


def _first(failures: Sequence[Failure]) -> str:
    return str(failures[0]) if failures else "it is empty"


@contextmanager
def _index(request: Request) -> Iterator[Index]:
    """The index to ask: the one there is, or one of `articles`, which a report keeps for the next time."""
    if request.articles is None:
        with closing(open_index(request.data)) as index:
            yield index
        return
    key = hashlib.sha256(f"{request.articles.absolute()}\n{request.encoder}".encode()).hexdigest()[:12]
    with nullcontext(request.report) if request.report else tempfile.TemporaryDirectory() as parent:
        folder = Path(parent).absolute() / "index" / key
        done = ingest(folder, [request.articles], request.encoder, prune=True)
        if not done.complete:
            raise KeyboardInterrupt
        if done.idle:
            raise InputError(f"no article could be read from {request.articles}")
        with closing(open_index(folder)) as index:
            yield index


def _settings(request: Request, raw: bytes, index: Index) -> Settings:
    status = index.store.status()
    return {
        "questions": request.questions.name,
        "SHA-256 of the questions": hashlib.sha256(raw).hexdigest(),
        "articles": f"{status.articles:,}, in {status.passages:,} passages",
        "encoder": status.encoder or "",
        "reader": request.reader,
        "version": version("dateline"),
    }


class _Run:
    """One pass over the questions."""

    def __init__(self, index: Index, reader: str, report: Report | None, kept: Sequence[Outcome]) -> None:
        self._retriever = index.retriever
        self._desk = Newsdesk(self._retriever, _reader(reader, index.encoder), index.store)
        self._reads = reader != RETRIEVAL_ALONE
        self._report = report
        self.outcomes = list(kept)
        self.failures: list[Failure] = []

    def ask(self, asked: Sequence[Asked]) -> bool:
        """Ask what has no outcome yet; False if Ctrl-C cut it short."""
        known = {outcome.asked.id for outcome in self.outcomes}
        try:
            with _bar() as bar:
                task = bar.add_task("Asking", total=len(asked), completed=len(known))
                for question in asked:
                    if question.id not in known:
                        self._outcome(question)
                        bar.advance(task)
        except KeyboardInterrupt:
            return False
        return True

    def _outcome(self, asked: Asked) -> None:
        try:
            answer = self._answer(asked)
            hits = self._retriever.search(answer.question, DEPTH, asked.at)
        except InputError as error:
            self.failures.append(Failure(asked.id, str(error)))
            return
        result = outcome(asked, hits, _given(answer) if self._reads else None)
        if self._report:
            self._report.add(result)
        self.outcomes.append(result)

    def _answer(self, asked: Asked) -> Answer:
        """The answer, after those to the questions before it."""
        history: list[Turn] = []
        for earlier in asked.history:
            history.append(Turn(earlier, self._desk.ask(earlier, asked.at, history)))
        return self._desk.ask(asked.question, asked.at, history)


def _given(answer: Answer) -> Given:
    quotes = [Quoted(quote.article, quote.text, quote.start, quote.end) for quote in answer.quotes]
    return Given(answer.status == "answered", answer.short, quotes, answer.confidence, answer.seconds)


class _NoReader:
    """Leaves the passages unread, where only their ranking is looked at."""

    name = RETRIEVAL_ALONE

    def read(self, question: Question, hits: Sequence[Hit], asked_at: datetime) -> Reading:
        """Nothing."""
        del question, hits, asked_at
        return Reading()


def _reader(spec: str, encoder: Encoder) -> Reader:
    return _NoReader() if spec == RETRIEVAL_ALONE else open_reader(spec, encoder)


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
