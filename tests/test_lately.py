"""What was concluded lately is not concluded again: the same findings, never another case's, and no more than a few are kept. Nor is what was not asked."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lawkb.api import KnowledgeBase, load
from lawkb.ask import conclude
from lawkb.base import _LATELY
from lawkb.case import Case
from lawkb.terms import CONCEPT

CASE = Case("ITA", "NGA", dt.date(2026, 11, 23))


def test_a_case_that_was_asked_lately_is_not_concluded_again(kb: KnowledgeBase) -> None:
    assert conclude(kb.base, CASE) is conclude(kb.base, replace(CASE))
    assert conclude(kb.base, CASE, "request") is not conclude(kb.base, CASE)


def test_another_day_direction_or_mode_is_another_case(kb: KnowledgeBase) -> None:
    others = (replace(CASE, on=CASE.on - dt.timedelta(days=1)), replace(CASE, strict=True), Case("NGA", "ITA", CASE.on))
    assert len({id(conclude(kb.base, case)) for case in (CASE, *others)}) == 1 + len(others)


@pytest.mark.usefixtures("kb")
def test_only_the_last_cases_are_kept() -> None:
    base = load().base
    for number in range(_LATELY + 5):
        base.lately(number, lambda number=number: number)
    assert list(base._lately) == list(range(5, _LATELY + 5))


def test_an_engine_that_is_named_always_runs(kb: KnowledgeBase) -> None:
    assert conclude(kb.base, CASE, engine="relational") is not conclude(kb.base, CASE, engine="relational")


@pytest.mark.parametrize("pair", ["ITA.NGA", "FRA.DEU", "USA.IRN", "CHN.MAC"])
@pytest.mark.parametrize("measure", ["extradition", "mla-video-hearing", "police-information", "transfer-of-sentenced-persons"])
def test_one_measure_is_concluded_as_it_is_among_all_and_without_the_others(kb: KnowledgeBase, pair: str, measure: str) -> None:
    case = Case(*pair.split("."), CASE.on)
    alone, among = conclude(kb.base, case, measure=measure), conclude(kb.base, case)
    asked = f"{CONCEPT}measure/{measure}"
    for iri, finding in alone.by_iri.items():
        values = dict(among.by_iri[iri].values)
        if asked in values.get("measure", ()):
            values["measure"] = [asked]  # that an instrument does not bind is said once, of all its measures
        assert finding.values == values
    assert {finding.iri for finding in among.by_iri.values() if asked in finding.values.get("measure", ())} <= alone.by_iri.keys()
    assert len(alone.by_iri) < len(among.by_iri)
    assert conclude(kb.base, case, engine="relational").by_iri.keys() == among.by_iri.keys()


def test_threads_that_ask_the_same_get_the_same(kb: KnowledgeBase) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: kb.channels("ITA", "NGA", on="2026-11-22", explain=True), range(8)))
    assert all(answer == answers[0] for answer in answers)
