"""All ordered pairs at once: the same verdicts, options and order as pair by pair, the atlas, and the matrix of many."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
import xml.etree.ElementTree as ET
from collections import defaultdict
from itertools import pairwise, permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from engines.at_once import at_once, one_by_one
from lawkb import atlas as atlas_module
from lawkb.api import KnowledgeBase
from lawkb.ask import conclude
from lawkb.case import Case
from lawkb.coding import Codes
from lawkb.errors import LawkbError
from lawkb.measures import leads, measures
from lawkb.terms import CONCEPT
from lawkb.world import World, all_pairs

if TYPE_CHECKING:
    from conftest import Invoke

pytestmark = pytest.mark.slow  # left out of `make check`

Row = tuple[Any, ...]
TODAY = dt.date(2026, 11, 23)
# treaty networks thick and thin, opt-outs, territories, ended and suspended relations
KNOWN = [("ITA", "NGA"), ("FRA", "DEU"), ("FRA", "DNK"), ("DEU", "GBR"), ("CHN", "MAC"), ("PRT", "HKG"), ("RUS", "DEU"), ("UKR", "RUS"), ("USA", "IRN"),
         ("XKX", "ALB"), ("TWN", "USA"), ("NOR", "ISL"), ("CUW", "NLD")]
SMALL = ("ITA", "NGA", "FRA", "MAC", "XKX")


def _pairs(kb: KnowledgeBase, number: int, seed: int) -> list[tuple[str, str]]:
    pairs = all_pairs(kb.base)
    return [*KNOWN, *random.Random(seed).sample(pairs, int(os.environ.get("LAWKB_WORLD", number)))]


@pytest.mark.parametrize(("on", "strict"), [(TODAY, False), (dt.date(2012, 3, 1), True), (dt.date(2020, 12, 31), False), (dt.date(2021, 1, 1), False)])
def test_all_at_once_concludes_and_ranks_what_is_concluded_pair_by_pair(kb: KnowledgeBase, on: dt.date, strict: bool) -> None:
    pairs = _pairs(kb, 12, on.toordinal())
    world = World(kb.base)
    world.run(pairs, on, strict)
    assert at_once(world) == one_by_one(kb.base, (Case(a, b, on, strict=strict) for a, b in dict.fromkeys(pairs)))


def test_a_measure_asked_for_alone_has_the_verdicts_that_it_has_among_all(kb: KnowledgeBase) -> None:
    pairs = _pairs(kb, 60, 3)
    every = World(kb.base)
    every.run(pairs, TODAY)
    verdicts, options = at_once(every)
    for part in (measures(kb.base)[::2], measures(kb.base)[1::2], ["extradition"]):
        some = World(kb.base, part)
        some.run(pairs, TODAY)
        assert at_once(some) == ({place: row for place, row in verdicts.items() if place[2] in part},
                                  {place: rows for place, rows in options.items() if place[2] in part})


def test_many_batches_give_what_one_gives(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = list(permutations(SMALL, 2))
    whole = World(kb.base, ["mla"])
    whole.run(pairs, TODAY)
    for batch in (3, 9, 15):
        monkeypatch.setattr("lawkb.world.BATCH", batch)
        told: list[tuple[int, int]] = []
        parts = World(kb.base, ["mla"])
        parts.run(pairs, TODAY, progress=lambda done, total, told=told: told.append((done, total)))
        assert at_once(parts) == at_once(whole)
        assert told == sorted(told)
        assert len(told) > 3
        assert (told[0], told[-1]) == ((0, 20), (20, 20))


def test_a_fault_in_one_batch_ends_the_others_and_is_told(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lawkb.world.BATCH", 3)
    world = World(kb.base, ["mla"])

    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(list(permutations(SMALL, 2)), TODAY, progress=stop)
    assert len(at_once(world)[0]) < 20
    with pytest.raises(KeyError):
        world.run([("ITA", "ATLANTIS"), *permutations(SMALL, 2)], TODAY)


def test_findings_named_by_the_atlas_can_be_explained(kb: KnowledgeBase) -> None:
    from lawkb.explain import explain

    world = World(kb.base, ["extradition"])
    world.run([("ITA", "NGA")], TODAY, strict=True)
    for iri, in world.connection.execute("SELECT finding FROM verdict UNION SELECT finding FROM choice").fetchall():
        assert explain(kb.base, iri).finding == iri  # type: ignore[union-attr]


# the atlas: over a few jurisdictions, since the world takes minutes

@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only a few jurisdictions make the world."""
    monkeypatch.setattr(atlas_module, "all_pairs", lambda base: list(permutations(SMALL, 2)))
    monkeypatch.setattr(atlas_module, "jurisdictions", lambda base: sorted(SMALL))
    monkeypatch.setattr(atlas_module, "home_of", lambda base: tmp_path)


