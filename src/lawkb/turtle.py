"""Canonical Turtle: one layout and one order, so that a change of law is a small diff and equal content has equal bytes.

The layout, chosen so that adding or removing a fact changes exactly one line:

    act:palermo-tip.XXA.ratification.2026-01-15
        a law:Ratification ;
        law:instrument instrument:palermo-tip ;
        dcterms:source source:untc-tip-2026 ;
    .

The subject stands alone, every fact has a line of its own (a predicate with two objects is written twice), every fact ends
with a semicolon, and the full stop stands alone. Blocks are sorted by subject in natural order; predicates by the `sh:order`
of the SHACL shape of the subject's class, then by name, with law:confidence and dcterms:source last. Comments live only at
the head of a file; anything else that is worth saying is a triple.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lawkb.errors import LawkbError
from lawkb.paths import ontology_dir
from lawkb.terms import LAW, RDF_TYPE, XSD, expand, prefixes

STRING = XSD + "string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_LAST = {LAW + "confidence": 1, expand("dcterms:source"): 2}
_MAY_HOLD_BLANKS = (expand("sh:"), expand("owl:"))
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BARE = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Iri(str):
    """An IRI in full."""


class Blank(str):
    """A blank node; canonical files have none."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal: its text, and either a language or a datatype."""

    text: str
    datatype: str = STRING
    language: str = ""


Term = Iri | Blank | Literal


class Triple(NamedTuple):
    """One statement."""

    subject: Iri | Blank
    predicate: Iri
    object: Term


