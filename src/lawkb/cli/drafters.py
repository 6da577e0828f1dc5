"""The commands that compare definitions and bases: definition, needs, distinguish."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened, progress_bar


@click.command("definition")
@click.argument("jurisdiction")
@click.option("--against", "instruments", multiple=True, metavar="INSTRUMENT",
              help="A definition, such as palermo-tip (repeatable); all on trafficking without it.")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def definition_command(jurisdiction: str, instruments: tuple[str, ...], on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """Where the offence of a JURISDICTION falls short of international definitions.

    Element by element: named, missing (with how grave that is), an open list, or unknown; and which states name what is missing.
    Exit 0 when nothing is missing, 1 when something is, 3 when no offence is shown to be in force.
    """
    from lawkb.drafting_pages import definition_page, definition_rows

    kb = opened(overlays)
    answer = kb.definition(jurisdiction, instruments=instruments, on=on)
    emit(form, answer, lambda: definition_page(kb.base, answer), lambda: definition_rows(answer))
    if not answer["offences"]:
        return 3
    return 1 if any(row["state"] == "missing" for table in answer["definitions"] for row in table["elements"]) else 0


@click.command("needs")
@click.argument("jurisdiction")
@click.option("--with", "others", metavar="CODES", help="Only with these partners, joined by commas; without it with all others.")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def needs_command(jurisdiction: str, others: str | None, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """With which partners a JURISDICTION needs a treaty of its own.

    For extradition and assistance: on what they rest with each partner, and what a treaty between the two would add (clocks, direct contact,
    rules on use). With all partners this takes half a minute. Exit 0.
    """
    from lawkb.drafting_pages import needs_page, needs_rows

    kb = opened(overlays)
    with progress_bar("Asking every partner") as progress:
        answer = kb.needs(jurisdiction, others=[code.strip() for code in others.split(",") if code.strip()] if others else (), on=on, progress=progress)
    emit(form, answer, lambda: needs_page(kb.base, answer), lambda: needs_rows(answer))
    return 0


@click.command("distinguish")
@click.argument("jurisdiction")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def distinguish_command(jurisdiction: str, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """Smuggling or trafficking? Both definitions and the law of a JURISDICTION, element by element.

    Exit 0 when offences of both kinds are recorded, 3 when one of them is not.
    """
    from lawkb.drafting_pages import distinguish_page, distinguish_rows

    kb = opened(overlays)
    answer = kb.distinguish(jurisdiction, on=on)
    emit(form, answer, lambda: distinguish_page(kb.base, answer), lambda: distinguish_rows(answer))
    return 0 if answer["trafficking"] and answer["smuggling"] else 3
