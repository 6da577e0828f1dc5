"""Every engine answers every question alike: IRIs, classes, values, rules and premises of all findings.

What runs by default, all of it seeded (`LAWKB_AGREE=20000` or `make agree` asks many more):

- 2,000 questions on invented worlds (tests/engines/invented.py, an overlay on the tiny knowledge base) and 80 on the packaged one:
  the compiled rules on tables, and as functions, against the rules as they are written on Oxigraph. Packaged questions between jurisdictions with many
  treaties take Oxigraph seconds each, so these are few; tests/test_engines.py adds some sixty in which every rule fires that ever does.
- the rules in an order of joins made for the facts, with which Oxigraph is fast (tests/engines/ordered.py): every third of the invented
  questions, 200 on the packaged knowledge base between any two, and the sixty of tests/test_engines.py.
- all pairs at once, on DuckDB: 2,000 questions and more in batches, each on or beside a day of change of an invented world; what is
  compared are verdicts, standings, the order of options and the IRIs of findings, since no more is kept. tests/test_world.py does the same
  on the packaged knowledge base, tests/engines/whole.py for every ordered pair.
- pySHACL, which runs the rules as SHACL rules: every 15th of the invented questions and four of the packaged ones, on an Oxigraph
  store behind rdflib; three questions on single jurisdictions or forums on rdflib's own store, which does not finish larger ones. Every rule is also run by
  pySHACL on rdflib's own store over its small dossiers (tests/test_shacl_rules.py).
- rdflib as an engine: every 20th of the invented questions on an Oxigraph store, three on its own.

A disagreement is shrunk to the fewest facts and rules that show it. `WORLDS` of invented facts are made anew from the seed, so
that each code of the closed lists comes up somewhere.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import TINY
from engines import invented
from engines.agree import Question, differences, disagreements, engines, kinds, plain, questions, reduced, smallest, turning_days
from engines.at_once import asked_at_once, batches, one_by_one, unlike
from engines.blame import blame
from engines.memory import Dossier, Spoil, over_oxigraph, over_tables
from engines.shrink import shrink
from lawkb.api import KnowledgeBase, load
from lawkb.ask import conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.dossier import dossier
from lawkb.infer import CompiledRule
from lawkb.measures import measures
from lawkb.pattern import parse
from lawkb.rules import STAGES_OF, Rule, load_rules
from lawkb.terms import CASE, ID
from lawkb.world import World

pytestmark = pytest.mark.slow  # left out of `make check`

COUNT = int(os.environ.get("LAWKB_AGREE", "2000"))
SEED = 20_261_128
WORLDS = 24
PARTS = 8  # so that the workers of a run share the questions
GROUPS = [[invented.alpha(world, place) for place in range(invented.STATES)] for world in range(WORLDS)]


@pytest.fixture(scope="session")
def worlds(cache_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Base:
    """The tiny knowledge base with the invented worlds laid over it; made once for all workers of a run."""
    folder, own = cache_folder.parent / "invented-worlds", tmp_path_factory.mktemp("worlds")
    invented.write(own / "made", WORLDS, SEED)
    try:
        (own / "made").rename(folder)
    except OSError:  # another worker was quicker
        shutil.rmtree(own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAWKB_CACHE", str(cache_folder))
        return load([folder], kb=TINY).base


def _agree(base: Base, asked: list[Question], *others: str) -> None:
    unlike = next(disagreements(asked, ("relational", engines(base, "relational")["relational"]), engines(base, *others)), None)
    if unlike:
        question, name, told = unlike
        shown = blame(base, question) if name in ("loops", "oxigraph", "oxigraph-in-order") else ""
        pytest.fail("\n".join([f"{name} answers {question} otherwise; {len(told)} findings differ:", *told[:3], shown]))


def _invented(base: Base, part: int) -> list[Question]:
    return list(questions(GROUPS, turning_days(base), COUNT // PARTS, f"{SEED}.{part}"))


@pytest.mark.parametrize("part", range(PARTS))
def test_tables_functions_and_triples_agree_on_invented_worlds(worlds: Base, part: int) -> None:
    _agree(worlds, _invented(worlds, part), "loops", "oxigraph")


@pytest.mark.parametrize("part", range(PARTS))
def test_rules_in_another_order_agree_on_invented_worlds(worlds: Base, part: int) -> None:
    _agree(worlds, _invented(worlds, part)[::3], "oxigraph-in-order")


@pytest.mark.parametrize("part", range(PARTS))
def test_all_pairs_at_once_agree_with_pair_by_pair_on_invented_worlds(worlds: Base, part: int) -> None:
    """Verdicts, standings, order of options and IRIs, on and beside days of change; DuckDB takes a day and many pairs, no facts of a case."""
    asked, world = 0, World(worlds)
    for batch in batches(GROUPS, turning_days(worlds), COUNT // PARTS, f"{SEED}.{part}"):
        if told := unlike(asked_at_once(world, batch.pairs, batch.on, batch.strict), one_by_one(worlds, batch.cases), ("duckdb", "relational")):
            (a, b, measure), how = next(iter(told.items()))
            case = Case(a, b, batch.on, strict=batch.strict)
            pytest.fail(f"{case.key} {measure}; {len(told)} places differ:\n{how}\n{blame(worlds, Question(case, 'channels'))}")
        asked += len(batch.pairs)
    assert asked >= COUNT // PARTS


@pytest.mark.parametrize("part", range(PARTS))
def test_pyshacl_agrees_on_invented_worlds(worlds: Base, part: int) -> None:
    _agree(worlds, _invented(worlds, part)[::15], "pyshacl")


def test_rdflib_agrees_on_invented_worlds(worlds: Base) -> None:
    _agree(worlds, [question for part in range(PARTS) for question in _invented(worlds, part)[::20]], "oxrdflib")


def test_rdflib_and_pyshacl_agree_on_rdflibs_own_store(worlds: Base) -> None:
    single = [question for question in _invented(worlds, 0) if question.kind in ("duties", "forums")]
    _agree(worlds, single[:3], "rdflib", "pyshacl-rdflib")


@pytest.mark.parametrize("part", range(2))
def test_tables_functions_and_triples_agree_around_days_on_which_something_changes(kb: KnowledgeBase, part: int) -> None:
    _agree(kb.base, _packaged(kb.base)[part::2], "loops", "oxigraph")


def test_tables_and_functions_agree_between_jurisdictions_with_many_treaties(kb: KnowledgeBase) -> None:
    """Functions are quick where triples take seconds: so those with many treaties are asked too, as a whole and on one measure."""
    turns = turning_days(kb.base)
    many = sorted(turns, key=lambda code: (-len(turns[code]), code))[:60]
    asked = list(questions([many], turns, COUNT // 20, SEED))
    _agree(kb.base, asked, "loops")
    chance = random.Random(SEED)
    for question in asked[::3]:
        if question.case.question == "channels" and not question.case.facts:
            measure = chance.choice(measures(kb.base))
            expected, found = (conclude(kb.base, question.case, engine=name, measure=measure) for name in ("relational", "loops"))
            assert not (unlike := differences(expected, found, ("relational", "loops"))), f"{question} {measure}\n" + "\n".join(unlike[:3])


@pytest.mark.parametrize("part", range(2))
def test_rules_in_another_order_agree_between_any_two_around_days_on_which_something_changes(kb: KnowledgeBase, part: int) -> None:
    turns = turning_days(kb.base)
    _agree(kb.base, list(questions([sorted(turns)], turns, COUNT // 20, f"{SEED}.{part}")), "oxigraph-in-order")


def test_pyshacl_agrees_on_the_packaged_knowledge_base(kb: KnowledgeBase) -> None:
    _agree(kb.base, _packaged(kb.base)[:4], "pyshacl", "oxrdflib")


def test_the_definition_of_the_offence_is_compared_also_where_it_binds_neither(kb: KnowledgeBase) -> None:
    question = Question(Case.of_iri(f"{CASE}IRN.PAK.2019-01-01"), "criminality")
    findings = engines(kb.base, "relational")["relational"](question.case, question.kind)
    assert findings.of("DefinitionAlignment", instrument=f"{ID}instrument/palermo-tip")
    assert not findings.of("BoundSide", instrument=f"{ID}instrument/palermo-tip")
    _agree(kb.base, [question], "oxigraph")


def _packaged(base: Base) -> list[Question]:
    """Questions on the packaged knowledge base between those of whom less is recorded: those with many treaties take too long here."""
    turns = turning_days(base)
    few = sorted(turns, key=lambda code: (len(turns[code]), code))[:150]
    return list(questions([few], turns, COUNT // 25, SEED))


def test_every_kind_of_question_and_every_boundary_is_asked(worlds: Base) -> None:
    asked = [question for part in range(PARTS) for question in _invented(worlds, part)]
    turns = turning_days(worlds)
    assert len(asked) >= 2000
    assert {question.kind for question in asked} == {"request", "criminality", "duties", "forums"}
    assert sum(question.case.strict for question in asked) > 100
    assert sum(question.case.offence_on is not None for question in asked) > 100
    for shift in (-1, 0, 1):
        assert sum(question.case.on.toordinal() - shift in turns.get(code, ()) for question in asked for code in question.case.sides) > 200


def test_most_rules_fire_on_invented_worlds(worlds: Base) -> None:
    run = engines(worlds, "relational")["relational"]
    asked = [question for part in range(PARTS) for question in _invented(worlds, part)[::4]]
    fired = {rule for question in asked for finding in plain(run(question.case, question.kind)).values() for rule in finding.rules}
    silent = {rule.iri for rule in worlds.rules} - fired
    assert len(silent) <= len(worlds.rules) * 0.3, f"the invented facts are too poor for {sorted(silent)}"


# the shrinker

def test_shrink_keeps_the_fewest_things_that_still_fail() -> None:
    assert shrink(list(range(100)), lambda some: {7, 42, 99} <= set(some)) == [7, 42, 99]
    assert shrink([1, 1, 2], lambda some: some.count(1) >= 2) == [1, 1]
    assert shrink([1, 2, 3], lambda some: True) == []
    with pytest.raises(ValueError, match="does not fail"):
        shrink([1, 2, 3], lambda some: False)


def test_shrink_passes_over_what_cannot_be_tried() -> None:
    def fails(some: list[int]) -> bool:
        if 2 not in some:
            raise RuntimeError("it needs the second one to run at all")
        return 4 in some

    assert shrink([1, 2, 3, 4], fails) == [2, 4]


def _broken(name: str, right: str, wrong: str) -> tuple[Rule, Spoil]:
    """Return a rule, and what makes its plan wrong."""
    rule = next(rule for rule in load_rules() if rule.iri.endswith(name))

    def spoil(compiled: CompiledRule) -> CompiledRule:
        if compiled.iri != rule.iri:
            return compiled
        assert right in compiled.plan.sql
        return replace(compiled, plan=replace(compiled.plan, sql=compiled.plan.sql.replace(right, wrong)))

    return rule, spoil


@pytest.mark.parametrize(("name", "right", "wrong", "key", "facts"), [
    ("/0-parties/bound-side", "<=", "<", "XXA.XXB.2015-06-09", 8),
    ("/1-bonds/treaty-bond", "<>", "=", "XXA.XXB.2016-01-01", 14),
])
def test_a_broken_plan_is_shrunk_to_its_rule_and_to_the_facts_that_show_it(
        tiny: KnowledgeBase, name: str, right: str, wrong: str, key: str, facts: int) -> None:
    broken, spoil = _broken(name, right, wrong)
    case = Case.of_iri(f"{CASE}{key}")
    rules = {rule: parse(rule) for rule in load_rules() if rule.stage in STAGES_OF["channels"][:3]}

    def differs(facts: Dossier, chosen: list[Rule]) -> bool:
        picked = {rule: rules[rule] for rule in chosen}
        return plain(over_tables(facts, picked, spoil)) != plain(over_oxigraph(facts, picked))

    small, chosen = reduced(Dossier.of(dossier(tiny.base, case), case), list(rules), differs)
    assert broken in chosen
    assert len(chosen) <= 4
    assert 0 < len(small.triples) <= facts
    assert not any(differs(small.only(triples=[t for t in small.triples if t != one]), chosen) for one in small.triples), "a fact could be left out"


def test_what_the_dossier_leaves_out_is_told(tiny: KnowledgeBase) -> None:
    case = Case.of_iri(f"{CASE}XXA.XXB.2016-01-01")
    assert "leaves out facts" in smallest(tiny.base, Question(case, kinds(case)[1]))
