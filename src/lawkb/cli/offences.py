"""The commands on offences and on statements: criminality, statements."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, kb_option, on_option, opened, progress_bar, server_options

EXIT = {"met": 0, "unmet": 1, "unknown": 3}


class _WithSchema(click.Command):
    """A command whose help shows a whole file of facts."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from lawkb.conduct import SCHEMA

        with formatter.section("A file of facts (YAML or JSON)"):
            formatter.write("".join(f"  {line}\n" for line in SCHEMA.splitlines()))


@click.command("criminality", cls=_WithSchema)
@click.argument("requesting")
@click.argument("requested")
@click.option("--offence", metavar="KEY", help="An offence of the first jurisdiction, such as ITA.cp-601; without it its trafficking offences.")
@click.option("--elements", metavar="CODES", help="Acts, means and purposes of the case, such as recruitment,deception,forced-labour.")
@click.option("--facts", "facts_file", metavar="FILE", type=click.Path(path_type=Path), help="The facts of the case, in YAML or JSON.")
@click.option("--penalty", "months", metavar="MONTHS", type=click.IntRange(1, 1200),
              help="Suppose this maximum penalty, in months: what is lost below each threshold?")
@on_option
@click.option("--offence-on", metavar="DATE", help="The day of the offence: offences and penalties of that day count.")
@format_option("text", "json", "md", "csv")
@kb_option
@server_options
def criminality_command(requesting: str, requested: str, offence: str | None, elements: str | None, facts_file: Path | None, months: int | None, on: str | None,
                        offence_on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """Dual criminality between REQUESTING and REQUESTED, element by element.

    Act, means, purpose and the child rule of both offences, of the international definition and of the facts, if given; then
    penalty thresholds, and the clauses that bridge differences.
    """
    from lawkb.criminality_pages import criminality_page, criminality_rows

    kb = opened(overlays)
    codes = [code.strip() for code in elements.split(",") if code.strip()] if elements is not None else None
    answer = kb.criminality(requesting, requested, offence=offence, elements=codes, facts=facts_file, penalty_months=months, on=on,
                            offence_on=offence_on)
    emit(form, answer, lambda: criminality_page(kb.base, answer), lambda: criminality_rows(answer))
    return EXIT[answer["verdict"]]


@click.command("thresholds")
@click.argument("jurisdiction")
@click.option("--with", "others", metavar="CODES", help="Only with these partners, joined by commas; without it with all others.")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def thresholds_command(jurisdiction: str, others: str | None, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """Which maximum penalty a JURISDICTION needs, and why.

    Every threshold between it and its partners, with the number of partners behind it, and whether its law reaches it; then how many
    partners are served in full at each maximum. Exit 0 when all is reached, 1 when something is short, 3 when nothing is known.
    """
    from lawkb.thresholds_pages import thresholds_page, thresholds_rows

    kb = opened(overlays)
    with progress_bar("Asking every partner") as progress:
        answer = kb.thresholds(jurisdiction, others=[code.strip() for code in others.split(",") if code.strip()] if others else (), on=on,
                               progress=progress)
    emit(form, answer, lambda: thresholds_page(kb.base, answer), lambda: thresholds_rows(answer))
    states = {line["state"] for line in answer["thresholds"] if not line["spared"]}
    return 1 if "short" in states else 0 if "reached" in states else 3


@click.command("statements")
@click.argument("instrument")
@on_option
@format_option("text", "json", "md", "csv")
@kb_option
def statements_command(instrument: str, on: str | None, form: str, overlays: tuple[Path, ...]) -> int:
    """Reservations, declarations and objections on an INSTRUMENT, and who made them.

    What is in effect on the day comes first, then what was withdrawn by then or made later; with the article on reservations.
    """
    from lawkb.statements_pages import statements_page, statements_rows

    kb = opened(overlays)
    answer = kb.statements(instrument, on=on)
    emit(form, answer, lambda: statements_page(kb.base, answer), lambda: statements_rows(answer))
    return 0 if answer["in_effect"] else 3
