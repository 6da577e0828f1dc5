"""Who can prosecute on facts, and files of facts that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lawkb.api import KnowledgeBase
from lawkb.case import Case
from lawkb.errors import LawkbError

pytestmark = pytest.mark.slow  # left out of `make check`

if TYPE_CHECKING:
    from conftest import Invoke

FACTS = "on: 2026-11-23\nacts: [LBY, ITA]\nsuspect: {nationality: NGA, present_in: ITA}\nvictim: {nationality: NGA, age: 16}\nforums: [DEU]\n"


def _asked(kb: KnowledgeBase, folder: Path, facts: str) -> dict[str, Any]:
    file = folder / "facts.yaml"
    file.write_text(facts, encoding="utf-8")
    return kb.prosecute(file)


def _forum(answer: dict[str, Any], code: str) -> dict[str, Any]:
    return next(forum for forum in answer["forums"] if forum["jurisdiction"] == code)


def test_the_state_of_the_act_and_a_state_that_claims_universality_can_prosecute(kb: KnowledgeBase, tmp_path: Path) -> None:
    answer = _asked(kb, tmp_path, FACTS)
    assert {head["head"] for head in _forum(answer, "ITA")["heads"] if head["verdict"] == "yes"} >= {"territorial"}
    assert (_forum(answer, "ITA")["verdict"], _forum(answer, "DEU")["verdict"]) == ("yes", "yes")


def test_a_state_whose_law_is_not_recorded_is_conditional_on_what_the_treaty_asks_for(kb: KnowledgeBase, tmp_path: Path) -> None:
    forum = _forum(_asked(kb, tmp_path, FACTS), "LBY")
    assert forum["verdict"] == "conditional"
    assert "untoc.15-1" in {treaty["provision"] for treaty in forum["treaties"]}


def test_a_state_without_a_recorded_law_and_without_the_treaty_is_unknown(kb: KnowledgeBase, tmp_path: Path) -> None:
    forum = _forum(_asked(kb, tmp_path, "on: 2002-01-01\nacts: [LBY]\n"), "LBY")
    assert forum["verdict"] == "unknown"


def test_states_that_can_prosecute_are_to_consult(kb: KnowledgeBase, tmp_path: Path) -> None:
    consult = {c["provision"]: c["parties"] for c in _asked(kb, tmp_path, FACTS)["consult"]}
    assert consult["untoc.15-5"] == ["DEU", "ITA", "LBY", "NGA"]
    assert consult["coe-197.31-4"] == ["DEU", "ITA"]


def test_one_state_alone_has_nobody_to_consult(kb: KnowledgeBase, tmp_path: Path) -> None:
    assert not _asked(kb, tmp_path, "on: 2026-11-23\nacts: [ITA]\n")["consult"]


def test_residence_of_the_victim_gives_no_sure_verdict(kb: KnowledgeBase, tmp_path: Path) -> None:
    forum = _forum(_asked(kb, tmp_path, "on: 2026-11-23\nacts: [LBY]\nvictim: {residence: SVK}\n"), "SVK")
    assert {head["verdict"] for head in forum["heads"] if head["head"] == "habitual-residence"} == {"conditional"}


def test_json_is_yaml_and_norway_is_no_truth_value(kb: KnowledgeBase, tmp_path: Path) -> None:
    answer = _asked(kb, tmp_path, '{"on": "2026-11-23", "acts": ["NO"]}')
    assert [forum["jurisdiction"] for forum in answer["forums"]] == ["NOR"]
    assert [forum["jurisdiction"] for forum in _asked(kb, tmp_path, "on: 2026-11-23\nacts: [NO]\n")["forums"]] == ["NOR"]


def test_a_verdict_is_explained_by_its_name_alone(kb: KnowledgeBase, tmp_path: Path, invoke: Invoke) -> None:
    done = invoke("explain", _forum(_asked(kb, tmp_path, FACTS), "ITA")["finding"])
    assert (done.code, "Italy has jurisdiction" in done.out) == (0, True), done.err


def test_the_name_of_a_case_says_all_its_facts() -> None:
    iri = "https://w3id.org/lawkb/case/2026-11-23.act-ITA.suspect-national-NGA/forum/ITA"
    assert Case.of_iri(iri).links == (("act", "ITA"), ("suspect-national", "NGA"))
    with pytest.raises(LawkbError):
        Case.of_iri(iri.replace("act-ITA", "deed-ITA"))


@pytest.mark.parametrize(("facts", "told"), [
    ("", "holds nothing"), ("- ITA\n", "no keys"), ("acts: []\n", "name no act"), ("act: ITA\n", "Did you mean acts"), ("acts: [ITALIEN]\n", "Unknown"),
    ("acts: ITA\nvictim: {age: -3}\n", "whole number of years"), ("acts: ITA\nvictim: {age: sixteen}\n", "whole number"),
                                             ("acts: ITA\nacts: LBY\n", "stands twice"),
    ("acts: ITA\nsuspect: {present_in: [ITA, LBY]}\n", "can be one only"), ("acts: ITA\nsuspect: {natonality: NGA}\n", "Did you mean suspect.nationality"),
    ("acts: ITA\non: 2026-02-30\n", "not a real day"), ("acts: ITA\non: 2020-01-01\noffence_on: 2021-01-01\n", "come after"),
                                             ("acts: [{\n", "neither YAML nor JSON"),
    ("acts: ITA\nsuspect: NGA\n", "Write below it"), ("acts: [3]\n", "Write a jurisdiction"), ("acts: ITA\non: 5\n", "Write a day"),
], ids=lambda value: None if "\n" in value else value)
def test_facts_that_cannot_be_are_told(kb: KnowledgeBase, tmp_path: Path, facts: str, told: str) -> None:
    with pytest.raises(LawkbError, match=told) as error:
        _asked(kb, tmp_path, facts)
    assert error.value.exit_code == 2


def test_a_file_that_is_not_there_and_one_that_is_no_text(kb: KnowledgeBase, tmp_path: Path, invoke: Invoke) -> None:
    (tmp_path / "raw").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.yaml", tmp_path / "raw", tmp_path):
        done = invoke("prosecute", "--facts", path)
        assert (done.code, "Traceback" in done.err) == (2, False), done.err
