"""Who is bound by what: sentences of the law of treaties, held against invented states, with the day before and the day after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lawkb.api import KnowledgeBase, load
from lawkb.errors import LawkbError
from lawkb.page import Heading, Table, markdown
from lawkb.pages import parties_page, parties_rows, status_page, status_rows, treaties_page, treaties_rows


def _lists(answer: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [row["party"] for row in rows] for name, rows in answer.items() if isinstance(rows, list) and rows}


def test_a_signature_alone_binds_nobody(tiny: KnowledgeBase) -> None:
    answer = tiny.parties("pact", on="2005-01-01")
    assert (answer["bound"], answer["consents"], answer["signatories_only_count"]) == (0, 0, 3)
    assert _lists(answer)["signatories_only"] == ["XXA", "XXB", "XXD"]


def test_a_consent_binds_on_the_thirtieth_day_and_not_the_day_before(tiny: KnowledgeBase) -> None:
    before, after = tiny.parties("pact", on="2010-03-31"), tiny.parties("pact", on="2010-04-01")
    assert _lists(before)["deposited_not_yet_bound"] == ["XXA"]
    assert (before["bound"], before["consents"]) == (0, 1)
    assert _lists(after)["parties"] == ["XXA"]
    assert (after["bound"], after["consents"]) == (1, 1)


def test_a_consent_that_will_be_deposited_tomorrow_is_none_today(tiny: KnowledgeBase) -> None:
    assert tiny.parties("pact", on="2010-03-01")["consents"] == 0


def test_a_withdrawal_takes_effect_after_its_notice_and_not_the_day_before(tiny: KnowledgeBase) -> None:
    before, after = tiny.parties("pact", on="2020-07-14"), tiny.parties("pact", on="2020-07-15")
    assert _lists(before)["parties"] == ["XXA", "XXB"]
    assert _lists(after)["parties"] == ["XXB"]
    assert _lists(after)["ended"] == ["XXA"]
    assert (before["consents"], after["consents"]) == (2, 1)


@pytest.mark.parametrize(("on", "state"), [("2012-04-30", "pending"), ("2012-05-01", "bound"), ("2020-07-14", "bound"), ("2020-07-15", "ended")])
def test_a_territory_is_bound_by_extension_and_only_as_long_as_its_state(tiny: KnowledgeBase, on: str, state: str) -> None:
    territories = tiny.parties("pact", on=on)["territories"]
    assert [(row["party"], row["state"]) for row in territories] == [("XXC", state)]


def test_a_territory_does_not_count_among_the_parties(tiny: KnowledgeBase) -> None:
    assert tiny.parties("pact", on="2016-01-01")["bound"] == 2


def test_a_suspension_cuts_the_bond_from_its_day(tiny: KnowledgeBase) -> None:
    assert "XXA" in _lists(tiny.parties("code", on="2017-12-31"))["parties"]
    assert "XXA" not in _lists(tiny.parties("code", on="2018-01-01")).get("parties", [])


def test_who_has_opted_out_is_no_party(tiny: KnowledgeBase) -> None:
    answer = tiny.parties("code", on="2010-01-01")
    assert _lists(answer)["opted_out"] == ["XXB"]
    assert "XXB" not in _lists(answer)["parties"]


_OPT_OUT = """\
PREFIX act: <https://w3id.org/lawkb/id/act/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX instrument: <https://w3id.org/lawkb/id/instrument/>
PREFIX jur: <https://w3id.org/lawkb/id/jur/>
PREFIX law: <https://w3id.org/lawkb/ns#>
PREFIX source: <https://w3id.org/lawkb/id/source/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

act:eu-eaw.NGA.opt-out
    a law:OptOut ;
    law:instrument instrument:eu-eaw ;
    law:party jur:NGA ;
    law:effectiveOn "2015-01-01"^^xsd:date ;
    law:untilOn "2020-01-01"^^xsd:date ;
    dcterms:source source:regional-src-mem-eu ;
