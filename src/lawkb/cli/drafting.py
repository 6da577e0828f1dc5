"""The command that prepares a request."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened, server_options
from lawkb.cli.questions import EXIT


@click.command("request")
@click.argument("requesting")
@click.argument("requested")
@click.option("--measure", required=True, metavar="CODE", help="What is asked for, such as mla-search-seizure; lawkb channels --help lists the measures.")
@click.option("--language", metavar="CODE", help="The language in which you would write, such as en.")
@click.option("--skeleton", type=click.Path(path_type=Path), metavar="FILE", help="Write the skeleton of the request to FILE.md or FILE.docx.")
@click.option("--force", is_flag=True, help="Write the skeleton over a file that is there already.")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
@server_options
def request_command(requesting: str, requested: str, measure: str, language: str | None, skeleton: Path | None, force: bool, on: str | None,
                    form: str, overlays: tuple[Path, ...]) -> int:
    """What a request from REQUESTING to REQUESTED needs.

    Authority, way, languages, contents with their articles, grounds of refusal and how to meet them, clocks, limits of use.
    """
    from lawkb import request_pages as pages

    kb = opened(overlays)
    answer = kb.request(requesting, requested, measure=measure, language=language, on=on)
    if skeleton is not None:
        from lawkb.errors import LawkbError
        from lawkb.skeleton import write_file

        if not answer["options"]:
            raise LawkbError(f"There is no option for {answer['measure']}, so no skeleton was written", answer["says"], exit_code=EXIT[answer["verdict"]])
        write_file(pages.skeleton(kb.base, answer), skeleton, force)
        click.echo(f"{skeleton} written", err=True)
    emit(form, answer, lambda: pages.request_page(kb.base, answer), lambda: pages.request_rows(answer))
    return EXIT[answer["verdict"]]
