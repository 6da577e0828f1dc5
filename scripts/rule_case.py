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
MONTHS = 48
_Q = "<q/option/mla-search-seizure/compact>"
# what variables stand for in a draft, so that drafts read alike; a name may also be given on the command line
NAMES = {
    # the case and its two sides
    "case": "<q>", "a": "jur:XXA", "b": "jur:XXB", "p": "jur:XXA", "q": "jur:XXB", "state": "jur:XXC", "sovereign": "jur:XXC",
    "sovereignA": "jur:XXA", "sovereignB": "jur:XXB", "sideA": "jur:XXA", "sideB": "jur:XXB", "side": "jur:XXA",
    # instruments and what they hold
    "t": "instrument:compact", "u": "instrument:newer", "newer": "instrument:newer", "model": "instrument:model", "parent": "instrument:parent",
    "protocol": "instrument:protocol", "ground": "instrument:compact", "provision": "provision:compact.3", "anything": "provision:compact.3",
    "refusal": "refusal:compact.5.nationality", "content": "content:compact.5.facts",
    "particular": "particular:compact.5.costs", "point": "point:costs", "item": "item:facts", "rel": "rel:newer.to.compact",
    "act": "act:compact.XXB.opt-out", "s": "statement:compact.XXB.declaration.3", "coverage": "coverage:compact",
    # findings of earlier stages
    "part": "participation:compact.XXA.1", "partA": "participation:compact.XXA.1", "partB": "participation:compact.XXB.1",
    "bound": "<q/bound/compact.XXA.1>", "fa": "<q/bound/compact.XXA.1>", "fb": "<q/bound/compact.XXB.1>", "concerned": "<q/concerned/compact>",
    "bond": "<q/bond/compact>", "option": _Q, "basis": "<q/basis/mla-search-seizure/compact.3>",
    "condition": "<q/condition/option/mla-search-seizure/compact/dual-criminality>",
    # concepts
    "m": "measure:mla-search-seizure", "channel": "channel:mla", "on": "measure:mla", "opened": "measure:mla", "covered": "measure:mla",
    "within": "measure:mla", "r": "requirement:dual-criminality", "how": '"a look at both codes"@en', "offence": "offence-kind:trafficking-in-persons",
    "scope": "scope:all-offences", "openness": "openness:open", "generality": "generality:regional", "g": "generality:universal",
    "h": "generality:bilateral", "subject": "subject:mla", "completeness": "completeness:partial", "any": "role:basis", "role": "role:obligation",
    "strength": "strength:shall", "route": "route:central-authority", "addressee": "addressee:both", "topic": "coop-topic:extradition-without-treaty",
    "value": "value:yes", "kind": "offence-kind:trafficking-in-persons", "purpose": "purpose:forced-labour", "k": "head-basis:territorial",
    # organisations, domestic law
    "org": "org:league", "own": "org:union", "membership": "membership:league.XXB", "mine": "membership:league.XXA", "theirs": "membership:league.XXB",
    "kindA": "membership-kind:member", "kindB": "membership-kind:member", "rule": "cooprule:XXB.extradition", "o": "offence:XXA.trafficking",
    "oa": "offence:XXA.trafficking", "ob": "offence:XXB.trafficking", "range": "penalty:XXA.trafficking.adult", "head": "head:XXA.territorial",
    "measure": "victim:XXA.residence",
    # numbers
    "surelyFrom": str(DAY), "surelyUntil": str(DAY + 1), "possiblyFrom": str(DAY), "possiblyUntil": str(DAY + 1), "from": str(DAY),
    "until": str(DAY + 1), "fromA": str(DAY), "untilA": str(DAY + 1), "fromB": str(DAY), "untilB": str(DAY + 1), "since": str(DAY), "to": str(DAY + 1),
    "dayA": str(DAY), "dayB": str(DAY), "day": str(DAY), "today": str(DAY), "now": str(DAY), "verified": str(DAY - 1), "possibly": str(DAY),
    "v": "1", "w": "2", "days": "45", "months": str(MONTHS), "ceiling": str(MONTHS),
}
# what a variable stands for where a property tells it better than its name
TOLD = {
    "conduct": "conduct:recruitment", "partnerLink": "membership-kind:partner", "fullLink": "membership-kind:member", "provision": "provision:compact.3",
    "threshold": "provision:compact.2", "definitionGap": "gap:no-child-rule", "onGround": "ground:nationality", "ground": "ground:nationality",
    "onOffence": "offence:XXA.trafficking", "item": "item:facts", "org": "org:league",
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
    named = {**NAMES, **_told(where), **_findings(where), **_numbers(where), **names}
    shown = {v: named.get(v[1:], f"<q/{v[1:]}>") for v in _variables(where)}
    files = {"in.ttl": _turtle(_filled(where.triples, shown), f"# {rule.title}")}
    store = ox.Store()
    store.load(files["in.ttl"], format=ox.RdfFormat.TURTLE)
    found = sorted({(str(t.subject), str(t.predicate), str(t.object)) for t in store.query(rule.query)})
    files["out.ttl"] = _turtle([tuple(_shorten(term) for term in triple) for triple in found])
    for _shared, group in where.minus:
        files[_free(files, f"silent-{_name(group)}")] = _turtle(_beside(_filled(group.triples, shown), _filled(where.triples, shown)))
        for comparison in group.filters:
            name, change = _miss(comparison, group, shown)
            others = [triple for triple in _filled(group.triples, shown) if triple[:2] != change[0][:2]]
            files[_free(files, f"fires-{name}")] = _turtle(others + change)
    for comparison in where.filters:
        name, change = _miss(comparison, where, shown)
        files[_free(files, f"silent-{name}")] = _turtle(change)
    if len(files) == 2:
        files["silent.ttl"] = _turtle(_near_miss(where, shown))
    return files


def _beside(added: list[tuple[str, ...]], there: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What a negation names, beside what in.ttl says by the same property of the same subject."""
    return [*(triple for triple in there if triple[:2] in {a[:2] for a in added} and triple[1] != "a"), *added]


def _filled(triples: list, shown: dict[str, str]) -> list[tuple[str, ...]]:
    return [tuple(_term(term, shown) for term in triple) for triple in triples]


def _told(where: Group) -> dict[str, str]:
    """Names that follow from a property; of two variables of one property the second keeps its own name."""
    found: dict[str, str] = {}
    for triple in [*where.triples, *(triple for _, group in where.minus for triple in group.triples)]:
        name = TOLD.get(_local(triple[1]))
        if name and is_variable(triple[2]) and name not in found.values() and triple[2][1:] not in ("oa", "ob", "own"):
            found.setdefault(triple[2][1:], name)
    return found


def _findings(where: Group) -> dict[str, str]:
    """Findings of earlier stages are named after their class, where the table has no such name for them."""
    typed = [(triple[0][1:], _local(triple[2])) for triple in where.triples if _local(triple[1]) == "rdf-syntax-ns#type" or triple[1].endswith("#type")]
    classes = [kind for _, kind in typed]
    found = {}
    for variable, kind in typed:
        usual = NAMES.get(variable, "")
        if variable != "case" and (not usual.startswith("<q/") or (variable in ("fa", "fb") and not kind.endswith("BoundSide"))):
            found[variable] = f"<q/{_kebab(kind)}{'-' + variable if classes.count(kind) > 1 else ''}>"
    return found


def _numbers(where: Group) -> dict[str, str]:
    """Numbers so tight that one more or less breaks a comparison."""
    found = {}
    for operator, left, right in where.filters:
        if right == "?day":
            found[left[1:]] = str(DAY if operator == "<=" else DAY - 1)
        elif left == "?day":
            found[right[1:]] = str(DAY + 1)
        elif left == "?ceiling":
            found["ceiling"] = str(MONTHS if operator == ">=" else MONTHS - 1)
    return found


def _miss(comparison: tuple[str, str, str], where: Group, shown: dict[str, str]) -> tuple[str, list[tuple[str, ...]]]:
    """A change with which a comparison just fails, and a name for it."""
    operator, left, right = comparison
    if operator == "!=":
        variable, other = (left, right) if is_variable(left) and left != "?case" else (right, left)
        touched = [triple for triple in where.triples if variable in triple]
        return f"same-{variable[1:]}".lower(), _filled(touched, {**shown, variable: _term(other, shown)})
    variable = right if left in ("?day", "?today", "?now") else left
    edge = {"<=": 1, "<": 0, ">=": -1, ">": 0}[operator]
    value = int(shown[right]) + edge if variable == left else int(shown[left])
    subject, predicate, _ = next(triple for triple in where.triples if triple[2] == variable)
    return f"{_kebab(predicate)}{'-' + variable[1:].lower() if variable[-1].isupper() else ''}", _filled([(subject, predicate, str(value))], shown)


def _near_miss(where: Group, shown: dict[str, str]) -> list[tuple[str, ...]]:
    """One statement said otherwise: a yes made a no, a concept another one, the last link broken, or a finding of another kind."""
    fixed = [triple for triple in where.triples if not is_variable(triple[2]) and not triple[1].endswith("#type")]
    if fixed:
        subject, predicate, obj = fixed[-1]
        other = {"true": "false", "false": "true"}.get(_shorten(obj)) or re.sub(r":[\w-]+$", ":other", _shorten(obj))
        return _filled([(subject, predicate, other)], shown)
    terms = [term for triple in where.triples for term in triple]
    linked = [triple for triple in where.triples if is_variable(triple[2]) and terms.count(triple[2]) > 1 and not triple[1].endswith("#case")]
    if linked:
        subject, predicate, _ = linked[-1]
        return _filled([(subject, predicate, "<q/another>")], shown)
    subject, predicate, _ = where.triples[0]
    return _filled([(subject, predicate, "law:Finding")], shown)


def _variables(group: Group) -> set[str]:
    return group.variables | {v for _, inner in group.minus for v in inner.variables}


def _term(term: str, shown: dict[str, str]) -> str:
    return shown[term] if is_variable(term) else _shorten(term) if term.startswith(("http", "<", '"')) else term


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
    return re.sub(r"(?<!^)(?=[A-Z])", "-", _local(iri)).lower()


def _local(iri: str) -> str:
    return iri.strip("<>").rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _free(files: dict[str, str], name: str) -> str:
    """A file name that is not taken: a second one of the same name gets a number."""
    count = sum(1 for file in files if re.fullmatch(rf"{re.escape(name)}(-\d+)?\.ttl", file))
    return f"{name}-{count + 1}.ttl" if count else f"{name}.ttl"


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
