"""Compiles a rule's patterns into one SQL statement over the tables of `lawkb.tables`.

Each subject of a pattern is the case, a finding or a fact. A finding is one row of its class's table; where a rule does not
say its class, the rules that make it do, and the statement has a branch for each class that it can be of. MINUS becomes
NOT EXISTS on the variables that it shares. The case stays a column throughout, so that a statement answers for as many
cases as there are in the tables. What has no translation that is sure to mean the same is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

from lawkb.errors import LawkbError
from lawkb.expressions import Expressions, Sql
from lawkb.infer import RESTS_ON, Plan
from lawkb.joins import Item, ordered
from lawkb.pattern import Construct, Group, Triple, is_variable, refused
from lawkb.ranges import FACT, UNKNOWN, classes_in
from lawkb.rules import STAGES, Rule
from lawkb.tables import CASE_CLASS, SUBJECT, Catalogue, Found, Probe, Relation, column, concluded, signature
from lawkb.terms import LAW, RDF_TYPE
from lawkb.values import short

_NOTHING = "NULL"


@dataclass(frozen=True)
class Compiled:
    """A plan with the look-ups (table, columns) for which its tables are to be indexed."""

    plan: Plan
    probes: frozenset[Probe]


def compile_rules(rules: dict[Rule, Construct], catalogue: Catalogue, lean: type[Expressions] | None = None) -> dict[Rule, Compiled]:
    """Compile every rule.

    Args:
        rules: the rules as parsed.
        catalogue: the tables, filled.
        lean: for many cases at once: plans give only what the tables of findings keep, and neither the further values nor the premises of a
            finding, and they write values as this class of expressions does.

    Raises:
        LawkbError: names the rule, and what in it lies outside the subset that has a translation.
    """
    compiled = {rule: compile_rule(rule, construct, catalogue, lean) for rule, construct in rules.items()}
    turns = _turns({rule: each.plan for rule, each in compiled.items()})
    tables = {found.table for found in catalogue.found.values() if found.read}
    return {rule: Compiled(replace(each.plan, turn=turns[rule], keeps=tuple(keep for keep in each.plan.keeps if keep[0] in tables)), each.probes)
            for rule, each in compiled.items()}


def compile_rule(rule: Rule, construct: Construct, catalogue: Catalogue, lean: type[Expressions] | None = None) -> Compiled:
    """Compile one rule; its turn among the others is for `compile_rules` to say."""
    compiler = _Compiler(rule, construct, catalogue, lean)
    return Compiled(compiler.plan(), frozenset(compiler.probes))


def _turns(plans: dict[Rule, Plan]) -> dict[Rule, int]:
    """Number the rules so that, inside a stage, those that make a class come before those that read it."""
    makers: dict[str, list[Rule]] = {}
    for rule, plan in plans.items():
        for name in plan.kinds:
            makers.setdefault(name, []).append(rule)
    turns: dict[Rule, int] = {}
    begun: set[Rule] = set()

    def visit(rule: Rule) -> None:
        if rule not in begun:
            begun.add(rule)
            for maker in (maker for name in plans[rule].reads for maker in makers.get(name, ()) if maker.stage == rule.stage):
                visit(maker)
            turns[rule] = len(turns)

    for rule in plans:
        visit(rule)
    return turns


class _Compiler:
    """Compiles one rule; gathers the classes of findings that it reads and the look-ups that it makes."""

    def __init__(self, rule: Rule, construct: Construct, catalogue: Catalogue, lean: type[Expressions] | None) -> None:
        self.lean, self.write = lean is not None, lean or Expressions
        self.rule, self.where, self.template, self.catalogue = rule, construct.where, construct.template, catalogue
        self.kinds = concluded(construct)
        self.stage = STAGES.index(rule.stage)
        self.known = classes_in(self.where, catalogue.ranges, set(catalogue.found))
        self.aliases = 0
        self.probes: set[Probe] = set()
        self.reads: set[str] = set()
        self.needs: list[set[str]] = []

    def plan(self) -> Plan:
        named = {variable for variable, _ in self.where.binds}
        if again := sorted(named & {term for triple in self.where.triples for term in triple}):
            raise self.refuse(f"matches {again[0]}, which a BIND makes", "Match facts and findings first, then name what was found")
        if not self.where.triples:
            raise self.refuse("matches nothing", "Begin its WHERE with the case")
        subjects = {s for s, _, _ in self.template}
        if len(subjects) != 1:
            raise self.refuse("concludes more than one finding at once", "Write one rule for each finding")
        stated = [(p, o) for _, p, o in self.template if p != RDF_TYPE]
        shown = [] if self.lean else stated
        columns = list(dict.fromkeys([*subjects, *(o for _, o in shown)]))
        keeps = tuple(self.keep(self.catalogue.found[kind], stated, columns) for kind in self.kinds if self.catalogue.found[kind].read or not self.lean)
        branches = [self.select(columns, chosen) for chosen in self.choices(self.where, self.known)]
        values: dict[str, list[int]] = {}
        for name, term in shown:
            if name != RESTS_ON:
                values.setdefault(name.removeprefix(LAW), []).append(columns.index(term))
        return Plan(sql=" UNION ".join(branches), turn=0, reads=tuple(sorted(kind.removeprefix(LAW) for kind in self.reads)),
                    needs=tuple(sorted(set.intersection(*self.needs))),
                    kinds=tuple(sorted(kind.removeprefix(LAW) for kind in self.kinds)),
                    values=tuple((name, tuple(places)) for name, places in values.items()),
                    premises=tuple(columns.index(term) for name, term in shown if name == RESTS_ON), keeps=keeps)

    def keep(self, found: Found, stated: list[tuple[str, str]], columns: list[str]) -> tuple[str, tuple[int, ...]]:
        """Return the table of a class of findings with the columns of the result that it takes."""
        places = [0]
        for name in found.properties:
            terms = [term for stated_name, term in stated if stated_name == name] or [_NOTHING]
            if len(terms) > 1:
                raise self.refuse(f"concludes {_said(name)} twice", "Write one rule for each value of a property that rules read")
            if terms[0] not in columns:
                columns.append(terms[0])
            places.append(columns.index(terms[0]))
        return found.table, tuple(places)

    def select(self, columns: list[str], chosen: dict[str, str]) -> str:
        """Return the statement for one choice of classes."""
        env: dict[str, Sql] = {}
        write = self.write(env, self.refuse)
        items = ordered(self.items(self.where, chosen), set())
        self.needs.append({item.source.table for item in items if isinstance(item.source, Found)})
        tables, conditions = self.join(items, env)
        for variable, expression in self.where.binds:
            env[variable] = write.expression(expression)
        conditions += [write.comparison(*each) for each in self.where.filters]
        for shared, group in self.where.minus:
            conditions += self.absent(shared, group, env)
        shown = ", ".join(_NOTHING if term == _NOTHING else write.value(term).text for term in columns)
        distinct = "DISTINCT " if self.repeats(items, columns) else ""
        return f"SELECT {distinct}{shown} FROM {' CROSS JOIN '.join(tables)}{' WHERE ' if conditions else ''}{' AND '.join(conditions)}"

    @staticmethod
    def repeats(items: list[Item], shown: list[str]) -> bool:
        """Say whether the join may give a row more than once: where it matches something that the result does not show."""
        bound: set[str] = set()
        for item in items:
            if item.variables - bound - set(shown) and not item.single(bound):
                return True
            bound |= item.variables
        return False

    # patterns to tables

    def choices(self, group: Group, known: dict[str, set[str]]) -> list[dict[str, str]]:
        """Return every way in which the findings of a group of which it does not say the class can be of a class."""
        typed = {s for s, p, o in group.triples if p == RDF_TYPE}
        read: dict[str, set[str]] = {}
        for subject, predicate, _ in group.triples:
            if subject not in typed:
                read.setdefault(subject, set()).add(predicate)
        open_ones = {}
        for subject, predicates in read.items():
            classes = known.get(subject, {FACT}) - {FACT}
            if UNKNOWN not in classes and classes:
                open_ones[subject] = sorted(kind for kind in classes if predicates <= self.catalogue.found[kind].stated)
                if FACT in known[subject] and (frozenset(predicates), frozenset()) in self.catalogue.stars:
                    open_ones[subject].append(FACT)
                if not open_ones[subject]:
                    raise self.refuse(f"reads {', '.join(map(_said, sorted(predicates)))} of {subject}, a {_said(min(classes))}, of which no rule says it",
                                      "Read it from the fact or finding that has it")
        return [dict(zip(open_ones, choice, strict=True)) for choice in product(*open_ones.values())]

    def items(self, group: Group, chosen: dict[str, str]) -> list[Item]:
        return [item for subject, triples in group.stars().items() for item in self.star(subject, triples, chosen.get(subject))]

    def star(self, subject: str, triples: list[Triple], chosen: str | None) -> list[Item]:
        """Return the tables for what a group says of one subject."""
        if not is_variable(subject):
            raise self.refuse(f"names the individual {subject}", "A rule speaks of variables and concepts only")
        if any(p == RDF_TYPE and is_variable(o) for _, p, o in triples):
            raise self.refuse(f"asks for the class of {subject}", "Name the class")
        predicates, classes = signature(triples)
        properties = [(p, o) for _, p, o in triples if p != RDF_TYPE]
        made = [kind for kind in (*sorted(classes), chosen) if kind in self.catalogue.found]
        if made and classes <= set(made):
            return self.finding(subject, made, properties)
        if CASE_CLASS in classes or predicates & self.catalogue.case.keys():
            return self.case(subject, triples)
        could = sorted(kind for kind, found in self.catalogue.found.items()
                       if not classes and chosen is None and found.stage <= self.stage and predicates <= found.stated)
        if could:
            raise self.refuse(f"does not say of which class {subject} is, maybe a {_said(could[0])}", f"Write {subject} a {_said(could[0])} if it is one")
        if (predicates, classes) not in self.catalogue.stars:
            raise self.refuse(f"says that {subject} is both a finding and a fact", "Say one of the two")
        return [item for part, relation in self.catalogue.star(predicates, classes)
                for item in self.rows(relation, subject, [(p, o, relation.sort(p)) for p, o in properties if p in part])]

    def rows(self, source: Relation | Found, subject: str, properties: list[tuple[str, str, str]]) -> list[Item]:
        """Return one table for all properties of a subject, and another for each further value of a property."""
        items = [Item(source, [(SUBJECT, subject, "iri")])]
        seen: set[str] = set()
        for name, obj, sort in properties:
            if name in seen:
                items.append(Item(source, [(SUBJECT, subject, "iri"), (column(name), obj, sort)]))
            else:
                items[0].columns.append((column(name), obj, sort))
            seen.add(name)
        return items

    def case(self, subject: str, triples: list[Triple]) -> list[Item]:
        found = []
        for _, predicate, obj in triples:
            relation = self.catalogue.case.get(predicate)
            if relation is None or (predicate == RDF_TYPE and obj != f"<{CASE_CLASS}>"):
                raise self.refuse(f"reads {_said(predicate)} {obj} of {subject}, which is the case", "A case has only the properties of a law:Case")
            found += self.rows(relation, subject, [(predicate, obj, relation.sort(predicate))])
        return found

    def finding(self, subject: str, classes: list[str], properties: list[tuple[str, str]]) -> list[Item]:
        self.reads.update(classes)
        first = self.catalogue.found[classes[0]]
        for kind in classes:
            self.catalogue.found[kind].read = True
        for name, _ in properties:
            if name not in first.properties:
                raise self.refuse(f"reads {_said(name)} of a {_said(classes[0])}, of which no rule says it", "Read it from the fact or finding that has it")
        others = [Item(self.catalogue.found[kind], [(SUBJECT, subject, "iri")]) for kind in classes[1:]]
        return self.rows(first, subject, [(p, o, "iri") for p, o in properties]) + others

    # joins

    def join(self, items: list[Item], env: dict[str, Sql]) -> tuple[list[str], list[str]]:
        """Return the tables in their order and the conditions between them; adds to `env` where each variable is found."""
        tables, conditions = [], []
        for item in items:
            if looked_up := item.probe(set(env)):
                self.probes.add((item.source.table, looked_up))
            self.aliases += 1
            tables.append(f"{item.source.table} t{self.aliases}")
            for name, term, sort in item.columns:
                place = f"t{self.aliases}.{name}"
                if not is_variable(term):
                    conditions.append(f"{place} = {self.write(env, self.refuse).value(term).text}")
                elif term in env:
                    conditions.append(f"{place} = {env[term].text}")
                    self.like(term, env[term].sort, sort)
                else:
                    env[term] = Sql(place, sort)
                    if isinstance(item.source, Found) and name in item.source.may_lack:
                        conditions.append(f"{place} IS NOT NULL")
        return tables, conditions

    def like(self, term: str, left: str, right: str) -> None:
        if left != right and "any" not in (left, right):
            raise self.refuse(f"joins on {term} what is {left} with what is {right}", "Compare like with like")

    def absent(self, shared: frozenset[str], group: Group, env: dict[str, Sql]) -> list[str]:
        """Return the conditions that nothing agrees with a group that is excluded, one for each choice of classes."""
        known = classes_in(group, self.catalogue.ranges, set(self.catalogue.found), {v: self.known[v] for v in shared if v in self.known})
        found = []
        for chosen in self.choices(group, known):
            inner = {variable: env[variable] for variable in shared}
            tables, conditions = self.join(ordered(self.items(group, chosen), set(shared)), inner)
            conditions += [self.write(inner, self.refuse).comparison(*each) for each in group.filters]
            found.append(f"NOT EXISTS (SELECT 1 FROM {' CROSS JOIN '.join(tables)} WHERE {' AND '.join(conditions)})")
        return found

    def refuse(self, what: str, mend: str) -> LawkbError:
        return refused(self.rule, what, mend)


def _said(iri: str) -> str:
    return f"law:{iri.removeprefix(LAW)}" if iri.startswith(LAW) else short(iri)
