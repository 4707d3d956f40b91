"""The chat: questions typed or piped in, answers out."""

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from io import TextIOWrapper
from pathlib import Path
from typing import Protocol, TypeAlias

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from rich.console import Console
from rich.text import Text

from bot.render import one_line, plain, written
from bot.terminal import passages, sources, terminal, why
from bot.types import Answer, Turn
from index.errors import DatelineError
from index.types import Hit, Status

MAX_TURNS = 10
"""Turns that a follow-up can refer back to."""

MORE = 5
"""Passages shown at a time by /more."""

COMMANDS = {
    "/sources": "the articles that the last answer quotes",
    "/more": f"what else was read for it, {MORE} passages at a time",
    "/why": "how those passages were ranked",
    "/reset": "forget the conversation: the next question stands alone",
    "/help": "this list",
    "/quit": "leave (or Ctrl-D)",
}


class Desk(Protocol):
    """Whoever answers: what the chat asks of a Newsdesk."""

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question that may refer back to `history` (oldest first); raises DatelineError."""
        ...

    def status(self) -> Status:
        """What can be asked about; raises DatelineError."""
        ...


Reply: TypeAlias = Answer | Text


class Conversation:
    """One line in, one reply out; remembers what a next line may refer to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turns: deque[Turn] = deque(maxlen=MAX_TURNS)
        self._unseen: list[Hit] = []

    def reply(self, line: str) -> Reply:
        """Answer a question, or do a command (a line that starts with "/")."""
        return self._do(_first_word(line)) if line.startswith("/") else self._ask(line)

    def _ask(self, question: str) -> Reply:
        try:
            answer = self._desk.ask(question, history=tuple(self._turns))
        except DatelineError as error:
            return Text(one_line(str(error)), "red")
        self._turns.append(Turn(question, answer))
        self._unseen = answer.unquoted
        return answer

    def _do(self, command: str) -> Text:
        if command not in COMMANDS:
            return _unknown(command)
        if command == "/help":
            return Text("\n".join(f"{name:9}{purpose}" for name, purpose in COMMANDS.items()))
        if command == "/reset":
            self._turns.clear()
            return Text("Forgotten. The next question stands alone.")
        if not self._turns:
            return Text(f"{command} tells more about an answer: ask a question first.")
        if command == "/more":
            return self._more()
        return {"/sources": sources, "/why": why}[command](self._turns[-1].answer)

    def _more(self) -> Text:
        if not self._unseen:
            return Text("No more passages were read for the last answer.")
        shown, self._unseen = self._unseen[:MORE], self._unseen[MORE:]
        return passages(shown)


def _unknown(command: str) -> Text:
    (nearest,) = get_close_matches(command, COMMANDS, n=1, cutoff=0)
    return Text(f"There is no command {one_line(command)}; the nearest is {nearest}. /help lists them.")


def chat(desk: Desk, history: Path, example: str) -> None:
    """Answer questions until /quit or the end of input.

    Between a terminal's keyboard and its screen there is a prompt, completion and colour; from or into anything else,
    each line is a question and plain text comes out.

    Args:
        desk: Answers them.
        history: The file that keeps what was typed, for next time.
        example: A question to greet with.

    Raises:
        DatelineError: The desk cannot say what it holds.
    """
    conversation = Conversation(desk)
    if sys.stdin.isatty() and sys.stdout.isatty():
        _on_terminal(conversation, desk.status(), history, example)
    else:
        _on_pipe(conversation)


def _questions(lines: Iterable[str]) -> Iterator[str]:
    """Lines that say something, until /quit."""
    for line in lines:
        # What was not UTF-8 reaches here as lone surrogates from a keyboard; nothing can encode those.
        said = one_line(line)
        if not said:
            continue
        if _first_word(said) == "/quit":
            return
        yield said


def _first_word(line: str) -> str:
    return line.split(maxsplit=1)[0]


def _on_pipe(conversation: Conversation) -> None:
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        for line in _questions(sys.stdin):
            reply = conversation.reply(line)
            sys.stdout.write((plain(reply) if isinstance(reply, Answer) else reply.plain) + "\n\n")
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read this has gone; nor must the interpreter's last flush find a broken pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _on_terminal(conversation: Conversation, status: Status, history: Path, example: str) -> None:
    console = Console(highlight=False)
    console.print(_greeting(status, example))
    session: PromptSession[str] = PromptSession(
        history=_opened(history, console), completer=ChatCompleter(tuple(map(one_line, status.outlets)))
    )
    for line in _questions(_typed(session)):
        try:
            _show(conversation.reply(line), line, console)
        except KeyboardInterrupt:
            console.print("Stopped.", end="\n\n")


def _show(reply: Reply, line: str, console: Console) -> None:
    if isinstance(reply, Answer) and one_line(reply.question) != line:
        console.print(Text(f"Understood as: {one_line(reply.question)}", "dim"))
    console.print(terminal(reply) if isinstance(reply, Answer) else reply, end="\n\n")


def _greeting(status: Status, example: str) -> Text:
    if not status.articles:
        return Text("Dateline has no articles yet, so it cannot answer: index some first. /help lists the commands.")
    span = f" from {written(status.oldest)} to {written(status.newest)}" if status.oldest and status.newest else ""
    count = f"{status.articles:,} article{'' if status.articles == 1 else 's'}"
    return Text.assemble(
        ("Dateline", "bold"), f" answers from {count}{span}.\nFor example: {example}\n/help lists the commands.\n"
    )


def _typed(session: PromptSession[str]) -> Iterator[str]:
    """Lines from the keyboard; Ctrl-C gives up a line, Ctrl-D ends."""
    while True:
        try:
            yield session.prompt("> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _opened(history: Path, console: Console) -> History:
    """The file, which only its owner may read; memory where it cannot be written."""
    try:
        history.parent.mkdir(parents=True, exist_ok=True)
        history.touch(mode=0o600)
        history.open("ab").close()
    except OSError as error:
        console.print(Text(f"What you type will not be remembered: {history}: {error.strerror}.", "yellow"))
        return InMemoryHistory()
    return FileHistory(history)


class ChatCompleter(Completer):
    """Commands after a "/" that starts the line; elsewhere outlets, from two letters of one of their words."""

    def __init__(self, outlets: Sequence[str]) -> None:
        self._outlets = outlets

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """prompt_toolkit's interface: what the word before the cursor may become."""
        del complete_event
        before = document.text_before_cursor
        word = before.split(" ")[-1]
        if before.startswith("/"):
            found = [command for command in COMMANDS if command.startswith(before)]
        else:
            found = [outlet for outlet in self._outlets if len(word) > 1 and _names(word, outlet)]
        return (Completion(choice, start_position=-len(word)) for choice in found)


def _names(start: str, outlet: str) -> bool:
    return any(word.startswith(start.casefold()) for word in outlet.casefold().split())
