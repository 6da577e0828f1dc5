"""Renders the reference pages of `docs/` from what they describe, so that no list is kept by hand, and refreshes shown outputs.

`make docs` writes the generated pages, `make readme` runs the commands that README.md and the other pages show and puts
their true outputs in place. Tests hold the files against both.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lawkb.docs.commands import commands_page
from lawkb.docs.coverage import coverage_page
from lawkb.docs.ontology import ontology_page
from lawkb.docs.questions import questions_page
from lawkb.docs.rules import rules_page
from lawkb.docs.shown import refreshed
from lawkb.paths import data_root

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "coverage.md": coverage_page,
    "ontology.md": ontology_page,
    "questions.md": questions_page,
    "rules.md": rules_page,
}


def shown() -> list[Path]:
    """Return the hand-written files whose outputs and numbers are checked: README.md, CHANGELOG.md, the pages of docs/ that are not generated."""
    return [data_root() / "README.md", data_root() / "CHANGELOG.md", *sorted(path for path in (data_root() / "docs").glob("*.md") if path.name not in PAGES)]


def write_pages() -> list[Path]:
    """Write the generated pages and return those that changed."""
    return [path for path in (data_root() / "docs" / name for name in PAGES) if _write(path, PAGES[path.name]())]


def write_shown() -> list[Path]:
    """Run what the hand-written pages show, write the outputs in place, and return the files that changed."""
    return [path for path in shown() if _write(path, refreshed(path.read_text(encoding="utf-8")))]


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True
