"""The knowledge base as data: each test lists every failure at once, with its file and the command or the table that mends it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from lawkb.api import KnowledgeBase
from lawkb.facts import Block, Facts, many, one, types
from lawkb.paths import kb_dir, ontology_dir
from lawkb.reading import read, turtle_below
from lawkb.spans import FAR, span_of
from lawkb.terms import CONCEPT, ID, curie, key

MEND = "lawkb import {kind} FILE.csv (with the row corrected), then lawkb validate"


@pytest.fixture(scope="module")
def facts() -> Facts:
    return read([*turtle_below(kb_dir()), *turtle_below(ontology_dir() / "concepts")])


def none(facts: Facts, wrong: list[tuple[str, str]], kind: str) -> None:
    lines = [f"{facts.origin[subject]}: {curie(subject)}: {problem}" for subject, problem in sorted(wrong)]
    assert not lines, f"{len(lines)} to mend:\n" + "\n".join(lines) + "\n-> " + MEND.format(kind=kind)


def number(block: Block, name: str) -> int | None:
    value = one(block, name)
    return int(value) if value else None


def test_no_minimum_penalty_is_above_the_maximum(facts: Facts) -> None:
    wrong = [(subject, f"from {low} up to {high} months") for subject, block in facts.of_class("PenaltyRange", "Aggravation")
             if (low := number(block, "minMonths")) is not None and (high := number(block, "maxMonths")) is not None and low > high]
    none(facts, wrong, "offences")


def test_penalties_are_of_a_size_that_occurs(facts: Facts) -> None:
    """A term of years that was entered as months, or the other way round, would stand out."""
    wrong = [(subject, f"{name} is {value}") for subject, block in facts.of_class("PenaltyRange", "Aggravation") for name in ("minMonths", "maxMonths")
             if (value := number(block, name)) and not 1 <= value <= 1200]
    none(facts, wrong, "offences")


def test_versions_of_one_article_do_not_overlap(facts: Facts) -> None:
    versions: dict[tuple[str | None, ...], list[tuple[int, int, str]]] = defaultdict(list)
    for subject, block in facts.of_class("Offence"):
        start, end = (span_of(block, name, suffixes=("", "In")) for name in ("inForceFrom", "inForceUntil"))
        said = tuple(one(block, name) for name in ("jurisdiction", "offenceKind", "nationalLaw", "article"))
        versions[said].append((start.latest if start else 0, end.earliest if end else FAR, subject))
    wrong = [(later[2], f"begins before {curie(earlier[2])} ends") for lines in versions.values()
             for earlier, later in zip(sorted(lines), sorted(lines)[1:], strict=False) if later[0] < earlier[1]]
    none(facts, wrong, "offences")


def memberships(facts: Facts) -> Iterator[tuple[str, Block, int, int]]:
    """Yield every membership with the days between which it possibly ran."""
    for subject, block in facts.of_class("Membership"):
        since, until = span_of(block, "since"), span_of(block, "until")
        yield subject, block, since.earliest if since else 0, until.earliest if until else FAR


def test_memberships_of_one_kind_do_not_overlap(facts: Facts) -> None:
    spells: dict[tuple[str | None, ...], list[tuple[int, int, str]]] = defaultdict(list)
    for subject, block, since, until in memberships(facts):
        spells[tuple(one(block, name) for name in ("org", "member", "membershipKind"))].append((since, until, subject))
    wrong = [(later[2], f"overlaps with {curie(earlier[2])}") for lines in spells.values()
             for earlier, later in zip(sorted(lines), sorted(lines)[1:], strict=False) if later[0] < earlier[1]]
    none(facts, wrong, "memberships")


def test_participations_of_a_party_under_one_instrument_do_not_overlap(kb: KnowledgeBase, facts: Facts) -> None:
    spells: dict[tuple[str | None, ...], list[tuple[int, int, str]]] = defaultdict(list)
    for entry in kb.base.of_class("Participation"):
        days = [int(one(entry.block, name) or 0) for name in ("possiblyFromDay", "possiblyUntilDay")]
        act = one(entry.block, "byAct") or ""
        spells[tuple(one(entry.block, name) for name in ("instrument", "party", "onSide"))].append((days[0], days[1], act))
    assert sum(len(lines) > 1 for lines in spells.values()) > 3, "some parties left and came back"
    wrong = [(later[2], f"binds before {curie(earlier[2])} has ended") for lines in spells.values()
             for earlier, later in zip(sorted(lines), sorted(lines)[1:], strict=False) if later[0] < earlier[1]]
    none(facts, wrong, "treaty-actions")


def test_complete_lists_count_as_many_parties_as_their_depositary_on_the_day_to_which_they_were_verified(kb: KnowledgeBase, facts: Facts) -> None:
    with (Path(__file__).parent / "data" / "count-deviations.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["instrument"], row["verified_to"], int(row["expected"]), int(row["counted"])) for row in csv.DictReader(file) if row["reason"]}
    compared, found, wrong = 0, set(), []
    for subject, block in facts.of_class("Coverage"):
        about, expected, day = one(block, "about") or "", number(block, "expectedCount"), one(block, "verifiedTo")
        if about.startswith(f"{ID}instrument/") and expected and day and one(block, "completeness") == f"{CONCEPT}completeness/complete":
            compared += 1
            answer = kb.parties(key(about), on=day)
            if expected not in (answer["consents"], answer["bound"]):
                deviation = (key(about), day, expected, answer["consents"])
                found.add(deviation)
                if deviation not in known:
                    wrong.append((subject, f"{expected} are expected on {day}, {answer['consents']} have deposited and {answer['bound']} are bound"))
    assert compared > 15
    none(facts, wrong, "treaty-actions")
    assert found == known, "a deviation that is listed is none any more: take it out of tests/data/count-deviations.csv"


def test_members_of_the_european_union_are_those_of_the_acts_of_accession(facts: Facts) -> None:
    acts: dict[str, dict[str, str | None]] = defaultdict(dict)
    for _, block in facts.of_class("Accession", "Withdrawal"):
        if one(block, "instrument") == f"{ID}instrument/eu-membership":
            acts[one(block, "party") or ""]["until" if "Withdrawal" in types(block) else "since"] = one(block, "effectiveOn")
    members = {one(block, "member") or "": (subject, block) for subject, block, _, _ in memberships(facts)
               if one(block, "org") == f"{ID}org/eu" and one(block, "membershipKind") == f"{CONCEPT}membership-kind/member"}
    wrong = [(members[member][0], f"{name} is {one(members[member][1], name + 'On')}, the act says {acts[member].get(name)}")
             for member in members for name in ("since", "until") if one(members[member][1], name + "On") != acts[member].get(name)]
    assert acts
    assert set(members) == set(acts), f"not both in org:eu and in eu-membership: {sorted(map(key, set(members) ^ set(acts)))}"
    none(facts, wrong, "memberships")


def test_every_organisation_that_an_instrument_is_open_to_the_members_of_exists(facts: Facts) -> None:
    wrong = [(subject, f"no organisation {curie(org)}") for subject, block in facts.blocks.items() for org in many(block, "openToMembersOf")
             if org not in facts.blocks]
    none(facts, wrong, "organisations")


def test_every_authority_has_a_task_and_is_a_lead_exactly_where_nobody_read_it(facts: Facts) -> None:
    wrong = []
    for subject, block in facts.of_class("Authority"):
        if not many(block, "measureGroup"):
            wrong.append((subject, "has no law:measureGroup"))
        sources = [facts.blocks[source[1:-1]] for source in block["http://purl.org/dc/terms/source"]]
        recalled = all(one(source, "howRead") == f"{CONCEPT}howread/memory" for source in sources)
        if recalled != (one(block, "unverified") == "true"):
            wrong.append((subject, "is recalled and not law:unverified" if recalled else "was read and is law:unverified"))
    none(facts, wrong, "authorities")


def test_every_penalty_and_every_aggravation_is_of_an_offence_of_the_same_jurisdiction(facts: Facts) -> None:
    wrong = [(subject, f"is of {curie(one(block, 'offence') or '')}") for subject, block in facts.of_class("PenaltyRange", "Aggravation")
             if key(subject).partition(".")[0] != key(one(block, "offence") or "").partition(".")[0]]
    none(facts, wrong, "offences")


def test_every_fact_has_a_source_that_has_a_grade(facts: Facts) -> None:
    wrong = []
    for subject, block in facts.blocks.items():
        for term in block.get("http://purl.org/dc/terms/source", []) if subject.startswith(ID) else []:
            source = facts.blocks.get(term[1:-1], {})
            if not (one(source, "howRead") and one(source, "confidence")):
                wrong.append((subject, f"{curie(term[1:-1])} is not known or has no grade"))
    none(facts, wrong, "sources")


def test_every_file_of_a_jurisdiction_speaks_of_that_jurisdiction(facts: Facts) -> None:
    wrong = [(subject, f"stands in the folder of {folder}") for subject, file in facts.origin.items() if file.startswith("kb/jurisdictions/")
             for folder in (file.split("/")[2],) if not key(subject).startswith(folder)]
    none(facts, wrong, "offences")


def test_every_name_in_the_documents_is_registered_and_every_unlinked_one_says_what_it_is(facts: Facts) -> None:
    lines = (kb_dir() / "ledger" / "seeds-seeds.tsv").read_text(encoding="utf-8").splitlines()
    with (kb_dir() / "ledger-left-out.csv").open(encoding="utf-8", newline="") as file:
        assert not [row for row in csv.DictReader(file) if row["table"].startswith("seeds/")]
    registered = {line.partition("\t")[2] for line in lines}
    names = dict(facts.of_class("Name"))
    assert {curie(subject) for subject in names} == registered
    assert len(registered) == 129
    wrong = [(subject, "says nothing of what it is") for subject, block in names.items() if not one(block, "summary")]
    wrong += [(subject, f"{curie(thing)} is not known") for subject, block in names.items() for thing in many(block, "refersTo") if thing not in facts.blocks]
    none(facts, wrong, "names")


def test_every_conflict_is_linked_from_the_facts_that_it_is_about_or_says_why_there_is_none(facts: Facts) -> None:
    linked: dict[str, set[str]] = defaultdict(set)
    for subject, block in facts.blocks.items():
        for conflict in many(block, "disputedBy"):
            linked[conflict].add(subject)
    wrong = []
    for subject, block in facts.of_class("Conflict"):
        why = block.get("http://www.w3.org/2004/02/skos/core#editorialNote")
        if not linked[subject] and not why:
            wrong.append((subject, "no fact has law:disputedBy for it, and no skos:editorialNote says why there is none"))
        if linked[subject] and why:
            wrong.append((subject, f"is linked from {curie(min(linked[subject]))} and yet says that there is no fact"))
        if linked[subject] and linked[subject] != set(many(block, "about")):
            apart = ", ".join(sorted(curie(fact) for fact in linked[subject] ^ set(many(block, "about"))))
            wrong.append((subject, f"law:about and law:disputedBy do not name the same facts: {apart}"))
    assert linked
    none(facts, wrong, "conflicts")


def test_what_disputes_a_fact_exists(facts: Facts) -> None:
    wrong = [(subject, f"{curie(other)} is not known") for subject, block in facts.blocks.items() for other in many(block, "disputedBy")
             if other not in facts.blocks]
    none(facts, wrong, "conflicts")
