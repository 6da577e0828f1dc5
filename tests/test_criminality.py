"""Dual criminality element by element, facts that cannot be, ways without a treaty, safeguards, and statements on an instrument."""

from __future__ import annotations

from pathlib import Path

import pytest

from lawkb.api import KnowledgeBase
from lawkb.errors import LawkbError
from lawkb.facts import many
from lawkb.terms import key


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
    ("purpose: [profit]", "no purpose 'profit'"), ("offence_on: 2025-02-30", "2025-02-30"), ("penalty: 5 weeks", "5 weeks"), ("penalty: years", "unit"),
    ("penalty: 0 years", "one month"), ("penalty: 99999999 years", "one month"), ("victim_age: 16.5", "16.5"), ("consent: maybe", "maybe"),
    ("act: [transfer]", "stands twice"), ("offence_on: 2027-01-01", "comes after the day"),
])
def test_facts_that_cannot_be_are_refused(kb: KnowledgeBase, tmp_path: Path, fact: str, said: str) -> None:
    with pytest.raises(LawkbError, match=said):
        kb.criminality("ITA", "NGA", facts=_facts(tmp_path, f"act: [recruitment]\n{fact}\n"))


@pytest.mark.parametrize(("text", "said"), [("means: [force]\n", "name no act"), ("", "Write at least: act:"), ("- recruitment\n", "Write at least: act:"),
                                         ("act: [recruitment]\nact: [transfer]\n", "lawkb criminality --help")])
def test_a_file_that_names_no_act_or_names_it_twice_is_refused(kb: KnowledgeBase, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LawkbError) as refused:
        kb.criminality("ITA", "NGA", facts=_facts(tmp_path, text))
    assert said in str(refused.value)


def test_codes_alone_must_name_an_act_and_not_contradict_one_another(kb: KnowledgeBase) -> None:
    for codes, said in ((["deception"], "name no act"), (["recruitment", "none", "force"], "no means was used and name a means"), ([], "name no act")):
        with pytest.raises(LawkbError, match=said):
            kb.criminality("ITA", "NGA", elements=codes)


def test_two_days_of_the_offence_contradict_one_another(kb: KnowledgeBase, tmp_path: Path) -> None:
    file = _facts(tmp_path, "act: [recruitment]\noffence_on: 2025-05-01\n")
    with pytest.raises(LawkbError, match="Give the day of the offence once"):
        kb.criminality("ITA", "NGA", facts=file, offence_on="2024-01-01")
    assert kb.criminality("ITA", "NGA", facts=file, offence_on="2025-05-01")["question"]["offence_on"] == "2025-05-01"


def test_an_offence_after_the_day_asked_about_is_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(LawkbError, match="comes after the day asked about"):
        kb.channels("ITA", "NGA", on="2024-01-01", offence_on="2024-01-02")
    assert kb.channels("ITA", "NGA", measure="extradition", on="2024-01-01", offence_on="2024-01-01").question["offence_on"] == "2024-01-01"


# facts against offences, by the rules


def _pair(answer: dict[str, object], other: str) -> dict[str, object]:
    return next(p for p in answer["comparisons"] if p["other"] == other)  # type: ignore[attr-defined,index]


def test_facts_that_both_laws_take_in_are_punishable_on_both_sides(kb: KnowledgeBase, tmp_path: Path) -> None:
    facts = _facts(tmp_path, "act: [recruitment]\nmeans: [deception]\npurpose: [sexual-exploitation]\nvictim_age: 25\n")
    answer = kb.criminality("ITA", "NGA", facts=facts, on="2026-11-23")
    pair = _pair(answer, "NGA.tippea-13")
    assert (answer["verdict"], pair["verdict"], pair["failing"], pair["open"]) == ("met", "met", [], [])
    assert {(t["kind"], t["state"]) for t in pair["tests"]} == {("act", "met"), ("means", "met"), ("purpose", "met")}


def test_what_the_facts_do_not_say_leaves_the_verdict_open(kb: KnowledgeBase, tmp_path: Path) -> None:
    for text, kinds in (("act: [recruitment]\n", {"means", "purpose"}), ("act: [recruitment]\npurpose: [servitude]\n", {"means"}),
                        ("act: [recruitment]\nmeans: [force]\n", {"purpose"})):
        pair = _pair(kb.criminality("ITA", "NGA", facts=_facts(tmp_path, text), on="2026-11-23"), "NGA.tippea-13")
        assert pair["verdict"] == "unknown"
        assert {t["kind"] for t in pair["tests"] if t["state"] == "unknown"} == kinds


def test_for_a_child_no_means_is_needed_where_the_law_asks_for_none(kb: KnowledgeBase, tmp_path: Path) -> None:
    text = "act: [recruitment]\nmeans: [none]\npurpose: [sexual-exploitation]\nvictim_age: {}\n"
    child, adult = (_pair(kb.criminality("ITA", "NGA", facts=_facts(tmp_path, text.format(age)), on="2026-11-23"), "NGA.tippea-13") for age in (17, 18))
    assert (child["verdict"], adult["verdict"]) == ("met", "unmet")
    unsaid = _pair(kb.criminality("ITA", "NGA", facts=_facts(tmp_path, text.replace("victim_age: {}\n", "")), on="2026-11-23"), "NGA.tippea-13")
    assert unsaid["verdict"] == "unknown"


