"""The facts of a prosecution, read from a YAML or JSON file into a case: where, who, and what links them to jurisdictions.

A file is refused with one sentence when it is not YAML, has an unknown key, a value that cannot be, or facts that contradict
one another. Nothing of it leaves the machine.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lawkb.base import Base
from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.names import parse_day

SCHEMA = """\
on: 2026-11-23             # the day whose law is asked about; optional, today otherwise
offence_on: 2025-05-01     # the day of the acts; optional
acts: [LBY, ITA]           # where the acts took place: at least one, unless there is a flag
flag: PAN                  # of the ship or aircraft on which an act was done; optional
suspect:                   # optional
  nationality: [NGA]
  residence: ITA           # where he habitually lives
  present_in: ITA          # where he is now
victim:                    # optional
  nationality: NGA
  residence: ITA
  age: 16                  # at the time of the acts
forums: [DEU]              # other jurisdictions to ask about; optional"""
_KEYS = ("on", "offence_on", "acts", "flag", "suspect", "victim", "forums")
_PEOPLE = {"suspect": ("nationality", "residence", "present_in"), "victim": ("nationality", "residence", "age")}
_WORDS = {("suspect", "nationality"): "suspect-national", ("suspect", "residence"): "suspect-resident", ("suspect", "present_in"): "suspect-present",
          ("victim", "nationality"): "victim-national", ("victim", "residence"): "victim-resident"}
_ONE_PLACE = ("present_in",)
_OLDEST = 120
_LARGEST = 100_000
_MORE = "lawkb prosecute --help shows a whole file"


class _Strict(yaml.SafeLoader):
    """A loader that refuses a key that stands twice: two facts that contradict one another. `more` says where to read more."""

    more = _MORE


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for name, value in node.value:
        name = loader.construct_object(name, deep=True)
        if isinstance(name, (list, dict)):
            raise LawkbError(f"A key in line {node.start_mark.line + 1} is not a word", "Write key: value", loader.more)
        if name in found:
            raise LawkbError(f"'{name}' stands twice (line {node.start_mark.line + 1} and below)", "Say each fact once", loader.more)
        found[name] = loader.construct_object(value, deep=True)
    return found


# `on` and `NO` are words here, and no truth values
_BOOL = "tag:yaml.org,2002:bool"
_Strict.yaml_implicit_resolvers = {letter: [(tag, pattern) for tag, pattern in known if tag != _BOOL] for letter,
                                   known in yaml.SafeLoader.yaml_implicit_resolvers.items()}
_Strict.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# a day stays a text, so that it is checked like every other day
_Strict.add_constructor("tag:yaml.org,2002:timestamp", lambda _loader, node: node.value)


def read_facts(base: Base, path: Path, today: dt.date) -> tuple[Case, dict[str, Any]]:
    """Read a file of facts and return the case with the facts as they were understood.

    Raises:
        LawkbError: the file cannot be read, or a fact in it cannot be.
    """
    facts = loaded(path, _MORE, "acts: [ITA]")
    _known(facts, _KEYS, "")
    told: dict[str, Any] = {}
    on = _day(facts, "on", today) or today
    offence = _day(facts, "offence_on", today)
    if offence and offence > on:
        raise LawkbError(f"The acts (offence_on {offence}) come after the day asked about (on {on})", "One of the two days is wrong", _MORE)
    links: list[tuple[str, str]] = []
    for name, word in (("acts", "act"), ("flag", "flag")):
        told[name] = _places(base, facts.get(name), name, one=name == "flag")
        links += [(word, code) for code in told[name]]
    if not links:
        raise LawkbError("The facts name no act", "Say where an act took place, such as acts: [ITA], or on whose ship or aircraft, such as flag: PAN", _MORE)
    for person, keys in _PEOPLE.items():
        links += _person(base, facts, person, keys, told)
    told["forums"] = _places(base, facts.get("forums"), "forums")
    links += [("forum", code) for code in told["forums"] if code not in {known for _, known in links}]
    return Case("", None, on, offence, links=tuple(dict.fromkeys(links))), told


