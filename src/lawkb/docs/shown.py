"""Runs what a page shows and puts the true outputs in place.

Three things are refreshed. A fenced `console` block holds `$ lawkb ...` commands, each followed by its output; `| head -n N`
shortens an output openly and `$ echo $?` shows the exit code. A fenced `pycon` block holds Python with its output. Between
`<!-- numbers -->` and `<!-- /numbers -->` stand numbers of the knowledge base, and its gaps between `gaps`. Digests are masked:
they change with every fact.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator

from lawkb.docs.numbers import gaps, numbers
from lawkb.errors import LawkbError
from lawkb.paths import data_root

WIDTH = "120"  # columns; what a pipe gets
_FENCE = re.compile(r"^```(console|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COUNTED = re.compile(r"<!-- (numbers|gaps) -->\n.*?<!-- /\1 -->", re.DOTALL)
_DIGEST = re.compile(r"sha256:[0-9a-f]{12,64}")
_HEAD = re.compile(r"^(.*?) \| head -n (\d+)$")


def refreshed(page: str) -> str:
    """Return a page with every output, and the numbers, as they are now."""
    page = _FENCE.sub(lambda block: f"```{block[1]}\n{(_console if block[1] == 'console' else _python)(block[2])}```", page)
    return _COUNTED.sub(lambda part: f"<!-- {part[1]} -->\n{(numbers if part[1] == 'numbers' else gaps)()}<!-- /{part[1]} -->", page)


def commands(page: str) -> list[str]:
    """Return the commands that the console blocks of a page run."""
    return [line[2:] for block in _FENCE.finditer(page) if block[1] == "console" for line in block[2].splitlines() if line.startswith("$ ")]


def lawkb(arguments: list[str]) -> tuple[str, int]:
    """Run the command line in this process and return what it prints, messages among it, and its exit code."""
    from lawkb.cli import main

    out = io.StringIO()
    argv, sys.argv = sys.argv, ["lawkb", *arguments]
    try:
        with _settings(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main()
    except SystemExit as end:
        return _DIGEST.sub("sha256:…", out.getvalue()), int(end.code or 0)
    finally:
        sys.argv = argv


def _console(block: str) -> str:
    return "".join(_transcript([line[2:] for line in block.splitlines() if line.startswith("$ ")]))


def _transcript(lines: list[str]) -> Iterator[str]:
    code = 0
    for line in lines:
        yield f"$ {line}\n"
        if line == "echo $?":
            yield f"{code}\n"
            continue
        short = _HEAD.match(line)
        words = shlex.split(short[1] if short else line)
        if words[0] != "lawkb":
            raise LawkbError(f"A console block shows '{line}', but only lawkb commands are run", "Write '$ lawkb ...', or use a block of kind sh")
        output, code = lawkb(words[1:])
        shown = output.splitlines()
        yield from (f"{text}\n" for text in (shown[:int(short[2])] if short else shown))


def _python(block: str) -> str:
    """Run the examples of a block one after the other and return them with their outputs."""
    scope: dict[str, object] = {"__name__": "__main__"}
    lines = []
    for example in doctest.DocTestParser().get_examples(block):
        source = example.source.splitlines()
        lines += [f">>> {source[0]}", *(f"... {line}" if line else "..." for line in source[1:])]
        out = io.StringIO()
        with _settings(), contextlib.redirect_stdout(out):
            exec(compile(example.source, "<page>", "single"), scope)
        lines += _DIGEST.sub("sha256:…", out.getvalue()).splitlines()
    return "".join(f"{line}\n" for line in lines)


@contextlib.contextmanager
def _settings() -> Iterator[None]:
    """Fix what an output depends on besides the question: width, colour, folder."""
    before, folder = dict(os.environ), os.getcwd()
    os.environ.update(COLUMNS=WIDTH, NO_COLOR="1")
    os.chdir(data_root())
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)
