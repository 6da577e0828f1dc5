"""The commands for those who check citations, and for assistants: cite, mcp."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lawkb.cli.common import emit, format_option, kb_option, opened

if TYPE_CHECKING:
    from lawkb.page import Part

_EXIT = {"recorded": 0, "parts-recorded": 0, "not-recorded": 3}


@click.command("cite")
@click.argument("instrument")
@click.argument("article")
@format_option("text", "json", "md", "csv")
@kb_option
def cite_command(instrument: str, article: str, form: str, overlays: tuple[Path, ...]) -> int:
    """Whether an ARTICLE of an INSTRUMENT is recorded, and what it says there.

    Exit 0 when it, or a part of it, is recorded; 3 when it is not: then whether there is such an article is not known here.
    """
    from lawkb.citation import cite

    kb = opened(overlays)
    answer = cite(kb.base, kb.base.instruments.resolve(instrument), article)
    emit(form, answer, lambda: list(_page(answer)), lambda: (("fact", "kind", "article", "summary", "grade", "confidence"), [
        [line[name] or "" for name in ("fact", "kind", "article", "summary", "grade", "confidence")] for line in (*answer["at"], *answer["below"])]))
    return _EXIT[answer["state"]]


def _page(answer: dict[str, Any]) -> Iterator[Part]:
    from lawkb.page import Heading, Items, Para

    yield Heading(f"{answer['title']} art. {answer['article']}", 1)
    yield Para(answer["says"], strong=True)
    for title, name in (("It says", "at"), ("Its parts", "below"), ("What contains it", "above")):
        if answer[name]:
            yield Heading(title)
            yield Items([item for line in answer[name] for item in _line(line)])
    yield Para(f"{answer['recorded_articles']} articles of this instrument are recorded here. Summaries are in our words: quote the text itself.")


def _line(line: dict[str, Any]) -> Iterator[tuple[int, str]]:
    number = "" if line["verified"] else " (number not verified)"
    yield 0, f"art. {line['article']}{number}, {line['kind']}: {line['summary']} [{line['grade']}, {line['confidence']}]"
    for source in line["sources"]:
        read = [source["title"], f"as at {source['as_at']}" if source["as_at"] else "", source["url"] or ""]
        yield 1, f"source: {', '.join(part for part in read if part)}"


@click.command("mcp")
@kb_option
def mcp_command(overlays: tuple[Path, ...]) -> int:
    """Serve the knowledge base to an assistant, as an MCP server on standard input and output.

    Needs: pip install 'lawkb[mcp]'. Tools: channels, treaties, parties, explain, resolve, coverage, verify_citation. No network is used.
    """
    from lawkb.mcp.server import serve

    serve(opened(overlays))
    return 0
