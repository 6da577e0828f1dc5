"""Writes the branches of a rule as one statement that answers for many cases at once: joins in their order, and anti-joins for what is excluded.

An engine that works on sets would make the same of cross products with conditions and of NOT EXISTS; to be told so spares it
most of the time that it takes to plan a statement. It is also told what no rule says, as a rule is about one case: all findings
that a rule joins are of the same case. Where the name of a finding joins them, that follows from the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count

from lawkb.branches import NOTHING, Branch, Read
from lawkb.expressions import Expressions, Refuse, Sql
from lawkb.sql import Select
from lawkb.tables import SUBJECT

CASE = '"case"'
Names = Mapping[str, Mapping[str, bool]]


def statement(branches: Iterable[Branch], expressions: type[Expressions], refuse: Refuse, names: Names) -> str:
    """Return a SELECT of the rows of all branches.

    Args:
        branches, expressions, refuse: as for `lawkb.sql.statement`.
        names: the columns of each table of findings, and whether what stands there are always names of findings.

    Raises:
        LawkbError: made by `refuse`.
    """
    numbers = count(1)
    return " UNION ".join(_Select(expressions, refuse, numbers, names).written(branch) for branch in branches)


class _Select(Select):
    def __init__(self, expressions: type[Expressions], refuse: Refuse, numbers: Iterator[int], names: Names) -> None:
        super().__init__(expressions, refuse, numbers)
        self.names = names

    def written(self, branch: Branch) -> str:
        """Return the SELECT."""
        env: dict[str, Sql] = {}
        write = self.expressions(env, self.refuse)
        tables, case = self.tables(branch.reads, env, "")
        (joined, conditions), *others = tables
        joined += "".join(f" JOIN {table} ON {' AND '.join(linked)}" if linked else f" CROSS JOIN {table}" for table, linked in others)
        for variable, expression in branch.binds:
            env[variable] = write.expression(expression)
        conditions += [write.comparison(*each) for each in branch.filters]
        for group in branch.excluded:
            inner = {variable: env[variable] for variable in group.shared}
            absent, _ = self.tables(group.reads, inner, case)
            linked = [*chain.from_iterable(each for _, each in absent), *(self.expressions(inner, self.refuse).comparison(*each) for each in group.filters)]
            if len(absent) == 1:
                joined += f" ANTI JOIN {absent[0][0]} ON {' AND '.join(linked)}"
            else:
                conditions.append(f"NOT EXISTS (SELECT 1 FROM {' CROSS JOIN '.join(table for table, _ in absent)} WHERE {' AND '.join(linked)})")
        shown = ", ".join(NOTHING if term == NOTHING else write.value(term).text for term in branch.shown)
        return (f"SELECT {'DISTINCT ' if branch.repeats else ''}{shown} FROM {joined}"
                f"{' WHERE ' if conditions else ''}{' AND '.join(conditions)}")

    def tables(self, reads: Iterable[Read], env: dict[str, Sql], case: str) -> tuple[list[tuple[str, list[str]]], str]:
        """Return the tables of a join, each with the conditions that link it to those before it, and where the case is found."""
        found = []
        for read in reads:
            names = self.names.get(read.table)
            bound = {name for name, term, _ in read.columns if term in env}
            named = names is not None and any(name == SUBJECT or names[name] for name in bound)
            if named:
                read = replace(read, columns=tuple(each for each in read.columns if each[0] != CASE or each[1] not in env))
            (table,), conditions = self.join([read], env)
            place = f"{table.rpartition(' ')[2]}.{CASE if names is not None else SUBJECT}"
            if case and names is not None and not named and CASE not in bound:
                conditions.append(f"{place} = {case}")
            if names is not None or read.table.startswith("case_"):
                case = case or place
            found.append((table, conditions))
        return found, case
