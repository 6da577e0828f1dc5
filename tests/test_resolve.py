"""Names, also wrong ones, and the true things; authorities; organisations and what two jurisdictions share."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from lawkb.bodies import authorities, organisations
from lawkb.errors import LawkbError
from lawkb.resolve import resolve

if TYPE_CHECKING:
    from conftest import Invoke
    from lawkb.api import KnowledgeBase


def things(answer: dict[str, Any]) -> set[str]:
    return {line["thing"] for line in answer["found"]} | {thing["thing"] for line in answer["found"] for thing in line["refers_to"]}


@pytest.mark.parametrize(("name", "thing"), [
    ("32014L0041", "instrument:eu-eio"), ("2014/41/EU", "instrument:eu-eio"), ("Directive 2014/41", "instrument:eu-eio"), ("2011/36/EU", "instrument:eu-atd"),
    ("32018R1727", "instrument:eu-eurojust"), ("32002F0584", "instrument:eu-eaw"), ("C29", "instrument:ilo-c029"), ("ILO C029", "instrument:ilo-c029"),
    ("ILO Convention No. 182", "instrument:ilo-c182"),
    ("Palermo Protocol", "instrument:palermo-tip"), ("XVIII-12-a", "instrument:palermo-tip"), ("CETS 197", "instrument:coe-197"),
    ("ets no. 30", "instrument:coe-030"),
    ("UNTOC", "instrument:untoc"), ("untoc", "instrument:untoc"), ("Directive 2011/36", "instrument:eu-atd"), ("Nigeria", "jur:NGA"), ("nga", "jur:NGA"),
    ("INTERPOL", "org:interpol"), ("Egmont Group of Financial Intelligence Units", "org:egmont"), ("I-24/7", "system:i247"), ("SIENA", "system:siena"),
    ("mutual legal assistance", "measure:mla"), ("MLAT", "measure:mla"), ("untoc.16-5", "provision:untoc.16-5"), ("European Court of Justice", "org:cjeu")])
def test_a_true_name_leads_to_the_thing(kb: KnowledgeBase, name: str, thing: str) -> None:
    answer = resolve(kb.base, name)
    assert answer["state"] == "real"
    assert thing in things(answer)


@pytest.mark.parametrize(("name", "verdict", "nearest"), [
    ("ASEAN Intergovernmental Commission on Human Trafficking", "not-found", {"org:aichr", "org:somtc", "instrument:actip-2015"}),
    ("European Counter-Terrorism Centre", "misplaced", {"org:ectc", "org:emsc", "system:ap-phoenix"}),
    ("United Nations Protocol against Transnational Organized Crime", "misnamed", {"instrument:untoc"}),
    ("Global Alliance Against Trafficking", "not-found", {"org:gaatw", "org:osce-alliance", "org:icat"}),
    ("European Anti-Trafficking Network", "not-found", {"org:eu-atc", "org:la-strada"}),
    ("ASEAN Declaration on Human Trafficking", "misnamed", {"instrument:asean-decl-2004"})])
def test_a_wrong_name_says_so_and_names_the_nearest_true_things(kb: KnowledgeBase, name: str, verdict: str, nearest: set[str]) -> None:
    answer = resolve(kb.base, name.lower())
    assert answer["state"] == "wrong"
    assert answer["found"][0]["verdict"] == verdict
    assert nearest <= things(answer)
    assert answer["found"][0]["says"]


def test_a_misspelt_name_is_not_guessed_but_named_alike(kb: KnowledgeBase) -> None:
    answer = resolve(kb.base, "palermo protocl")
    assert answer["state"] == "unknown"
    assert not answer["found"]
    assert "instrument:palermo-tip" in [thing["thing"] for thing in answer["nearest"]]


def test_a_thing_that_a_name_refers_to_is_not_listed_twice(kb: KnowledgeBase) -> None:
    assert [line["thing"] for line in resolve(kb.base, "INTERPOL")["found"]] == ["name:s001"]


def test_an_empty_name_is_a_bad_request(kb: KnowledgeBase) -> None:
    with pytest.raises(LawkbError, match="No name given"):
        resolve(kb.base, "  ")


@pytest.mark.parametrize(("name", "code", "says"), [
    ("Palermo Protocol", 0, "What is meant"), ("ASEAN Intergovernmental Commission on Human Trafficking", 1, "no such thing was found"),
    ("European Counter-Terrorism Centre", 1, "Migrant Smuggling Centre"), ("Qqqqxyz", 3, "Nothing of this name is known")])
def test_the_command_tells_real_wrong_and_unknown_by_its_exit_code(invoke: Invoke, name: str, code: int, says: str) -> None:
    done = invoke("resolve", name)
    assert done.code == code
    assert says in " ".join(done.out.split())


@pytest.mark.parametrize("command", [("resolve", "INTERPOL"), ("authorities", "THA"), ("organisations", "ITA"), ("organisations", "ITA", "NGA")],
                         ids=lambda command: "-".join(command))
@pytest.mark.parametrize("form", ["text", "json", "md", "csv"])
def test_each_look_up_answers_in_every_form(invoke: Invoke, command: tuple[str, ...], form: str) -> None:
    done = invoke(*command, "--format", form)
    assert done.code == 0
    assert done.err == ""
    if form == "json":
        json.loads(done.out)
    elif form == "csv":
        assert len({line.count(",") for line in done.out.splitlines()[:1]}) == 1
    else:
        assert "w3id.org" not in done.out


def test_an_authority_that_is_only_a_lead_says_where_to_confirm_it(kb: KnowledgeBase) -> None:
    for line in authorities(kb.base, "NGA")["authorities"]:
        assert line["verified"] == (line["grade"] != "memory")
        assert bool(line["confirm"]) == (not line["verified"])


@pytest.mark.parametrize(("requesting", "measure", "on", "instrument", "told", "not_told"), [
    ("IRL", "surrender", "2020-12-31", "eu-eaw", "National Crime Agency", "Home Office"),
    ("IRL", "extradition", "2021-01-01", "tca", "National Crime Agency", "Home Office"),
    ("NGA", "extradition", "2026-11-23", "untoc", "Home Office", "National Crime Agency")])
def test_the_united_kingdom_takes_arrest_warrants_and_other_requests_for_extradition_at_different_places(
        kb: KnowledgeBase, requesting: str, measure: str, on: str, instrument: str, told: str, not_told: str) -> None:
    """Extradition Act 2003: category 1 territories send warrants to the designated authority (part 1), category 2 territories ask the Home Office (part 2)."""
    (option,) = [o for o in kb.channels(requesting, "GBR", measure=measure, on=on).channels[0].options if o.instrument == instrument]
    names = "; ".join(authority["name"] for authority in option.authorities)
    assert told in names
    assert not_told not in names


def test_authorities_come_with_what_was_notified_under_treaties(kb: KnowledgeBase) -> None:
    notified = authorities(kb.base, "DEU")["notified"]
    assert notified
    assert all({"names-authority", "sets-language", "changes-route"} & set(line["effects"]) for line in notified)


@pytest.mark.parametrize(("on", "state"), [("1972-12-31", "not-yet"), ("1973-01-01", "current"), ("2020-01-31", "current"), ("2020-02-01", "ended")])
def test_a_membership_counts_from_its_first_day_up_to_its_last(kb: KnowledgeBase, on: str, state: str) -> None:
    lines = organisations(kb.base, "GBR", None, dt.date.fromisoformat(on))["memberships"]["GBR"]
    assert [line["state"] for line in lines if line["organisation"] == "eu"] == [state]


def test_two_jurisdictions_share_what_both_are_linked_to_with_what_it_cannot_do(kb: KnowledgeBase) -> None:
    answer = organisations(kb.base, "ITA", "NGA", dt.date(2027, 1, 1))
    shared = {line["organisation"]: line["links"] for line in answer["shared"]}
    assert {"interpol", "egmont"} <= set(shared)
    assert "europol" not in shared, "the one is a member, the other is not linked"
    assert any("Evidence" in said for said in answer["organisations"]["interpol"]["limits"])
    assert any(system["system"] == "i247" for system in answer["organisations"]["interpol"]["systems"])


def test_a_jurisdiction_shares_nothing_with_itself(kb: KnowledgeBase) -> None:
    with pytest.raises(LawkbError, match="Both jurisdictions are Italy"):
        organisations(kb.base, "ITA", "ITA", dt.date(2026, 1, 1))
