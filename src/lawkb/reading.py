"""Reads the Turtle of the ontology, of the knowledge base and of overlays into facts, with the file of each subject."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lawkb.errors import LawkbError
from lawkb.facts import Facts
from lawkb.paths import data_root, kb_dir, ontology_dir, rules_dir
from lawkb.rules import rule_files
from lawkb.terms import RDF_TYPE

Progress = Callable[[int, int], None]
# the modules whose code shapes what is compiled (a test holds the list to what `snapshot` imports): a change in one of them is a change of the whole
COMPILERS = ("branches", "case", "derive", "errors", "expressions", "facts", "infer", "joins", "layout", "minting", "packing", "parsed", "participation",
             "paths", "pattern", "plan", "ranges", "ranking", "reading", "rules", "setwise", "snapshot", "spans", "sql", "stratify", "tables", "terms",
             "values")


def source_files(overlays: Iterable[Path] = (), kb: Path | None = None) -> list[Path]:
    """Return every Turtle file that the compiled KB is made of: ontology, concepts, kb, overlays; sorted, shapes left out.

    Args:
        overlays: folders of one's own facts.
        kb: another knowledge base in place of the packaged one.

    Raises:
        LawkbError: a folder is missing or cannot be read.
    """
    ontology = [p for p in turtle_below(ontology_dir()) if "shapes" not in p.parts and "mappings" not in p.parts]
    return ontology + turtle_below(kb or kb_dir()) + [path for folder in overlays for path in turtle_below(Path(folder))]


def made_of(overlays: Iterable[Path] = (), kb: Path | None = None) -> list[Path]:
    """Return every file on which a compiled KB depends: the sources, the rules, and the code that derives facts and plans from them."""
    code = [Path(__file__).with_name(f"{name}.py") for name in COMPILERS]
    return [*source_files(overlays, kb), *rule_files(), rules_dir() / "VERSION", ontology_dir() / "prefixes.tsv", (kb or kb_dir()) / "VERSION", *code]


def states(overlays: Iterable[Path] = (), kb: Path | None = None) -> Iterator[tuple[str, int, int]]:
    """Yield (path, size, time of change in ns) of all files below the folders of sources and of the modules that compile: equal states mean equal contents.

    Raises:
        OSError: a folder cannot be read.
    """
    waiting = [str(folder) for folder in (*overlays, kb or kb_dir(), rules_dir(), ontology_dir())]
    while waiting:
        place = waiting.pop()
        if os.path.isfile(place):  # an overlay may be one file
            state = os.stat(place)
            yield place, state.st_size, state.st_mtime_ns
            continue
        with os.scandir(place) as found:
            for entry in sorted(found, key=lambda each: each.name):
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    state = entry.stat()
                    yield entry.path, state.st_size, state.st_mtime_ns
    for name in COMPILERS:
        code = f"{os.path.dirname(__file__)}/{name}.py"
        state = os.stat(code)
        yield code, state.st_size, state.st_mtime_ns


def turtle_below(folder: Path) -> list[Path]:
    """Return the Turtle files of a folder (or the file itself), sorted by path.

    Raises:
        LawkbError: there is no such folder, it cannot be read, or it holds no Turtle; the file is a rule.
    """
    if folder.suffix == ".rq":
        raise LawkbError(f"{folder} is SPARQL and no Turtle", "Rules are checked whenever the knowledge base is compiled", "docs/add-a-rule.md")
    if folder.is_file():
        return [folder]
    try:
        if not folder.is_dir():
            raise LawkbError(f"There is no folder {folder}", "Give a folder of Turtle files, such as --kb ./our-treaties")
        found = sorted(os.path.join(place, name) for place, _, names in os.walk(folder, onerror=_refuse) for name in names if name.endswith(".ttl"))
    except OSError as error:
        raise LawkbError(f"The folder {folder} cannot be read ({error.strerror})",
                         "Give a folder that you may read", "lawkb coverage tells what the packaged KB holds") from error
    if not found:  # a wrong folder is not passed over in silence
        raise LawkbError(f"There is no Turtle file in {folder}", "Give a folder that holds files named .ttl", "docs/add-a-fact.md")
    return [Path(path) for path in found]


def _refuse(error: OSError) -> None:
    raise error  # a folder that cannot be read is not passed over in silence


def digest(files: Iterable[Path]) -> str:
    """Return the SHA-256 of the names and contents of files, as `sha256:<hex>`.

    Raises:
        LawkbError: a file cannot be read.
    """
    total = hashlib.sha256()
    for path in files:
        total.update(display(path).encode())
        try:
            total.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            raise LawkbError(f"The file {path} cannot be read ({error.strerror})", "Give files that you may read") from error
    return f"sha256:{total.hexdigest()}"


def display(path: Path) -> str:
    """Return a path as answers show it: relative to the project or the package where it can be."""
    root = data_root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def read(files: Iterable[Path], local: frozenset[Path] = frozenset(), progress: Progress | None = None) -> Facts:
    """Read Turtle files into facts.

    Args:
        files: the files, in the order in which they are read.
        local: those among them that are overlays, which come last; their records are marked as local.
        progress: called with (files read, files in all).

    Raises:
        LawkbError: a file is not Turtle (names the file and the line) or cannot be read.
    """
    facts, listed = Facts(), list(files)
    for count, path in enumerate(listed, start=1):
        shown, found = display(path), list(triples(path))
        if path in local:  # a record of an overlay takes the place of the packaged one, so that a correction does not stand beside the mistake
            for subject in {subject for subject, predicate, _ in found if predicate == RDF_TYPE} - facts.local:
                facts.blocks.pop(subject, None)
        for subject, predicate, obj in found:
            facts.add(subject, predicate, obj)
            if subject not in facts.origin or path in local or predicate == RDF_TYPE:  # what has no class adds to a block elsewhere
                facts.origin[subject] = shown
            if path in local:
                facts.local.add(subject)
        if progress:
            progress(count, len(listed))
    return facts


def triples(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the triples of a Turtle file: subject and predicate as IRIs (`_:b` for blank nodes), the object in N-Triples form."""
    from pyoxigraph import NamedNode, RdfFormat, parse

    try:
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            subject = quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
            yield subject, quad.predicate.value, str(quad.object)
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise LawkbError(f"{display(path)}{line} is not Turtle: {error.msg}",
                         "Every block ends with a dot and every literal with its quotes", f"lawkb validate {path}") from error
    except OSError as error:
        raise LawkbError(f"The file {path} cannot be read ({error.strerror})") from error
