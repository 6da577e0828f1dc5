"""Questions on one jurisdiction: what victims are entitled to, what it has bound itself to."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest

from lawkb.api import KnowledgeBase
from lawkb.ask import conclude
from lawkb.case import Case

if TYPE_CHECKING:
    from conftest import Invoke

DAY = "2026-11-23"


def _line(answer: dict, name: str, provision: str) -> dict:
    return next(line for line in answer[name] if line["provision"] == provision)


def test_assistance_under_the_convention_does_not_depend_on_testimony(kb: KnowledgeBase) -> None:
    line = _line(kb.rights("DEU", on=DAY), "rights", "coe-197.12-1")
    assert (line["cooperation"], [b["provision"] for b in line["because"]]) == ("independent", ["coe-197.12-6"])


def test_a_permit_under_the_directive_depends_on_cooperation(kb: KnowledgeBase) -> None:
    assert _line(kb.rights("DEU", on=DAY), "rights", "eu-2004-81.8")["cooperation"] == "dependent"


def test_what_no_source_says_of_cooperation_is_unknown(kb: KnowledgeBase) -> None:
    assert _line(kb.rights("NGA", on=DAY), "rights", "palermo-tip.6-3")["cooperation"] == "unknown"


def test_rights_that_do_not_depend_on_cooperation_come_first(kb: KnowledgeBase) -> None:
    states = [line["cooperation"] for line in kb.rights("DEU", on=DAY)["rights"] if line["state"] == "binds"]
    assert states == sorted(states, key=["independent", "unknown", "dependent"].index)


def test_a_reflection_period_of_national_law_is_named_with_its_days(kb: KnowledgeBase) -> None:
    found = {item["national"]: item["days"] for item in kb.rights("DEU", on=DAY)["national"]}
    assert found["reflection-period-days"] == 90


def test_a_measure_that_is_not_recorded_is_a_gap_and_no_denial(kb: KnowledgeBase) -> None:
    answer = kb.rights("NGA", on=DAY)
    recorded = {item["national"] for item in answer["national"]}
    assert answer["gaps"]
    assert not recorded & {gap["lacking"] for gap in answer["gaps"]}


@pytest.mark.parametrize(("day", "bound"), [("2020-12-31", True), ("2021-01-01", False)])
def test_the_directive_binds_the_united_kingdom_until_the_end_of_the_transition(kb: KnowledgeBase, day: str, bound: bool) -> None:
    found = {line["instrument"] for line in kb.rights("GBR", on=day)["rights"]}
    assert ("eu-atd" in found) is bound
    assert "coe-197" in found


def test_denmark_is_not_bound_by_the_directive(kb: KnowledgeBase) -> None:
    assert "eu-atd" not in {line["instrument"] for line in kb.obligations("DNK", on=DAY)["obligations"]}


def test_obligations_are_ordered_by_strength(kb: KnowledgeBase) -> None:
    lines = [line for line in kb.obligations("NGA", on=DAY)["obligations"] if line["state"] == "binds"]
    assert {"shall", "may", "shall-endeavour", "shall-consider"} <= {line["strength"] for line in lines}
    assert _line({"obligations": lines}, "obligations", "palermo-tip.6-5")["strength"] == "shall-endeavour"


def test_a_topic_narrows_obligations(kb: KnowledgeBase) -> None:
    lines = kb.obligations("NGA", on=DAY, topic="criminalisation")["obligations"]
    assert lines
    assert all("criminalisation" in line["measures"] for line in lines)


def test_every_line_can_be_explained(kb: KnowledgeBase, invoke: Invoke) -> None:
    line = kb.rights("NGA", on=DAY)["rights"][0]
    done = invoke("explain", line["finding"])
    assert (done.code, line["label"] in done.out) == (0, True), done.err


def test_the_page_opens_with_a_sentence_that_can_be_quoted(invoke: Invoke) -> None:
    rights, duties = invoke("rights", "DEU", "--on", DAY), invoke("obligations", "NGA", "--on", DAY)
    assert rights.out.splitlines()[1].startswith("On 23 November 2026")
    assert duties.out.splitlines()[1].startswith("On 23 November 2026 Nigeria is bound by")
    assert "legal advice" in rights.out


def test_json_is_the_same_each_time(invoke: Invoke) -> None:
    assert json.loads(invoke("rights", "ITA", "--on", DAY, "--format", "json").out) == json.loads(invoke("rights", "ITA", "--on", DAY, "--format", "json").out)


@pytest.mark.parametrize(("args", "told"), [
    (("rights", "ITALIEN"), "Unknown"), (("rights", "ITA", "--on", "2026-02-30"), "not a real day"),
                                            (("obligations", "ITA", "--topic", "criminalization"), "criminalisation"),
    (("rights",), "JURISDICTION"),
])
def test_a_bad_request_is_told_in_one_sentence(invoke: Invoke, args: tuple[str, ...], told: str) -> None:
    done = invoke(*args)
    assert (done.code, told in done.err, "Traceback" in done.err) == (2, True, False), done.err


@pytest.mark.slow
@pytest.mark.parametrize("case", [
    Case("DEU", None, dt.date(2026, 11, 23)),
    Case("", None, dt.date(2026, 11, 23), links=(("act", "ITA"), ("act", "LBY"), ("suspect-national", "NGA"), ("victim-resident", "DEU"))),
], ids=["duties", "forums"])
def test_both_engines_find_the_same(kb: KnowledgeBase, case: Case) -> None:
    one, other = (conclude(kb.base, case, engine=engine) for engine in ("relational", "oxigraph"))
    assert one.by_iri == other.by_iri


@pytest.mark.slow
def test_the_request_stage_is_found_by_both_engines_and_left_out_of_channels(kb: KnowledgeBase) -> None:
    case = Case("ITA", "NGA", dt.date(2026, 11, 23))
    one, other = (conclude(kb.base, case, "request", engine) for engine in ("relational", "oxigraph"))
    assert one.by_iri == other.by_iri
    assert one.of("ContentFinding")
    assert not conclude(kb.base, case).of("ContentFinding")
