"""Writes the whole compiled knowledge base for other tools: Turtle, N-Triples, TriG, JSON-LD, or CSV tables in a folder.

Participations are written too. The rules can be written as SHACL rules. A file or folder appears under its name only when it is whole.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from lawkb.base import Base, Entry
from lawkb.errors import LawkbError
from lawkb.facts import is_iri, ntriples, text
from lawkb.terms import curie, prefixes

_FILE_GRAPH = "https://w3id.org/lawkb/file/"
_DERIVED = "derived"  # the graph of participations, which no file holds
_SEPARATOR = " | "
_RULES_HEAD = ("# The rules of lawkb as SHACL rules, generated. A processor must iterate inside a shape; law:concludedBy names the rule of a finding. "
               "Licence: CC BY 4.0.")


def export(base: Base, form: str, output: Path | None = None) -> None:
    """Write the knowledge base.

    Args:
        base: the compiled knowledge base.
        form: ttl, nt, trig (one graph a file of origin), jsonld, csv (one table a class), or shacl-rules (the rules instead of the facts, as Turtle).
        output: the file to write, or for csv the folder; without it standard output, which csv cannot use.

    Raises:
        LawkbError: csv without a folder, or the place cannot be written.
    """
    if form == "csv":
        if output is None:
            raise LawkbError("CSV is one table a kind, so it needs a folder", "Name one: lawkb export --format csv --output tables")
        _tables(base, output)
        return
    if output is not None and output.exists() and not output.is_file():
        raise LawkbError(f"{output} is no file", "Name a file to write, as lawkb.ttl, or leave out --output for standard output")
    content = _text(base, form)
    if output is None:
        sys.stdout.write(content)
        return
    from lawkb.turtle import write_atomically

    write_atomically(output, content)


def _text(base: Base, form: str) -> str:
    if form == "nt":
        return "".join(ntriples([(entry.iri, entry.block)]) for entry in base.every())
    if form == "ttl":
        from lawkb.turtle import parse, write

        facts = "".join(ntriples([(entry.iri, entry.block)]) for entry in base.every())
        return write(parse(facts), _head(base))
    if form == "shacl-rules":
        from lawkb.shacl_rules import shapes
        from lawkb.turtle import parse, write

        return write(parse(ntriples(shapes(base.rules).items())), _RULES_HEAD)
    from lawkb.engine import serialized

    return serialized(_quads(base, form == "trig"), form, prefixes()).decode()


def _head(base: Base) -> str:
    return f"# The knowledge base of lawkb, {base.meta['kb_version']}, with the participations derived from it. Licence: CC BY 4.0."


def _quads(base: Base, graphs: bool) -> Iterator[tuple[str, str, str, str]]:
    for entry in base.every():
        graph = _FILE_GRAPH + (entry.file or _DERIVED) if graphs else ""
        for predicate, objects in entry.block.items():
            for obj in objects:
                yield entry.iri, predicate, obj, graph


def _tables(base: Base, folder: Path) -> None:
    """Write one CSV a class; the folder is filled beside its place and then moved there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LawkbError(f"{folder} is there already and not an empty folder", "Name a new folder: nothing is overwritten")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        kinds: dict[str, list[Entry]] = defaultdict(list)
        for entry in base.every():
            kinds[entry.kind or "Concept"].append(entry)
        for kind, entries in sorted(kinds.items()):
            _table(part / f"{kind}.csv", entries)
        part.chmod(0o755)
        os.replace(part, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _table(path: Path, entries: list[Entry]) -> None:
    columns = list(dict.fromkeys(predicate for entry in entries for predicate in entry.block))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["iri", *(curie(column) for column in columns), "file"])
        for entry in entries:
            cells = (_SEPARATOR.join(_cell(term) for term in entry.block.get(column, ())) for column in columns)
            writer.writerow([curie(entry.iri), *cells, entry.file or ""])


def _cell(term: str) -> str:
    return curie(text(term)) if is_iri(term) else text(term)


def _unwritable(place: Path, error: OSError) -> LawkbError:
    return LawkbError(f"{place} cannot be written ({error.strerror})", "Make room, or name a folder that you may write")
