"""What README.md and the pages of docs/ show is what the commands answer: every block is run, with its date pinned."""

from __future__ import annotations

import re
import shlex
import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest

from engines import servers
from lawkb import docs
from lawkb.cli import COMMANDS
from lawkb.docs.console import lawkb
from lawkb.docs.shown import commands

pytestmark = pytest.mark.slow  # left out of `make check`

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SHOWN = docs.shown()

# Commands that answer for a day, and so must name it where their output is shown.
DATED = {"channels", "treaties", "parties", "status"}


def _examples() -> list[str]:
    """Return the example commands of the table in README.md."""
    return re.findall(r"\| `(lawkb [^`]+)` \|$", README.read_text(encoding="utf-8"), re.MULTILINE)


def _marked(shown: str) -> tuple[pytest.MarkDecorator, ...]:
    """Mark what runs a command that reads all sources as slow, and what runs the reasoner as needing Java."""
    slow = [pytest.mark.slow] if re.search(r"lawkb (validate|import|export|reason)\b", shown) else []
    return (*slow, *([pytest.mark.java] if "lawkb reason" in shown else []))


@pytest.mark.parametrize("path", [pytest.param(path, marks=_marked("\n".join(commands(path.read_text(encoding="utf-8")))), id=path.name) for path in SHOWN])
def test_every_output_that_a_page_shows_is_what_the_command_answers(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert docs.refreshed(page) == page, "run make readme, and read what has changed"


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.name)
def test_a_command_whose_output_is_shown_names_its_date(path: Path) -> None:
    open_ones = [line for line in commands(path.read_text(encoding="utf-8"))
                 if line.split()[0] == "lawkb" and line.split()[1] in DATED and "--on " not in line]
    assert not open_ones, f"these outputs would change from day to day: {open_ones}"


def test_the_first_thing_shown_is_a_question_between_two_jurisdictions() -> None:
    page = README.read_text(encoding="utf-8")
    assert commands(page)[0].startswith("lawkb channels ITA NGA")
    assert page[:page.index("```console")].count("\n") < 12, "the first question belongs to the first screen"


def test_the_table_has_an_example_of_every_command() -> None:
    assert [shlex.split(example)[1] for example in _examples()] == list(COMMANDS), "run make readme"
    bare = [example for example in _examples() if example.endswith("--help")]
    assert not bare, f"give these a real example in the table of README.md: {bare}"


# a server waits for its client: tests/test_mcp.py speaks to it
@pytest.mark.parametrize("example", [pytest.param(example, marks=_marked(example)) for example in _examples() if example != "lawkb mcp"])
def test_every_example_of_the_table_is_answered(example: str, tmp_path: Path) -> None:
    words = shlex.split(example)[1:]
    if words[0] == "reason" and shutil.which("java") is None:
        pytest.skip("no Java on this machine")
    words = [str(tmp_path / word) if words[number] in ("-o", "--output") else word for number, word in enumerate(words[1:])]
    with servers.oxigraph() if "http://" in example else nullcontext("") as address:
        output, code = lawkb([shlex.split(example)[1], *(address if word.startswith("http://") else word for word in words)])
    assert code in (0, 1, 3), output


def test_the_readme_speaks_of_no_day_as_today() -> None:
    assert not re.search(r"\b(today|currently|at the moment|as of now)\b", README.read_text(encoding="utf-8"), re.IGNORECASE)
