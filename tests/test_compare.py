"""Several jurisdictions side by side, and the matrix of pairs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from lawkb.api import KnowledgeBase
from lawkb.compare_pages import compare_page
from lawkb.facts import one
from lawkb.page import Para
from lawkb.terms import curie, key

pytestmark = pytest.mark.slow  # left out of `make check`

if TYPE_CHECKING:
    from conftest import Invoke

DAY = "2026-11-23"


def test_a_matrix_has_every_ordered_pair_and_agrees_with_channels(kb: KnowledgeBase) -> None:
    pairs = kb.matrix(["ITA", "NGA", "DEU"], channel="mla", on=DAY)["pairs"]
    assert len(pairs) == 6
    for pair in pairs:
        channel = kb.channels(pair["requesting"], pair["requested"], measure="mla", on=DAY).channels[0]
        assert (pair["verdict"], pair["instrument"]) == (channel.verdict, channel.best.instrument if channel.best else None)


def test_penalties_and_elements_stand_beside_one_another(kb: KnowledgeBase) -> None:
    topics = {topic["topic"]: {row["row"]: row["cells"] for row in topic["rows"]}
              for topic in kb.compare(["ITA", "DEU"], ["definitions", "penalties"], on=DAY)["topics"]}
    assert topics["penalties"]["adult victim"]["ITA"]["text"] == "from 8 years, to 20 years"
    assert topics["definitions"]["means needed, child victim"]["ITA"]["text"] == "no"
    assert topics["penalties"]["adult victim"]["ITA"]["facts"]


def test_what_is_not_recorded_is_shown_as_such(kb: KnowledgeBase) -> None:
    cells = [cell for topic in kb.compare(["ITA", "ABW"], ["cooperation"], on=DAY)["topics"] for row in topic["rows"] for cell in [row["cells"]["ABW"]]]
    assert {cell["text"] for cell in cells} == {"not recorded"}


@pytest.mark.parametrize("count", [3, 7])
def test_few_are_written_as_columns_and_many_as_lists(invoke: Invoke, count: int) -> None:
    codes = ["ITA", "NGA", "DEU", "FRA", "ESP", "THA", "BRA"][:count]
    for done in (invoke("compare", *codes, "--on", "penalties", "--date", DAY), invoke("matrix", *codes, "--channel", "mla", "--on", DAY)):
        assert done.out.splitlines()[1].startswith("On 23 November 2026"), done.err
        assert max(len(line) for line in done.out.splitlines()) <= 120


def test_csv_has_a_row_a_pair(invoke: Invoke) -> None:
    rows = list(csv.DictReader(io.StringIO(invoke("matrix", "ITA", "NGA", "--measure", "mla-search-seizure", "--on", DAY, "--format", "csv").out)))
    assert [(row["requesting"], row["requested"]) for row in rows] == [("ITA", "NGA"), ("NGA", "ITA")]


@pytest.mark.parametrize(("args", "told"), [
    (("compare", "ITA"), "at least two"), (("compare", "ITA", "it"), "twice"), (("compare", "ITA", "NGA", "--on", "2026-01-01"), "--date"),
    (("matrix", "ITA", "NGA"), "--channel"), (("matrix", "ITA", "NGA", "--channel", "telepathy"), "Channels are"),
    (("matrix", "ITA", "NGA", "--channel", "mla", "--measure", "extradition"), "belongs to the channel"),
                                            (("matrix", "ITA", "NGA", "--measure", "mla-serch"), "Did you mean"),
])
def test_a_bad_request_is_told_in_one_sentence(invoke: Invoke, args: tuple[str, ...], told: str) -> None:
    done = invoke(*args)
    assert (done.code, told in done.err) == (2, True), done.err


def _rows(kb: KnowledgeBase, topic: str, *jurisdictions: str, on: str = "2026-11-23") -> dict[str, dict[str, dict]]:
    (found,) = kb.compare(jurisdictions, [topic], on=on)["topics"]
    return {row["row"]: row["cells"] for row in found["rows"]}


def test_every_penalty_for_trafficking_that_is_recorded_is_compared(kb: KnowledgeBase) -> None:
    """Nothing on record may be called not recorded."""
    recorded: dict[str, set[str]] = {}
    for entry in kb.base.of_class("PenaltyRange"):
        offence = kb.base.entry(one(entry.block, "offence") or "")
        assert offence
        if not any(one(offence.block, name) for name in ("inForceFrom", "inForceFromIn", "inForceUntil", "inForceUntilIn")):
            recorded.setdefault(key(one(offence.block, "jurisdiction") or ""), set()).add(curie(entry.iri))
    assert len(recorded) > 50
    silent = []
    for code, facts in recorded.items():
        other = "ITA" if code != "ITA" else "DEU"
        shown = {fact for cells in _rows(kb, "penalties", code, other).values() for fact in cells[code]["facts"]}
        silent += sorted(facts - shown)
    assert not silent


def test_a_jurisdiction_with_related_offences_only_is_not_shown_as_silent(kb: KnowledgeBase) -> None:
    penalties, definitions = _rows(kb, "penalties", "HKG", "THA"), _rows(kb, "definitions", "HKG", "THA")
    assert penalties["adult victim"]["HKG"]["text"] == "not recorded"
    assert penalties["related offences"]["HKG"]["text"] == "sexual exploitation, adult victim: up to 10 years"
    assert definitions["related offences"]["HKG"]["text"] == "sexual exploitation: Crimes Ordinance art. 129"


def test_an_offence_that_ended_in_a_year_is_compared_up_to_its_end_and_not_after(kb: KnowledgeBase) -> None:
    def shown(on: str) -> list[str]:
        return _rows(kb, "definitions", "TCD", "ITA", on=on)["offence"]["TCD"]["facts"]

    assert "offence:TCD.pc-330" in shown("2018-12-31")
    assert "offence:TCD.pc-330" not in shown("2019-01-01")


def test_several_rules_on_one_topic_all_stand_in_its_cell(kb: KnowledgeBase) -> None:
    rules: dict[str, set[str]] = {}
    for entry in kb.base.of_class("CooperationRule"):
        rules.setdefault(key(one(entry.block, "jurisdiction") or ""), set()).add(curie(entry.iri))
    for code, facts in rules.items():
        other = "ITA" if code != "ITA" else "DEU"
        assert {fact for cells in _rows(kb, "cooperation", code, other).values() for fact in cells[code]["facts"]} == facts


def test_the_page_counts_in_english(kb: KnowledgeBase) -> None:
    def sentence(*jurisdictions: str) -> str:
        page = compare_page(kb.base, kb.compare(jurisdictions, ["penalties"], on=DAY))
        (line,) = [part.text for part in page if isinstance(part, Para) and "points" in part.text]
        return line

    assert sentence("ITA", "NGA", "DEU").endswith("5 of 6 points on penalties are recorded for these 3 jurisdictions; 1 is not known here.")
    assert sentence("NGA", "THA").endswith("4 of 4 points on penalties are recorded for these 2 jurisdictions.")
