"""How measures are carried out, what goes on after a bond, practice and recognition: told with their articles, on both sides of their days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lawkb.api import KnowledgeBase
from lawkb.particulars import open_points

if TYPE_CHECKING:
    from conftest import Invoke

DAY = "2026-11-23"
PERJURY, COSTS, INTERPRETER = "false-testimony", "costs", "interpreter"


def _points(kb: KnowledgeBase, a: str, b: str, measure: str, instrument: str, on: str = DAY) -> dict[str, dict[str, Any]]:
    option = next(o for o in kb.request(a, b, measure=measure, on=on)["options"] if o["instrument"] == instrument)
    return {line["point"]: line for line in option["particulars"]}


def test_the_second_protocol_settles_every_point_of_a_hearing_by_video(kb: KnowledgeBase) -> None:
    points = _points(kb, "ITA", "CHE", "mla-video-hearing", "coe-182")
    assert points[PERJURY]["label"].endswith("art. 9(7)")
    assert points[INTERPRETER]["label"].endswith("art. 9(5)(d)")
    option = kb.request("ITA", "CHE", measure="mla-video-hearing", on=DAY)["options"][0]
    assert not set(option["open_points"]) & {PERJURY, COSTS, INTERPRETER, "consent", "governing-law", "authority-present"}


def test_what_the_convention_of_all_states_leaves_open_is_named(kb: KnowledgeBase) -> None:
    option = next(o for o in kb.request("ITA", "NGA", measure="mla-video-hearing", on=DAY)["options"] if o["instrument"] == "untoc")
    assert {PERJURY, INTERPRETER} <= set(option["open_points"])
    assert COSTS not in option["open_points"]


def test_a_measure_without_points_of_its_own_has_those_of_assistance_in_general(kb: KnowledgeBase) -> None:
    assert "objection" in open_points(kb.base, "mla-search-seizure", ())
    assert open_points(kb.base, "extradition", ()) == []


def test_the_body_of_the_union_stands_beside_a_team_of_two_members_and_of_no_other(kb: KnowledgeBase) -> None:
    assert _points(kb, "DEU", "FRA", "joint-investigation", "eu-jit")["supporting-body"]
    outside = {line["instrument"] for o in kb.request("DEU", "NGA", measure="joint-investigation", on=DAY)["options"] for line in o["particulars"]}
    assert "eu-eurojust" not in outside


def test_a_warrant_that_was_pending_goes_on_from_the_day_on_which_the_bond_ends(kb: KnowledgeBase) -> None:
    before, after = (kb.channels("GBR", "DEU", measure="surrender", on=on).notes for on in ("2020-12-31", "2021-01-01"))
    assert not any("62(1)(b)" in note for note in before)
    assert any("EU-UK Withdrawal Agreement art. 62(1)(b)" in note for note in after)


def test_a_saving_clause_for_one_measure_is_silent_on_another(kb: KnowledgeBase) -> None:
    assert not any("62(1)(b)" in note for note in kb.channels("GBR", "DEU", measure="criminal-records", on="2021-01-01").notes)


@pytest.mark.parametrize(("on", "told"), [("2022-03-03", False), ("2022-03-04", True)])
def test_practice_is_told_from_its_day(kb: KnowledgeBase, on: str, told: bool) -> None:
    assert any(note.startswith("In practice") for note in kb.channels("DEU", "RUS", measure="extradition", on=on).notes) is told


def test_practice_towards_members_is_silent_for_others(kb: KnowledgeBase) -> None:
    assert not any(note.startswith("In practice") for note in kb.channels("NGA", "RUS", measure="extradition", on=DAY).notes)


@pytest.mark.parametrize(("code", "told"), [("DEU", "Recognition, by Germany: Kosovo is treated as a state"),
                                            ("ESP", "Recognition, by Spain: Kosovo is not treated as a state"),
                                            ("NGA", "Whether Nigeria treats Kosovo as a state is not recorded")])
def test_recognition_is_never_passed_over_in_silence(kb: KnowledgeBase, code: str, told: str) -> None:
    assert any(told in note for note in kb.channels(code, "XKX", measure="mla", on=DAY).notes)


def test_a_particular_is_explained_down_to_its_source(invoke: Invoke, kb: KnowledgeBase) -> None:
    finding = _points(kb, "ITA", "CHE", "mla-video-hearing", "coe-182")[PERJURY]["finding"]
    done = invoke("explain", finding)
    assert done.code == 0
    assert "BWBV0003125" in done.out or "Second Additional Protocol" in done.out


def test_ne_bis_in_idem_between_states_binds_only_those_in_the_schengen_convention(invoke: Invoke) -> None:
    done = invoke("prosecute", "--facts", "tests/competency/facts/acts-in-two-states.yaml")
    line = next(line for line in " ".join(done.out.split()).split(" - ") if "Schengen Convention art. 54" in line)
    assert "NGA" not in line
    assert "DEU, ITA" in line


def test_the_skeleton_of_a_request_asks_for_agreement_on_each_point(kb: KnowledgeBase) -> None:
    from lawkb.page import markdown
    from lawkb.request_pages import skeleton

    text = markdown(skeleton(kb.base, kb.request("ITA", "CHE", measure="mla-video-hearing", on=DAY)))
    assert "How it is to be carried out" in text
    assert "art. 9(7)" in text
