"""An import as a legal officer makes it: checked before anything is written, with the change in law that it brings."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lawkb.check import ERROR, Finding, validate
from lawkb.facts import Facts
from lawkb.importing import diff, restate
from lawkb.importing.report import ImportReport
from lawkb.importing.store import Store
from lawkb.paths import kb_dir
from lawkb.reading import read


@dataclass(frozen=True)
class Checked:
    """What an import would do or did: the report, the change in law, the records that change, and what speaks against it."""

    report: ImportReport
    law: tuple[str, ...]
    records: tuple[str, ...]
    findings: tuple[Finding, ...]
    written: bool

    @property
    def ok(self) -> bool:
        """Whether every row became a valid fact."""
        return not self.report.left_out and not self.findings


def import_checked(kind: str, csv_path: Path, folder: Path, dry_run: bool = False) -> Checked:
    """Import a table into a folder of facts; nothing is written if a row is refused or a record is not valid.

    Args:
        kind: one of `lawkb.importing.KINDS`.
        csv_path: the table.
        folder: where the facts are written: the knowledge base itself, or a folder of one's own, behind which the packaged one stands.
        dry_run: tell what would happen and write nothing.

    Raises:
        LawkbError: the kind, the file or its header cannot be used, or nothing can be written.
    """
    shipped = kb_dir()
    own = folder.resolve() != shipped.resolve()
    store = Store(folder, shipped if own else None)
    report = restate(kind, csv_path, store)
    with tempfile.TemporaryDirectory(prefix="lawkb-import-") as name:
        draft = Path(name)
        if own and folder.is_dir():
            shutil.copytree(folder, draft, dirs_exist_ok=True)
        for file, text in store.texts():
            (draft / file).parent.mkdir(parents=True, exist_ok=True)
            (draft / file).write_text(text, encoding="utf-8")
        law = tuple(diff.participations(_facts(store, folder, shipped, own), _facts(store, draft, shipped, own)))
        findings = _findings(draft, report)
    done = not dry_run and not report.left_out and not findings
    records = tuple(diff.facts(store))
    if done:
        store.save()
    return Checked(report, law, records, findings, done and bool(report.files))


def _facts(store: Store, folder: Path, shipped: Path, own: bool) -> Facts:
    """Read the instruments that are touched, the acts on them, and all sources: from a folder and what stands behind it."""
    touched = [place / file for file in sorted(diff.touched_instruments(store)) for place in (shipped, folder)]
    files = [path for path in (*touched, *sorted((shipped / "sources").glob("*.ttl"))) if path.is_file()]
    local = sorted(folder.rglob("*.ttl")) if own else []
    return read([path for path in dict.fromkeys(files) if path not in local] + local, frozenset(local))


def _findings(draft: Path, report: ImportReport) -> tuple[Finding, ...]:
    """Return the errors in the records that the import touches; where a row is refused or nothing changes there is nothing to judge."""
    if report.left_out or not report.files:
        return ()
    touched = set(report.added) | set(report.changed)
    return tuple(finding for finding in validate([draft]).findings if finding.severity == ERROR and _key(finding.subject) in touched)


def _key(subject: str) -> str:
    return subject.partition(":")[2]

