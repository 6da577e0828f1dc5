"""The engine of a process that is asked again and again: what it runs, what it remembers and forgets, and that threads may share it."""

from __future__ import annotations

import datetime as dt
import gc
import json
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from engines.agree import differences
from lawkb import warm
from lawkb.api import KnowledgeBase, load
from lawkb.ask import conclude
from lawkb.base import FEW, Base
from lawkb.branches import NOTHING, Branch, Excluded, Read
from lawkb.case import Case
from lawkb.loops import Lookup, written
from lawkb.pattern import Call
from lawkb.warm import Library

ON = dt.date(2026, 11, 23)
PAIRS = [Case(a, b, ON) for a, b in permutations(("ITA", "NGA", "FRA", "FJI"), 2)]


@pytest.fixture
def fresh(kb: KnowledgeBase) -> Base:
    """The packaged knowledge base, of which nothing is remembered."""
    return Base(kb.base.path)


def _unlike(base: Base, case: Case, question: str | None = None) -> list[str]:
    return differences(conclude(base, case, question, "relational"), conclude(base, case, question, "loops"), ("relational", "loops"))


# which engine runs

def test_the_first_questions_of_a_process_are_answered_without_making_functions(fresh: Base) -> None:
    for case in PAIRS[:FEW]:
        conclude(fresh, case)
    assert "library" not in fresh.__dict__
    found = conclude(fresh, PAIRS[FEW])
    assert "library" in fresh.__dict__
    assert not differences(found, conclude(fresh, PAIRS[FEW], engine="relational"))


def test_one_question_on_the_command_line_does_not_load_what_makes_functions(kb: KnowledgeBase, environment: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", "from lawkb.cli import main; main()", "channels", "ITA", "NGA"], text=True,
                          capture_output=True, timeout=60, check=False, env=environment)
    assert "lawkb.relational" in done.stderr
    assert "lawkb.warm" not in done.stderr
    assert "lawkb.loops" not in done.stderr


# the same findings, for each kind of question and each kind of knowledge base

@pytest.mark.parametrize("key", [
    "ITA.NGA.2026-11-23.strict", "DEU.GBR.2020-12-31", "DEU.GBR.2021-01-01", "ITA.NGA.2026-11-23.offence-2003-09-28", "SXM.MAR.2026-12-01",
    "ITA.IND.2026-11-23.act-recruitment.means-none.purpose-sexual-exploitation.victim-child.consent-yes.penalty-60",
])
@pytest.mark.parametrize("question", ["channels", "criminality", "request"])
def test_functions_find_what_statements_find_between_two(kb: KnowledgeBase, key: str, question: str) -> None:
    assert not _unlike(kb.base, Case.of_iri(f"https://w3id.org/lawkb/case/{key}"), question)


@pytest.mark.parametrize("case", [Case("ITA", None, ON), Case("", None, ON, links=(("act", "ITA"), ("suspect-national", "NGA"), ("victim-resident", "FRA")))])
def test_functions_find_what_statements_find_of_one_and_of_several(kb: KnowledgeBase, case: Case) -> None:
    assert not _unlike(kb.base, case)


@pytest.mark.slow  # compiles an overlay
def test_functions_work_on_a_small_knowledge_base_and_on_overlays(tiny: KnowledgeBase, tmp_path: Path) -> None:
    assert not _unlike(tiny.base, Case("XXA", "XXB", dt.date(2016, 1, 1)))
    (tmp_path / "own.ttl").write_text(
        "PREFIX law: <https://w3id.org/lawkb/ns#>\nPREFIX act: <https://w3id.org/lawkb/id/act/>\nPREFIX instrument: <https://w3id.org/lawkb/id/instrument/>\n"
        "PREFIX jur: <https://w3id.org/lawkb/id/jur/>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
        'act:own.1 a law:Withdrawal ; law:instrument instrument:untoc ; law:party jur:NGA ; law:doneOn "2025-01-01"^^xsd:date .\n', encoding="utf-8")
    own = load([tmp_path]).base
    case = Case("ITA", "NGA", ON)
    assert not _unlike(own, case)
    assert differences(conclude(own, case, engine="loops"), conclude(load().base, case, engine="loops")), "the overlay changes nothing"


