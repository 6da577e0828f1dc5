"""A fact on which sources differ is found by the key of the conflict, and whoever reads an answer that rests on it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lawkb.disputes import in_words
from lawkb.explain import explain
from lawkb.importing.disputes import disputed
from lawkb.importing.store import Store
from lawkb.paths import kb_dir
from lawkb.sources import sources_of
from lawkb.terms import curie

if TYPE_CHECKING:
    from conftest import Invoke
    from lawkb.api import KnowledgeBase

KEYS = [
    ("treaty_actions", "UNTOC/EU/approval", "act:untoc.EU.approval.2004-05-21"),
    ("treaty_actions", "COE-024/KOR effective", "act:coe-024.KOR.accession.2011-09-29"),
    ("treaty_actions", "ICCPR/TUV", "coverage:iccpr"),
    ("treaty_actions", "PALERMO-SOM parties 2018-10-19", "coverage:palermo-som"),
    ("reservations", "UNTOC/IND/18(14)", "statement:untoc.IND.notification.18-14.2011-05-05"),
    ("reservations", "UNTOC/POL/16(5)(a)", ""),
    ("treaties", "MONTEVIDEO-1933 in_force", "instrument:montevideo-1933"),
    ("offences", "AGO-TIP-1:adult", "penalty:AGO.tip-1.adult"),
    ("offences", "SLE-TIP-1:fine", "penalty:SLE.tip-1.adult penalty:SLE.tip-1.child"),
    ("offences", "TKM-TIP-1:means", "offence:TKM.tip-1"),
    ("cooperation_law", "GRC:mla-without-treaty:article", "cooprule:GRC.mla-without-treaty"),
    ("jurisdiction", "TUR:universal", "head:TUR.universal"),
    ("authorities", "FIN/*/mla languages", "authority:FIN.any.mla"),
    ("authorities", "HRV/EU-EIO/eio languages", "authority:HRV.eu-eio.eio"),
    ("authorities", "BHR:fiu", "authority:BHR.any.fiu"),
    ("memberships", "SELEC:HRV;SVN", "membership:selec.HRV membership:selec.SVN"),
    ("memberships", "CARIN:jurisdictions", "org:carin"),
    ("organisations", "EGMONT:seat", "org:egmont"),
    ("provisions", "COE-024:12(1)", "provision:coe-024.12-1"),
    ("provisions", "COMMONWEALTH-HARARE:S1;S4-S5", "provision:commonwealth-harare.S1 provision:commonwealth-harare.S4 provision:commonwealth-harare.S5"),
    ("nowhere", "UNTOC/EU/approval", ""),
]


@pytest.mark.parametrize(("table", "name", "facts"), KEYS, ids=[f"{table}: {name}" for table, name, _ in KEYS])
def test_the_key_of_a_conflict_names_the_facts_that_it_is_about(table: str, name: str, facts: str) -> None:
    assert " ".join(curie(fact.subject) for fact in disputed(table, name, Store(kb_dir()))) == facts


def test_a_disputed_fact_says_what_was_kept_and_what_the_other_source_says(kb: KnowledgeBase) -> None:
    found = explain(kb.base, "membership:coe.RUS")
    assert isinstance(found, dict)
    assert [(line["conflict"], line["kept"], line["other"]) for line in found["disputes"]] == [("conflict:networks.memberships.coe-rus", "former", "member")]
    told = sources_of(kb.base, "membership:coe.RUS")["disputes"]
    assert [line["fact"] for line in told] == ["membership:coe.RUS"]


def test_a_fact_that_nobody_disputes_says_nothing_of_it(kb: KnowledgeBase) -> None:
    found = explain(kb.base, "act:untoc.ITA.ratification.2006-08-02")
    assert isinstance(found, dict)
    assert found["disputes"] == []


def test_an_option_that_rests_on_a_disputed_act_names_it_and_its_proof_says_by_what(kb: KnowledgeBase) -> None:
    """Somalia's accession to the convention is one of the acts on which sources differ."""
    extradition = kb.channels("ITA", "SOM", on="2025-06-01", explain=True)["extradition"]
    option = next(option for option in extradition.options if option.instrument == "untoc")
    assert "act:untoc.SOM.accession.2025-03-25" in option.disputed
    waiting, told = [option.proof], []
    while waiting:
        proof = waiting.pop()
        told += [in_words(dispute) for dispute in proof.disputes if proof] if proof else []
        waiting += proof.premises if proof else ()
    assert any(line.startswith("disputed: ") for line in told)


def test_an_option_between_two_parties_of_undisputed_acts_names_none_of_them(kb: KnowledgeBase) -> None:
    option = next(o for o in kb.channels("ITA", "NGA", on="2025-06-01")["extradition"].options if o.instrument == "untoc")
    assert not [fact for fact in option.disputed if fact.startswith("act:")]


def test_the_pages_of_channels_and_authorities_mark_what_is_disputed(invoke: Invoke) -> None:
    assert "sources differ on: " in invoke("channels", "ITA", "SOM", "--measure", "extradition", "--on", "2025-06-01").out
    assert "sources differ" in invoke("authorities", "BGD").out
    assert "sources differ" in invoke("organisations", "UKR").out


def test_the_page_of_a_disputed_fact_has_a_part_on_it(invoke: Invoke) -> None:
    told = invoke("explain", "penalty:NPL.httca-4.adult").out
    assert "Disputed" in told
    assert "kept: 5-20; said elsewhere: 10-20" in told
    assert "On which sources differ" in invoke("sources", "penalty:NPL.httca-4.adult").out
