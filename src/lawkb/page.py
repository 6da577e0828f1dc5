"""A page of an answer: headings, paragraphs, tables and lists, written as text for a terminal, as Markdown or as CSV."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the page's own."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Para:
    """A paragraph."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table; the first column names the row. `shades` colours cells of these texts on a terminal."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Items:
    """A list; each item is (depth, text)."""

    items: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Code:
    """A text that stands line by line as it is, such as a query."""

    text: str
    language: str = ""


Part = Heading | Para | Table | Items | Code
_WIDE = 120  # where there is no terminal
_NARROWEST = 40
_CELL = 14  # columns of a terminal that a cell needs; below that a table is written as a list
# the four verdicts and what they look like on a terminal; a pipe gets the words alone
SHADES = {"available": "bold green", "conditional": "bold yellow", "unavailable": "bold red", "unknown": "bold magenta"}


def text(parts: Sequence[Part]) -> None:
    """Print a page to stdout: with colour and at the terminal's width on a terminal, plain and 120 wide in a pipe."""
    from rich.console import Console
    from rich.text import Text

    width = shutil.get_terminal_size((_WIDE, 40)).columns if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE
    console = Console(width=max(width, _NARROWEST), highlight=False, soft_wrap=False)
    with console.capture() as captured:
        for number, part in enumerate(parts):
            if isinstance(part, Heading):
                style = "bold underline" if part.level == 1 else "bold"
                if number:
                    console.print()
                _lines(console, part.text, style)
            elif isinstance(part, Para):
                _lines(console, part.text, "bold" if part.strong else "")
            elif isinstance(part, Items):
                for depth, item in part.items:
                    _lines(console, item, bullet="  " * depth + "- ")
            elif isinstance(part, Code):
                console.print(Text(part.text.rstrip("\n")), soft_wrap=True)
            elif console.width < _CELL * len(part.columns):
                _records(console, part)
            else:
                _table(console, part)
    # a table pads its last column; nobody wants that in a pipe or in the clipboard
    sys.stdout.write("".join(line.rstrip() + "\n" for line in captured.get().split("\n")[:-1]))


def _lines(console: Console, content: str, style: str = "", bullet: str = "") -> None:
    """Print a text in lines that fit; those of an item stand under its first word. Long words (addresses) stay whole."""
    from rich.text import Text

    wrapped = textwrap.wrap(content, max(console.width - 1, _NARROWEST - 1), initial_indent=bullet, subsequent_indent=" " * len(bullet),
                            break_long_words=False, break_on_hyphens=False)
    console.print(Text("\n".join(wrapped), style=style), soft_wrap=True)


def _table(console: Console, part: Table) -> None:
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable(box=None, pad_edge=False, header_style="dim", show_edge=False, padding=(0, 2, 0, 0))
    for column in part.columns:
        grid.add_column(Text(column), overflow="fold")
    for row in part.rows:
        grid.add_row(*(Text(cell, style=SHADES.get(cell, "")) for cell in row))
    console.print(grid)


def _records(console: Console, part: Table) -> None:
    """Print a table where it does not fit: a row an item, its cells below it."""
    for row in part.rows:
        _lines(console, row[0], bullet="- ")
        for column, cell in zip(part.columns[1:], row[1:], strict=True):
            if cell:
                _lines(console, f"{column}: {cell}" if column else cell, bullet="    ")


def markdown(parts: Sequence[Part]) -> str:
    """Return a page as Markdown."""
    out: list[str] = []
    for part in parts:
        if isinstance(part, Heading):
            out.append(f"{'#' * part.level} {part.text}")
        elif isinstance(part, Para):
            out.append(f"**{part.text}**" if part.strong else part.text)
        elif isinstance(part, Items):
            out.append("\n".join(f"{'  ' * depth}- {item}" for depth, item in part.items))
        elif isinstance(part, Code):
            out.append(f"```{part.language}\n{part.text.rstrip()}\n```")
        else:
            rows = [part.columns, ["---"] * len(part.columns), *part.rows]
            out.append("\n".join("| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |" for row in rows))
    return "\n\n".join(out) + "\n"


def comma_separated(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as CSV (RFC 4180, LF)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
