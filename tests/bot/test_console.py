"""The chat, as a person meets it: in a terminal, through a pipe, and as a conversation.

Run as a script, this file is the chat itself, over a desk of hand-made answers.
"""

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pexpect
import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from rich.text import Text

from bot.console import MAX_TURNS, MORE, ChatCompleter, Conversation, chat
from bot.types import Answer, Claim, Quote, Searched, Turn
from index.errors import StoreError
from index.types import Article, Filter, Hit, Passage, Placing, Published, Status

ROOT = Path(__file__).parents[2]
EXAMPLE = "Who found the Aurelia?"
SENTENCES = [f"Lifeboat number {n} reached the harbour." for n in range(1, 15)]
TEXT = " ".join(SENTENCES)
PROMPT = r"\x1b\[\?2004h[^>]*>.*?\x1b\[\?25h"
"""A prompt drawn to its end, by when it reads keys."""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\")


class HandMadeDesk:
    """Answers from one article about lifeboats, but for the questions "broken", "nothing" and "slow"."""

    def __init__(self) -> None:
        self.article = Article(
            id="boats",
            text=TEXT,
            title="[bold]Lifeboats\x1b[31m come in",
            url="https://wire.test/boats",
            published=Published(datetime(2021, 3, 4, tzinfo=UTC)),
            source="Sample Wire",
        )
        self.histories: list[Sequence[Turn]] = []

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        if question == "broken":
            raise StoreError("The index at [red]boats[/red] is damaged.\nBuild it anew.")
        if question == "slow":
            sys.stdout.write("thinking")
            sys.stdout.flush()
            time.sleep(60)
        question.encode()  # as any tokeniser would
        self.histories.append(history)
        quote = Quote(1, self.article, SENTENCES[0], 0, len(SENTENCES[0]))
        found = question != "nothing"
        return Answer(
            question=f"{question} (lifeboats)" if history else question,
            status="answered" if found else "not_found",
            text="One came in. [1]",
            short=None,
            claims=(Claim(f"One came in, asked “{question}”.", (1,)),) if found else (),
            quotes=(quote,) if found else (),
            nearest=() if found else (self.article,),
            searched=Searched(1, self.article.published, Filter()),
            hits=tuple(self.hits()),
            reader="hand-made",
            confidence=0.5,
            seconds=0.0,
        )

    def hits(self) -> Iterator[Hit]:
        for n, sentence in enumerate(SENTENCES):
            start = TEXT.index(sentence)
            passage = Passage("boats", n, sentence, start, start + len(sentence))
            yield Hit(passage, self.article, 1 / (n + 1), Placing(n + 1, 9.0), None, 0.0)

    def status(self) -> Status:
        date = self.article.published
        return Status(1, len(SENTENCES), {"Sample Wire": 1, "Demo Daily": 1}, date, date, "static", 1000)


@pytest.fixture
def desk() -> HandMadeDesk:
    return HandMadeDesk()


@pytest.fixture
def conversation(desk: HandMadeDesk) -> Conversation:
    return Conversation(desk)


def said(conversation: Conversation, line: str) -> str:
    reply = conversation.reply(line)
    assert isinstance(reply, Text)
    return reply.plain


# --- conversation


def test_a_question_gets_the_desks_answer(conversation: Conversation) -> None:
    reply = conversation.reply("How many?")
    assert isinstance(reply, Answer)
    assert reply.question == "How many?"


def test_follow_ups_see_the_last_ten_turns_oldest_first(conversation: Conversation, desk: HandMadeDesk) -> None:
    for n in range(MAX_TURNS + 3):
        conversation.reply(f"Question {n}?")
    assert [len(history) for history in desk.histories[:3]] == [0, 1, 2]
    assert [turn.question for turn in desk.histories[-1]] == [f"Question {n}?" for n in range(2, MAX_TURNS + 2)]


def test_reset_forgets_the_conversation(conversation: Conversation, desk: HandMadeDesk) -> None:
    conversation.reply("How many?")
    conversation.reply("/reset")
    assert "ask a question first" in said(conversation, "/more")
    conversation.reply("And then?")
    assert [len(history) for history in desk.histories] == [0, 0]


def test_a_failure_is_one_line_and_the_conversation_goes_on(conversation: Conversation, desk: HandMadeDesk) -> None:
    assert said(conversation, "broken") == "The index at [red]boats[/red] is damaged. Build it anew."
    assert isinstance(conversation.reply("How many?"), Answer)
    assert desk.histories == [()]


@pytest.mark.parametrize("command", ["/sources", "/more", "/why"])
def test_a_command_about_an_answer_needs_one(conversation: Conversation, command: str) -> None:
    assert said(conversation, command) == f"{command} tells more about an answer: ask a question first."


