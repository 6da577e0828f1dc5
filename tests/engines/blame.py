"""Which engine is alone where all at once and pair by pair disagree on a case, and the smallest dossier that shows it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from engines.agree import Question, differences, engines, plain, reduced, smallest, told
from engines.at_once import Rows, at_once, one_by_one
from engines.memory import Dossier, over_oxigraph, over_oxigraph_in_order, over_snapshot
from lawkb.base import Base
from lawkb.case import Case
from lawkb.dossier import dossier
from lawkb.parsed import parsed_rules
from lawkb.rules import STAGES_OF, Rule, load_rules
from lawkb.world import World

Differs = Callable[[Dossier, list[Rule]], bool]


def blame(base: Base, question: Question, spoil: Callable[[World], None] | None = None) -> str:
    """Return in words where engines part ways on a question, with the fewest facts and rules on which they do.

    `spoil` changes the engine for all pairs at once, to see whether that is noticed.
    """
    case = question.case
    tables, functions, triples = (run(case, question.kind) for run in engines(base, "relational", "loops", "oxigraph").values())
    if differences(tables, functions):
        return f"Statements and functions over the same tables differ, pair by pair.\n{smallest(base, question, 'loops')}"
    if differences(tables, triples):
        return f"Tables and triples differ, pair by pair.\n{smallest(base, question)}"
    rules = {rule: read for rule, read in parsed_rules(load_rules(), base.path.parent).items() if rule.stage in STAGES_OF[question.kind]}
    whole = Dossier.of(dossier(base, case), case)

    def in_order(facts: Dossier, chosen: list[Rule]) -> bool:
        picked = {rule: rules[rule] for rule in chosen}
        return plain(over_oxigraph_in_order(facts, picked)) != plain(over_oxigraph(facts, picked))

    def at_once_differs(facts: Dossier, chosen: list[Rule]) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            small = over_snapshot(facts, {rule: rules[rule] for rule in chosen}, Path(folder))
            return _at_once(small, case, spoil) != one_by_one(small, [case])

    tried = [("On Oxigraph the rules find otherwise in order than as they stand.", in_order)]
    if question.kind == "channels":
        tried.append(("Pair by pair all agree; all at once, on DuckDB, something else comes out.", at_once_differs))
    for what, differs in tried:
        if differs(whole, list(rules)):
            return f"{what}\n{told(*reduced(whole, list(rules), differs))}"
    return "Over the dossier all agree: what differs comes of facts outside it, or of many cases at a time."


def _at_once(base: Base, case: Case, spoil: Callable[[World], None] | None) -> Rows:
    world = World(base)
    if spoil:
        spoil(world)
    world.run([(case.requesting, case.requested or "")], case.on, case.strict)
    verdicts, options = at_once(world)
    return verdicts, dict(options)
