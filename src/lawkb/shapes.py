"""SHACL behind one door: lays the shapes of `ontology/shapes/` over blocks of facts and gives back plain violations.

pySHACL is the judge. Two things keep it quick on a whole knowledge base, and neither changes what a shape means:
the facts are judged in batches, each a small graph that knows no more of the rest than the classes of what it links to;
and before use every property shape is given the targets of the node shape that it belongs to (`_flattened`), so that it
looks at all its subjects in one go instead of being called once for each.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from lawkb.facts import Block, iri, is_iri, ref, text
from lawkb.paths import ontology_dir
from lawkb.reading import turtle_below
from lawkb.terms import ID, RDF_TYPE

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

SHACL = "http://www.w3.org/ns/shacl#"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_TO_JUDGE = "urn:lawkb:to-judge:"
_BATCH = 5000

Part = list[tuple[str, str, str]]


@dataclass(frozen=True)
class Violation:
    """One place where a shape is not met: `value` is an N-Triples term, `constraint` a name such as `MinCount`."""

    subject: str
    path: str | None
    value: str | None
    constraint: str
    message: str


@cache
def target_classes() -> frozenset[str]:
    """Return the classes that have a shape."""
    from rdflib import URIRef

    return frozenset(str(target) for target in _shapes().objects(None, URIRef(SHACL + "targetClass")))


def batches(blocks: Mapping[str, Block], subjects: Iterable[str]) -> list[Part]:
    """Return the facts about these subjects as N-Triples terms, in parts that can be judged one by one.

    Args:
        blocks: all facts; they tell the classes of what the subjects link to.
        subjects: whom to judge.
    """
    judged = sorted(subjects)
    return [[*_hierarchy(blocks), *_part(blocks, judged[start:start + _BATCH])] for start in range(0, len(judged), _BATCH)]


def violations(part: Part) -> list[Violation]:
    """Judge one of the parts that `batches` made."""
    import pyshacl
    from rdflib import Graph, URIRef

    with _quiet():
        data = Graph()
        for subject, predicate, obj in part:
            data.add((_term(subject), _term(predicate), _term(obj)))
        _, report, _ = pyshacl.validate(data, shacl_graph=_flattened(), inference=None)
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gave no report: {report}")
    return [_violation(report, node) for node in report.objects(None, URIRef(SHACL + "result"))]


def _part(blocks: Mapping[str, Block], judged: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the facts about the judged, marked as such, and the classes of what they link to."""
    linked: set[str] = set()
    for subject in judged:
        for predicate, objects in blocks[subject].items():
            yield from ((ref(subject), ref(predicate), obj) for obj in objects)
            linked.update(iri(obj) for obj in objects if obj.startswith("<" + ID))
        yield from ((ref(subject), ref(RDF_TYPE), ref(_TO_JUDGE + iri(kind))) for kind in blocks[subject].get(RDF_TYPE, ()))
    for subject in sorted(linked.difference(judged).intersection(blocks)):
        yield from ((ref(subject), ref(RDF_TYPE), kind) for kind in blocks[subject].get(RDF_TYPE, ()))


def _hierarchy(blocks: Mapping[str, Block]) -> Iterator[tuple[str, str, str]]:
    """Yield the class hierarchy, once for the classes and once for the marks of those to judge."""
    for sub, block in blocks.items():
        for sup in filter(is_iri, block.get(SUBCLASS, ())):
            yield from ((ref(mark + sub), ref(SUBCLASS), ref(mark + iri(sup))) for mark in ("", _TO_JUDGE))


@lru_cache(maxsize=200_000)
def _term(written: str) -> Node:
    """Return an N-Triples term as one of rdflib's, its text as it was written."""
    from rdflib import Literal, URIRef

    if is_iri(written):
        return URIRef(iri(written))
    kind = written[written.rindex('"') + 1:]
    return Literal(text(written), lang=kind[1:] if kind.startswith("@") else None,
                   datatype=URIRef(kind[3:-1]) if kind.startswith("^^") else None, normalize=False)


def _violation(report: Graph, node: Node) -> Violation:
    from rdflib import Literal, URIRef

    def get(name: str) -> Node | None:
        return report.value(node, URIRef(SHACL + name))

    path, value = get("resultPath"), get("value")
    constraint = str(get("sourceConstraintComponent")).removeprefix(SHACL).removesuffix("ConstraintComponent")
    return Violation(str(get("focusNode")), None if path is None else str(path),
                     value.n3() if isinstance(value, URIRef | Literal) else None, constraint, str(get("resultMessage")))


@cache
def _shapes() -> Graph:
    from rdflib import Graph

    shapes = Graph()
    for path in turtle_below(ontology_dir() / "shapes"):
        shapes.parse(path, format="turtle")
    return shapes


@cache
def _flattened() -> Graph:
    """Return the shapes with each property shape standing by itself, aimed at the subjects of its node shape.

    A node shape hands its subjects to its property shapes; a property shape that has the same target judges the same
    subjects. A closed shape must then list the paths that it allows by itself. Targets name the marks of those to judge.
    """
    from rdflib import RDF, SH, Graph, URIRef
    from rdflib.collection import Collection

    flat = Graph()
    flat += _shapes()
    for shape in list(flat.subjects(RDF.type, SH.NodeShape)):
        targets = [URIRef(_TO_JUDGE + str(target)) for target in flat.objects(shape, SH.targetClass)]
        allowed = flat.value(shape, SH.ignoredProperties)
        paths = {path for prop in flat.objects(shape, SH.property) for path in flat.objects(prop, SH.path)}
        if allowed is not None:
            Collection(flat, allowed).__iadd__(sorted(paths, key=str))
        for prop in flat.objects(shape, SH.property):
            flat.add((prop, RDF.type, SH.PropertyShape))
            for target in targets:
                flat.add((prop, SH.targetClass, target))
        flat.remove((shape, SH.property, None))
        flat.remove((shape, SH.targetClass, None))
        for target in targets:
            flat.add((shape, SH.targetClass, target))
    return flat


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from logging ill-typed literals: they are findings, not events."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logger.setLevel(level)