def _person(base: Base, facts: Mapping[str, Any], person: str, keys: tuple[str, ...], told: dict[str, Any]) -> list[tuple[str, str]]:
    given = facts.get(person)
    if given is None:
        return []
    if not isinstance(given, dict):
        raise LawkbError(f"'{person}' is {_shown(given)}", f"Write below it: {', '.join(keys)}", _MORE)
    _known(given, keys, f"{person}.")
    told[person] = {name: _places(base, given.get(name), f"{person}.{name}", one=name in _ONE_PLACE) for name in keys if name != "age"}
    if "age" in keys and given.get("age") is not None:
        told[person]["age"] = _age(given["age"], person)
    return [(_WORDS[person, name], code) for name in keys if name != "age" for code in told[person][name]]


def loaded(path: Path, more: str, least: str) -> dict[str, Any]:
    """Return the keys and values of a YAML or JSON file of facts.

    Args:
        path: the file.
        more: where to read more, for messages.
        least: what a file says at least, for messages.

    Raises:
        LawkbError: the file cannot be read, is no mapping, or says a fact twice.
    """
    try:
        if path.is_file() and path.stat().st_size > _LARGEST:
            raise LawkbError(f"{path} has {path.stat().st_size:,} bytes: that is no file of facts", "A file of facts has a few lines", more)
        loader = _Strict(path.read_text(encoding="utf-8"))
        loader.more = more
        facts = loader.get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise LawkbError(f"{path}{f', line {mark.line + 1},' if mark else ''} is neither YAML nor JSON", "Write key: value, one a line", more) from error
    except UnicodeDecodeError as error:
        raise LawkbError(f"{path} is not a text in UTF-8", "Save it as UTF-8", more) from error
    except (OSError, RecursionError) as error:
        raise LawkbError(f"The file {path} cannot be read ({getattr(error, 'strerror', None) or 'nested too deeply'})", "Name a file that you may read",
                         more) from error
    if not isinstance(facts, dict):
        raise LawkbError(f"{path} holds {'nothing' if facts is None else 'no keys'}", f"Write at least: {least}", more)
    return facts


def _known(facts: Mapping[Any, Any], keys: tuple[str, ...], where: str) -> None:
    for name in facts:
        if name not in keys:
            near = difflib.get_close_matches(str(name), keys, 1, 0.5)
            raise LawkbError(f"There is no fact '{where}{name}'", f"Did you mean {where}{near[0]}?" if near else f"Facts here are: {', '.join(keys)}", _MORE)


def _day(facts: Mapping[str, Any], name: str, today: dt.date) -> dt.date | None:
    given = facts.get(name)
    if given is None:
        return None
    if not isinstance(given, str):
        raise LawkbError(f"'{name}' is {_shown(given)}", "Write a day as 2026-11-23", _MORE)
    return parse_day(given, today)


def _places(base: Base, given: Any, name: str, one: bool = False) -> list[str]:
    listed = [] if given is None else given if isinstance(given, list) else [given]
    for item in listed:
        if not isinstance(item, str):
            raise LawkbError(f"'{name}' holds {_shown(item)}", "Write a jurisdiction, as ITA, or a list, as [LBY, ITA]", _MORE)
    codes = list(dict.fromkeys(base.jurisdictions.resolve(item) for item in listed))
    if one and len(codes) > 1:
        raise LawkbError(f"'{name}' names {' and '.join(codes)}, but can be one only", "Name one jurisdiction", _MORE)
    return codes


def _age(given: Any, person: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _OLDEST:
        raise LawkbError(f"'{person}.age' is {_shown(given)}", f"Write a whole number of years from 0 to {_OLDEST}", _MORE)
    return given


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"
