"""Facts as the code handles them: subject -> predicate -> objects, with the file that each subject was read from.

Subjects and predicates are plain IRIs. Objects are N-Triples terms (`<iri>` or `"text"^^<type>`), so that a block can be
handed to an engine as it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lawkb.terms import LAW, RDF_TYPE, XSD

Block = dict[str, list[str]]
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass
class Facts:
    """Everything that was read, by subject; `origin` names the file of a subject, `local` the subjects of overlays."""

    blocks: dict[str, Block] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    local: set[str] = field(default_factory=set)

    def add(self, subject: str, predicate: str, obj: str) -> None:
        """Add one triple; a triple that is already there is not added twice."""
        objects = self.blocks.setdefault(subject, {}).setdefault(predicate, [])
        if obj not in objects:
            objects.append(obj)

    def of_class(self, *names: str) -> Iterator[tuple[str, Block]]:
        """Yield (subject, block) for every subject whose type is one of these `law:` classes, in order of subject."""
        wanted = {f"<{LAW}{name}>" for name in names}
        for subject in sorted(self.blocks):
            block = self.blocks[subject]
            if wanted.intersection(block.get(RDF_TYPE, ())):
                yield subject, block


def law(name: str) -> str:
    """Return the IRI of a term of the ontology."""
    return LAW + name


def ref(iri: str) -> str:
    """Return an IRI as an N-Triples term."""
    return f"<{iri}>"


def number(value: int) -> str:
    """Return a whole number as an N-Triples term."""
    return f'"{value}"^^<{XSD}integer>'


def literal(value: str) -> str:
    """Return a text as an N-Triples term."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def is_iri(term: str) -> bool:
    """Say whether an N-Triples term is an IRI."""
    return term.startswith("<")


def iri(term: str) -> str:
    """Return the IRI of an N-Triples term `<iri>`."""
    return term[1:-1]


def text(term: str) -> str:
    """Return the lexical form of a literal, without quotes, language and datatype; an IRI is returned as it is."""
    if term.startswith("<"):
        return term[1:-1]
    body = term[1:term.rindex('"')]
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if code[0] in "uU" and len(code) > 1 else _PLAIN.get(code, code)


def one(block: Block, name: str) -> str | None:
    """Return the first value of a `law:` property as an IRI or a text, or None."""
    values = block.get(LAW + name)
    return text(values[0]) if values else None


def many(block: Block, name: str) -> list[str]:
    """Return all values of a `law:` property as IRIs or texts."""
    return [text(value) for value in block.get(LAW + name, ())]


def day(block: Block, name: str) -> dt.date | None:
    """Return the `xsd:date` of a `law:` property, or None when it is absent."""
    value = one(block, name)
    return dt.date.fromisoformat(value) if value else None


def types(block: Block) -> list[str]:
    """Return the local names of a subject's `law:` classes."""
    return [iri(value)[len(LAW):] for value in block.get(RDF_TYPE, ()) if value.startswith("<" + LAW)]


def ntriples(blocks: Iterable[tuple[str, Block]], terms: frozenset[str] | None = None) -> str:
    """Return blocks as N-Triples; with `terms`, only triples whose predicate, and whose class, is one of those."""
    lines: list[str] = []
    for subject, block in blocks:
        for predicate, objects in block.items():
            if terms is None or predicate in terms:
                lines.extend(f"<{subject}> <{predicate}> {obj} ." for obj in objects
                             if terms is None or predicate != RDF_TYPE or iri(obj) in terms)
    return "\n".join(lines) + "\n" if lines else ""
