"""Drafts the test of a rule: `python scripts/rule_case.py 1-bonds/treaty-bond` writes tests/rules/1-bonds/treaty-bond/.

The draft is the smallest dossier over which the rule fires (in.ttl), what it then finds (out.ttl), and one file a negation
and a comparison that keeps it silent (silent-*.ttl, laid over in.ttl). Read what it wrote: the test is right when a lawyer
would say so, not because the rule says so. Give the names that the draft shall use as `variable=name`; write `silent.ttl`
by hand where the rule negates and compares nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from pathlib import Path

import pyoxigraph as ox

from lawkb.facts import is_iri
from lawkb.pattern import Group, is_variable, parse
from lawkb.rules import STAGES, Rule, load_rules
from lawkb.terms import CASE, prefixes

ROOT = Path(__file__).resolve().parent.parent
DAY = 737425  # 2020-01-01
NAMES = {
    "case": "<q>", "a": "jur:XXA", "b": "jur:XXB", "p": "jur:XXA", "q": "jur:XXB", "state": "jur:XXC", "sovereign": "jur:XXC", "sovereignA": "jur:XXA",
    "sovereignB": "jur:XXB", "sideA": "jur:XXA", "sideB": "jur:XXB", "side": "jur:XXA", "org": "org:league", "t": "instrument:compact", "u": "instrument:newer",
    "newer": "instrument:newer", "model": "instrument:model", "parent": "instrument:parent", "protocol": "instrument:protocol", "ground": "instrument:compact",
    "part": "participation:compact.XXA.1", "partA": "participation:compact.XXA.1", "partB": "participation:compact.XXB.1", "bound": "<q/bound/compact.XXA.1>",
    "fa": "<q/bound/compact.XXA.1>", "fb": "<q/bound/compact.XXB.1>", "concerned": "<q/concerned/compact>", "bond": "<q/bond/compact>",
    "m": "measure:mla-search-seizure", "channel": "channel:mla", "on": "measure:mla", "opened": "measure:mla", "covered": "measure:mla", "within": "measure:mla",
    "option": "<q/option/mla-search-seizure/compact>", "basis": "<q/basis/mla-search-seizure/compact.3>", "provision": "provision:compact.3",
    "condition": "<q/condition/option/mla-search-seizure/compact/dual-criminality>", "r": "requirement:dual-criminality", "how": '"a look at both codes"@en',
    "s": "statement:compact.XXB.declaration.3", "offence": "offence-kind:trafficking-in-persons", "scope": "scope:all-offences", "openness": "openness:open",
    "generality": "generality:regional", "g": "generality:universal", "h": "generality:bilateral", "rel": "rel:newer.to.compact", "refusal": "refusal:compact.5.nationality",
    "subject": "subject:mla", "coverage": "coverage:compact", "completeness": "completeness:partial", "membership": "membership:league.XXB", "act": "act:compact.XXB.opt-out",
    "surelyFrom": str(DAY), "surelyUntil": str(DAY + 1), "possiblyFrom": str(DAY), "possiblyUntil": str(DAY + 1), "from": str(DAY), "until": str(DAY + 1),
    "dayA": str(DAY), "dayB": str(DAY), "anything": "provision:compact.3", "any": "role:basis", "strength": "strength:shall", "route": "route:central-authority", "verified": str(DAY - 1), "v": "1", "w": "2", "days": "45", "day": str(DAY),
}
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rule", help="stage/name, such as 1-bonds/treaty-bond")
    parser.add_argument("names", nargs="*", metavar="variable=name", help="names for the draft, such as t=instrument:pact")
    given = parser.parse_args()
    rule = next((r for r in load_rules() if f"{r.stage}/{r.name}" == given.rule), None)
    if rule is None:
        sys.exit(f"There is no rule {given.rule}; stages are {', '.join(STAGES)}")
    folder = ROOT / "tests" / "rules" / rule.stage / rule.name
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in draft(rule, dict(pair.split("=", 1) for pair in given.names)).items():
        (folder / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"--- {folder.relative_to(ROOT)}/{name}\n{text}")


def draft(rule: Rule, names: dict[str, str]) -> dict[str, str]:
    """Return file name -> text: in.ttl, out.ttl and what keeps the rule silent."""
    where = parse(rule).where
    days = _days(where)
    named = {**NAMES, **days, **names}
    shown = {v: named.get(v[1:], f"<q/{v[1:]}>") for v in _variables(where)}
    facts = [tuple(_term(term, shown) for term in triple) for triple in where.triples]
    files = {"in.ttl": _turtle(facts, f"# {rule.title}")}
    store = ox.Store()
    store.load(files["in.ttl"], format=ox.RdfFormat.TURTLE)
    found = sorted({(str(t.subject), str(t.predicate), str(t.object)) for t in store.query(rule.query)})
    files["out.ttl"] = _turtle([tuple(_shorten(term) for term in triple) for triple in found])
    for _shared, group in where.minus:
        files[f"silent-{_name(group)}.ttl"] = _turtle([tuple(_term(term, shown) for term in triple) for triple in group.triples])
    for operator, left, right in where.filters:
        if left[1:] in days or right[1:] in days or {left, right} == {"?v", "?w"}:
            variable, value = _miss(operator, left, right, named)
            holder = next(triple for triple in where.triples if triple[2] == variable)
            files[f"silent-{_kebab(holder[1])}.ttl"] = _turtle([(_term(holder[0], shown), _term(holder[1], shown), value)])
    return files


def _days(where: Group) -> dict[str, str]:
    """Day numbers so tight that one day less or more breaks a comparison."""
    found = {}
    for operator, left, right in where.filters:
        if right == "?day":
            found[left[1:]] = str(DAY if operator == "<=" else DAY - 1)
        elif left == "?day":
            found[right[1:]] = str(DAY + 1)
    return found


def _miss(operator: str, left: str, right: str, named: dict[str, str]) -> tuple[str, str]:
    """The variable and the value with which a comparison just fails."""
    if left == "?day":
        return right, str(DAY)
    return left, str(int(named[right[1:]]) + (1 if operator == "<=" else 0))


def _variables(group: Group) -> set[str]:
    return group.variables | {v for _, inner in group.minus for v in inner.variables}


def _term(term: str, shown: dict[str, str]) -> str:
    return shown[term] if is_variable(term) else _shorten(term)


def _shorten(term: str) -> str:
    if not is_iri(term):
        return re.sub(r'^"(-?\d+|true|false)"\^\^<.*>$', r"\1", term)
    iri = term[1:-1]
    if iri == _TYPE:
        return "a"
    if iri.startswith(CASE):
        return f"<{iri.removeprefix(CASE)}>"
    for prefix, namespace in sorted(prefixes().items(), key=lambda pair: -len(pair[1])):
        if iri.startswith(namespace) and "/" not in iri[len(namespace):]:
            return f"{prefix}:{iri[len(namespace):]}"
    return term


def _name(group: Group) -> str:
    kind = next((o for _, p, o in group.triples if p in (_TYPE, f"<{_TYPE}>") and is_iri(o)), None)
    which = next((o for _, p, o in group.triples if p.endswith("#verdict") and is_iri(o)), "")
    return _kebab(kind or group.triples[0][1]) + (f"-{_kebab(which)}" if which else "")


def _kebab(iri: str) -> str:
    local = iri.strip("<>").rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    return re.sub(r"(?<!^)(?=[A-Z])", "-", local).lower()


def _turtle(triples: list[tuple[str, ...]], title: str = "") -> str:
    """Write triples as people write them: one line a subject, only prefixes that are used, a day number explained."""
    blocks: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, obj in triples:
        predicate = "a" if predicate.endswith("rdf-syntax-ns#type>") else _shorten(f"<{predicate}>") if predicate.startswith("http") else predicate
        objects = blocks.setdefault(subject, {}).setdefault(predicate, [])
        if obj not in objects:
            objects.append(obj)
    lines = []
    for subject, block in blocks.items():
        parts = [f"{predicate} {' , '.join(objects)}" for predicate, objects in block.items()]
        lines.append(f"{subject} {' ; '.join(parts)} .")
    body = "\n".join(lines)
    used = sorted({p for p in re.findall(r"(?<![\w<:/\"])([a-z][a-z-]*):(?=\w)", re.sub(r'<[^>]*>|"[^"]*"', "", body)) if p in prefixes()})
    head = [f"BASE <{CASE}>"] if "<q" in body else []
    told = [title] if title else []
    told += [f"# {number} is {dt.date.fromordinal(number)}" for number in sorted({int(n) for n in re.findall(r"\b73742\d\b", body)})]
    return "\n".join([*told, *head, *(f"PREFIX {p}: <{prefixes()[p]}>" for p in used), "", body, ""])


if __name__ == "__main__":
    main()
