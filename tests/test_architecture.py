"""What holds the source in shape: the direction of imports, the length of files, a reason for each exception."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A line may import from the lines above it. Within a line, "|" parts siblings, which do not import each other;
# modules between two "|" are one family and may. "x.*" is the package x and all in it but what has a place of its own:
# the training of a reader is a program, which stands over everything that it runs.
ORDER = """
index.errors
index.types
index.text | index.dates.* | index.outlets | index.bm25 | index.rank | index.clean index.decode
index.copies | index.parse index.feeds index.markup
index.fetch | index.encode index.minilm index.bert | index.stores.* | index.web.*
index.ingest | index.retrieve
index.sources.*
index.evaluation.*
index
bot.types
bot.mentions
bot.question | bot.verify | bot.render bot.terminal bot.as_json | bot.readers.*
bot.answer
bot.settings
bot.exits | bot.options
bot.batch | bot.indexing | bot.following | bot.console | bot.telegram.* | bot.scorecard | bot.reports
bot.output | bot.evaluating
bot.commands.*
bot.cli | bot.readers.training.*
bot
"""

MAX_LINES = 250
LONGER = {
    "index/types.py": "the whole contract between the parts, and mostly docstrings: it is read in one go",
}
"""Files that may be longer, and why."""


def _places() -> dict[str, tuple[int, int]]:
    """(level, family) of each entry of ORDER."""
    return {
        name: (level, family)
        for level, line in enumerate(ORDER.strip().splitlines())
        for family, names in enumerate(line.split("|"))
        for name in names.split()
    }


PLACES = _places()
FILES = sorted(path.relative_to(ROOT) for package in ("index", "bot") for path in (ROOT / package).rglob("*.py"))
MODULES = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in FILES}


def place(module: str) -> tuple[int, int] | None:
    package = module.split(".")
    wildcards = [".".join(package[:length]) + ".*" for length in range(len(package), 0, -1)]
    return next((PLACES[name] for name in [module, *wildcards] if name in PLACES), None)


def imports(source: str, package: str) -> Iterator[tuple[int, str]]:
    """(line, module) of every import in a source, wherever it stands in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                module = f"{base}.{alias.name}"
                yield node.lineno, module if module in MODULES else base


def wrong_imports(file: Path, source: str) -> list[str]:
    """What a file imports against the order, a sentence each."""
    module = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    ours = place(module)
    if ours is None:
        return [f"{file} has no place in ORDER: give it one"]
    return [
        f"{file}:{line} imports {imported}, {complaint}"
        for line, imported in imports(source, package)
        if imported.split(".")[0] in {"index", "bot", "tests"}
        if (complaint := _complaint(module, ours, imported))
    ]


def _complaint(module: str, ours: tuple[int, int], imported: str) -> str | None:
    theirs = place(imported)
    if theirs is None:
        return "which has no place in ORDER"
    if module.startswith(f"{imported}."):
        return "the root of its own package"
    if theirs == ours:
        return None
    if theirs[0] == ours[0]:
        return "a sibling"
    return "which comes after it" if theirs[0] > ours[0] else None


@pytest.mark.parametrize("file", FILES, ids=str)
def test_imports_point_one_way(file: Path) -> None:
    wrong = wrong_imports(file, (ROOT / file).read_text("utf-8"))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        ("index/text.py", "import index.retrieve", "index/text.py:1 imports index.retrieve, which comes after it"),
        ("index/text.py", "from index import rank", "index/text.py:1 imports index.rank, a sibling"),
        (
            "index/ingest.py",
            "\n\nfrom bot.types import Turn",
            "index/ingest.py:3 imports bot.types, which comes after it",
        ),
        ("index/parse.py", "from index import VERSION", "index/parse.py:1 imports index, the root of its own package"),
        (
            "index/stores/local.py",
            "from . import open_store",
            "index/stores/local.py:1 imports index.stores, the root of its own package",
        ),
        (
            "bot/cli.py",
            "def run():\n    import tests.fakes",
            "bot/cli.py:2 imports tests.fakes, which has no place in ORDER",
        ),
        ("bot/telepathy.py", "", "bot/telepathy.py has no place in ORDER: give it one"),
    ],
)
def test_an_import_against_the_order_is_named(file: str, source: str, complaint: str) -> None:
    assert wrong_imports(Path(file), source) == [complaint]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("index/retrieve.py", "from index import rank"),
        ("index/parse.py", "from index.clean import label"),
        ("index/stores/local.py", "from index.stores import view"),
        ("bot/answer.py", "from index.stores import open_store"),
        ("bot/cli.py", "import numpy, bot.console"),
    ],
)
def test_an_import_along_the_order_passes(file: str, source: str) -> None:
    assert wrong_imports(Path(file), source) == []


def test_files_are_short() -> None:
    lines = {str(file): len((ROOT / file).read_text("utf-8").splitlines()) for file in FILES}
    assert {file for file, count in lines.items() if count > MAX_LINES} == set(LONGER)


def test_every_exception_and_dependency_in_pyproject_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    settings = tomllib.loads(text)
    project, lint = settings["project"], settings["tool"]["ruff"]["lint"]
    lists = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        lint["ignore"],
        *lint["per-file-ignores"].values(),
    ]
    bare = [
        entry
        for entries in lists
        for entry in entries
        if not re.search(rf'^\s*"{re.escape(entry)}",?\s*# *\w', text, re.MULTILINE)
    ]
    assert not bare, f"without a reason in pyproject.toml: {', '.join(bare)}"


def test_every_dependency_is_pinned_without_saying_where_it_comes_from() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[\w.]+", pin)] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    names = {re.split(r"[^\w-]", requirement)[0].lower().replace("_", "-") for requirement in named}
    assert names - {pin.partition("==")[0] for pin in pins} == set()
