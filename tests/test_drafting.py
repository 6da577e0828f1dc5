"""What drafters ask: thresholds, definitions, what a treaty would add, what is carried out, citations, smuggling and trafficking, age."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lawkb.api import KnowledgeBase
from lawkb.citation import cite
from lawkb.errors import LawkbError

if TYPE_CHECKING:
    from conftest import Invoke

DAY = "2026-11-23"


def _effects(kb: KnowledgeBase, a: str, b: str, months: int) -> dict[str, str]:
    return {row["title"]: row["effect"] for row in kb.criminality(a, b, penalty_months=months, on=DAY)["thresholds"]}


def test_the_test_of_four_years_is_not_needed_between_parties_of_the_protocol(kb: KnowledgeBase) -> None:
    row = next(row for row in kb.criminality("ITA", "NGA", penalty_months=36, on=DAY)["thresholds"] if row["title"] == "UNTOC art. 2(b)")
    assert row["effect"] == "not-needed"
    assert "Palermo Protocol art. 1(3)" in row["spared"]["text"]
    assert "Smuggling" not in row["spared"]["text"]


@pytest.mark.parametrize(("months", "effect"), [(35, "lost"), (36, "kept")])
def test_the_list_of_the_arrest_warrant_asks_for_three_years(kb: KnowledgeBase, months: int, effect: str) -> None:
    assert _effects(kb, "DEU", "FRA", months)["EAW Framework Decision art. 2(2)"] == effect


@pytest.mark.parametrize(("months", "effect"), [(11, "lost"), (12, "kept")])
def test_extradition_under_the_european_convention_asks_for_one_year(kb: KnowledgeBase, months: int, effect: str) -> None:
    assert _effects(kb, "CHE", "NOR", months)["European Extradition Convention (ETS 024) art. 2(1)"] == effect


def test_a_penalty_of_no_months_is_refused(invoke: Invoke) -> None:
    assert invoke("criminality", "ITA", "NGA", "--penalty", "0").code == 2


def test_thresholds_count_the_partners_behind_each(kb: KnowledgeBase) -> None:
    answer = kb.thresholds("ITA", others=["DEU", "NGA", "USA"], on=DAY)
    lines = {line["title"]: line for line in answer["thresholds"]}
    assert lines["EAW Framework Decision art. 2(2)"]["partners"] == ["DEU"]
    assert lines["UNTOC art. 2(b)"]["spared"] == ["DEU", "NGA", "USA"]
    assert [step["partners"] for step in answer["steps"]] == sorted(step["partners"] for step in answer["steps"])
    assert answer["steps"][-1]["partners"] == answer["with_threshold"]


def test_a_definition_is_held_against_an_offence_element_by_element(kb: KnowledgeBase) -> None:
    table = next(t for t in kb.definition("ITA", on=DAY)["definitions"] if t["instrument"] == "palermo-tip")
    states = {row["element"]: row["state"] for row in table["elements"]}
    assert (table["binds"], states["forced-labour"], states["fraud"]) == (True, "named", "missing")
    fraud = next(row for row in table["elements"] if row["element"] == "fraud")
    assert (fraud["severity"], fraud["states_that_name_it"] > 50, "ITA" in fraud["such_as"]) == ("medium", True, False)


def test_a_definition_that_does_not_bind_is_told_so(kb: KnowledgeBase) -> None:
    assert not next(t for t in kb.definition("ITA", on=DAY)["definitions"] if t["instrument"] == "actip-2015")["binds"]


def test_an_instrument_without_a_definition_is_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(LawkbError, match="No definition of"):
        kb.definition("ITA", instruments=["coe-030"], on=DAY)


def test_a_partner_with_a_treaty_of_its_own_needs_none(kb: KnowledgeBase) -> None:
    lines = {(line["partner"], line["measure"]): line for line in kb.needs("ITA", others=["USA", "NGA", "DEU"], on=DAY)["partners"]}
    assert (lines["USA", "extradition"]["rests_on"], lines["USA", "extradition"]["advice"]) == ("a treaty between the two", "has one")
    assert (lines["NGA", "extradition"]["rests_on"], lines["NGA", "extradition"]["adds"]) == ("a convention of all", ["deadlines", "use-limits"])
    assert lines["DEU", "extradition"]["rests_on"] == "acts of the union"


def test_a_duty_to_criminalise_is_done_by_an_offence_without_a_gap_and_other_duties_stay_unknown(kb: KnowledgeBase) -> None:
    states = {line["provision"]: line["carried_out"] for line in kb.obligations("ITA", on=DAY)["obligations"] if line["state"] == "binds"}
    assert (states["palermo-tip.5-1"], states["coe-197.18"], states["untoc.6-1"]) == ("done", "done", "unknown")


def test_a_duty_of_an_instrument_is_not_done_by_a_measure_that_only_touches_it(kb: KnowledgeBase) -> None:
    states = {line["provision"]: line["carried_out"] for line in kb.obligations("ITA", on=DAY)["obligations"] if line["state"] == "binds"}
    assert states["coe-197.13-1"] == "partly"


def test_smuggling_and_trafficking_differ_in_exploitation_benefit_and_border(kb: KnowledgeBase) -> None:
    rows = {row["element"]: {name: cell["need"] for name, cell in row["cells"].items()} for row in kb.distinguish("ITA", on=DAY)["elements"]}
    assert rows["exploitation-intended"] == {"palermo-som": "no", "palermo-tip": "yes"}
    assert rows["benefit-intended"] == {"palermo-som": "yes", "palermo-tip": "no"}
    assert rows["border-crossing"] == {"palermo-som": "yes", "palermo-tip": "no"}


@pytest.mark.parametrize(("given", "state"), [("18(15)(a)", "recorded"), ("art. 18, para. 15 a", "recorded"), ("Article 18(15)", "recorded"),
                                              ("99", "not-recorded"), ("181", "not-recorded")])
def test_an_article_is_found_however_it_is_written(kb: KnowledgeBase, given: str, state: str) -> None:
    assert cite(kb.base, "untoc", given)["state"] == state


def test_an_article_of_which_parts_are_recorded_is_told_as_such(kb: KnowledgeBase) -> None:
    found = cite(kb.base, "palermo-tip", "6")
    assert (found["state"], found["at"], len(found["below"]) > 5) == ("parts-recorded", [], True)


@pytest.mark.parametrize("given", ["", "abc", "art."])
def test_what_is_no_article_is_refused(kb: KnowledgeBase, given: str) -> None:
    with pytest.raises(LawkbError, match="is no article"):
        cite(kb.base, "untoc", given)


def _age(invoke: Invoke, subject: str) -> dict[str, Any]:
    age: dict[str, Any] = json.loads(invoke("coverage", subject, "--format", "json").out)["age"]
    return age


def test_a_source_is_to_be_read_again_after_the_months_that_its_way_of_reading_allows(invoke: Invoke) -> None:
    lines = {line["source"]: line for line in _age(invoke, "NGA")["sources"]}
    assert lines["source:un-gh-zmjones-untc"]["review_due"] == "2016-03-14"
    assert lines["source:un-gh-zmjones-untc"]["overdue"]
    recalled = next(line for line in lines.values() if line["grade"] == "memory")
    assert recalled["overdue"]


def test_the_first_to_be_read_again_stands_first_and_contradictions_are_listed(invoke: Invoke) -> None:
    age = _age(invoke, "NGA")
    days = [line["review_due"] for line in age["sources"] if line["review_due"]]
    assert days == sorted(days)
    assert age["next_review"] == days[0]
    assert any("NGA" in conflict["key"] for conflict in age["conflicts"])


def test_coverage_of_everything_counts_records_and_names_where_speed_is_measured(invoke: Invoke) -> None:
    answer = json.loads(invoke("coverage", "--format", "json").out)
    assert answer["totals"]["participation"] > 7000
    assert answer["benchmarks"]["file"] == "bench/RESULTS.json"


@pytest.mark.parametrize("command", [("thresholds", "ITA", "--with", "DEU"), ("definition", "ITA"), ("needs", "ITA", "--with", "DEU"), ("distinguish", "ITA"),
                                     ("cite", "untoc", "18")])
def test_each_form_is_written(invoke: Invoke, command: tuple[str, ...]) -> None:
    dated = () if command[0] == "cite" else ("--on", DAY)
    for form in ("json", "md", "csv"):
        done = invoke(*command, *dated, "--format", form)
        assert done.out.strip()
        assert not done.err


@pytest.mark.parametrize("command", [("thresholds", "Itly"), ("definition", "Itly"), ("needs", "ITA", "--with", "Nowhere"), ("distinguish", "??"),
                                     ("cite", "untok", "1")])
def test_a_wrong_name_is_refused_with_a_sentence(invoke: Invoke, command: tuple[str, ...]) -> None:
    done = invoke(*command)
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()