.
"""


@pytest.mark.parametrize(("on", "counts"), [("2014-12-31", False), ("2015-01-01", True), ("2019-12-31", True), ("2020-01-01", False)])
def test_an_opt_out_counts_from_its_day_up_to_the_day_of_its_end(tmp_path: Path, on: str, counts: bool) -> None:
    (tmp_path / "opt-out.ttl").write_text(_OPT_OUT, encoding="utf-8")
    kb = load(overlays=[tmp_path])
    told = [r.act for c in kb.channels("DEU", "NGA", measure="surrender", on=on).channels for r in c.reasons if r.instrument == "eu-eaw"]
    assert told == ["act:eu-eaw.NGA.opt-out" if counts else None]
    assert ("NGA" in [row["party"] for row in kb.parties("eu-eaw", on=on)["opted_out"]]) == counts


def test_who_has_left_the_union_is_no_longer_one_that_has_opted_out(kb: KnowledgeBase) -> None:
    """Withdrawal Agreement art. 126 and 127: the law of the Union applied to the United Kingdom up to 31 December 2020."""
    assert "GBR" in _lists(kb.parties("eu-2004-81", on="2020-12-31"))["opted_out"]
    assert "GBR" not in _lists(kb.parties("eu-2004-81", on="2021-01-01"))["opted_out"]


def test_a_deposit_known_by_its_year_leaves_the_days_of_that_year_open(tiny: KnowledgeBase) -> None:
    assert _lists(tiny.parties("code", on="2007-06-01"))["uncertain"] == ["XXD"]
    assert "XXD" in _lists(tiny.parties("code", on="2008-06-01"))["parties"]


def test_months_run_to_the_first_day_of_the_next_month(tiny: KnowledgeBase) -> None:
    assert _lists(tiny.parties("code", on="2005-05-31"))["deposited_not_yet_bound"] == ["XXA"]
    assert _lists(tiny.parties("code", on="2005-06-01"))["parties"] == ["XXA"]


def test_a_list_is_confirmed_up_to_the_day_of_its_verification(tiny: KnowledgeBase) -> None:
    confirmed, later = tiny.parties("pact", on="2024-06-30"), tiny.parties("pact", on="2024-07-01")
    assert (confirmed["verified_to"], confirmed["certainty"], later["certainty"]) == ("2024-06-30", "confirmed", "last-known")


@pytest.mark.parametrize(("on", "part"), [("2014-01-01", "signed_only"), ("2015-06-08", "pending"), ("2015-06-09", "in_force"), ("2020-07-14", "in_force"),
                                          ("2020-07-15", "ended")])
def test_between_two_states_an_instrument_is_in_force_while_it_binds_both(tiny: KnowledgeBase, on: str, part: str) -> None:
    answer = tiny.treaties("XXA", "XXB", on=on)
    parts = ("in_force", "signed_only", "pending", "uncertain", "ended")
    assert {name: [line["instrument"] for line in answer[name]] for name in parts if answer[name]} == {part: ["pact"]}


def test_a_bond_begins_on_the_later_of_the_two_days(tiny: KnowledgeBase) -> None:
    assert tiny.treaties("XXA", "XXB", on="2016-01-01")["in_force"][0]["from"] == "2015-06-09"


def test_treaties_are_the_same_seen_from_either_side(tiny: KnowledgeBase) -> None:
    one, other = tiny.treaties("XXA", "XXB", on="2016-01-01"), tiny.treaties("XXB", "XXA", on="2016-01-01")
    assert [line["instrument"] for line in one["in_force"]] == [line["instrument"] for line in other["in_force"]]


def test_a_state_has_no_treaty_with_itself(tiny: KnowledgeBase) -> None:
    with pytest.raises(LawkbError, match="Both jurisdictions are Avonia"):
        tiny.treaties("XXA", "avonia")


def test_status_lists_every_act_of_a_state(tiny: KnowledgeBase) -> None:
    answer = tiny.status("Avonia", on="2019-01-01")
    found = {line["instrument"]: (line["state"], [act["kind"] for act in line["acts"]]) for line in answer["instruments"]}
    assert found == {"code": ("ended", ["ratification", "suspension"]), "pact": ("bound", ["ratification", "signature", "withdrawal"])}


def test_pages_name_states_and_days_as_people_do(tiny: KnowledgeBase) -> None:
    page = markdown(parties_page(tiny.base, tiny.parties("pact", on="2016-01-01")))
    assert "# Pact of Sprodz: parties on 1 January 2016" in page
    assert "| Avonia | 1 April 2010 | ratification | 2 March 2010 | page |" in page
    page = markdown(treaties_page(tiny.base, tiny.treaties("XXA", "XXB", on="2014-01-01")))
    assert "| Pact of Sprodz | bound since 1 April 2010 | signed only (signature 2 June 2000) |" in page
    page = markdown(status_page(tiny.base, tiny.status("XXA", on="2016-01-01")))
    assert "signature 1 June 2000; ratification 2 March 2010; withdrawal 15 January 2020" in page
    assert "XXA" not in page
    assert "https://" not in page


def test_rows_have_as_many_cells_as_columns(tiny: KnowledgeBase) -> None:
    for columns, rows in (parties_rows(tiny.parties("pact")), treaties_rows(tiny.treaties("XXA", "XXB")), status_rows(tiny.status("XXA"))):
        assert rows
        assert {len(row) for row in rows} == {len(columns)}


def test_the_protocol_had_the_parties_that_the_depositary_printed(kb: KnowledgeBase) -> None:
    answer = kb.parties("palermo-tip", on="2008-09-26")
    assert answer["consents"] == 124
    assert answer["bound"] < 124
    assert "EU" in _lists(answer)["parties"]


def test_the_convention_entered_into_force_for_all_who_had_deposited_in_time(kb: KnowledgeBase) -> None:
    assert kb.parties("untoc", on="2003-09-28")["bound"] == 0
    first = kb.parties("untoc", on="2003-09-29")
    assert first["bound"] > 40
    assert max(row["date"] for row in first["parties"]) <= "2003-08-30"


def test_pages_list_instruments_by_title(kb: KnowledgeBase) -> None:
    """A reader looks for a title; the key by which answers are ordered is not shown."""
    pages = {"status": (status_page(kb.base, kb.status("NGA", on="2026-11-23")), "Between several parties"),
             "treaties": (treaties_page(kb.base, kb.treaties("ITA", "NGA", on="2026-11-23")), "In force between them")}
    for page, title in pages.values():
        place = next(number for number, part in enumerate(page) if isinstance(part, Heading) and part.text == title)
        table = page[place + 1]
        assert isinstance(table, Table)
        bound = [str(row[0]).casefold() for row in table.rows if title != "Between several parties" or row[1] == "bound"]
        assert len(bound) > 15
        assert bound == sorted(bound)
