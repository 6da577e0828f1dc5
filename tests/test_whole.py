"""The comparison of the whole matrix on two engines: it asks everything once, goes on where it was stopped, and tells what differs and why."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from engines import whole
from engines.agree import Question
from engines.blame import Differs, blame
from engines.memory import Dossier
from lawkb.api import KnowledgeBase
from lawkb.case import Case
from lawkb.rules import Rule
from lawkb.terms import CASE, ID
from lawkb.world import World, all_pairs

pytestmark = pytest.mark.slow  # left out of `make check`


def test_every_pair_is_asked_once_on_each_day_in_the_same_mixed_order(kb: KnowledgeBase) -> None:
    every = whole.parts(kb.base)
    days = list(whole.settings()["days"])
    assert Counter(pair for part in every for pair in part.pairs) == dict.fromkeys(all_pairs(kb.base), len(days))
    assert all(len({*part.pairs}) == len(part.pairs) <= whole.settings()["pairs"] for part in every)
    assert every == whole.parts(kb.base)
    assert {part.on for part in every[:12]} == {*days}, "the days do not come mixed"
    assert len({pair[0] for pair in every[0].pairs}) > 100, "the pairs do not come mixed"


def test_a_part_compares_every_measure_and_is_not_asked_again(kb: KnowledgeBase, tmp_path: Path) -> None:
    compared = whole.Compared(kb.base)
    part = whole.Part(7, dt.date(2021, 1, 1), (("GBR", "FRA"), ("FRO", "NIU")))
    done = compared.part(part)
    assert (done.place, done.on, done.pairs, done.unlike) == (7, "2021-01-01", 2, [])
    assert done.verdicts == 2 * len(compared.world.measures)
    assert done.options > 0
    file = tmp_path / "done.jsonl"
    file.write_text(f"{json.dumps(asdict(done))}\n{json.dumps(asdict(done))[:40]}", encoding="utf-8")
    assert list(whole.finished(file)) == [done], "a line that was cut off is taken for a part"


def test_a_difference_is_told(kb: KnowledgeBase, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    compared = whole.Compared(kb.base)
    _spoil(compared.world)
    part = whole.Part(0, dt.date(2003, 12, 25), (("FRA", "NGA"),))  # both become bound by the Palermo Protocol on this day
    done = compared.part(part)
    assert done.unlike
    assert {iri for iri, _, _ in done.unlike} == {f"{CASE}FRA.NGA.2003-12-25"}
    monkeypatch.setattr(whole, "blame", lambda base, question: f"smallest dossier of {question.case.key}")
    assert whole.report(kb.base, [part], {0: done}) == 1
    told = capsys.readouterr().out
    assert "2003-12-25: 1 of 1 pairs (100%)" in told
    assert "smallest dossier of FRA.NGA.2003-12-25" in told
    assert whole.report(kb.base, [part], {0: replace(done, unlike=[])}) == 0


def _spoil(world: World) -> None:
    """Have a participation begin a day late, for all pairs at once only."""
    for place, rule in enumerate(world.rules):
        if rule.iri.endswith("/0-parties/bound-side"):
            assert "<=" in rule.plan.sql
            world.rules[place] = replace(rule, plan=replace(rule.plan, sql=rule.plan.sql.replace("<=", "<")))


def test_it_is_told_which_engine_is_alone_and_a_difference_hangs_on_the_facts_that_make_it(
        tiny: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    def reduced(facts: Dossier, rules: list[Rule], differs: Differs) -> tuple[Dossier, list[Rule]]:
        """What the shrinker (tests/test_agreement.py) does in hundreds of steps, in two."""
        binding = facts.only(subjects=[subject for subject in facts.subjects if "/participation/pact.XXB" not in subject])
        assert differs(facts, rules)
        assert not differs(binding, rules), "without the participation that begins on the day they should agree"
        return facts.only(subjects=[f"{ID}participation/pact.XXB.1"]), rules

    monkeypatch.setattr("engines.blame.reduced", reduced)
    question = Question(Case.of_iri(f"{CASE}XXA.XXB.2015-06-09"), "channels")
    told = blame(tiny.base, question, _spoil)
    assert "all at once, on DuckDB, something else comes out" in told
    assert "0-parties/bound-side" in told
    assert "participation:pact.XXB.1 law:surelyFromDay" in told
    assert "Over the dossier all agree" in blame(tiny.base, question)