@pytest.mark.usefixtures("few")
def test_atlas_counts_what_the_matrix_shows(kb: KnowledgeBase) -> None:
    answer = kb.atlas(channel="mla", on=TODAY).answer()
    pairs = kb.matrix(SMALL, channel="mla", on=TODAY)["pairs"]
    measure = answer["measures"][0]
    assert measure["pairs"] == {v: sum(p["verdict"] == v for p in pairs) for v in ("available", "conditional", "unavailable", "unknown")}
    for person in measure["jurisdictions"]:
        code = person["jurisdiction"]
        assert sum(person["asks"].values()) == sum(person["asked"].values()) == len(SMALL) - 1
        assert person["asks"]["unknown"] == sum(p["verdict"] == "unknown" for p in pairs if p["requesting"] == code)
        assert person["asked"]["unknown"] == sum(p["verdict"] == "unknown" for p in pairs if p["requested"] == code)
    assert measure["isolated"] == [code for code in sorted(SMALL) if all(p["verdict"] in ("unavailable", "unknown") for p in pairs
                                                                         if code in (p["requesting"], p["requested"]))]


@pytest.mark.usefixtures("few")
def test_an_instrument_carries_a_pair_alone_where_no_other_one_is_open(kb: KnowledgeBase) -> None:
    answer = kb.atlas(measure="mla-search-seizure", on=TODAY).answer()
    alone: dict[str, int] = defaultdict(int)
    for a, b in permutations(SMALL, 2):
        options = kb.channels(a, b, measure="mla-search-seizure", on=TODAY)["mla"].options
        live = [o.instrument for o in options if o.instrument and o.verdict in ("available", "conditional")]
        if len(live) == 1:
            alone[live[0]] += 1
    assert {i["instrument"]: i["alone"] for i in answer["measures"][0]["instruments"] if i["alone"]} == dict(alone)


@pytest.mark.usefixtures("few")
def test_atlas_is_kept_and_made_anew_when_the_kept_one_is_damaged(kb: KnowledgeBase, tmp_path: Path) -> None:
    first = kb.atlas(channel="police", on=TODAY).answer()
    kept = list(tmp_path.glob("*.atlas"))
    assert len(kept) == 1
    told: list[int] = []
    assert kb.atlas(channel="police", on=TODAY, progress=lambda done, total: told.append(done)).answer() == first
    assert not told, "the kept atlas was not read"
    kept[0].write_bytes(b"not a database")
    assert kb.atlas(channel="police", on=TODAY, progress=lambda done, total: told.append(done)).answer() == first
    assert told
    assert not list(tmp_path.glob(".*")), "something half-written was left"


@pytest.mark.usefixtures("few")
def test_atlas_of_another_day_or_measure_is_another_one(kb: KnowledgeBase) -> None:
    today = kb.atlas(measure="mla", on=TODAY).answer()["measures"][0]["pairs"]
    assert kb.atlas(measure="mla", on="1999-01-01").answer()["measures"][0]["pairs"] != today
    assert kb.atlas(measure="mla", on=TODAY, strict=True).answer()["measures"][0]["pairs"] != today


