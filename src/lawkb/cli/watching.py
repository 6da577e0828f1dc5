"""The commands on who watches over a state: complaints, monitoring."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened


@click.command("complaints")
@click.argument("jurisdiction")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def complaints_command(jurisdiction: str, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """To which international bodies one can turn about a JURISDICTION.

    Courts and committees that take petitions from persons come first, then bodies that take none but read what one sends them.
    Exit 0 when a procedure is open, 3 when it is not known whether one is, 1 when none is.
    """
    from lawkb.watch_pages import complaints_page, complaints_rows

    kb = opened(overlays)
    answer = kb.complaints(jurisdiction, on=on)
    emit(form, answer, lambda: complaints_page(kb.base, answer), lambda: complaints_rows(answer))
    states = {line["state"] for line in answer["routes"]}
    return 0 if "open" in states else 3 if states else 1


@click.command("monitoring")
@click.argument("jurisdiction")
@click.option("--topic", metavar="CODE", help="Only on this measure, such as non-punishment, victim-identification, victim-compensation.")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def monitoring_command(jurisdiction: str, topic: str | None, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """What courts and monitoring bodies told a JURISDICTION, and told others on what binds it.

    Each with the article, the day and the verb. Exit 0 when something is recorded, 3 when nothing is: then it is not known.
    """
    from lawkb.watch_pages import monitoring_page, monitoring_rows

    kb = opened(overlays)
    answer = kb.monitoring(jurisdiction, topic=topic, on=on)
    emit(form, answer, lambda: monitoring_page(kb.base, answer), lambda: monitoring_rows(answer))
    return 0 if answer["told"] else 3
