"""Writes the branches of a rule as one statement. MINUS becomes NOT EXISTS on the variables that it shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from lawkb.branches import NOTHING, Branch, Excluded, Read
from lawkb.expressions import Expressions, Refuse, Sql
from lawkb.pattern import is_variable


def statement(branches: Iterable[Branch], expressions: type[Expressions], refuse: Refuse) -> str:
    """Return a SELECT of the rows of all branches.

    Args:
        branches: the branches.
        expressions: how values and names are written.
        refuse: makes the error for what has no translation.

    Raises:
        LawkbError: made by `refuse`.
    """
    numbers = count(1)
    return " UNION ".join(Select(expressions, refuse, numbers).written(branch) for branch in branches)


class Select:
    """Writes the SELECT of a branch."""

    def __init__(self, expressions: type[Expressions], refuse: Refuse, numbers: Iterator[int]) -> None:
        self.expressions, self.refuse, self.numbers = expressions, refuse, numbers

    def written(self, branch: Branch) -> str:
        """Return the SELECT."""
        env: dict[str, Sql] = {}
        write = self.expressions(env, self.refuse)
        tables, conditions = self.join(branch.reads, env)
        for variable, expression in branch.binds:
            env[variable] = write.expression(expression)
        conditions += [write.comparison(*each) for each in branch.filters]
        conditions += [self.absent(group, env) for group in branch.excluded]
        shown = ", ".join(NOTHING if term == NOTHING else write.value(term).text for term in branch.shown)
        return (f"SELECT {'DISTINCT ' if branch.repeats else ''}{shown} FROM {' CROSS JOIN '.join(tables)}"
                f"{' WHERE ' if conditions else ''}{' AND '.join(conditions)}")

    def join(self, reads: Iterable[Read], env: dict[str, Sql]) -> tuple[list[str], list[str]]:
        """Return the tables in their order and the conditions between them; adds to `env` where each variable is found."""
        tables, conditions = [], []
        for read in reads:
            alias = f"t{next(self.numbers)}"
            tables.append(f"{read.table} {alias}")
            for name, term, sort in read.columns:
                place = f"{alias}.{name}"
                if not is_variable(term):
                    conditions.append(f"{place} = {self.expressions(env, self.refuse).value(term).text}")
                elif term in env:
                    conditions.append(f"{place} = {env[term].text}")
                    self.like(term, env[term].sort, sort)
                else:
                    env[term] = Sql(place, sort, f"{read.table}.{name}")
                    if name in read.lacking:
                        conditions.append(f"{place} IS NOT NULL")
        return tables, conditions

    def like(self, term: str, left: str, right: str) -> None:
        """Refuse to compare values of different sorts."""
        if left != right and "any" not in (left, right):
            raise self.refuse(f"joins on {term} what is {left} with what is {right}", "Compare like with like")

    def absent(self, group: Excluded, env: dict[str, Sql]) -> str:
        """Return the condition that nothing agrees with a group that is excluded."""
        inner = {variable: env[variable] for variable in group.shared}
        tables, conditions = self.join(group.reads, inner)
        conditions += [self.expressions(inner, self.refuse).comparison(*each) for each in group.filters]
        return f"NOT EXISTS (SELECT 1 FROM {' CROSS JOIN '.join(tables)} WHERE {' AND '.join(conditions)})"