@pytest.mark.usefixtures("few")
def test_atlas_command_writes_tables_and_a_picture(kb: KnowledgeBase, invoke: Invoke, tmp_path: Path) -> None:
    done = invoke("atlas", "--channel", "mla", "--on", "2026-11-23", "--output", str(tmp_path / "a.parquet"), "--picture", str(tmp_path / "a.svg"))
    assert done.code == 0, done.err
    assert "On 23 November 2026 mutual legal assistance can be asked for in" in " ".join(done.out.split())
    rows = duckdb.sql(f"SELECT * FROM '{tmp_path / 'a.parquet'}' ORDER BY ALL").fetchall()
    assert len(rows) == 20
    assert not list(tmp_path.glob(".*"))
    drawn = ET.parse(tmp_path / "a.svg").getroot()
    assert {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")} >= {*SMALL, "conditional", "unknown"}
    done = invoke("atlas", "--channel", "mla", "--on", "2026-11-23", "--format", "csv")
    listed = list(csv.DictReader(done.out.splitlines()))
    assert [(row["requesting"], row["requested"], row["verdict"]) for row in listed] == [(row[0], row[1], row[4]) for row in rows]
    done = invoke("atlas", "--on", "2026-11-23", "--format", "json")
    assert [m["measure"] for m in json.loads(done.out)["measures"]] == [measure for _, measure in leads(kb.base)]


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("--channel", "post"), "There is no channel 'post'"),
    (("--measure", "mla-serch"), "Did you mean mla"),
    (("--channel", "police", "--measure", "mla"), "belongs to the channel mla"),
    (("--every-measure", "--channel", "mla"), "Leave out one of the two"),
    (("--picture", "a.svg"), "A picture shows one channel or measure"),
    (("--channel", "mla", "--on", "2023-02-30"), "2023-02-30"),
])
def test_atlas_refuses_what_it_cannot_answer(invoke: Invoke, arguments: tuple[str, ...], sentence: str) -> None:
    done = invoke("atlas", *arguments)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("option", "name", "sentence"), [
    ("--output", "a.xls", "ends neither in .csv nor in .parquet"), ("--output", "nowhere/a.csv", "cannot be written"),
    ("--picture", "a.png", "does not end in .svg"), ("--picture", "nowhere/a.svg", "cannot be written")])
def test_atlas_says_why_a_file_cannot_be_written(invoke: Invoke, tmp_path: Path, option: str, name: str, sentence: str) -> None:
    done = invoke("atlas", "--channel", "fiu", option, str(tmp_path / name))
    assert done.code == 2
    assert sentence in done.err


def test_matrix_of_many_says_of_each_pair_what_the_pair_is_told(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"channel": "extradition", "on": "2026-11-23"}
    one_by_one = kb.matrix(SMALL, **asked)
    monkeypatch.setattr("lawkb.compare._MOST", 3)
    at_once = kb.matrix(SMALL, **asked)
    kept = ("requesting", "requested", "verdict", "instrument", "title", "standing", "certainty", "verified_to", "finding")
    for found, expected in zip(at_once["pairs"], one_by_one["pairs"], strict=True):
        if expected["instrument"]:
            assert [found[name] for name in kept] == [expected[name] for name in kept]
        else:
            assert [found[name] for name in ("verdict", "finding")] == [expected[name] for name in ("verdict", "finding")]
    assert len(at_once["notes"]) == len(one_by_one["notes"]) + 1


def test_a_jurisdiction_twice_is_refused_also_among_many(kb: KnowledgeBase) -> None:
    with pytest.raises(LawkbError, match="given twice"):
        kb.matrix([*SMALL, "ITA"], channel="mla")


def test_scheme_is_read_in_order(kb: KnowledgeBase) -> None:
    found = [entry.iri for entry in kb.base.scheme("channel")]
    assert found == sorted(found)
    assert f"{CONCEPT}channel/mla" in found


