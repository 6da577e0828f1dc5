"""What was concluded lately is not concluded again: the same findings, never another case's, and no more than a few are kept."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from lawkb.api import KnowledgeBase, load
from lawkb.ask import conclude
from lawkb.base import _LATELY
from lawkb.case import Case

CASE = Case("ITA", "NGA", dt.date(2026, 11, 23))


def test_a_case_that_was_asked_lately_is_not_concluded_again(kb: KnowledgeBase) -> None:
    assert conclude(kb.base, CASE) is conclude(kb.base, replace(CASE))
    assert conclude(kb.base, CASE, "request") is not conclude(kb.base, CASE)


def test_another_day_direction_or_mode_is_another_case(kb: KnowledgeBase) -> None:
    others = (replace(CASE, on=CASE.on - dt.timedelta(days=1)), replace(CASE, strict=True), Case("NGA", "ITA", CASE.on))
    assert len({id(conclude(kb.base, case)) for case in (CASE, *others)}) == 1 + len(others)


def test_only_the_last_cases_are_kept() -> None:
    base = load().base
    for number in range(_LATELY + 5):
        base.lately(number, lambda number=number: number)
    assert list(base._lately) == list(range(5, _LATELY + 5))


def test_an_engine_that_is_named_always_runs(kb: KnowledgeBase) -> None:
    assert conclude(kb.base, CASE, engine="relational") is not conclude(kb.base, CASE, engine="relational")


def test_threads_that_ask_the_same_get_the_same(kb: KnowledgeBase) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: kb.channels("ITA", "NGA", on="2026-11-22", explain=True), range(8)))
    assert all(answer == answers[0] for answer in answers)
