"""The ledger: for every table that came in through the door, what became of each of its rows.

`kb/ledger.tsv` counts, one line a table. `kb/ledger/<table>.tsv` names the subjects that each row became.
`kb/ledger-left-out.csv` lists the rows that were left out, with the reason. A test holds the three against the KB.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from lawkb.importing.report import ImportReport
from lawkb.turtle import write_atomically

COUNTS, LEFT_OUT, FOLDER = "ledger.tsv", "ledger-left-out.csv", "ledger"
HEADER = "table\tkind\trows\trestated\tleft-out\treasons"
LEFT_OUT_HEADER = ["table", "row", "code", "reason"]


def record(report: ImportReport, kb_dir: Path) -> None:
    """Write what became of the rows of one table; what the ledger said of the table before is replaced."""
    lines = [f"{row}\t{' '.join(subjects)}\n" for row, subjects in report.restated]
    write_atomically(kb_dir / FOLDER / f"{report.table.replace('/', '-')}.tsv", "".join(sorted(lines)))
    _record_left_out(report, kb_dir)
    _record_counts(report, kb_dir)


def _record_counts(report: ImportReport, kb_dir: Path) -> None:
    path, reasons = kb_dir / COUNTS, Counter(left.code for left in report.left_out)
    lines = path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else []
    told = "; ".join(f"{code}: {count}" for code, count in sorted(reasons.items()))
    mine = f"{report.table}\t{report.kind}\t{report.rows}\t{len(report.restated)}\t{len(report.left_out)}\t{told}"
    lines = sorted([line for line in lines if line.partition("\t")[0] != report.table] + [mine])
    write_atomically(path, "\n".join([HEADER, *lines, ""]))


def _record_left_out(report: ImportReport, kb_dir: Path) -> None:
    path = kb_dir / LEFT_OUT
    rows: list[list[str]] = []
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in list(csv.reader(file))[1:] if row[0] != report.table]
    rows += [[report.table, left.row, left.code, left.reason] for left in report.left_out]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([LEFT_OUT_HEADER, *sorted(rows)])
    write_atomically(path, text.getvalue())
