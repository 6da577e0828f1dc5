"""The commands that hand the knowledge base to other tools: query, export."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, opened


@click.command("query")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@format_option("text", "json", "csv", "md", "ttl")
@kb_option
def query_command(file: Path, form: str, overlays: tuple[Path, ...]) -> int:
    """Run the SPARQL in FILE.rq over the whole knowledge base, participations included; prefixes need not be declared.

    Exit 0 when something was found, 1 when nothing was.
    """
    from lawkb.query import run

    result = run(opened(overlays).base, file)
    if result.turtle is not None:
        if form not in ("text", "ttl"):
            raise click.UsageError(f"--format {form} is for SELECT and ASK; this query makes triples: use text or ttl")
        click.echo(result.turtle, nl=False)
    elif form == "ttl":
        raise click.UsageError("--format ttl is for CONSTRUCT and DESCRIBE; this query selects: use text, json, csv or md")
    else:
        from lawkb.reports import query_page

        emit(form, result.to_dict(), lambda: query_page(result), lambda: (result.columns or ("holds",), result.rows))
    return 0 if result.found else 1


@click.command("export")
@click.option("--format", "form", type=click.Choice(("ttl", "nt", "trig", "jsonld", "csv")), default="ttl", show_default=True,
              help="trig has one graph a file; csv writes one table a kind into a folder.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The file, or for csv the folder, to write; stdout otherwise.")
@kb_option
def export_command(form: str, output: Path | None, overlays: tuple[Path, ...]) -> int:
    """Write the whole knowledge base, participations included, for other tools."""
    from lawkb.export import export

    export(opened(overlays).base, form, output)
    return 0
