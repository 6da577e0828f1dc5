"""A page of an answer: headings, paragraphs, tables and lists, written as text for a terminal, as Markdown or as CSV."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass


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


Part = Heading | Para | Table | Items
# the four verdicts and what they look like on a terminal; a pipe gets the words alone
SHADES = {"available": "bold green", "conditional": "bold yellow", "unavailable": "bold red", "unknown": "bold magenta"}


def text(parts: Sequence[Part]) -> None:
    """Print a page to stdout: with colour and at the terminal's width on a terminal, plain and 120 wide in a pipe."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table as RichTable
    from rich.text import Text

    width = shutil.get_terminal_size((120, 40)).columns if sys.stdout.isatty() or "COLUMNS" in os.environ else 120
    console = Console(width=max(width, 60), highlight=False, soft_wrap=False)
    for part in parts:
        if isinstance(part, Heading):
            console.print()
            console.print(Text(part.text, style="bold underline" if part.level == 1 else "bold"))
        elif isinstance(part, Para):
            console.print(Text(part.text, style="bold" if part.strong else ""))
        elif isinstance(part, Items):
            for depth, item in part.items:
                console.print(Padding(Text("- " + item), (0, 0, 0, 2 * depth)))
        else:
            grid = RichTable(box=None, pad_edge=False, header_style="dim", show_edge=False, padding=(0, 2, 0, 0))
            for column in part.columns:
                grid.add_column(column, overflow="fold")
            for row in part.rows:
                grid.add_row(*(Text(cell, style=SHADES.get(cell, "")) for cell in row))
            console.print(grid)


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
        else:
            rows = [part.columns, ["---"] * len(part.columns), *part.rows]
            out.append("\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows))
    return "\n\n".join(out) + "\n"


def comma_separated(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as CSV (RFC 4180, LF)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
