"""kb/names.ttl: what the names are worth, and that a wrong one is never taken for a true one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from lawkb.facts import many, one
from lawkb.names import normalise
from lawkb.resolve import resolve, things
from lawkb.terms import CONCEPT, key

if TYPE_CHECKING:
    from lawkb.api import KnowledgeBase
    from lawkb.base import Entry

WRONG = {"misnamed", "misplaced", "not-found", "outdated", "partly-wrong", "unsupported", "vague"}
NOTHING_THERE = {"vague", "unsupported"}


@pytest.fixture(scope="module")
def names(kb: KnowledgeBase) -> list[Entry]:
    return kb.base.of_class("Name")


def verdict(entry: Entry) -> str:
    return key(one(entry.block, "nameVerdict") or "")


def test_every_name_resolves_to_its_own_verdict(kb: KnowledgeBase, names: list[Entry]) -> None:
    wrong, table = [], things(kb.base)
    for entry in names:
        answer = resolve(kb.base, entry.label or "", table)
        found = {line["thing"]: line["verdict"] for line in answer["found"]}
        if found.get(f"name:{key(entry.iri)}") != verdict(entry) or (answer["state"] == "wrong") != (verdict(entry) in WRONG):
            wrong.append(f"{entry.label}: {answer['state']}, {found}")
    assert not wrong, "\n".join(wrong)


def test_no_two_names_are_written_alike(names: list[Entry]) -> None:
    counts = Counter(normalise(entry.label or "") for entry in names)
    assert not [name for name, count in counts.items() if count > 1]


def test_a_misnamed_or_misplaced_thing_is_linked_to_the_true_one(names: list[Entry]) -> None:
    unlinked = [entry.label for entry in names if verdict(entry) in {"misnamed", "misplaced", "not-found", "omitted"} and not many(entry.block, "refersTo")]
    assert unlinked == ["intra-agency agreements"], "a slip of language has no true thing to link; everything else has"


def test_no_instrument_and_no_organisation_bears_a_name_that_was_found_wrong(kb: KnowledgeBase, names: list[Entry]) -> None:
    """Else a search for the wrong name would be answered as if it were right. A body named in the wrong place is real."""
    bearers = {normalise(entry.label or ""): entry.iri for entry in kb.base.of_class("Organisation", "Network", "InformationSystem")}
    wrong = [f"{entry.label} ({bearers[normalise(entry.label or '')]})" for entry in names
             if verdict(entry) in WRONG - {"misplaced"} and normalise(entry.label or "") in bearers]
    assert not wrong


def test_every_verdict_of_the_list_is_used(kb: KnowledgeBase, names: list[Entry]) -> None:
    rows = kb.base.execute("SELECT subject FROM block WHERE subject >= ? AND subject < ?", (f"{CONCEPT}name-verdict/", f"{CONCEPT}name-verdict0"))
    assert {key(row[0]) for row in rows} == {verdict(entry) for entry in names}
