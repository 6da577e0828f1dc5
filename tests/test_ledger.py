"""The ledger of what came in through the CSV door, held against the knowledge base: nothing was lost on the way."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from functools import cache

import pyoxigraph as ox

from lawkb.importing import KINDS
from lawkb.paths import kb_dir
from lawkb.terms import ID, expand

SOURCE = expand("dcterms:source")
KINDS_OF_SUBJECT = ("act", "statement", "provision", "refusal", "content", "rel", "coverage", "instrument", "conflict", "org", "system", "membership",
                    "authority", "offence", "penalty", "aggravation", "head", "cooprule", "victim", "element", "norm", "name")
# The folders of research; facts that lawkb adds itself cite sources of its own.
RESEARCH = ("un-", "regional-", "networks-", "national-")


@cache
def subjects() -> dict[str, set[str]]:
    """Return every subject of the knowledge base as `kind:key`, with its sources."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(kb_dir().rglob("*.ttl")):
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            name = quad.subject.value.removeprefix(ID).replace("/", ":", 1)
            found[name].update([quad.object.value.rpartition("/")[2]] if quad.predicate.value == SOURCE else [])
    return found


@cache
def ledger() -> dict[str, list[tuple[str, list[str]]]]:
    """Return table -> rows as (row key, subjects)."""
    lines = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in (kb_dir() / "ledger").glob("*.tsv")}
    return {name: [(row, told.split()) for row, _, told in (line.partition("\t") for line in listed)] for name, listed in lines.items()}


def counts() -> list[list[str]]:
    lines = (kb_dir() / "ledger.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def test_every_row_of_every_table_is_restated_or_left_out() -> None:
    wrong = [line for line in counts() if int(line[2]) != int(line[3]) + int(line[4])]
    assert not wrong, f"kb/ledger.tsv does not add up: {wrong}"


def test_the_counts_are_those_of_the_lists() -> None:
    with (kb_dir() / "ledger-left-out.csv").open(encoding="utf-8", newline="") as file:
        left_out = Counter(row["table"] for row in csv.DictReader(file))
    wrong = [line[0] for line in counts()
             if int(line[3]) != len(ledger()[line[0].replace("/", "-")]) or int(line[4]) != left_out[line[0]]]
    assert not wrong, f"kb/ledger.tsv, kb/ledger/ and kb/ledger-left-out.csv differ for {wrong}"


def test_every_table_is_of_a_kind_that_the_door_knows() -> None:
    assert {line[1] for line in counts()} <= set(KINDS)


def test_every_row_left_out_has_a_reason() -> None:
    with (kb_dir() / "ledger-left-out.csv").open(encoding="utf-8", newline="") as file:
        assert all(row["code"] and row["reason"] for row in csv.DictReader(file))


def test_every_restated_row_is_in_the_knowledge_base() -> None:
    lost = [f"{table}: {row} -> {name}" for table, rows in ledger().items() for row, names in rows
            for name in names if name not in subjects()]
    assert not lost, f"{len(lost)} subjects of the ledger are not in kb/, among them {lost[:10]}"


def test_two_rows_of_a_table_never_became_the_same_fact() -> None:
    firsts = Counter((table, names[0]) for table, rows in ledger().items() for _, names in rows)
    assert not [name for name, count in firsts.items() if count > 1]


def test_every_fact_that_rests_on_research_came_from_a_row() -> None:
    """A fact with a source of its own is free to stand outside the ledger; one that cites only research must be in it."""
    research = {name for table, rows in ledger().items() if table.endswith("-sources") and table.startswith(RESEARCH) for _, names in rows for name in names}
    listed = {name for rows in ledger().values() for _, names in rows for name in names}
    invented = [name for name, sources in subjects().items()
                if name.partition(":")[0] in KINDS_OF_SUBJECT and name not in listed
                and sources and all(f"source:{source}" in research for source in sources)]
    assert not invented, f"{len(invented)} facts cite only research and no row of it: {invented[:10]}. Add the source that they rest on."


def test_every_table_of_research_is_in_the_ledger() -> None:
    """What the notes of research list (kb/ledger/NOTES.md says under which names); a table that is missing here was forgotten."""
    expected = {
        "un": "sources treaties treaty_actions reservations coverage conflicts",
        "regional": "sources treaties treaty_actions reservations coverage coverage_bilateral conflicts",
        "networks": "sources provisions request_contents refusal_grounds treaty_relations organisations memberships systems authorities conflicts",
        "national": "sources offences aggravated jurisdiction cooperation_law victims definitions_intl penalty_norms conflicts",
        "seeds": "seeds"}
    listed = {line[0] for line in counts()}
    missing = [f"{folder}/{table}" for folder, tables in expected.items() for table in tables.split() if f"{folder}/{table}" not in listed]
    assert not missing, f"no line in kb/ledger.tsv for {missing}: bring the table in with lawkb.importing.import_table(..., folder=...)"


def test_an_offence_became_its_version_and_its_penalties_and_nothing_else() -> None:
    kinds = {name.partition(":")[0] for _, names in ledger()["national-offences"] for name in names}
    assert kinds == {"offence", "penalty"}
    assert all(names[0].startswith("offence:") for _, names in ledger()["national-offences"])
