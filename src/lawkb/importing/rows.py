"""Reads a CSV table row by row. A row that cannot be restated is refused with a reason code and a sentence."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lawkb.errors import LawkbError


class Refused(Exception):
    """A row that cannot become a fact: `code` for counting, the message for the person who mends the table."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code, self.sentence = code, sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Row:
    """One row: its line in the file and its cells, without surrounding blanks."""

    line: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        """Return a cell, or an empty text where the table has no such column."""
        return self.cells.get(column, "")

    def need(self, column: str) -> str:
        """Return a cell that must not be empty."""
        value = self.get(column)
        if not value:
            raise Refused("missing-value", f"The column {column} is empty")
        return value

    def each(self, column: str) -> list[str]:
        """Return the parts of a cell that lists several values with semicolons."""
        return [part.strip() for part in self.get(column).split(";") if part.strip()]

    def one_of(self, column: str, choices: dict[str, str]) -> str:
        """Return what a closed list of words in a cell stands for."""
        value = self.need(column)
        if value not in choices:
            raise Refused("unknown-code", f"{column} is {value!r}, expected one of {', '.join(choices)}")
        return choices[value]


def read_table(path: Path, required: frozenset[str], known: frozenset[str]) -> Iterator[Row]:
    """Yield the rows of a CSV file (UTF-8, comma, header line).

    Args:
        path: the file.
        required: columns that the header must have.
        known: all columns that the header may have.

    Raises:
        LawkbError: the file cannot be read, its header does not fit, or a row has more or fewer cells than the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header, required, known)
            for cells in reader:
                if not any(cells):
                    continue
                if len(cells) != len(header):
                    raise LawkbError(f"{path}, line {reader.line_num}: {len(cells)} cells where the header has {len(header)}",
                                     "Put cells with commas in double quotes")
                yield Row(reader.line_num, {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=True)})
    except OSError as error:
        raise LawkbError(f"{path} cannot be read ({error.strerror})", "Give a CSV file that you may read") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise LawkbError(f"{path} is not a CSV file in UTF-8 ({error})", "Save the table as CSV, UTF-8, with commas") from error


def _check_header(path: Path, header: list[str], required: frozenset[str], known: frozenset[str]) -> None:
    missing, strange = sorted(required - set(header)), sorted(set(header) - known)
    if missing:
        raise LawkbError(f"{path} has no column {', '.join(missing)}", f"The header may have {', '.join(sorted(known))}")
    if strange:
        raise LawkbError(f"{path} has a column {', '.join(strange)} that is not known", f"Known are {', '.join(sorted(known))}")
    if len(set(header)) < len(header):
        raise LawkbError(f"{path} names a column twice", "Give every column its own name")