def parse(source: Path | str) -> list[Triple]:
    """Return the triples of a Turtle file (a `Path`) or of a Turtle text (a `str`).

    Raises:
        LawkbError: the file cannot be read or is not well-formed; the message names the file and the line.
    """
    import pyoxigraph as ox

    name = str(source) if isinstance(source, Path) else "the text"
    text = _read(source) if isinstance(source, Path) else source
    try:
        return [_triple(quad) for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    except SyntaxError as error:
        raise LawkbError(f"{name}, line {error.lineno or '?'}: this is not well-formed Turtle ({error.msg})",
                         "Every fact ends with ' ;' and every block with a full stop alone on its line",
                         "docs/model.md shows a block") from None


def write(triples: Iterable[Triple], head_comment: str = "") -> str:
    """Return the triples as canonical Turtle.

    Args:
        triples: what to write; a triple that is given twice is written once.
        head_comment: lines that start with `#`, or an empty text.

    Raises:
        LawkbError: there is a blank node among the triples.
    """
    blocks: dict[str, dict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, obj in triples:
        if isinstance(subject, Blank) or isinstance(obj, Blank):
            raise LawkbError(f"There is a blank node at {subject} {predicate}",
                             "Give everything an IRI, as act:untoc.ITA.ratification.2006-08-02", "docs/model.md, Names")
        blocks[subject][predicate].add(obj)
    used: set[str] = set()
    body = [_block(subject, facts, used) for subject, facts in
            sorted(blocks.items(), key=lambda item: _natural(_name(item[0])))]
    table = prefixes()
    head = head_comment.strip("\n")
    heading = "".join(f"PREFIX {prefix}: <{table[prefix]}>\n" for prefix in sorted(used))
    parts = [part for part in (head + "\n" if head else "", heading, *body) if part]
    return unicodedata.normalize("NFC", "\n".join(parts))


def head_comment(text: str) -> str:
    """Return the comment at the head of a Turtle text: its first lines as long as they start with `#`."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.rstrip())
    return "\n".join(lines)


def format_file(path: Path, check: bool = False) -> bool:
    """Bring a file into canonical form; return whether it was not (or, with `check`, is not) in that form.

    Files of the ontology that need blank nodes (shapes, OWL restrictions) are left alone.

    Raises:
        LawkbError: the file is not well-formed, or holds a blank node that it must not hold.
    """
    before = _read(path)
    triples = parse(path)
    if _needs_blanks(triples):
        return False
    try:
        after = write(triples, head_comment(before))
    except LawkbError as error:
        raise LawkbError(f"{path}: {error}") from None
    if after == before:
        return False
    if not check:
        write_atomically(path, after)
    return True


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old content or the new one, never half of it.

    Raises:
        LawkbError: the folder cannot be written.
    """
    write_all_atomically({path: text})


def write_all_atomically(texts: Mapping[Path, str]) -> None:
    """Write files so that a failure while writing any of them leaves all as they were: each takes its place when all are written.

    Raises:
        LawkbError: a folder cannot be written; nothing was changed.
    """
    parts: dict[Path, str] = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, parts[path] = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(parts[path], path.stat().st_mode & 0o777 if path.exists() else 0o644)
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        raise LawkbError(f"{path} cannot be written ({error.strerror})", "Make room, or give a folder that you may write") from error
    finally:
        for part in parts.values():
            Path(part).unlink(missing_ok=True)


def natural(iri: str) -> list[tuple[int, int, str]]:
    """Return the key by which subjects are sorted: numbers inside a name count as numbers."""
    return _natural(_name(iri))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise LawkbError(f"{path} cannot be read ({error.strerror})", "Give a Turtle file that you may read") from error
    except UnicodeDecodeError as error:
        raise LawkbError(f"{path} is not UTF-8 (byte {error.start})", "Save the file as UTF-8") from error


def _triple(quad: object) -> Triple:
    return Triple(_term(quad.subject), Iri(quad.predicate.value), _term(quad.object))  # type: ignore[attr-defined, arg-type]


def _term(term: object) -> Term:
    """Return a term of the parser as one of ours, so that the parser stays behind this module."""
    import pyoxigraph as ox

    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.Literal):
        return Literal(term.value, _LANG_STRING if term.language else term.datatype.value, term.language or "")
    return Blank(term)


def _needs_blanks(triples: list[Triple]) -> bool:
    """Say whether a file holds blank nodes and is one that may: a file of shapes or of the ontology."""
    return (any(isinstance(t.object, Blank) for t in triples)
            and any(t.predicate.startswith(_MAY_HOLD_BLANKS) or str(t.object).startswith(_MAY_HOLD_BLANKS) for t in triples))


def _block(subject: str, facts: dict[str, set[Term]], used: set[str]) -> str:
    rank = _ranking(frozenset(str(t) for t in facts.get(RDF_TYPE, ())))
    lines = [_written(Iri(subject), used)]
    for predicate in sorted(facts, key=rank):
        verb = "a" if predicate == RDF_TYPE else _written(Iri(predicate), used)
        lines += (f"    {verb} {text} ;" for text in sorted((_written(o, used) for o in facts[predicate]), key=_natural))
    return "\n".join([*lines, ".", ""])


def _written(term: Term, used: set[str]) -> str:
    """Return a term as Turtle and note the prefixes that it needs."""
    if isinstance(term, Literal):
        bare = _BARE.get(term.datatype)
        if bare and bare.fullmatch(term.text):
            return term.text
        text = '"' + "".join(_ESCAPES.get(char, char) for char in term.text) + '"'
        if term.language:
            return f"{text}@{term.language}"
        return text if term.datatype == STRING else f"{text}^^{_written(Iri(term.datatype), used)}"
    name = _name(term)
    if not name.startswith("<"):
        used.add(name.partition(":")[0])
    return name


@cache
def _namespaces() -> dict[str, str]:
    return {namespace: prefix for prefix, namespace in prefixes().items()}


@cache
def _name(iri: str) -> str:
    """Return `prefix:local` where the local part is plain, else the IRI in angle brackets."""
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix, local = _namespaces().get(iri[:cut]), iri[cut:]
    return f"{prefix}:{local}" if prefix and _LOCAL.fullmatch(local) else f"<{iri}>"


def _natural(text: str) -> list[tuple[int, int, str]]:
    pieces = re.split(r"([0-9]+)", text)
    return [(0, int(p), p) if p.isdigit() else (1, 0, p) for p in pieces if p]


@cache
def _ranking(types: frozenset[str]) -> Callable[[str], tuple[float, float, str]]:
    """Return the sort key of predicates for a subject of these types."""
    orders = _orders(types)

    def rank(predicate: str) -> tuple[float, float, str]:
        if predicate == RDF_TYPE:
            return 0, 0, ""
        if predicate in _LAST:
            return 3, _LAST[predicate], ""
        if predicate in orders:
            return 1, orders[predicate], predicate
        return 2, 0, _name(predicate)

    return rank


def _orders(types: frozenset[str]) -> dict[str, float]:
    """Return predicate -> sh:order for a subject of these types; the shape of the broadest class counts first."""
    tables = sorted((_shape_orders().get(t, {}) for t in sorted(types)), key=len, reverse=True)
    orders: dict[str, float] = {}
    for table in tables:
        for predicate, order in table.items():
            orders.setdefault(predicate, order)
    return orders


@cache
def _shape_orders() -> dict[str, dict[str, float]]:
    """Read class -> predicate -> sh:order from ontology/shapes; the fullest of several shapes of a class counts."""
    found: dict[str, dict[str, float]] = {}
    triples = [t for path in sorted((ontology_dir() / "shapes").glob("*.ttl")) for t in parse(path)]
    about: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, obj in triples:
        about[subject][predicate].append(obj)
    for target, properties in _targets(about):
        table = dict(_property_orders(about, properties))
        if len(table) > len(found.get(target, {})):
            found[target] = table
    return found


def _targets(about: dict[str, dict[str, list[Term]]]) -> Iterator[tuple[str, list[Term]]]:
    for facts in list(about.values()):
        for target in facts.get(expand("sh:targetClass"), ()):
            yield str(target), facts.get(expand("sh:property"), [])


def _property_orders(about: dict[str, dict[str, list[Term]]], properties: list[Term]) -> Iterator[tuple[str, float]]:
    for node in properties:
        facts = about.get(str(node), {})
        for path in facts.get(expand("sh:path"), ()):
            for order in facts.get(expand("sh:order"), ()):
                if isinstance(path, Iri) and isinstance(order, Literal):
                    yield path, float(order.text)
