"""Dual criminality element by element, facts that cannot be, ways without a treaty, safeguards, and statements on an instrument."""

from __future__ import annotations

from pathlib import Path

import pytest

from lawkb.api import KnowledgeBase
from lawkb.errors import LawkbError


def _facts(folder: Path, text: str) -> Path:
    path = folder / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_both_trafficking_offences_punish_the_same_conduct(kb: KnowledgeBase) -> None:
    answer = kb.criminality("ITA", "NGA", on="2026-11-23")
    best = answer["comparisons"][0]
    assert (answer["verdict"], best["offence"], best["other"]) == ("met", "ITA.cp-601", "NGA.tippea-13")
    assert {(row["element"], row["alignment"]) for row in best["elements"]} >= {("recruitment", "met"), ("coercion", "wider"), ("begging", "unknown")}


def test_an_offence_made_after_the_acts_does_not_count(kb: KnowledgeBase) -> None:
    before, after = (kb.criminality("ITA", "NGA", on="2026-11-23", offence_on=day) for day in ("2015-03-25", "2015-03-26"))
    assert (before["verdict"], after["verdict"]) == ("unknown", "met")
    assert "NGA.tippea-13" in {o["offence"] for o in before["not_in_force"]}


def test_a_child_without_means_fails_where_the_law_asks_for_them(kb: KnowledgeBase, tmp_path: Path) -> None:
    text = "act: [recruitment]\nmeans: [none]\npurpose: [sexual-exploitation]\nvictim_age: {}\n"
    child = kb.criminality("ITA", "IND", offence="ITA.cp-601", facts=_facts(tmp_path, text.format(16)), on="2026-11-23")
    pair = next(p for p in child["comparisons"] if p["other"] == "IND.bns-143")
    assert pair["verdict"] == "unmet"
    assert any("means" in failing for failing in pair["failing"])


@pytest.mark.parametrize(("fact", "said"), [
    ("colour: red", "no fact 'colour'"), ("victim_age: -3", "-3"), ("penalty: 5", "unit"), ("means: [none, force]", "no means"),
    ("purpose: [profit]", "no purpose 'profit'"), ("offence_on: 2025-02-30", "2025-02-30"),
])
def test_facts_that_cannot_be_are_refused(kb: KnowledgeBase, tmp_path: Path, fact: str, said: str) -> None:
    with pytest.raises(LawkbError, match=said):
        kb.criminality("ITA", "NGA", facts=_facts(tmp_path, f"act: [recruitment]\n{fact}\n"))


def test_an_offence_or_a_code_that_is_not_recorded_is_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(LawkbError, match="no offence 'cp-1'"):
        kb.criminality("ITA", "NGA", offence="cp-1")
    with pytest.raises(LawkbError, match="no element 'recruiting'"):
        kb.criminality("ITA", "NGA", elements=["recruiting"])


def test_ways_without_a_treaty_come_last_and_say_what_they_rest_on(kb: KnowledgeBase) -> None:
    police = kb.channels("ITA", "NGA", measure="police-information", on="2026-11-23")["police"]
    interpol = next(o for o in police.options if o.network == "interpol")
    assert (interpol.instrument, interpol.standing, interpol.verdict, interpol.gives) == (None, "fallback", "available", "information")
    assert all(o.rank < interpol.rank for o in police.options if o.instrument and o.standing != "superseded")
    extradition = kb.channels("ITA", "NGA", measure="extradition", on="2026-11-23")["extradition"]
    domestic = extradition.options[-1]
    assert (domestic.domestic, domestic.standing, domestic.verdict) == ("cooprule:NGA.extradition-without-treaty", "fallback", "conditional")


def test_what_the_police_network_carries_is_information_and_no_evidence_and_begins_with_membership(kb: KnowledgeBase) -> None:
    before, after = (kb.channels("FRA", "KIR", measure="police-information", on=day)["police"] for day in ("2018-11-19", "2018-11-20"))
    assert ("interpol", ("KIR",)) in {(r.network, r.missing) for r in before.reasons if r.code == "no-membership"}
    assert [(o.gives, o.standing) for o in after.options if o.network == "interpol"] == [("information", "fallback")]
    evidence = kb.channels("FRA", "KIR", measure="mla-evidence", on="2018-11-20")["mla"]
    assert not [o for o in evidence.options if o.network], "what the police send is no evidence"


def test_no_way_under_domestic_law_is_ever_available(kb: KnowledgeBase) -> None:
    for asked in ("NGA", "DEU", "USA", "CHN", "RUS", "IND"):
        answer = kb.channels("ITA", asked, on="2026-11-23")
        assert not [o for c in answer.channels for o in c.options if o.domestic and o.verdict == "available"], asked


def test_taiwan_is_no_member_of_interpol(kb: KnowledgeBase) -> None:
    answer = kb.channels("ITA", "TWN", measure="police-information", on="2026-11-23")
    assert [(r.network, r.missing) for r in answer["police"].reasons if r.code == "no-membership"] == [("interpol", ("TWN",))]
    assert any(note.startswith("Taiwan:") for note in answer.notes)


def test_a_suspended_treaty_is_named_with_the_act(kb: KnowledgeBase) -> None:
    reasons = kb.channels("AUS", "HKG", measure="extradition", on="2026-11-23")["extradition"].reasons
    assert [(r.code, r.instrument) for r in reasons if r.act] == [("suspended", "bi-aus-hkg-ext-1993")]


def test_the_death_penalty_of_the_requesting_side_is_told_before_anything_else(kb: KnowledgeBase) -> None:
    first = kb.channels("CHN", "ITA", measure="extradition", on="2026-11-23").safeguards[0]
    assert (first.code, first.side, first.state) == ("death-penalty", "CHN", "yes")
    assert kb.channels("ITA", "CHN", measure="extradition", on="2026-11-23").safeguards[0].state == "no"


def test_a_clause_between_parties_counts_where_its_instrument_is_in_force_between_the_two(kb: KnowledgeBase) -> None:
    def clauses(a: str, b: str, day: str) -> set[str | None]:
        return {s.provision for s in kb.channels(a, b, measure="surrender", on=day).safeguards if s.code == "in-absentia"}

    assert "eu-eaw.4a" in clauses("DEU", "GBR", "2020-12-31")
    assert "eu-eaw.4a" not in clauses("DEU", "GBR", "2021-01-01") | clauses("FRA", "NGA", "2026-11-23")
    assert "tca.601" in clauses("DEU", "GBR", "2021-01-01")


def test_the_day_of_the_offence_decides_on_dual_criminality(kb: KnowledgeBase) -> None:
    answer = kb.channels("ITA", "NGA", measure="extradition", on="2026-11-23", offence_on="2010-01-01")
    states = {c.code: c.state for c in answer["extradition"].options[0].conditions}
    assert states["dual-criminality"] == "unknown"
    assert any("dual criminality" in note for note in answer.notes)


def test_statements_are_told_by_what_is_in_effect_on_the_day(kb: KnowledgeBase) -> None:
    answer = kb.statements("coe-024", on="2026-11-23")
    assert answer["in_effect"]
    assert all(row["state"] == "in effect" for row in answer["in_effect"])
    assert {"refuses-nationals"} <= {effect for row in answer["in_effect"] for effect in row["effects"]}
