"""The command that takes in tables: import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lawkb.cli.common import emit, format_option

if TYPE_CHECKING:
    from lawkb.importing.checked import Checked
    from lawkb.page import Part


class _WithKinds(click.Command):
    """A command whose help lists the kinds of table with the columns that each needs."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from lawkb.importing import KINDS

        with formatter.section("Kinds and the columns that each needs (and source_id, where the fact was read)"):
            formatter.write_dl([(name, ", ".join(sorted(kind.required))) for name, kind in sorted(KINDS.items())])


@click.command("import", cls=_WithKinds)
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tell what would happen and write nothing.")
@click.option("--kb", "folder", type=click.Path(path_type=Path), metavar="DIR",
              help="The folder to write to: the knowledge base of this checkout, or a folder of your own facts.")
@format_option("text", "json", "md")
def import_command(kind: str, file: Path, dry_run: bool, folder: Path | None, form: str) -> int:
    """Add or update the facts of a table (CSV, UTF-8, header line).

    Every row needs a source. All rows are checked first: if one is refused or a record is not valid, nothing is written (exit 1).
    The answer says what changes in law.
    """
    from lawkb.importing.checked import import_checked
    from lawkb.paths import kb_dir

    done = import_checked(kind, file, folder or kb_dir(), dry_run)
    emit(form, _data(done, dry_run), lambda: _page(done, dry_run))
    return 0 if done.ok else 1


def _data(done: Checked, dry_run: bool) -> dict[str, object]:
    report = done.report
    return {"question": {"command": "import", "kind": report.kind, "table": report.table, "dry_run": dry_run}, "rows": report.rows,
            "added": report.added, "changed": report.changed, "unchanged": report.unchanged, "files": report.files, "written": done.written,
            "law": list(done.law), "records": list(done.records),
            "refused": [{"line": left.line, "row": left.row, "code": left.code, "reason": left.reason} for left in report.left_out],
            "invalid": [{"subject": f.subject, "check": f.check, "message": f.message, "mend": f.mend} for f in done.findings]}


def _page(done: Checked, dry_run: bool) -> list[Part]:
    from lawkb.page import Heading, Items, Para
    from lawkb.wording import counted

    report = done.report
    outcome = "written" if done.written else "nothing to write" if not report.files else "nothing was written"
    if dry_run and done.ok:
        outcome = "a dry run: nothing was written"
    counts = f"{counted(report.rows, 'row')}: {len(report.added)} added, {len(report.changed)} changed, {len(report.unchanged)} as they were"
    parts: list[Part] = [Heading(f"{report.table} as {report.kind}", 1), Para(f"{counts}; {outcome}.", strong=True)]
    lists = [("Refused", [f"line {left.line} ({left.row}): {left.reason}" for left in report.left_out]),
             ("Not valid", [f"{found.subject}: {found.message}. To mend it: {found.mend}" for found in done.findings]),
             ("In law", list(done.law)), ("Records", list(done.records)), ("Files", report.files)]
    for title, lines in lists:
        if lines:
            parts += [Heading(title), Items([(0, line) for line in lines])]
    return parts
