"""What an import did."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LeftOut:
    """A row that did not become a fact: where it stands, how the ledger names it, and why."""

    line: int
    row: str
    code: str
    reason: str


@dataclass
class ImportReport:
    """What became of a table: subjects added, changed and unchanged, rows left out, files touched.

    `restated` names for each row of the ledger the subjects that it became; `rows` counts the rows that were read.
    """

    kind: str
    table: str
    rows: int = 0
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    restated: list[tuple[str, list[str]]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
