"""Writes a page as a file: Markdown or DOCX, whole or not at all, and never over another file unless that is asked for."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lawkb.errors import LawkbError
from lawkb.page import Heading, Items, Para, Part, Table, markdown


def write_file(parts: Sequence[Part], target: Path, force: bool = False) -> None:
    """Write a page to a file; the ending of its name says how.

    Raises:
        LawkbError: the ending is not .md or .docx, the file is there already, or it cannot be written.
    """
    forms = {".md": lambda: markdown(parts).encode(), ".docx": lambda: _docx(parts)}
    make = forms.get(target.suffix.lower())
    if make is None:
        raise LawkbError(f"A skeleton cannot be written to {target.name}", "Name a file that ends with .md or .docx")
    if target.is_dir() or (target.exists() and not force):
        raise LawkbError(f"{target} is there already", "Name another file, or add --force to write over it" if target.is_file() else "Name a file")
    content, scratch = make(), ""
    try:
        handle, scratch = tempfile.mkstemp(dir=target.parent, prefix=".lawkb-", suffix=target.suffix)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(scratch, 0o666 & ~_umask())
        if force:
            os.replace(scratch, target)
        else:
            os.link(scratch, target)  # fails where another process has made the file meanwhile
            os.unlink(scratch)
    except OSError as error:
        if scratch and os.path.exists(scratch):
            os.unlink(scratch)
        raise LawkbError(f"The skeleton cannot be written to {target} ({error.strerror})", "Name a file in a folder where you may write") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _docx(parts: Sequence[Part]) -> bytes:
    from docx import Document

    document = Document()
    for part in parts:
        if isinstance(part, Heading):
            document.add_heading(part.text, level=part.level - 1)
        elif isinstance(part, Para):
            document.add_paragraph().add_run(part.text).bold = part.strong
        elif isinstance(part, Items):
            for depth, text in part.items:
                document.add_paragraph(text, style="List Bullet" if not depth else "List Bullet 2")
        elif isinstance(part, Table):
            table = document.add_table(rows=1, cols=len(part.columns))
            for cell, text in zip(table.rows[0].cells, part.columns, strict=True):
                cell.text = text
            for row in part.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(part.text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
