"""Writes the branches of a rule as one statement that answers for many cases at once: joins in their order, and anti-joins for what is excluded.

An engine that works on sets would make the same of cross products with conditions and of NOT EXISTS; to be told so spares it
most of the time that it takes to plan a statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from lawkb.branches import NOTHING, Branch, Excluded, Read
from lawkb.expressions import Expressions, Refuse, Sql
from lawkb.sql import Select


def statement(branches: Iterable[Branch], expressions: type[Expressions], refuse: Refuse) -> str:
    """Return a SELECT of the rows of all branches; the arguments and errors are those of `lawkb.sql.statement`."""
    numbers = count(1)
    return " UNION ".join(_Select(expressions, refuse, numbers).written(branch) for branch in branches)


class _Select(Select):
    def written(self, branch: Branch) -> str:
        """Return the SELECT."""
        env: dict[str, Sql] = {}
        write = self.expressions(env, self.refuse)
        joined, conditions = self.joined(branch.reads, env)
        for variable, expression in branch.binds:
            env[variable] = write.expression(expression)
        conditions += [write.comparison(*each) for each in branch.filters]
        for group in branch.excluded:
            if reads := _linked(group.reads):
                joined += self.without(reads, group, env)
            else:
                conditions.append(self.absent(group, env))
        shown = ", ".join(NOTHING if term == NOTHING else write.value(term).text for term in branch.shown)
        return f"SELECT {'DISTINCT ' if branch.repeats else ''}{shown} FROM {joined}{_where(conditions)}"

    def joined(self, reads: Iterable[Read], env: dict[str, Sql]) -> tuple[str, list[str]]:
        """Return the joins of tables, each with its conditions, and the conditions that are left; adds to `env` where each variable is found."""
        text, left = "", list[str]()
        for read in reads:
            (table,), conditions = self.join([read], env)
            if not text:
                text, left = table, conditions
            else:
                text += f" JOIN {table} ON {' AND '.join(conditions)}" if conditions else f" CROSS JOIN {table}"
        return text, left

    def without(self, reads: list[Read], group: Excluded, env: dict[str, Sql]) -> str:
        """Return the anti-join with the tables of a group that is excluded."""
        inner: dict[str, Sql] = {}
        joined, conditions = self.joined(reads, inner)
        conditions += [self.expressions(inner, self.refuse).comparison(*each) for each in group.filters]
        shared = sorted(group.shared)
        for variable in shared:
            self.like(variable, env[variable].sort, inner[variable].sort)
        if len(reads) == 1:
            return f" ANTI JOIN {joined} ON {' AND '.join([*(f'{env[each].text} = {inner[each].text}' for each in shared), *conditions])}"
        name = f"x{next(self.numbers)}"
        columns = ", ".join(f"{inner[each].text} AS v{place}" for place, each in enumerate(shared))
        agreed = " AND ".join(f"{env[each].text} = {name}.v{place}" for place, each in enumerate(shared))
        return f" ANTI JOIN (SELECT {columns} FROM {joined}{_where(conditions)}) {name} ON {agreed}"


def _linked(reads: Iterable[Read]) -> list[Read]:
    """Return the tables so that each has a variable in common with those before it; none where some have not."""
    first, *left = reads
    found, known = [first], first.variables
    while left:
        if not (near := next((read for read in left if read.variables & known), None)):
            return []
        left.remove(near)
        found.append(near)
        known |= near.variables
    return found


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
