"""To which bodies one can turn about a state, and what they told it: by day, by declaration, and never as a "no" where a list was not read so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lawkb.api import KnowledgeBase
from lawkb.errors import LawkbError

if TYPE_CHECKING:
    from conftest import Invoke

DAY = "2026-11-23"


def _states(kb: KnowledgeBase, code: str, on: str = DAY) -> dict[str, str]:
    answer = kb.complaints(code, on=on)
    return {line["instrument"]: line["state"] for line in (*answer["routes"], *answer["not_open"])}


@pytest.mark.parametrize(("on", "state"), [("2022-09-15", "open"), ("2022-09-16", "not-open")])
def test_the_court_is_open_against_russia_to_the_last_day_of_the_convention(kb: KnowledgeBase, on: str, state: str) -> None:
    assert _states(kb, "RUS", on)["coe-005"] == state


def test_what_hangs_on_a_declaration_that_is_not_recorded_is_unknown(kb: KnowledgeBase) -> None:
    assert _states(kb, "ITA")["cat"] == "unknown"


def test_a_state_that_is_not_on_a_list_read_too_early_is_not_told_to_be_outside(kb: KnowledgeBase) -> None:
    assert _states(kb, "ITA")["crc-opic"] == "unknown-party"
    assert _states(kb, "ITA", "2015-03-14")["crc-opic"] == "not-open"


def test_the_group_of_experts_takes_no_petitions(kb: KnowledgeBase) -> None:
    line = next(line for line in kb.complaints("ITA", on=DAY)["routes"] if line["instrument"] == "coe-197")
    assert (line["petitions"], line["state"]) == (False, "open")


def test_a_state_without_any_procedure_has_exit_code_3_or_1(invoke: Invoke) -> None:
    assert invoke("complaints", "TWN", "--on", DAY).code in (1, 3)
    assert invoke("complaints", "ITA", "--on", DAY).code == 0


def test_a_judgment_is_told_to_its_state_and_bears_on_the_other_parties(kb: KnowledgeBase) -> None:
    mine, other = (kb.monitoring(code, topic="non-punishment", on=DAY) for code in ("GBR", "DEU"))
    assert [line["case"] for line in mine["told"]] == ["V.C.L. and A.N. v. the United Kingdom (77587/12 and 74603/12)"]
    assert (other["told"], len(other["leading"])) == ([], 1)


def test_a_judgment_bears_on_no_state_that_the_convention_does_not_bind(kb: KnowledgeBase) -> None:
    answer = kb.monitoring("NGA", on=DAY)
    assert answer["told"] == answer["leading"] == []


@pytest.mark.parametrize(("on", "count"), [("2021-02-15", 0), ("2021-02-16", 1)])
def test_a_judgment_counts_from_its_day(kb: KnowledgeBase, on: str, count: int) -> None:
    assert len(kb.monitoring("GBR", topic="non-punishment", on=on)["told"]) == count


def test_that_nothing_is_recorded_is_told_as_not_known(invoke: Invoke) -> None:
    done = invoke("monitoring", "NGA", "--on", DAY)
    assert done.code == 3
    assert "is not known here" in " ".join(done.out.split())


def test_a_topic_that_does_not_exist_is_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(LawkbError, match="There is no topic"):
        kb.monitoring("ITA", topic="justice")


@pytest.mark.parametrize("command", ["complaints", "monitoring"])
def test_each_form_is_written(invoke: Invoke, command: str) -> None:
    for form in ("json", "md", "csv"):
        assert invoke(command, "ITA", "--on", DAY, "--format", form).out.strip()
