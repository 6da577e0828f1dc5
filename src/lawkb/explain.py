"""Explains one IRI: a finding with its proof, a rule with its law, a fact with its sources; and answers as PROV Turtle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from lawkb.answer import Answer, Proof, plain
from lawkb.ask import conclude
from lawkb.base import Base, Entry
from lawkb.case import Case
from lawkb.disputes import disputes
from lawkb.errors import UNKNOWN, LawkbError
from lawkb.facts import law, literal, ntriples, ref, text
from lawkb.infer import Finding, Findings, predicate_of
from lawkb.names import quoted
from lawkb.proof import SOURCE, FactProver, Prover, citations
from lawkb.terms import CASE, ID, RDF_TYPE, ROOT, RULE, XSD, curie, expand
from lawkb.words import Words, plain_kind

PROV = "http://www.w3.org/ns/prov#"
_BARE = ("instrument", "jur", "provision", "act", "statement", "source", "org")  # what answers name by its key alone
_RANGE = "http://www.w3.org/2000/01/rdf-schema#range"
_LAST = "\U0010ffff"


def resolve_iri(base: Base, given: str) -> str:
    """Return the full IRI of an IRI, of a short name such as `act:untoc.ITA.signature.2000-12-12`, or of a key as answers print it.

    Raises:
        LawkbError: the text is none of these; names that begin alike are suggested.
    """
    name = given.strip()
    try:
        return expand(name)
    except KeyError:
        pass
    for kind in _BARE:
        if base.entry(f"{ID}{kind}/{name}"):
            return f"{ID}{kind}/{name}"
    raise LawkbError(f"{quoted(name)} is neither an IRI nor a name that is known here",
                     f"Give for example act:untoc.ITA.signature.2000-12-12, untoc.16-4, ITA, or {CASE}ITA.NGA.2024-01-01/verdict/extradition",
                     "lawkb channels A B --format json names findings")


def known(base: Base, given: str) -> Entry:
    """Return the block that a user names.

    Raises:
        LawkbError: the knowledge base has no such block (exit code 3); names that begin alike are suggested.
    """
    iri = resolve_iri(base, given)
    entry = base.entry(iri)
    if entry is None:
        raise LawkbError(f"The knowledge base has nothing named {curie(iri)}", _near(base, iri), "lawkb status and lawkb parties show names", exit_code=UNKNOWN)
    return entry


def _near(base: Base, iri: str) -> str:
    """Suggest names that share the longest beginning with one that is not there."""
    stem = iri
    while len(stem) > len(ID) + 4:
        stem = stem[:-1]
        rows = base.execute("SELECT subject FROM block WHERE subject >= ? AND subject < ? ORDER BY subject LIMIT 3", (stem, stem + _LAST)).fetchall()
        if rows and not stem.endswith("/"):
            return f"Did you mean {' or '.join(curie(row[0]) for row in rows)}?"
    return ""


def explain(base: Base, given: str) -> Proof | dict[str, Any]:
    """Return the proof of a finding, or what the knowledge base says of a rule or a fact.

    Raises:
        LawkbError: nothing of that name is known; exit code 3 where the IRI is well formed but the knowledge base has no such thing.
    """
    iri = resolve_iri(base, given)
    if iri.startswith(CASE):
        case, findings = concluded(base, iri)
        return Prover(base, case, findings).prove(iri)
    if iri.startswith(RULE):
        return _rule(base, iri)
    entry = known(base, iri)
    if entry.kind == "Participation":
        return FactProver(base).fact(iri)
    return {"iri": iri, "name": curie(iri), "kind": plain_kind(entry.kind), "label": entry.label, "file": entry.file, "local": entry.local,
            "facts": {curie(p): [curie(v[1:-1]) if v.startswith("<") else text(v) for v in values] for p, values in entry.block.items()},
            "sources": plain(citations(base, entry)), "disputes": plain(disputes(base, entry))}


def concluded(base: Base, iri: str) -> tuple[Case, Findings]:
    """Return the case of a finding and everything that the rules conclude in it.

    Raises:
        LawkbError: the IRI is no finding's, or the rules do not conclude it (exit code 3).
    """
    case = Case.of_iri(iri)
    for side in case.sides:
        base.jurisdictions.resolve(side)
    findings = conclude(base, case)
    for question in ("criminality", "request") if case.question == "channels" else ():  # asked apart
        if iri not in findings.by_iri:
            findings = conclude(base, case, question)
    if iri not in findings.by_iri:
        asked = {"channels": f"lawkb channels {' '.join(case.sides)} --on {case.on} --format json",
                 "duties": f"lawkb obligations {' '.join(case.sides)} --on {case.on} --format json", "forums": "lawkb prosecute --facts FILE --format json"}
        raise LawkbError(f"The rules do not conclude {iri}", f"What they conclude is named by: {asked[case.question]}", exit_code=UNKNOWN)
    return case, findings


def _rule(base: Base, iri: str) -> dict[str, Any]:
    rule = base.rule(iri)
    if rule is not None:
        return {"iri": iri, "kind": "rule", "label": rule.title, "law": rule.law, "concludes": list(rule.concludes), "says": rule.says,
                "reads_dates": list(rule.dates), "query": rule.query}
    if iri.startswith(f"{RULE}calendar/"):
        from lawkb.calendar_rules import calendar_rules

        found = calendar_rules().get(iri.removeprefix(f"{RULE}calendar/"))
        if found:
            return {"iri": iri, "kind": "rule", "label": found.name, "law": found.law, "says": found.says}
    raise LawkbError(f"There is no rule {iri.removeprefix(RULE)}", "docs/rules.md lists them", exit_code=UNKNOWN)


def answer_turtle(base: Base, answer: Answer) -> str:
    """Return the findings of an answer as Turtle with PROV: each finding, its rule, what it was derived from, and the releases used."""
    question = answer.question
    case = Case(question["requesting"], question["requested"], dt.date.fromisoformat(question["on"]),
                dt.date.fromisoformat(question["offence_on"]) if question["offence_on"] else None, question["strict"])
    starts = [start for channel in answer.channels
              for start in (channel.finding, *(option.finding for option in channel.options), *(reason.finding for reason in channel.reasons))]
    return _findings_turtle(base, case, conclude(base, case), starts)


def explain_turtle(base: Base, given: str) -> str:
    """Return as Turtle: a finding with all on which it rests, or a fact with its sources.

    Raises:
        LawkbError: nothing of that name is known, or it is a rule, which is no RDF.
    """
    from lawkb.turtle import parse, write

    iri = resolve_iri(base, given)
    if iri.startswith(CASE):
        return _findings_turtle(base, *concluded(base, iri), [iri])
    if iri.startswith(RULE):
        raise LawkbError("A rule is SPARQL and no Turtle", f"Use: lawkb explain {given} --format json")
    blocks = {}
    waiting = [known(base, iri)]
    while waiting:
        entry = waiting.pop()
        blocks[entry.iri] = entry.block
        rests = [term[1:-1] for name in (SOURCE, law("restsOn")) for term in entry.block.get(name, ())]
        waiting.extend(base.entries(name for name in rests if name not in blocks))
    return write(parse(ntriples(blocks.items())), f"# {entry_label(base, iri)}, with its sources.")


def entry_label(base: Base, iri: str) -> str:
    """Return a label for the head of a file: on one line."""
    return " ".join(Words(base).label(iri).split())


def _findings_turtle(base: Base, case: Case, findings: Findings, starts: Iterable[str]) -> str:
    from lawkb.turtle import parse, write

    wanted: set[str] = set()
    for start in starts:
        _gather(findings.by_iri, start, wanted)
    lines = []
    for subject in sorted(wanted):
        finding = findings.by_iri[subject]
        facts = [(RDF_TYPE, ref(law(kind))) for kind in finding.kinds]
        facts += [(RDF_TYPE, ref(f"{PROV}Entity")), (f"{PROV}wasGeneratedBy", ref(case.iri))]
        facts += [(law("concludedBy"), ref(rule)) for rule in finding.rules]
        facts += [(f"{PROV}wasDerivedFrom", ref(premise)) for premise in finding.premises]
        facts += [(predicate, _term(base, predicate, value)) for name, values in finding.values.items()
                  for predicate in [predicate_of(name)] for value in values]
        lines += [f"<{subject}> <{predicate}> {term} ." for predicate, term in facts]
    activity = case.block()
    activity[RDF_TYPE] = [*activity[RDF_TYPE], ref(f"{PROV}Activity")]
    activity[f"{PROV}used"] = [ref(f"{ROOT}/kb/{base.meta['kb_version']}"), ref(f"{ROOT}/rules/{base.meta['rules_version']}")]
    head = f"# The findings of lawkb on {case.requesting} -> {case.requested}, law as of {case.on}."
    return write(parse("\n".join(lines) + "\n" + ntriples([(case.iri, activity)])), head)


def _gather(findings: Mapping[str, Finding], start: str, wanted: set[str]) -> None:
    waiting = [start]
    while waiting:
        subject = waiting.pop()
        if subject in findings and subject not in wanted:
            wanted.add(subject)
            waiting.extend(findings[subject].premises)


def _term(base: Base, predicate: str, value: str) -> str:
    """Return the value of a finding as an N-Triples term: a literal is of the type that the ontology gives its property."""
    if value.startswith(("http://", "https://")):
        return ref(value)
    declared = base.entry(predicate)
    (typed,) = declared.block[_RANGE] if declared else [ref(f"{XSD}string")]
    return f"{literal(value)}^^{typed}"
