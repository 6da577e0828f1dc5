"""Renders `docs/ontology.md`: every class, property and concept scheme of the ontology, and a diagram."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from lawkb.docs.markdown import generated, table
from lawkb.facts import Block, Facts, iri, is_iri, text
from lawkb.paths import ontology_dir
from lawkb.reading import read, triples
from lawkb.terms import CONCEPT, LAW, RDF_TYPE, curie, expand, key

_KINDS = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_SHOWN_ELSEWHERE = frozenset(expand(name) for name in (
    "rdf:type", "skos:inScheme", "skos:prefLabel", "skos:definition", "skos:broader"))


def ontology_page() -> str:
    """Return `docs/ontology.md`: every class, property and concept scheme of the ontology, and a diagram."""
    topics = sorted(ontology_dir().glob("*.ttl"))
    schemes = sorted((ontology_dir() / "concepts").glob("*.ttl"))
    facts = read([*topics, *schemes])
    classes, properties = _named(facts, "Class"), [p for kind in _KINDS for p in _named(facts, kind)]
    concepts = [s for s, block in facts.blocks.items() if expand("skos:Concept") in _iris(block, RDF_TYPE)]
    header = next(block for block in facts.blocks.values() if expand("owl:Ontology") in _iris(block, RDF_TYPE))
    lines = ["# The ontology", "", generated("ontology/"), "",
             f"Version {_value(header, 'owl:versionInfo')}: {len(classes)} classes, {len(properties)} properties, "
             f"{len(concepts)} concepts in {len(schemes)} schemes. OWL 2 DL, without imports. "
             "What is disjoint, and domains that are unions, stand in `ontology/axioms.ttl`.", "",
             "## How the classes hang together", "",
             "Classes without a superclass and the properties between them; properties of findings are left to their table.", "",
             *_diagram(facts, classes, properties)]
    for path in topics:
        lines += _topic(facts, path)
    lines += ["## Concept schemes", "",
              "Closed lists. A concept is written `<scheme>:<code>`; further properties of a concept stand in the last column.", ""]
    for path in schemes:
        lines += _scheme(facts, path.stem)
    return "\n".join(lines).rstrip("\n") + "\n"


def _named(facts: Facts, kind: str) -> list[str]:
    return [s for s in sorted(facts.blocks) if s.startswith(LAW) and expand(f"owl:{kind}") in _iris(facts.blocks[s], RDF_TYPE)]


def _topic(facts: Facts, path: Path) -> Iterator[str]:
    own = {subject for subject, predicate, _ in triples(path) if predicate == RDF_TYPE}
    classes = [c for c in _named(facts, "Class") if c in own]
    properties = sorted(p for kind in _KINDS for p in _named(facts, kind) if p in own)
    if not classes and not properties:
        return
    title = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ").rstrip(".")
    yield from (f"## {title}", "")
    if classes:
        yield from table(("class", "is a", "definition"), (
            (f"`{curie(c)}`", _codes(_iris(facts.blocks[c], expand("rdfs:subClassOf"))), _value(facts.blocks[c], "skos:definition"))
            for c in classes))
    if properties:
        yield from table(("property", "of", "value", "definition"), (
            (f"`{curie(p)}`", _codes(_ends(facts, p, "rdfs:domain")), _range(facts, p), _value(facts.blocks[p], "skos:definition"))
            for p in properties))


def _scheme(facts: Facts, name: str) -> Iterator[str]:
    iri_of_scheme = f"{CONCEPT}scheme/{name}"
    block = facts.blocks[iri_of_scheme]
    yield from (f"### {name}", "", f"{_value(block, 'skos:definition')}", "")
    inside = [s for s in sorted(facts.blocks) if iri_of_scheme in _iris(facts.blocks[s], expand("skos:inScheme"))]
    yield from table(("code", "label", "definition", "broader", "more"), (
        (f"`{key(s)}`", _value(facts.blocks[s], "skos:prefLabel"), _value(facts.blocks[s], "skos:definition"),
         ", ".join(f"`{key(b)}`" for b in _iris(facts.blocks[s], expand("skos:broader"))), _more(facts.blocks[s]))
        for s in inside))


def _more(block: Block) -> str:
    parts = []
    for predicate in sorted(set(block) - _SHOWN_ELSEWHERE):
        values = ", ".join(f"`{curie(iri(o))}`" if is_iri(o) else text(o) for o in block[predicate])
        parts.append(f"{curie(predicate)} {values}")
    return "; ".join(parts)


def _range(facts: Facts, prop: str) -> str:
    block = facts.blocks[prop]
    schemes = _iris(block, LAW + "valuesFrom")
    if schemes:
        return "concept of " + ", ".join(f"[{key(s)}](#{key(s)})" for s in schemes)
    ends = _ends(facts, prop, "rdfs:range")
    if ends:
        return "text" if expand("rdf:PlainLiteral") in ends else _codes(ends)
    return _value(block, "skos:note").rstrip(".")


def _ends(facts: Facts, prop: str, which: str) -> list[str]:
    """Return the classes of a domain or a range: the named one, or the members of a union."""
    ends = []
    for term in facts.blocks[prop].get(expand(which), ()):
        node = next(iter(facts.blocks.get(term, {}).get(expand("owl:unionOf"), ())), None)
        if is_iri(term):
            ends.append(iri(term))
        while node and not is_iri(node):
            ends.append(iri(facts.blocks[node][expand("rdf:first")][0]))
            node = facts.blocks[node][expand("rdf:rest")][0]
    return ends


def _diagram(facts: Facts, classes: list[str], properties: list[str]) -> Iterator[str]:
    tops = {c for c in classes if not any(s.startswith(LAW) for s in _iris(facts.blocks[c], expand("rdfs:subClassOf")))}
    edges: dict[tuple[str, str], list[str]] = defaultdict(list)
    for prop in properties:
        for source in _ends(facts, prop, "rdfs:domain"):
            for target in _ends(facts, prop, "rdfs:range"):
                if {source, target} <= tops and key(source) != "Finding":
                    edges[key(source), key(target)].append(key(prop))
    yield from ("```mermaid", "classDiagram")
    for (source, target), names in sorted(edges.items()):
        yield f"    {source} --> {target} : {', '.join(names)}"
    yield from ("```", "")


def _codes(iris: Iterable[str]) -> str:
    return ", ".join(f"`{curie(i)}`" for i in iris)


def _iris(block: Block, predicate: str) -> list[str]:
    return [iri(o) for o in block.get(predicate, ()) if is_iri(o)]


def _value(block: Block, name: str) -> str:
    return next((text(o) for o in block.get(expand(name), ())), "")
