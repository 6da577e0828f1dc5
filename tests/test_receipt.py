"""A receipt of an answer: replaying it says the same, or what is not; and the form of the answers is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lawkb.schema import against, schema

if TYPE_CHECKING:
    from conftest import Invoke

ROOT = Path(__file__).resolve().parent.parent
ASK = ("channels", "ITA", "NGA", "--measure", "extradition", "--on", "2026-11-23")


@pytest.fixture
def receipt(invoke: Invoke, tmp_path: Path) -> Path:
    file = tmp_path / "receipt.json"
    assert invoke(*ASK, "--receipt", file).code == 0
    return file


def test_a_receipt_replayed_on_the_same_facts_and_rules_is_the_same(invoke: Invoke, receipt: Path) -> None:
    done = invoke("replay", receipt, "--format", "json")
    answer = json.loads(done.out)
    assert (done.code, answer["same"], answer["channels"]) == (0, True, [])
    assert {line["part"] for line in answer["made_of"]} == {"facts", "rules", "program", "own facts"}


def test_the_same_answer_has_the_same_receipt(invoke: Invoke, receipt: Path, tmp_path: Path) -> None:
    invoke(*ASK, "--receipt", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == receipt.read_bytes()


@pytest.mark.slow
def test_facts_of_ones_own_make_it_another_answer_from_other_material(invoke: Invoke, receipt: Path) -> None:
    done = invoke("replay", receipt, "--kb", ROOT / "tests" / "competency" / "overlay", "--format", "json")
    answer = json.loads(done.out)
    assert (done.code, answer["same"], answer["same_words"]) == (1, False, True)
    assert [line["part"] for line in answer["made_of"] if not line["same"]] == ["own facts"]


def test_a_verdict_that_differs_is_named(invoke: Invoke, receipt: Path) -> None:
    from lawkb.receipt import digest

    data = json.loads(receipt.read_text(encoding="utf-8"))
    data["answer"]["channels"][0]["verdict"] = "available"
    data["result"]["digest"] = digest(data["answer"])
    receipt.write_text(json.dumps(data), encoding="utf-8")
    done = invoke("replay", receipt)
    assert done.code == 1
    assert "extradition: available -> conditional" in done.out


@pytest.mark.parametrize(("text", "told"), [("{", "is not JSON"), ("{}", "is no receipt of the form"), ('"x"', "is no receipt of the form")])
def test_what_is_no_receipt_is_refused(invoke: Invoke, tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    done = invoke("replay", file)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_an_altered_receipt_is_refused(invoke: Invoke, receipt: Path) -> None:
    receipt.write_text(receipt.read_text(encoding="utf-8").replace("conditional", "available"), encoding="utf-8")
    done = invoke("replay", receipt)
    assert done.code == 2
    assert "was altered" in done.err


def test_a_receipt_is_not_written_over_another_file_unless_that_is_asked_for(invoke: Invoke, receipt: Path) -> None:
    assert invoke(*ASK, "--receipt", receipt).code == 2
    assert invoke(*ASK, "--receipt", receipt, "--force").code == 0


def test_no_key_of_the_answers_was_removed_or_changed_since_the_form_was_kept() -> None:
    kept = json.loads((ROOT / "tests" / "competency" / "schema.json").read_text(encoding="utf-8"))
    found = against(kept)
    assert not found["removed"] + found["changed"], "a removal is a breaking change: say so in the changelog and keep the new form"
    assert not found["added"], "keep the new form: lawkb schema --format json > tests/competency/schema.json"


def test_the_form_has_the_keys_that_an_answer_has(invoke: Invoke) -> None:
    answer = json.loads(invoke(*ASK, "--format", "json").out)
    channel = answer["channels"][0]
    option = next(option for option in channel["options"] if option["conditions"])
    keys = schema()["keys"]
    for path, part in (("", answer), ("channels[].", channel), ("channels[].options[].", option), ("channels[].reasons[].", channel["reasons"][0]),
                       ("channels[].options[].conditions[].", option["conditions"][0]), ("safeguards[].", answer["safeguards"][0])):
        assert not {f"{path}{name}" for name in part} - keys.keys()


def test_a_key_that_was_removed_is_told_with_exit_code_1(invoke: Invoke, tmp_path: Path) -> None:
    kept = schema()
    kept["keys"]["channels[].colour"] = "text"
    file = tmp_path / "old.json"
    file.write_text(json.dumps(kept), encoding="utf-8")
    done = invoke("schema", "--against", file)
    assert done.code == 1
    assert "removed: channels[].colour" in done.out


@pytest.mark.parametrize("text", ["[", "{}", '{"schema": 1, "keys": {}}'])
def test_what_is_no_form_is_refused(invoke: Invoke, tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    assert invoke("schema", "--against", file).code == 2