def test_more_shows_what_was_not_quoted_five_at_a_time(conversation: Conversation) -> None:
    conversation.reply("How many?")
    batches = [re.findall(r"“(.*)”", said(conversation, "/more")) for _ in range(3)]
    unquoted = SENTENCES[1:]
    assert batches == [unquoted[:MORE], unquoted[MORE : 2 * MORE], unquoted[2 * MORE :]]
    assert said(conversation, "/more") == "No more passages were read for the last answer."
    conversation.reply("And then?")
    assert unquoted[0] in said(conversation, "/more")


def test_sources_and_why_speak_of_the_last_answer(conversation: Conversation) -> None:
    conversation.reply("How many?")
    assert "Lifeboats" in said(conversation, "/sources")
    assert len(said(conversation, "/why").splitlines()) == 1 + 2 * len(SENTENCES)
    conversation.reply("nothing")
    assert said(conversation, "/sources") == "The last answer quotes no article."


@pytest.mark.parametrize(
    ("typed", "meant"), [("/sorces", "/sources"), ("/wy", "/why"), ("/halp me", "/help"), ("/", "/")]
)
def test_an_unknown_command_names_the_nearest(conversation: Conversation, typed: str, meant: str) -> None:
    reply = said(conversation, typed)
    assert reply.startswith(f"There is no command {typed.split(maxsplit=1)[0]}; the nearest is {meant}")
    assert reply.endswith("/help lists them.")


def test_help_lists_every_command(conversation: Conversation) -> None:
    listed = [line.split()[0] for line in said(conversation, "/help").splitlines()]
    assert listed == ["/sources", "/more", "/why", "/reset", "/help", "/quit"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/", ["/sources", "/more", "/why", "/reset", "/help", "/quit"]),
        ("/s", ["/sources"]),
        ("/sources d", []),
        ("who /s", []),
        ("de", ["Demo Daily"]),
        ("What did sample w", []),
        ("What did WI", ["Sample Wire"]),
        ("What did ai", []),
        ("", []),
    ],
)
def test_commands_and_outlets_are_offered(typed: str, offered: list[str]) -> None:
    completer = ChatCompleter(["Sample Wire", "Demo Daily"])
    choices = completer.get_completions(Document(typed), CompleteEvent())
    assert [(choice.text, choice.start_position) for choice in choices] == [
        (text, -len(typed.rsplit(" ", maxsplit=1)[-1])) for text in offered
    ]


# --- through a pipe


def command(tmp_path: Path) -> list[str]:
    return [sys.executable, __file__, str(tmp_path / "state" / "history")]


def environment(**more: str) -> dict[str, str]:
    # A pseudo-terminal of a test answers no cursor position request.
    known = {
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}
    }
    return inherited | known | more


def piped(tmp_path: Path, lines: bytes, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(tmp_path), input=lines, capture_output=True, env=environment(**more), check=True, timeout=60
    )


def test_a_pipe_gets_plain_text_for_each_line(tmp_path: Path) -> None:
    asked = b"How many?\n\n  \n/why\n/sources\nbroken\nnothing\n\xff\xfe caf\xe9?\n/nonsense\nno newline at the end"
    done = piped(tmp_path, asked, FORCE_COLOR="1")
    out = done.stdout.decode()
    assert "One came in, asked “How many?”. [1]\n\n[1] Sample Wire, 4 March 2021: “Lifeboat number 1" in out
    assert "asked “\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} caf\N{REPLACEMENT CHARACTER}?”" in out
    assert "Build it anew.\n\nNot found" in out
    assert "[bold]Lifeboats\N{REPLACEMENT CHARACTER}[31m come in" in out
    assert out.endswith("no newline at the end”. [1]\n\n" + out.split("\n\n")[1] + "\n\n")
    assert "\x1b" not in out
    assert "> " not in out
    assert EXAMPLE not in out
    assert done.stderr == b""
    assert not (tmp_path / "state").exists()


def test_quit_and_the_end_of_input_end_the_chat(tmp_path: Path) -> None:
    assert piped(tmp_path, b"").stdout == b""
    assert piped(tmp_path, b"/quit please\nHow many?\n").stdout == b""


def test_an_answer_that_the_pipes_encoding_cannot_hold_is_still_shown(tmp_path: Path) -> None:
    assert b"[1] Sample Wire, 4 March 2021: ?Lifeboat" in piped(tmp_path, b"Who?\n", PYTHONIOENCODING="ascii").stdout


