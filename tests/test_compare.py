"""Several jurisdictions side by side, and the matrix of pairs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from lawkb.api import KnowledgeBase

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
