"""The commands on several jurisdictions: compare, matrix."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened, server_options
from lawkb.cli.questions import EXIT


@click.command("compare")
@click.argument("jurisdictions", nargs=-1, required=True)
@click.option("--on", "topics", default="definitions,penalties,rights,cooperation", show_default=True, metavar="TOPICS",
              help="What is compared, joined by commas.")
@click.option("--date", "on", metavar="DATE", help="The day whose law is asked about, YYYY-MM-DD (today).")
@format_option("text", "json", "md", "csv")
@kb_option
@server_options
def compare_command(jurisdictions: tuple[str, ...], topics: str, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """JURISDICTIONS side by side.

    What is not recorded is shown as such. Exit 3 where nothing is recorded for any of them.
    """
    from lawkb.compare_pages import compare_page, compare_rows

    kb = opened(overlays)
    answer = kb.compare(jurisdictions, [topic.strip().lower() for topic in topics.split(",") if topic.strip()], on=on)
    emit(form, answer, lambda: compare_page(kb.base, answer), lambda: compare_rows(answer))
    return 0 if any(cell["facts"] for topic in answer["topics"] for row in topic["rows"] for cell in row["cells"].values()) else 3


@click.command("matrix")
@click.argument("jurisdictions", nargs=-1, required=True)
@click.option("--channel", metavar="CODE", help="A channel such as mla, by its lead measure.")
@click.option("--measure", metavar="CODE", help="A measure such as mla-search-seizure.")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
@server_options
def matrix_command(jurisdictions: tuple[str, ...], channel: str | None, measure: str | None, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """The verdict for every ordered pair of JURISDICTIONS, in both directions."""
    from lawkb.compare_pages import matrix_page, matrix_rows

    kb = opened(overlays)
    answer = kb.matrix(jurisdictions, channel=channel, measure=measure, on=on)
    emit(form, answer, lambda: matrix_page(kb.base, answer), lambda: matrix_rows(answer))
    verdicts = {pair["verdict"] for pair in answer["pairs"]}
    return next(EXIT[verdict] for verdict in ("available", "conditional", "unknown", "unavailable") if verdict in verdicts)