def test_each_answer_comes_before_the_next_question_is_asked(tmp_path: Path) -> None:
    with subprocess.Popen(
        command(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"How many?\n")
        process.stdin.flush()
        answered, _, _ = select.select([process.stdout], [], [], 20)
        process.stdin.close()
        assert answered
        assert "How many?" in process.stdout.read().decode()


def test_a_reader_that_goes_away_does_no_harm(tmp_path: Path) -> None:
    with subprocess.Popen(
        command(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(b"How many?\n" * 3)
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


# --- in a terminal


def shown(output: str) -> str:
    return ESCAPES.sub("", output).replace("\r\n", "\n")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator["pexpect.spawn[str]"]:
    yield from opened(tmp_path)


def opened(tmp_path: Path, columns: int = 100, **more: str) -> Iterator["pexpect.spawn[str]"]:
    python, *arguments = command(tmp_path)
    child = pexpect.spawn(
        python, arguments, env=environment(**more), encoding="utf-8", timeout=20, dimensions=(40, columns)
    )
    child.delaybeforesend = None
    child.expect(PROMPT)
    yield child
    child.close(force=True)


def ask(child: "pexpect.spawn[str]", line: str, until: str) -> str:
    """Type a line; what is shown from there to the next prompt after `until`."""
    child.send(f"{line}\r")
    child.expect(until)
    before = child.before or ""
    child.expect(PROMPT)
    return shown(before + until + (child.before or ""))


def test_it_greets_answers_and_says_how_it_understood(terminal: "pexpect.spawn[str]") -> None:
    greeting = shown(terminal.before or "")
    for part in ["1 article from 4 March 2021 to 4 March 2021", EXAMPLE, "/help"]:
        assert part in greeting
    first = ask(terminal, "How many?", "hand-made")
    assert "[1] Sample Wire, 4 March 2021: “Lifeboat number 1 reached the harbour.”" in first
    assert "Understood as" not in first
    assert "Understood as: And then? (lifeboats)" in ask(terminal, "And then?", "hand-made")


def test_ctrl_c_clears_the_line_and_ctrl_d_leaves(terminal: "pexpect.spawn[str]") -> None:
    terminal.send("half a quest")
    terminal.expect("quest")
    terminal.sendintr()
    terminal.expect(PROMPT)
    assert "asked “How many?”" in ask(terminal, "How many?", "hand-made")
    terminal.send("\x04")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_gives_up_a_question_that_takes_too_long(terminal: "pexpect.spawn[str]") -> None:
    terminal.send("slow\r")
    terminal.expect("thinking")
    terminal.sendintr()
    terminal.expect("Stopped.")
    terminal.expect(PROMPT)
    assert "asked “How many?”" in ask(terminal, "How many?", "hand-made")


def test_a_failure_and_bytes_that_are_no_text_leave_it_running(terminal: "pexpect.spawn[str]") -> None:
    assert "damaged. Build it anew." in ask(terminal, "broken", "anew")
    os.write(terminal.child_fd, b"caf\xe9 who?\r")
    terminal.expect("asked “caf\N{REPLACEMENT CHARACTER} who\\?”")
    terminal.expect(PROMPT)
    terminal.send("/quit\r")
    terminal.expect(pexpect.EOF)
    assert "Traceback" not in shown(terminal.before or "")


def test_tab_completes_commands_and_outlets(terminal: "pexpect.spawn[str]") -> None:
    for start, offered, meant in [
        ("/so", "/sources", "/sources tells more"),
        ("According to dai", "Demo Daily", "asked “According to Demo Daily”"),
    ]:
        terminal.send(start)
        terminal.expect(offered)  # in the menu
        terminal.send("\t")
        terminal.expect(offered)  # in the line, or the menu's choice
        terminal.send("\r")
        terminal.expect(meant)
        terminal.expect(PROMPT)


def test_what_was_typed_is_there_the_next_time(tmp_path: Path) -> None:
    for child in opened(tmp_path):
        ask(child, "How many boats?", "hand-made")
    for child in opened(tmp_path):
        assert "asked “How many boats?”" in ask(child, "\x1b[A", "hand-made")
    assert (tmp_path / "state" / "history").stat().st_mode & 0o777 == 0o600


def test_a_history_that_cannot_be_kept_is_said_and_the_chat_goes_on(tmp_path: Path) -> None:
    (tmp_path / "state" / "history").mkdir(parents=True)
    for child in opened(tmp_path, columns=200):
        assert "will not be remembered" in shown(child.before or "")
        assert "asked “How many?”" in ask(child, "How many?", "hand-made")


@pytest.mark.parametrize("columns", [40, 200])
def test_it_fits_its_terminal_and_no_title_commands_it(tmp_path: Path, columns: int) -> None:
    for child in opened(tmp_path, columns):
        ask(child, "How many?", "hand-made")
        child.send("/sources\r")
        child.expect("wire.test/boats")
        assert "\x1b[31m" not in (child.before or "")
        assert "[bold]Lifeboats\N{REPLACEMENT CHARACTER}[31m" in shown(child.before or "").replace("\n", " ")
        child.expect(PROMPT)
        lines = ask(child, "/why", "# score").splitlines()
        assert max(map(len, lines)) <= columns


@pytest.mark.parametrize(("no_color", "coloured"), [("1", False), ("", True)])
def test_no_color_is_respected(tmp_path: Path, no_color: str, *, coloured: bool) -> None:
    for child in opened(tmp_path, NO_COLOR=no_color):
        child.send("How many?\r")
        child.expect("hand-made")
        assert bool(re.search(r"\x1b\[(\d+;)*[34]\d[;m]", child.before or "")) == coloured


if __name__ == "__main__":
    chat(HandMadeDesk(), Path(sys.argv[1]), EXAMPLE)
