"""What would differ by a step, and what differs between two releases: only what differs is told, with what decides it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lawkb import hypothesis
from lawkb.api import KnowledgeBase, load
from lawkb.errors import LawkbError
from lawkb.hypothesis import Hypothesis, Supposed, supposed_of
from lawkb.reading import turtle_below

pytestmark = pytest.mark.slow  # each hypothesis is compiled

if TYPE_CHECKING:
    from conftest import Invoke

ROOT = Path(__file__).resolve().parent.parent
TINY, LATER = ROOT / "tests" / "data" / "tiny-kb", ROOT / "tests" / "competency" / "later"


@pytest.fixture(scope="module")
def joined(kb: KnowledgeBase) -> dict[str, Any]:
    """Switzerland deposits an accession on 1 December 2026: three months, then the first of a month."""
    return kb.whatif("CHE", join=["coe-198"], deposited="2026-12-01", others=["DEU", "NGA"])


def test_a_joined_treaty_binds_from_the_day_of_its_own_clause(joined: dict[str, Any]) -> None:
    assert joined["joined"][0]["binds_from"] == joined["question"]["on"] == "2027-04-01"


def test_only_partners_that_are_bound_by_it_too_are_concerned(joined: dict[str, Any]) -> None:
    assert joined["partners_concerned"] == ["DEU"]
    assert all({row["requesting"], row["requested"]} == {"CHE", "DEU"} for row in joined["rows"])


def test_a_row_tells_the_option_that_came_and_the_one_that_it_replaces(joined: dict[str, Any]) -> None:
    row = next(row for row in joined["rows"] if (row["requesting"], row["measure"]) == ("CHE", "confiscation"))
    assert {(o["option"], o["after"]) for o in row["options"]} == {("Warsaw Laundering Convention 2005", "available"),
                                                                  ("Laundering Convention 1990", "unavailable")}
    assert any("is in force between Switzerland and Germany" in says for says in row["now"])


def test_what_still_holds_is_not_told_to_be_over(joined: dict[str, Any]) -> None:
    assert not any("Egmont" in says for row in joined["rows"] for says in row["no_longer"])


def test_a_joined_treaty_brings_duties_and_leaves_nothing_behind(joined: dict[str, Any], kb: KnowledgeBase) -> None:
    assert any(line["provision"].startswith("coe-198.") for line in joined["duties"])
    assert not any(line["provision"].startswith("coe-198.") for line in kb.obligations("CHE", on="2027-04-01")["obligations"])


def test_the_day_before_it_binds_no_verdict_changes(kb: KnowledgeBase) -> None:
    answer = kb.whatif("CHE", join=["coe-198"], deposited="2026-12-01", others=["DEU"], measures=["confiscation"], on="2027-03-31")
    assert not answer["rows"]
    assert not answer["duties"]


def test_a_second_question_on_the_same_step_compiles_nothing(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    kb.whatif("CHE", join=["coe-198"], deposited="2026-12-01", others=["DEU"], measures=["confiscation"])
    monkeypatch.setattr(hypothesis, "build", lambda *_: pytest.fail("compiled again"))
    again = kb.whatif("CHE", join=["coe-198"], deposited="2026-12-01", others=["ITA"], measures=["confiscation"])
    assert again["partners_concerned"] == ["ITA"]


def test_another_step_and_other_facts_of_ones_own_are_another_hypothesis(tiny: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "ours.ttl").write_text("# nothing yet", encoding="utf-8")
    step = Hypothesis("XXA", ("pact",), date(2026, 1, 1), folders=(tmp_path,))
    known = supposed_of(tiny.base, step)
    assert known == supposed_of(tiny.base, step)
    assert known != supposed_of(tiny.base, replace(step, deposited=date(2026, 1, 2)))
    (tmp_path / "ours.ttl").write_text("# something", encoding="utf-8")
    assert known != supposed_of(tiny.base, step)


def test_what_is_supposed_goes_with_the_last_who_asks(tiny: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hypothesis, "build", lambda target, *_: shutil.copy(tiny.base.path, target))
    supposed = Supposed(tiny.base, Hypothesis("XXA", ("pact",), date(2026, 1, 1)))
    place = supposed.base.path.parent
    assert place.is_dir()
    del supposed
    assert not place.exists()


def test_a_raised_penalty_shows_the_threshold_that_it_crosses(kb: KnowledgeBase) -> None:
    answer = kb.whatif("KNA", penalties={"KNA.tip-1": 120}, others=["GBR", "JAM"], measures=["extradition"], on="2026-11-23")
    rows = [row for row in answer["rows"] if row["requested"] == "GBR"]
    assert [condition["before"] + condition["after"] for row in rows for condition in row["conditions"]] == ["unknownmet"]
    assert any("reaches the threshold" in says for row in rows for says in row["now"])


@pytest.mark.parametrize(("given", "told"), [
    ({}, "Nothing is supposed"),
    ({"join": ["eu-eaw"]}, "binds the members of a union by their membership"),
    ({"join": ["untoc"]}, "binds Switzerland already, since 2006-11-26"),
    ({"penalties": {"ITA.cp-601": 300}}, "has no offence 'ITA.cp-601' here"),
    ({"penalties": {"CHE.tip-1": 1}}, "is not above"),
    ({"join": ["untok"]}, "untok"),
    ({"join": ["coe-198"], "measures": ["extraditon"]}, "Did you mean extradition"),
])
def test_what_cannot_be_supposed_is_refused_with_a_sentence(kb: KnowledgeBase, given: dict[str, Any], told: str) -> None:
    with pytest.raises(LawkbError) as error:
        kb.whatif("CHE", others=["DEU"], on="2026-11-23", **given)
    assert told in str(error.value) or told in error.value.problem or "exceeds" in str(error.value)


def test_a_penalty_without_months_is_refused_on_the_command_line(invoke: Invoke) -> None:
    done = invoke("whatif", "ITA", "--penalty", "ITA.cp-601=five")
    assert (done.code, "is no penalty" in done.err, done.out) == (2, True, "")


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAWKB_CACHE", str(tmp_path_factory.mktemp("cache")))
        return load(kb=TINY).changes(load(kb=LATER), [("XXB", "XXD"), ("XXA", "XXB")], on="2026-01-01")


def test_two_releases_differ_in_the_record_that_was_added_and_in_its_effect_in_law(releases: dict[str, Any]) -> None:
    assert [(line["fact"], line["change"], line["jurisdictions"]) for line in releases["facts"]] == [
        ("act:pact.XXD.ratification.2025-11-03", "added", ["XXD"])]
    assert [line["jurisdiction"] for line in releases["participations"]] == ["XXD"]
    assert not releases["same_facts"]


def test_a_release_does_not_differ_from_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAWKB_CACHE", str(tmp_path))
    answer = load(kb=TINY).changes(load(kb=TINY), [("XXA", "XXB")], on="2018-01-01")
    assert answer["same_facts"]
    assert not answer["facts"] + answer["participations"] + answer["rows"]


def test_the_later_release_is_the_earlier_one_with_one_act_more() -> None:
    texts = [turtle_below(folder)[0].read_text(encoding="utf-8") for folder in (TINY, LATER)]
    assert texts[1].count("\na") - texts[0].count("\na") >= 1
    assert "act:pact.XXD.ratification.2025-11-03" not in texts[0]


@pytest.mark.parametrize(("args", "told"), [
    (("diff", "--from", "nowhere"), "is no knowledge base"),
    (("diff", "--from", str(TINY), "--pairs", "ITA-NGA"), "is no pair"),
    (("diff",), "Missing option"),
])
def test_a_wrong_comparison_is_refused_with_a_sentence(invoke: Invoke, args: tuple[str, ...], told: str) -> None:
    done = invoke(*args)
    assert done.code == 2
    assert told in done.err


def test_the_answer_is_plain_data(joined: dict[str, Any]) -> None:
    assert json.loads(json.dumps(joined)) == joined