def test_an_element_that_a_law_is_recorded_without_leaves_the_verdict_open_and_is_named(kb: KnowledgeBase, tmp_path: Path) -> None:
    facts = _facts(tmp_path, "act: [recruitment]\nmeans: [deception]\npurpose: [begging]\nvictim_age: 30\n")
    pair = _pair(kb.criminality("ITA", "DEU", facts=facts, on="2026-11-23"), "DEU.stgb-232")
    assert pair["verdict"] == "unknown"
    assert pair["failing"] == ["Criminal Code art. 232(1) is recorded without what the facts name: means. Read its text."]


@pytest.mark.parametrize(("means", "age", "offence"), [
    ("deception", 30, "DEU.stgb-232-2"), ("abuse-of-vulnerability", 30, "DEU.stgb-232"), ("none", 17, "DEU.stgb-232")])
def test_a_graver_form_has_means_of_its_own_and_the_basic_form_keeps_its_own(
        kb: KnowledgeBase, tmp_path: Path, means: str, age: int, offence: str) -> None:
    """German Criminal Code s. 232: paragraph 2 punishes force, threat and ruse, paragraph 1 the use of a plight, and acts on the young without any means."""
    facts = _facts(tmp_path, f"act: [recruitment]\nmeans: [{means}]\npurpose: [begging]\nvictim_age: {age}\n")
    answer = kb.criminality("ITA", "DEU", facts=facts, on="2026-11-23")
    assert [pair["other"] for pair in answer["comparisons"] if pair["verdict"] == "met"] == [offence]


def test_a_graver_form_that_asks_for_means_does_not_break_the_rule_for_children(kb: KnowledgeBase) -> None:
    told = [s.state for s in kb.channels("ITA", "DEU", measure="extradition", on="2026-11-23").safeguards if s.code == "child-rule" and s.side == "DEU"]
    assert told == ["no"]


def test_consent_of_the_victim_leaves_the_verdict_open(kb: KnowledgeBase, tmp_path: Path) -> None:
    text = "act: [recruitment]\nmeans: [deception]\npurpose: [servitude]\nvictim_age: 25\nconsent: {}\n"
    agreed, not_agreed = (_pair(kb.criminality("ITA", "NGA", facts=_facts(tmp_path, text.format(said)), on="2026-11-23"), "NGA.tippea-13")
                          for said in ("true", "false"))
    assert (agreed["verdict"], not_agreed["verdict"]) == ("unknown", "met")


def test_an_offence_for_children_does_not_cover_an_adult_victim(kb: KnowledgeBase, tmp_path: Path) -> None:
    text = "act: [other]\nmeans: [none]\npurpose: [sexual-exploitation]\nvictim_age: {}\n"
    child, adult = (_pair(kb.criminality("DEU", "ITA", facts=_facts(tmp_path, text.format(age)), on="2026-11-23"), "ITA.cp-600bis") for age in (16, 30))
    assert ("person", "unmet") in {(t["kind"], t["state"]) for t in adult["tests"]}
    assert adult["verdict"] == "unmet"
    assert child["verdict"] != "unmet"


def test_another_offence_counts_by_the_conduct_and_not_by_its_name(kb: KnowledgeBase) -> None:
    pairs = kb.criminality("ITA", "PRT", on="2026-11-23")["comparisons"]
    assert {p["other"] for p in pairs} >= {"PRT.cp-159"}
    assert all(p["verdict"] != "met" or p["not_shown"] == [] for p in pairs)


def test_force_and_threat_are_forms_of_coercion_and_not_the_other_way_round(kb: KnowledgeBase) -> None:
    """Palermo Protocol art. 3(a): the threat or use of force or other forms of coercion."""
    def named(iri: str, how: str) -> set[str]:
        entry = kb.base.entry(f"https://w3id.org/lawkb/id/offence/{iri}")
        assert entry
        return {key(value) for value in many(entry.block, how)}

    assert {"coercion", "force", "threat"} <= named("NLD.sr-273f", "takesIn")
    assert "coercion" not in named("ITA.cp-601", "takesIn")
    assert "none" not in named("RUS.cc-127-1", "takesIn") | named("RUS.cc-127-1", "names")


def test_the_penalty_in_the_facts_is_compared_with_each_threshold(kb: KnowledgeBase, tmp_path: Path) -> None:
    text = "act: [recruitment]\npenalty: {}\n"
    for given, expected in (("47 months", "short"), ("4 years", "reached")):
        rows = kb.criminality("ITA", "NGA", facts=_facts(tmp_path, text.format(given)), on="2026-11-23")["thresholds"]
        assert {row["facts"] for row in rows if row["months"] == 48} == {expected}


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
