"""The command `dateline` as users run it, for tests: each call is a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"

Done: TypeAlias = subprocess.CompletedProcess[bytes]
Argument: TypeAlias = str | bytes | Path

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "DATELINE_DATA"}
"""The user's own, but for where their data lie."""


def dateline(*arguments: Argument, stdin: bytes = b"") -> Done:
    """Run the command to its end."""
    command = [sys.executable, "-m", "bot.cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, input=stdin, capture_output=True, timeout=120, check=False
    )


def start(*arguments: Argument) -> subprocess.Popen[bytes]:
    """Start the command; its output can be read from pipes."""
    command = [sys.executable, "-m", "bot.cli", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def output(*arguments: Argument, code: int = 0) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The JSON that a command prints, after a check of its exit code."""
    done = dateline(*arguments, "--json")
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout)


def complaint(*arguments: Argument, code: int) -> str:
    """The one line that a command leaves on stderr, after a check of its exit code."""
    done = dateline(*arguments)
    said = done.stderr.decode()
    assert done.returncode == code, said
    assert said.startswith("dateline: ")
    assert said.count("\n") == 1
    return said


def index(data: Path, *arguments: Argument) -> tuple[int, int, int, int]:
    """Index; (new, changed, unchanged, removed)."""
    report = output("index", *arguments, "--data", data)
    return report["new"], report["changed"], report["unchanged"], report["removed"]


def imported(*command: Argument) -> set[str]:
    """The top-level packages that a Python process imports."""
    run = [sys.executable, "-X", "importtime", *command]
    done = subprocess.run(run, cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=False)
    rows = [line for line in done.stderr.decode().splitlines() if line.startswith("import time:")]
    return {row.rpartition("|")[2].strip().partition(".")[0] for row in rows}
