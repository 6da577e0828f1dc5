"""Runs what a page shows and puts the true outputs in place.

A fenced `console` block holds `$ lawkb ...` commands, each followed by its output; `| head -n N` shortens an output openly and
`$ echo $?` shows the exit code. A fenced `pycon` block holds Python with its output. Between `<!-- name -->` and `<!-- /name -->`
stand `numbers` of the knowledge base, its `gaps`, what its `ledger` counts, and the table of `commands`.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
from collections.abc import Iterator

from lawkb.docs.commands import commands_table
from lawkb.docs.console import lawkb, masked, settings
from lawkb.docs.numbers import gaps, ledger, numbers
from lawkb.errors import LawkbError

_FENCE = re.compile(r"^```(console|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PART = re.compile(r"<!-- (numbers|gaps|ledger|commands) -->\n(.*?)<!-- /\1 -->", re.DOTALL)
_HEAD = re.compile(r"^(.*?) \| head -n (\d+)$")


def refreshed(page: str) -> str:
    """Return a page with every output, and the numbers, as they are now."""
    page = _FENCE.sub(lambda block: f"```{block[1]}\n{(_console if block[1] == 'console' else _python)(block[2])}```", page)
    made = {"numbers": lambda _: numbers(), "gaps": lambda _: gaps(), "ledger": lambda _: ledger(), "commands": commands_table}
    return _PART.sub(lambda part: f"<!-- {part[1]} -->\n{made[part[1]](part[2])}<!-- /{part[1]} -->", page)


def commands(page: str) -> list[str]:
    """Return the commands that the console blocks of a page run."""
    return [line[2:] for block in _FENCE.finditer(page) if block[1] == "console" for line in block[2].splitlines() if line.startswith("$ ")]


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
        with settings(), contextlib.redirect_stdout(out):
            exec(compile(example.source, "<page>", "single"), scope)
        lines += masked(out.getvalue()).splitlines()
    return "".join(f"{line}\n" for line in lines)
