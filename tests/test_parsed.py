"""What rules were parsed to is kept, and kept rules mean what parsed ones mean."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lawkb import parsed
from lawkb.errors import LawkbError
from lawkb.parsed import parsed_rules
from lawkb.pattern import Construct
from lawkb.pattern import parse as really_parse
from lawkb.rules import STAGES, Rule, load_rules

# a rule of each stage, and those that have everything a rule may have: MINUS with a filter, several BINDs, nested calls
RULES = [next(rule for rule in load_rules() if rule.stage == stage) for stage in STAGES]
RULES += [rule for rule in load_rules() if "MINUS" in rule.body and "FILTER" in rule.body][:3]


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the rules that were parsed."""
    names: list[str] = []

    def parse(rule: Rule) -> Construct:
        names.append(rule.name)
        return really_parse(rule)

    monkeypatch.setattr(parsed, "parse", parse)
    return names


def test_a_second_build_parses_nothing_and_reads_the_same_patterns(tmp_path: Path, parses: list[str]) -> None:
    first = parsed_rules(RULES, tmp_path)
    assert len(parses) == len(first) == len(set(RULES))
    assert parsed_rules(RULES, tmp_path) == first
    assert len(parses) == len(first)
    assert any(group.minus for construct in first.values() for group in [construct.where])


def test_only_the_rule_that_was_edited_is_parsed_again(tmp_path: Path, parses: list[str]) -> None:
    parsed_rules(RULES, tmp_path)
    parses.clear()
    edited = dataclasses.replace(RULES[0], body=RULES[0].body.replace("?case", "?question"))
    found = parsed_rules([edited, *RULES[1:]], tmp_path)
    assert parses == [edited.name]
    assert found[edited] == really_parse(edited)
    assert "?question" in found[edited].where.variables


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"a": 1}', '{"a": [[], [[], [], []]]}'])
def test_a_damaged_file_costs_time_only(tmp_path: Path, parses: list[str], damage: str) -> None:
    first = parsed_rules(RULES[:1], tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(damage, encoding="utf-8")
    assert parsed_rules(RULES[:1], tmp_path) == first
    assert len(parses) == 2


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert parsed_rules(RULES[:1], tmp_path / "file") == {RULES[0]: really_parse(RULES[0])}


def test_a_refused_rule_is_refused_each_time(tmp_path: Path) -> None:
    wrong = dataclasses.replace(RULES[0], body=RULES[0].body.replace("WHERE {", "WHERE { OPTIONAL { ?case a law:Case }", 1))
    for _ in range(2):
        with pytest.raises(LawkbError, match="OPTIONAL"):
            parsed_rules([wrong], tmp_path)
    assert not list(tmp_path.iterdir())