def test_functions_on_one_measure_find_what_statements_on_it_find(kb: KnowledgeBase) -> None:
    for case in (PAIRS[0], Case("FRA", "DEU", ON)):
        for measure in ("extradition", "mla-video-hearing", "police-information"):
            found, expected = (conclude(kb.base, case, engine=engine, measure=measure) for engine in ("loops", "relational"))
            assert not differences(found, expected)
            assert 0 < len(found.by_iri) < len(conclude(kb.base, case, engine="loops").by_iri)


def test_functions_on_one_measure_are_kept_for_a_few_measures_only(fresh: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "MEASURES", 2)
    for measure in ("extradition", "mla-video-hearing", "police-information", "extradition"):
        assert not differences(conclude(fresh, PAIRS[0], engine="loops", measure=measure), conclude(fresh, PAIRS[0], engine="relational", measure=measure))
        assert len(fresh.library._narrowed) <= 2


# memory

def test_what_is_remembered_is_forgotten_when_it_is_too_much_and_nothing_is_lost(fresh: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "REMEMBERED", 200)
    for case in PAIRS[:4]:
        assert not _unlike(fresh, case)
        assert fresh.library.functions.remembered <= 200


def test_a_table_of_which_much_was_asked_for_is_read_whole_unless_it_is_large(fresh: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "FIRST", 2)
    monkeypatch.setattr(warm, "WHOLE", 1000)
    for case in PAIRS:
        assert not _unlike(fresh, case)
    looked = {wanted: answer for wanted, answer in fresh.library.functions.answers.items() if isinstance(answer, warm.Looked)}
    assert any(answer.whole for answer in looked.values())
    assert all(answer.size <= 1000 for answer in looked.values() if answer.whole)
    assert any((answer.size or 0) > 1000 for answer in looked.values())


def test_an_engine_is_freed_at_once_when_it_is_let_go(fresh: Base) -> None:
    gc.collect()
    gc.disable()
    try:
        findings = conclude(fresh, PAIRS[0], engine="loops")
        assert len(findings.by_iri) == len(list(findings.by_iri.values()))
        watch = weakref.ref(findings)
        del findings
        assert watch() is None
    finally:
        gc.enable()


def test_threads_share_the_functions(fresh: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "REMEMBERED", 500)
    expected = {case: conclude(fresh, case, engine="relational") for case in PAIRS}
    asked = [(case, measure) for case in PAIRS * 3 for measure in (None, "extradition")]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda each: conclude(fresh, each[0], engine="loops", measure=each[1]), asked))
    for (case, measure), found in zip(asked, answers, strict=True):
        assert measure or not differences(found, expected[case])


# what functions are made of

S, KIND = "s", '"kind"'
NAME = Call("IRI", (Call("CONCAT", (Call("STR", ("?case",)), '"/made/"', Call("STRAFTER", (Call("STR", ("?t",)), '"/kind/"')))),))
COLUMNS = {"case_side": [S, '"side"'], "found_Made": [S, '"case"', '"of"']}
SIDE = Read("case_side", ((S, "?case", "iri"), ('"side"', "?p", "iri")), frozenset())


def _run(branch: Branch, facts: dict[str, list[tuple[str, ...]]], **tables: list[tuple[str | None, ...]]) -> list[tuple[object, ...]]:
    """Run a branch over tables of facts (subject, kind)."""
    import sqlite3

    base = sqlite3.connect(":memory:")
    for table, rows in facts.items():
        base.execute(f"CREATE TABLE {table}(s, kind)")
        base.executemany(f"INSERT INTO {table} VALUES (?,?)", rows)
    library = Library(base.execute, {"rule": json.dumps([branch.stored()])}, COLUMNS)
    function, numbers = library.functions.rule("rule")
    laid = warm.Tables(library.indexes, {"case_side": [("/case/q", "/p"), ("/case/q", "/q")], **tables})
    return sorted(set(function(*[laid[number] for number in numbers])), key=str)


def _branch(*reads: Read, excluded: tuple[Excluded, ...] = (), filters: tuple[tuple[str, str, str], ...] = (), shown: tuple[str, ...] = ("?f",)) -> Branch:
    return Branch((SIDE, *reads), (("?f", NAME),), filters, excluded, shown, True)


def test_a_branch_is_the_same_when_it_was_stored() -> None:
    excluded = Excluded(frozenset({"?t"}), (Read("facts_02", ((S, "?t", "iri"),), frozenset()),), (("<", "?t", "?t"),))
    branch = _branch(Read("facts_01", ((S, "?p", "iri"), (KIND, "?t", "iri")), frozenset({S})), filters=(("!=", "?p", "?t"),), excluded=(excluded,),
                     shown=("?f", NOTHING))
    assert Branch.of(json.loads(json.dumps(branch.stored()))) == branch


