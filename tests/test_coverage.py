"""`lawkb coverage`: what is there and what is missing, list by list and field by field; what would settle most answers first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lawkb.api import KnowledgeBase
from lawkb.facts import one
from lawkb.sources import coverage, facts
from lawkb.terms import ID, key

if TYPE_CHECKING:
    from conftest import Invoke


@pytest.fixture(scope="module")
def whole(kb: KnowledgeBase) -> dict[str, Any]:
    return coverage(kb.base)


def _fields(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["field"]: line for line in answer["fields"]}


def test_a_jurisdiction_is_told_field_by_field_with_what_is_not_recorded(kb: KnowledgeBase) -> None:
    fields = _fields(coverage(kb.base, "NGA"))
    assert fields["offence"]["recorded"] == fields["offence"]["of"] == 1
    topics = {key(one(entry.block, "coopTopic") or "") for entry in kb.base.concerning(f"{ID}jur/NGA", "CooperationRule")}
    assert topics
    assert not topics & set(fields["cooperation-law"]["missing"])
    assert len(topics) + len(fields["cooperation-law"]["missing"]) == fields["cooperation-law"]["of"]
    assert all(line["grade"] for line in fields.values() if line["facts"])


def test_what_only_the_parties_of_one_instrument_can_have_is_missing_for_them_alone(kb: KnowledgeBase, whole: dict[str, Any]) -> None:
    """An authority for Investigation Orders is not missing in a state that is not bound by the directive."""
    assert "eio" not in _fields(coverage(kb.base, "NGA"))["authorities"]["missing"]
    line = _fields(whole)["authorities/eio"]
    assert line["of"] < 30
    assert not {"USA", "NGA", "DNK", "IRL"} & set(line["missing"])


def test_of_everything_the_fields_that_most_answers_wait_for_come_first(kb: KnowledgeBase, whole: dict[str, Any]) -> None:
    lines, fields = whole["fields"], _fields(whole)
    pairs = [line["pairs"] for line in lines]
    assert pairs == sorted(pairs, reverse=True)
    for line in lines:
        if not line["field"].startswith("notifications/"):
            assert line["recorded"] + len(line["missing"]) == line["of"], line["field"]
    assert fields["offence"]["recorded"] >= 190
    recorded = {one(entry.block, "jurisdiction") for entry in kb.base.of_class("JurisdictionHead") if key(one(entry.block, "headKind") or "") == "flag"}
    assert fields["jurisdiction/flag"]["recorded"] == len(recorded)


def test_notifications_that_a_treaty_asks_for_are_counted_against_its_parties(kb: KnowledgeBase) -> None:
    untoc = coverage(kb.base, "untoc")
    line = _fields(untoc)["notifications/untoc/16(5)"]
    told = {one(entry.block, "party") for entry in kb.base.concerning(f"{ID}instrument/untoc", "Notification", "Declaration")
            if (one(entry.block, "article") or "").startswith("16(5)")}
    assert (line["recorded"], line["of"]) == (len(told), untoc["coverage"][0]["entries"])


def test_lists_of_bodies_and_of_jurisdictions_say_what_they_list(kb: KnowledgeBase, whole: dict[str, Any]) -> None:
    (members,) = coverage(kb.base, "interpol")["coverage"]
    assert (members["kind"], members["completeness"]) == ("organisation", "complete")
    assert members["entries"] > 190
    lists = {line["subject"]: line for line in coverage(kb.base, "NGA")["coverage"]}
    assert lists["extradition"]["entries"] == 2, "Switzerland, United States"
    weights = [line["weight"] for line in whole["coverage"] if line["leaves_open"]]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.slow
def test_the_page_of_everything_is_short_enough_to_be_read_and_says_where_the_rest_is(invoke: Invoke) -> None:
    done = invoke("coverage")
    assert done.code == 0
    assert "more: --format json or csv lists them all" in done.out
    assert done.out.index("Field by field") < done.out.index("\nLists\n")
    assert len(invoke("coverage", "--format", "csv").out.splitlines()) > 500


def test_facts_are_counted_by_kind_and_by_grade(invoke: Invoke, kb: KnowledgeBase, whole: dict[str, Any]) -> None:
    answer = json.loads(invoke("coverage", "--facts", "--format", "json").out)
    assert answer["all"]["facts"] == sum(whole["grades"].values())
    for line in [*answer["kinds"], answer["all"]]:
        assert line["dataset"] + line["page"] + line["memory"] == line["high"] + line["medium"] + line["low"] == line["facts"], line
    ratifications = next(line for line in answer["kinds"] if line["kind"] == "ratification")
    assert ratifications["facts"] == len(kb.base.of_class("Ratification"))
    assert invoke("coverage", "--facts").out.splitlines()[-1].split()[0] == "all"
    assert answer == facts(kb.base)


@pytest.mark.parametrize("args", [("coverage", "NGA", "--facts"), ("coverage", "intrpol")])
def test_a_bad_request_is_one_sentence(invoke: Invoke, args: tuple[str, ...]) -> None:
    done = invoke(*args)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
