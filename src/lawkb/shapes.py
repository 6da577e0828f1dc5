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
from functools import cache
from typing import TYPE_CHECKING

from lawkb.facts import Block, iri, ntriples, ref
from lawkb.load import turtle_below
from lawkb.paths import ontology_dir
from lawkb.terms import ID, RDF_TYPE

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

SHACL = "http://www.w3.org/ns/shacl#"
SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_TO_JUDGE = "urn:lawkb:to-judge:"
_BATCH = 5000


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


def batches(blocks: Mapping[str, Block], subjects: Iterable[str]) -> list[str]:
    """Return the facts about these subjects as N-Triples, in parts that can be judged one by one.

    Args:
        blocks: all facts; they tell the classes of what the subjects link to.
        subjects: whom to judge.
    """
    judged = sorted(subjects)
    return [_hierarchy(blocks) + _part(blocks, judged[start:start + _BATCH]) for start in range(0, len(judged), _BATCH)]


def violations(part: str) -> list[Violation]:
    """Judge one of the parts that `batches` made."""
    import pyshacl
    from rdflib import Graph, URIRef

    with _quiet():
        data = Graph().parse(data=part, format="nt")
        _, report, _ = pyshacl.validate(data, shacl_graph=_flattened(), inference=None)
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gave no report: {report}")
    return [_violation(report, node) for node in report.objects(None, URIRef(SHACL + "result"))]


def _part(blocks: Mapping[str, Block], judged: list[str]) -> str:
    """Return the facts about the judged, marked as such, and the classes of what they link to."""
    linked = {iri(obj) for subject in judged for objects in blocks[subject].values() for obj in objects
              if obj.startswith("<" + ID)}
    classes = [_typed(subject, iri(kind)) for subject in sorted(linked.difference(judged)) if subject in blocks
               for kind in blocks[subject].get(RDF_TYPE, ())]
    marks = [_typed(subject, _TO_JUDGE + iri(kind)) for subject in judged for kind in blocks[subject].get(RDF_TYPE, ())]
    return ntriples((subject, blocks[subject]) for subject in judged) + "".join(classes + marks)


def _typed(subject: str, kind: str) -> str:
    return f"{ref(subject)} {ref(RDF_TYPE)} {ref(kind)} .\n"


def _hierarchy(blocks: Mapping[str, Block]) -> str:
    """Return the class hierarchy, once for the classes and once for the marks of those to judge."""
    pairs = sorted((sub, iri(sup)) for sub, block in blocks.items() for sup in block.get(SUBCLASS, ()) if sup.startswith("<"))
    return "".join(f"{ref(mark + sub)} {ref(SUBCLASS)} {ref(mark + sup)} .\n" for sub, sup in pairs for mark in ("", _TO_JUDGE))


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
