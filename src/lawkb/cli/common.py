"""What commands share: opening the knowledge base with a progress bar, the output formats, writing an answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from lawkb.api import KnowledgeBase
    from lawkb.page import Part
    from lawkb.reading import Progress

F = TypeVar("F", bound=Callable[..., Any])

kb_option = click.option("--kb", "overlays", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
                         help="A folder of your own facts in Turtle, on top of the packaged ones (repeatable).")
on_option = click.option("--on", metavar="DATE", help="The day whose law is asked about, YYYY-MM-DD (today).")


def format_option(*formats: str) -> Callable[[F], F]:
    """The option --format with the formats of a command; text by default."""
    return click.option("--format", "form", type=click.Choice(formats), default=formats[0], show_default=True, help="How the answer is written.")


def opened(overlays: tuple[Path, ...]) -> KnowledgeBase:
    """Open the knowledge base; a progress bar is shown on a terminal while it is compiled."""
    from lawkb.api import load  # the help of a command does without it

    with progress_bar("Compiling the knowledge base (once)") as progress:
        return load(overlays, progress=progress, notice=lambda sentence: click.echo(sentence, err=True))


@contextmanager
def progress_bar(title: str) -> Iterator[Progress | None]:
    """Give a progress callback that draws a bar on a terminal, or None when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = None

        def update(done: int, total: int) -> None:
            nonlocal task
            if task is None:
                task = bar.add_task(title, total=total)
            bar.update(task, completed=done, total=total)

        yield update


def emit(form: str, data: Any, page: Callable[[], Sequence[Part]] = list,
         rows: Callable[[], tuple[Sequence[str], Sequence[Sequence[object]]]] | None = None) -> None:
    """Write an answer in the form asked for: JSON from the data, text and Markdown from the page, CSV from the rows."""
    if form == "json":
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    from lawkb import page as pages

    if form == "csv" and rows:
        click.echo(pages.comma_separated(*rows()), nl=False)
    elif form == "md":
        click.echo(pages.markdown(page()), nl=False)
    else:
        pages.text(page())