# numbers for names

def test_every_finding_of_many_cases_has_the_name_that_it_has_in_a_case_alone(kb: KnowledgeBase) -> None:
    pairs = [("ITA", "NGA"), ("FRA", "DNK"), ("DEU", "GBR"), ("CUW", "NLD"), ("USA", "IRN")]
    world = World(kb.base)
    world.run(pairs, TODAY)
    mask, shift = world.codes.mask, world.codes.shift
    made = {table for rule in world.rules for table, _ in rule.plan.keeps}
    compared = 0
    for number, (a, b) in enumerate(pairs, start=1):
        case = Case(a, b, TODAY)
        alone = conclude(kb.base, case)
        for table in sorted(made):
            found = world.hands[0].connection.execute(f"SELECT DISTINCT s & {mask} FROM {table} WHERE s >> {shift} = {number}").fetchall()
            assert sorted(case.iri + world.codes.spelled(end) for end, in found) == [f.iri for f in alone.of(table.removeprefix("found_"))], (a, b, table)
            compared += len(found)
    assert compared > 3000


def test_names_are_told_apart_and_spelled_out_again(kb: KnowledgeBase) -> None:
    codes = World(kb.base, ["mla", "extradition"]).codes
    chance = random.Random(5)
    starts = [*codes.by_start, (codes.end, 0)]
    ends = sorted({chance.randrange(start, end) for (start, _), (end, _) in pairwise(starts) for _ in range(40)})
    assert len(ends) > 1000
    assert all(codes.spelled(end).startswith("/") for end in ends)
    assert codes.end <= codes.mask + 1


def test_names_made_of_names_without_end_are_refused() -> None:
    names = {"constants": [], "forms": [[("name", ""), ("text", "/again")]], "origins": [[["found_X.s"], []]], "flows": {"found_X.s": ["minted.0"]},
             "makers": {}}
    with pytest.raises(LawkbError, match=r"names from names without end: \.\.\./again"):
        Codes({}, names)


def test_a_part_that_values_lack_has_a_place_of_its_own() -> None:
    """STRAFTER gives nothing where a value has no such mark; that is told apart from every value that has it."""
    names = {"constants": [], "forms": [[("case", ""), ("text", "/of/"), ("cut", "/kind/")]], "origins": [[["case_x.s"], [], ["facts_00.x"]]],
             "flows": {"found_X.s": ["minted.0"]}, "makers": {}}
    codes = Codes({"facts_00.x": ["/id/kind/a", "/id/kind/b", "/id/other/a"]}, names)
    connection = duckdb.connect()
    told = {value: connection.execute(f"SELECT {codes.written(f'(«h0 1» + «p0_2 {codes.code[value]}»)', 'BIGINT')}").fetchone()
            for value in ("/id/kind/a", "/id/kind/b", "/id/other/a")}
    assert {value: codes.spelled(row[0] & codes.mask) for value, row in told.items() if row} == {"/id/kind/a": "/of/a", "/id/kind/b": "/of/b",
                                                                                               "/id/other/a": "/of/"}


def test_values_have_the_first_numbers_and_keep_their_order(kb: KnowledgeBase) -> None:
    codes = World(kb.base, ["mla"]).codes
    assert [codes.code[value] for value in codes.values] == list(range(len(codes.values)))
    texts = [value for value in codes.values if isinstance(value, str)]
    assert texts == sorted(texts)
    assert codes.spelled(codes.code["/id/jur/ITA"]) == "/id/jur/ITA"


def test_names_that_outgrow_a_number_are_given_wider_ones(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = _pairs(kb, 5, 8)
    narrow = World(kb.base)
    narrow.run(pairs, TODAY)
    monkeypatch.setattr("lawkb.coding._BITS", 40)
    wide = World(kb.base)
    assert (narrow.kind, wide.kind) == ("BIGINT", "HUGEINT")
    wide.run(pairs, TODAY)
    assert at_once(wide) == at_once(narrow)
