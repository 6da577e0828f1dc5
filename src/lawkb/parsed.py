"""Keeps what a rule's text was parsed to, beside the compiled knowledge bases: parsing takes most of the time of a build.

The key of a rule is its text, and the file is named for the code that parses, so that nothing stale is ever read: a rule
that is edited is parsed anew, the others are not. A rule that is refused is not kept, and what cannot be read or written is
parsed each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lawkb.pattern import Call, Construct, Group, parse
from lawkb.reading import digest
from lawkb.rules import Rule


def parsed_rules(rules: Iterable[Rule], folder: Path) -> dict[Rule, Construct]:
    """Return the patterns of every rule; what `folder` keeps of an earlier run is not parsed again.

    Raises:
        LawkbError: a rule is not SPARQL, or uses what rules may not use.
    """
    code = digest(Path(__file__).with_name(name) for name in ("parsed.py", "pattern.py"))
    file = folder / f"rules-{code.removeprefix('sha256:')[:16]}.json"
    kept = _read(file)
    keys = {rule: hashlib.sha256(rule.query.encode()).hexdigest() for rule in rules}
    found = {rule: kept.get(key) or parse(rule) for rule, key in keys.items()}
    if kept.keys() != set(keys.values()):
        _write(file, {key: _plain(found[rule]) for rule, key in keys.items()})
    return found


def _read(file: Path) -> dict[str, Construct]:
    try:
        return {key: _construct(stored) for key, stored in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(file: Path, content: dict[str, Any]) -> None:
    part = file.with_name(f".build-{os.getpid()}-{file.name}")  # what an interrupted build leaves under such a name, the next removes
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(content), encoding="utf-8")
        os.replace(part, file)
    except OSError:  # slower next time, not wrong
        with contextlib.suppress(OSError):
            part.unlink()


def _plain(construct: Construct) -> list[Any]:
    return [construct.template, _plain_group(construct.where)]


def _plain_group(group: Group) -> list[Any]:
    return [group.triples, group.filters, [[variable, _plain_call(expression)] for variable, expression in group.binds],
            [[sorted(shared), _plain_group(inner)] for shared, inner in group.minus]]


def _plain_call(expression: Call | str) -> Any:
    return expression if isinstance(expression, str) else [expression.name, [_plain_call(each) for each in expression.arguments]]


def _construct(stored: Any) -> Construct:
    template, where = stored
    return Construct([_three(triple) for triple in template], _group(where))


def _group(stored: Any) -> Group:
    triples, filters, binds, minus = stored
    return Group([_three(triple) for triple in triples], [_three(each) for each in filters], [(variable, _call(each)) for variable, each in binds],
                 [(frozenset(shared), _group(inner)) for shared, inner in minus])


def _three(stored: Any) -> tuple[str, str, str]:
    first, second, third = stored
    return first, second, third


def _call(stored: Any) -> Call | str:
    if isinstance(stored, str):
        return stored
    name, arguments = stored
    return Call(name, tuple(_call(each) for each in arguments))
