"""The CSV door: a table of facts comes in, row by row, and becomes blocks of canonical Turtle.

    report = import_table("treaty-actions", Path("acts.csv"), Path("kb"))

The tables of research and a legal officer's own spreadsheet come in through the same door. What each kind of table knows is
registered in the modules of tables; `KINDS` lists them.
"""

from __future__ import annotations

from pathlib import Path

from lawkb.errors import LawkbError
from lawkb.importing import acts, authorities, definitions, instruments, ledger, named, national, offences, organisations, provisions, sources, statements
from lawkb.importing.context import Context
from lawkb.importing.heads import head_of
from lawkb.importing.kinds import KINDS, Kind, kind
from lawkb.importing.report import ImportReport, LeftOut
from lawkb.importing.rows import Refused, Row, read_table
from lawkb.importing.store import Store
from lawkb.terms import key

__all__ = ["KINDS", "ImportReport", "Kind", "LeftOut", "Refused", "Store", "import_table", "kind", "restate"]
_TABLES = (acts, authorities, definitions, instruments, named, national, offences, organisations, provisions, sources, statements)


def import_table(kind: str, csv_path: Path, kb_dir: Path, folder: str = "", dry_run: bool = False) -> ImportReport:
    """Add or update the facts of a table. Importing the same table twice changes nothing the second time.

    Args:
        kind: one of `KINDS`, such as `treaty-actions`.
        csv_path: the table, UTF-8, with a header line.
        kb_dir: the folder of the knowledge base.
        folder: the research folder that the table belongs to; its rows are then entered in the ledger.
        dry_run: tell what would happen and write nothing.

    Raises:
        LawkbError: the kind is not known, or the file or its header cannot be used. A bad row does not raise; it is left out.
    """
    store = Store(kb_dir)
    report = restate(kind, csv_path, store, folder)
    if not dry_run:
        store.save()
        if folder:
            ledger.record(report, kb_dir)
    return report


def restate(kind: str, csv_path: Path, store: Store, folder: str = "") -> ImportReport:
    """Bring a table into a store in memory; nothing is written. For the arguments see `import_table`."""
    if kind not in KINDS:
        raise LawkbError(f"There is no kind of table {kind!r}", f"Known are {', '.join(sorted(KINDS))}", "lawkb import --help")
    context, table = Context(store, folder), KINDS[kind]
    report = ImportReport(kind, f"{folder}/{csv_path.stem}" if folder else csv_path.stem)
    for row in read_table(csv_path, table.required, table.known):
        report.rows += 1
        _restate(table, row, context, report)
    report.files = store.changed
    return report


def _restate(table: Kind, row: Row, context: Context, report: ImportReport) -> None:
    """Turn one row into blocks, all of them or none."""
    name = table.row_key(row)
    try:
        if row.get("leave_out"):
            raise Refused("left-out-by-choice", row.get("leave_out"))
        blocks = table.restate(row, context)
    except Refused as refusal:
        report.left_out.append(LeftOut(row.line, name, refusal.code, refusal.sentence))
        return
    for block in blocks:
        head = "" if context.store.has(block.file) else head_of(block.file, context.store)
        outcome = context.store.put(block, head)
        {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}[outcome].append(key(block.subject))
    report.restated.append((name, [f"{block.subject.split('/')[-2]}:{key(block.subject)}" for block in blocks]))
