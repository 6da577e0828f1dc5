"""The form of the answers on channels, read off the classes that make them, so that a program can tell what a new release adds or takes away."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from lawkb import answer as answers

_SCHEMA = "schema"


def schema() -> dict[str, Any]:
    """Return every key of an answer on channels with what it holds, as paths: `channels[].options[].conditions[].state`."""
    return {"schema": answers.SCHEMA, "keys": dict(sorted({_SCHEMA: "text", **dict(_keys(answers.Answer, ""))}.items()))}


def _keys(cls: type, path: str) -> Iterator[tuple[str, str]]:
    hints = typing.get_type_hints(cls, vars(answers))
    for field in dataclasses.fields(cls):
        name = f"{path}{answers.json_key(cls.__name__, field.name)}"
        held, inner = _held(hints[field.name])
        yield name, held
        if inner is not None and inner is not cls:  # a proof holds proofs: once is enough
            yield from _keys(inner, f"{name}{'[]' if held == 'list' else '{}' if held == 'table' else ''}.")


def _held(hint: Any) -> tuple[str, type | None]:
    """What a key holds: text, number, true or false, list, table, record; `or nothing` where it may be empty; and the class of the records in it."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        held, inner = _held(next(a for a in args if a is not type(None)))
        return f"{held} or nothing", inner
    if origin is tuple:
        return "list", _record(args[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "table", _record(args[1])
    if record := _record(hint):
        return "record", record
    return {bool: "true or false", int: "number"}.get(hint, "text"), None


def _record(hint: Any) -> type | None:
    return hint if isinstance(hint, type) and dataclasses.is_dataclass(hint) else None


def against(old: Mapping[str, Any]) -> dict[str, Any]:
    """Return which keys came, went or hold something else since a form that was kept."""
    new = schema()
    before, now = old["keys"], new["keys"]
    return {"before": old["schema"], "now": new["schema"], "added": sorted(now.keys() - before.keys()), "removed": sorted(before.keys() - now.keys()),
            "changed": [{"key": k, "before": before[k], "now": now[k]} for k in sorted(before.keys() & now.keys()) if before[k] != now[k]]}
