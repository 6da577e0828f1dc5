"""The commands that hand the knowledge base to other tools: query, export."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, opened
from lawkb.errors import LawkbError


@click.command("query")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@format_option("text", "json", "csv", "md", "ttl")
@kb_option
def query_command(file: Path, form: str, overlays: tuple[Path, ...]) -> int:
    """Run a SPARQL query over the whole knowledge base.

    FILE holds one SELECT, ASK, CONSTRUCT or DESCRIBE (- reads standard input). Participations are there; known prefixes need not be declared.
    Exit 0 when something was found, 1 when nothing was.
    """
    from lawkb.query import run

    result = run(opened(overlays).base, file)
    if result.turtle is not None:
        if form not in ("text", "ttl"):
            raise LawkbError(f"--format {form} is for SELECT and ASK, but this query makes triples", "Use --format ttl")
        click.echo(result.turtle, nl=False)
    elif form == "ttl":
        raise LawkbError("--format ttl is for CONSTRUCT and DESCRIBE, but this query selects", "Use --format text, json, csv or md")
    else:
        from lawkb.reports import query_page

        emit(form, result.to_dict(), lambda: query_page(result), lambda: (result.columns or ("holds",), result.rows))
    return 0 if result.found else 1


@click.command("export")
@click.option("--format", "form", type=click.Choice(("ttl", "nt", "trig", "jsonld", "csv", "shacl-rules")), default="ttl", show_default=True,
              help="trig has one graph a file; csv writes one table a kind into a folder; shacl-rules writes the rules, not the facts.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The file, or for csv the folder, to write; stdout otherwise.")
@kb_option
def export_command(form: str, output: Path | None, overlays: tuple[Path, ...]) -> int:
    """Write the whole knowledge base for other tools.

    Participations are written too.
    """
    from lawkb.export import export

    export(opened(overlays).base, form, output)
    return 0
