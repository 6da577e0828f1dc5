"""Every rule on its own: a small dossier over which it fires, what it then finds, and near misses over which it stays silent.

tests/rules/<stage>/<rule>/ holds `in.ttl` (the dossier), `out.ttl` (what the rule finds, compared as graphs) and one or more
`silent*.ttl`: each says what is different from in.ttl, namely the properties that it names instead of those in in.ttl, and
what it adds. `fires*.ttl` is such a change too, under which the finding stays the same. Nothing in in.ttl is idle: with any one
of its statements taken away the rule is silent.
A draft for a new rule is written by `python scripts/rule_case.py <stage>/<rule>`; read it before you keep it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad, RdfFormat, Store, parse

from lawkb.api import KnowledgeBase
from lawkb.facts import law
from lawkb.pattern import parse as parse_rule
from lawkb.rules import Rule, load_rules
from lawkb.terms import curie

CASES = Path(__file__).resolve().parent / "rules"
RULES = {f"{rule.stage}/{rule.name}": rule for rule in load_rules()}
FOLDERS = sorted(path.parent.relative_to(CASES).as_posix() for path in CASES.glob("*/*/in.ttl"))
SILENT, FIRES = (sorted(path.relative_to(CASES).as_posix() for path in CASES.glob(f"*/*/{kind}*.ttl")) for kind in ("silent", "fires"))
DATES = {"on": "law:onDay", "offence": "law:offenceDay"}
_LINES = 20  # without prefixes


def _read(path: Path) -> set[Quad]:
    return set(parse(path=str(path), format=RdfFormat.TURTLE))


def _found(rule: Rule, facts: set[Quad]) -> set[tuple[str, str, str]]:
    store = Store()
    store.extend(facts)
    return {(str(t.subject), str(t.predicate), str(t.object)) for t in store.query(rule.query)}


def _expected(folder: str) -> set[tuple[str, str, str]]:
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in _read(CASES / folder / "out.ttl")}


def _changed(facts: set[Quad], change: set[Quad]) -> set[Quad]:
    replaced = {(q.subject, q.predicate) for q in change}
    return {q for q in facts if (q.subject, q.predicate) not in replaced} | change


def _rule(folder: str) -> Rule:
    assert folder in RULES, f"tests/rules/{folder} tests a rule that is not there: rename or remove the folder"
    return RULES[folder]


def _told(triples: set[tuple[str, str, str]]) -> str:
    return "\n".join("  " + " ".join(curie(t.strip("<>")) if t.startswith("<") else t for t in triple) for triple in sorted(triples)) or "  nothing"


@pytest.mark.parametrize("name", sorted(RULES))
def test_rule_has_a_firing_and_a_silent_case(name: str) -> None:
    folder = CASES / name
    missing = [file for file in ("in.ttl", "out.ttl") if not (folder / file).is_file()]
    missing += [] if list(folder.glob("silent*.ttl")) else ["silent.ttl"]
    assert not missing, f"tests/rules/{name} lacks {', '.join(missing)}: python scripts/rule_case.py {name} drafts it"


@pytest.mark.parametrize("folder", FOLDERS)
def test_rule_fires(folder: str) -> None:
    found, expected = _found(_rule(folder), _read(CASES / folder / "in.ttl")), _expected(folder)
    assert found == expected, f"{folder}\nmissing:\n{_told(expected - found)}\nnot expected:\n{_told(found - expected)}"


@pytest.mark.parametrize("file", SILENT)
def test_rule_is_silent(file: str) -> None:
    folder = file.rpartition("/")[0]
    found = _found(_rule(folder), _changed(_read(CASES / folder / "in.ttl"), _read(CASES / file)))
    assert not found, f"{file} should keep the rule silent, but it finds:\n{_told(found)}"


@pytest.mark.parametrize("file", FIRES)
def test_rule_fires_all_the_same(file: str) -> None:
    folder = file.rpartition("/")[0]
    found, expected = _found(_rule(folder), _changed(_read(CASES / folder / "in.ttl"), _read(CASES / file))), _expected(folder)
    assert found == expected, f"{file}\nmissing:\n{_told(expected - found)}\nnot expected:\n{_told(found - expected)}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_rule_needs_all_that_its_dossier_says(folder: str) -> None:
    rule, facts = _rule(folder), _read(CASES / folder / "in.ttl")
    idle = [quad for quad in facts if _found(rule, facts - {quad})]
    assert not idle, f"{folder}/in.ttl: the rule still finds something without\n{_told({(str(q.subject), str(q.predicate), str(q.object)) for q in idle})}"


@pytest.mark.parametrize("name", sorted(RULES))
def test_header_says_which_dates_the_rule_reads(name: str) -> None:
    rule = RULES[name]
    read = {date for date, given in DATES.items() if given in rule.body} | ({"on"} if "{on}" in rule.says else set())
    assert read == set(rule.dates), f"{name}: its header says that it reads {rule.dates or 'none'}; its body or its sentence reads {sorted(read) or 'none'}"


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder in RULES and RULES[folder].dates])
def test_rule_that_reads_a_date_is_silent_on_the_day_before_and_on_the_day_after(folder: str) -> None:
    """Whatever bounds the day from below keeps the rule silent on the day before, whatever bounds it from above on the day after."""
    rule, facts = _rule(folder), _read(CASES / folder / "in.ttl")
    where = parse_rule(rule).where
    days = {obj for _, predicate, obj in where.triples if predicate in (law("onDay"), law("offenceDay"))}
    for operator, left, right in where.filters:
        if operator in ("<", "<=", ">", ">=") and days & {left, right}:
            below = (operator in ("<", "<=")) == (right in days)
            shifted = {_shifted(quad, -1 if below else 1) for quad in facts}
            when = "the day before" if below else "the day after"
            assert not _found(rule, shifted), f"{folder}: {left} {operator} {right} does not keep the rule silent {when}"


def _shifted(quad: Quad, days: int) -> Quad:
    """The day of the case, that many days later."""
    if quad.predicate.value not in (law("onDay"), law("offenceDay")):
        return quad
    return Quad(quad.subject, quad.predicate, Literal(str(int(quad.object.value) + days), datatype=quad.object.datatype))


def test_the_header_of_a_rule_names_the_findings_that_the_rule_reads(kb: KnowledgeBase) -> None:
    """The pages list rules by their headers."""
    reads = {rule.iri: {f"law:{name}" for name in rule.plan.reads} for rule in kb.base.rules}
    wrong = [f"rules/{name}.rq: write '# Needs:      {', '.join(sorted(reads[rule.iri])) or '—'}'" for name, rule in RULES.items()
             if set(rule.needs) != reads[rule.iri]]
    assert not wrong, "\n".join(wrong)


def test_dossiers_are_short() -> None:
    texts = {path: path.read_text(encoding="utf-8").splitlines() for path in sorted(CASES.rglob("*.ttl"))}
    long = [path.relative_to(CASES).as_posix() for path, lines in texts.items() if sum(not line.startswith(("PREFIX", "BASE")) for line in lines) >= _LINES]
    assert not long, f"shorter, so that they can be read: {long}"
