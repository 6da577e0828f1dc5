"""The commands on what differs: whatif, diff."""

from __future__ import annotations

from pathlib import Path

import click

from lawkb.cli.common import emit, format_option, on_option, opened, progress_bar
from lawkb.errors import LawkbError

_PENALTY = "Write an offence and months, such as ITA.cp-601=288"


@click.command("whatif")
@click.argument("jurisdiction")
@click.option("--join", "joins", multiple=True, metavar="INSTRUMENT", help="A treaty that it would join (repeatable).")
@click.option("--deposited", metavar="DATE", help="The day of that deposit, YYYY-MM-DD (today).")
@click.option("--penalty", "penalties", multiple=True, metavar="OFFENCE=MONTHS", help="A higher maximum penalty of an offence (repeatable).")
@click.option("--kb", "folders", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="A folder of facts of your own that are supposed.")
@click.option("--with", "others", metavar="CODES", help="Only with these partners, joined by commas; without it with all others.")
@click.option("--measure", "measures", multiple=True, metavar="CODE", help="Only this measure, such as extradition (repeatable).")
@on_option
@format_option("text", "json", "md", "csv")
def whatif_command(jurisdiction: str, joins: tuple[str, ...], deposited: str | None, penalties: tuple[str, ...], folders: tuple[Path, ...],
                   others: str | None, measures: tuple[str, ...], on: str | None, form: str) -> int:
    """What would change for a JURISDICTION by a step.

    The step is joining a treaty, raising a penalty, or facts of your own. Only pairs that change are listed, with the threshold, condition or
    bond that decides. With all partners this takes a minute. Exit 0 when something changes, 1 when nothing does.
    """
    from lawkb.difference_pages import rows, whatif_page

    kb = opened(())
    with progress_bar("Compiling the hypothesis, then asking every pair") as progress:
        answer = kb.whatif(jurisdiction, join=joins, deposited=deposited, penalties=dict(map(_penalty, penalties)), folders=folders,
                           others=[code.strip() for code in others.split(",") if code.strip()] if others else (), measures=measures or None, on=on,
                           progress=progress)
    emit(form, answer, lambda: whatif_page(kb.base, answer), lambda: rows(answer))
    return 0 if answer["rows"] or answer["duties"] or answer["participations"] else 1


def _penalty(given: str) -> tuple[str, int]:
    offence, sign, months = given.partition("=")
    if not (sign and offence.strip() and months.strip().isdecimal() and 0 < int(months) <= 1200):
        raise LawkbError(f"'{given}' is no penalty", f"{_PENALTY} (months from 1 to 1200)", "lawkb whatif --help")
    return offence.strip(), int(months)


@click.command("diff")
@click.option("--from", "before", required=True, type=click.Path(path_type=Path), metavar="DIR",
              help="The knowledge base as it was: the folder kb/ of a release.")
@click.option("--to", "after", type=click.Path(path_type=Path), metavar="DIR", help="The knowledge base as it is now; the packaged one without it.")
@click.option("--for", "about", metavar="JURISDICTION", help="Only what concerns this jurisdiction.")
@click.option("--pairs", metavar="A:B,C:D", help="Directions whose verdicts are compared, such as ITA:NGA,NGA:ITA.")
@on_option
@format_option("text", "json", "md", "csv")
def diff_command(before: Path, after: Path | None, about: str | None, pairs: str | None, on: str | None, form: str) -> int:
    """What two releases of the knowledge base say differently.

    By state: records added, changed and removed, and who is bound by what from when; then the verdicts of the pairs that you name.
    Exit 0 when something differs, 1 when nothing does.
    """
    from lawkb.api import load
    from lawkb.difference_pages import diff_page, rows

    wanted = [_pair(pair) for pair in pairs.split(",") if pair.strip()] if pairs else []
    with progress_bar("Compiling the first knowledge base") as progress:
        old = load(kb=before, progress=progress)
    with progress_bar("Compiling the second knowledge base") as progress:
        new = load(kb=after, progress=progress)
    with progress_bar("Asking every pair") as progress:
        answer = old.changes(new, wanted, about=about, on=on, progress=progress)
    emit(form, answer, lambda: diff_page(new.base, answer), lambda: rows(answer))
    return 0 if answer["rows"] or answer["facts"] or answer["participations"] else 1


def _pair(given: str) -> tuple[str, str]:
    a, sign, b = (part.strip() for part in given.partition(":"))
    if not (a and sign and b):
        raise LawkbError(f"'{given}' is no pair", "Write two jurisdictions and a colon, such as ITA:NGA", "lawkb diff --help")
    return a, b
