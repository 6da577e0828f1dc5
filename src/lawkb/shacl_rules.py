"""The rules as SHACL rules (SHACL Advanced Features, section 8): generated from the `.rq` files, never written.

Each stage is a node shape and each rule a `sh:SPARQLRule` of its stage, named by the IRI that answers and proofs name it by.
The order of the shapes is that of the stages, so that negation looks at finished stages; a processor must iterate inside a
shape. A SHACL rule does not tell which triples it made, so each CONSTRUCT is given one triple more: `law:concludedBy` and
the rule. The text of a rule stays as it is otherwise; its prefixes are declared once for all rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lawkb.facts import Block, law, literal, number, ref
from lawkb.infer import CompiledRule
from lawkb.rules import STAGES
from lawkb.terms import RDF_TYPE, RULE, XSD

SHACL = "http://www.w3.org/ns/shacl#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
COMMENT = "http://www.w3.org/2000/01/rdf-schema#comment"
LICENCE = "http://purl.org/dc/terms/license"
PREFIXES = f"{RULE}prefixes"
_PREFIX = re.compile(r"PREFIX (\S+): <(\S+)>\n")
_TEMPLATE = re.compile(r"(?i)\bCONSTRUCT\s*\{\s*(\?\w+)\s")


def shapes(rules: Iterable[CompiledRule], case: str | None = None) -> dict[str, Block]:
    """Return the shapes that hold the rules, as blocks.

    Args:
        rules: which rules; a stage without any has no shape.
        case: the IRI of the case that the shapes aim at; by default they aim at every `law:Case`.

    Raises:
        ValueError: a query is not one CONSTRUCT about a finding, which the checks of rules rule out.
    """
    target = {SHACL + "targetNode": [ref(case)]} if case else {SHACL + "targetClass": [ref(law("Case"))]}
    blocks: dict[str, Block] = {}
    declared: dict[str, str] = {}
    for rule in rules:
        query = rule.query
        while head := _PREFIX.match(query):
            declared[head[1]] = head[2]
            query = query[head.end():]
        stage = blocks.setdefault(f"{RULE}{rule.stage}", {
            RDF_TYPE: [ref(SHACL + "NodeShape")], LABEL: [literal(f"The rules of stage {rule.stage}") + "@en"],
            **target, SHACL + "order": [number(STAGES.index(rule.stage))]})
        stage.setdefault(SHACL + "rule", []).append(ref(rule.iri))
        blocks[rule.iri] = {
            RDF_TYPE: [ref(SHACL + "SPARQLRule")], LABEL: [literal(rule.title) + "@en"], COMMENT: [literal(rule.law) + "@en"],
            SHACL + "order": [number(rule.plan.turn)], SHACL + "prefixes": [ref(PREFIXES)],
            SHACL + "construct": [literal(_naming(rule.iri, query))]}
    blocks[PREFIXES] = {
        RDF_TYPE: [ref("http://www.w3.org/2002/07/owl#Ontology")], LICENCE: [ref("https://creativecommons.org/licenses/by/4.0/")],
        SHACL + "declare": [ref(f"{PREFIXES}/{prefix}") for prefix in sorted(declared)]}
    for prefix, namespace in sorted(declared.items()):
        blocks[f"{PREFIXES}/{prefix}"] = {
            RDF_TYPE: [ref(SHACL + "PrefixDeclaration")], SHACL + "prefix": [literal(prefix)], SHACL + "namespace": [f'"{namespace}"^^<{XSD}anyURI>']}
    return blocks


def _naming(rule: str, query: str) -> str:
    """Return a CONSTRUCT that also says of what it makes which rule made it."""
    made = _TEMPLATE.search(query)
    if not made or query[:made.start()].strip():
        raise ValueError(f"{rule} is not one CONSTRUCT about a finding")
    return f"CONSTRUCT {{ {made[1]} <{law('concludedBy')}> <{rule}> . {made[1]} {query[made.end():]}"