def test_a_chain_of_facts_is_remembered_and_gives_each_result_once() -> None:
    reads = [Read("facts_01", ((S, "?p", "iri"), (KIND, "?u", "iri")), frozenset()), Read("facts_02", ((S, "?u", "iri"), (KIND, "?t", "iri")), frozenset())]
    loops = written([_branch(*reads)], COLUMNS.__getitem__)
    assert [type(each).__name__ for each in loops.facts] == ["Loops"]
    facts: dict[str, list[tuple[str, ...]]] = {"facts_01": [("/p", "/u1"), ("/p", "/u2"), ("/q", "/u3")],
                                               "facts_02": [("/u1", "/kind/a"), ("/u2", "/kind/a"), ("/u3", "/other")]}
    assert _run(_branch(*reads), facts) == [("/case/q/made/",), ("/case/q/made/a",)]


def test_nothing_may_agree_with_a_group_of_several_tables() -> None:
    read = Read("facts_01", ((S, "?p", "iri"), (KIND, "?t", "iri")), frozenset())
    made = Read("found_Made", ((S, "?made", "iri"), ('"case"', "?case", "iri"), ('"of"', "?o", "iri")), frozenset({'"of"'}))
    other = Read("facts_02", ((S, "?o", "iri"), (KIND, "?t", "iri")), frozenset())
    facts: dict[str, list[tuple[str, ...]]] = {"facts_01": [("/p", "/kind/a"), ("/q", "/kind/b")], "facts_02": [("/o", "/kind/a"), ("/n", "/kind/b")]}
    branch = _branch(read, excluded=(Excluded(frozenset({"?t", "?case"}), (made, other), ()),))
    assert _run(branch, facts) == [("/case/q/made/a",), ("/case/q/made/b",)]
    assert _run(branch, facts, found_Made=[("/m", "/case/q", "/o"), ("/n", "/case/q", None)]) == [("/case/q/made/b",)]
    unlike = (("!=", "?o", "?t"), ("=", "?o", "?made"))
    assert len(_run(replace(branch, excluded=(replace(branch.excluded[0], filters=unlike),)), facts, found_Made=[("/m", "/case/q", "/o")])) == 2


def test_a_column_without_a_value_binds_nothing_and_the_same_variable_twice_is_one_value() -> None:
    made = Read("found_Made", ((S, "?made", "iri"), ('"case"', "?case", "iri"), ('"of"', "?t", "iri")), frozenset({'"of"'}))
    assert _run(_branch(made), {}, found_Made=[("/m", "/case/q", None), ("/n", "/case/q", "/kind/a")]) == [("/case/q/made/a",)]
    twice = Read("facts_01", ((S, "?t", "iri"), (KIND, "?t", "iri")), frozenset())
    assert _run(_branch(twice), {"facts_01": [("/kind/a", "/kind/a"), ("/kind/b", "/kind/c")]}) == [("/case/q/made/a",)]


def test_no_text_of_a_rule_or_a_fact_becomes_code() -> None:
    evil = '"}{__import__(\'os\').abort()}\'#\\"'
    read = Read("facts_01", ((S, "?p", "iri"), (KIND, "?t", "iri"), (KIND, evil, "literal")), frozenset())
    loops = written([replace(_branch(read), shown=("?f", "?p", evil), binds=(("?f", replace(NAME, arguments=(replace(
        NAME.arguments[0], arguments=(*NAME.arguments[0].arguments, '"{__import__}"')),))),))], COLUMNS.__getitem__)
    assert "import" not in loops.text
    assert set(loops.text) <= set("abcdefghijklmnopqrstuvwxyzNF0123456789_ \n:;=,.()[]{}\"'<>!+")


@pytest.mark.parametrize("lookup", [Lookup("facts_01; DROP TABLE x", (), (), ((S, ""),)), Lookup("facts_01", (), ("s OR 1=1",), ()),
                                    Lookup("facts_01", (("kind=kind--", "x"),), (), ()), Lookup("facts_01", (), (), (("(SELECT 1)", ""),))])
def test_what_is_no_name_of_a_table_or_a_column_is_not_asked_for(lookup: Lookup) -> None:
    with pytest.raises(ValueError, match="no name of a table or column"):
        Library(lambda statement, values: pytest.fail(statement), {}, {}).functions.answer(lookup)
