"""What a request needs, and its skeleton as a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lawkb.api import KnowledgeBase
from lawkb.errors import LawkbError
from lawkb.skeleton import write_file

if TYPE_CHECKING:
    from conftest import Invoke

DAY = "2026-11-23"
ASK = ("request", "ITA", "NGA", "--measure", "mla-search-seizure", "--on", DAY)


def test_the_convention_lists_what_a_request_must_say(kb: KnowledgeBase) -> None:
    best = kb.request("ITA", "NGA", measure="mla-search-seizure", on=DAY)["options"][0]
    articles = {content["label"] for content in best["contents"]}
    assert {f"UNTOC art. 18(15)({letter})" for letter in "abcdf"} <= articles
    assert not next(c for c in best["contents"] if c["label"] == "UNTOC art. 18(15)(e)")["required"]


def test_a_search_has_no_urgent_way_that_is_for_arrests(kb: KnowledgeBase) -> None:
    best = kb.request("ITA", "NGA", measure="mla-search-seizure", on=DAY)["options"][0]
    assert [item["provision"] for item in best["urgent"]] == ["untoc.18-13"] or all("16" not in item["label"] for item in best["urgent"])


def test_a_forbidden_ground_is_no_ground(kb: KnowledgeBase) -> None:
    best = kb.request("ITA", "NGA", measure="mla-search-seizure", on=DAY)["options"][0]
    assert "fiscal" in {g["ground"] for g in best["excluded_grounds"]}
    assert "fiscal" not in {g["ground"] for g in best["refusal_grounds"]}
    assert all(g["meet"] for g in best["refusal_grounds"])


def test_grounds_on_which_a_request_must_be_refused_come_first(kb: KnowledgeBase) -> None:
    for option in kb.request("FRA", "DEU", measure="extradition", on=DAY)["options"]:
        order = [ground["mandatory"] for ground in option["refusal_grounds"]]
        assert order == sorted(order, reverse=True)


@pytest.mark.parametrize(("language", "told"), [("en", "yes"), ("it", "not-recorded"), (None, "unknown")])
def test_a_language_is_accepted_only_if_it_is_recorded(kb: KnowledgeBase, language: str | None, told: str) -> None:
    best = kb.request("ITA", "NGA", measure="mla-search-seizure", on=DAY, language=language)["options"][0]
    assert best["languages"]["yours_accepted"] == told


def test_the_languages_of_the_requesting_side_are_compared_with_those_accepted(kb: KnowledgeBase, invoke: Invoke) -> None:
    told = kb.request("DEU", "NGA", measure="mla-search-seizure", on=DAY)["options"][0]["languages"]
    assert set(told["own_accepted"]) == set(told["own"]) & set(told["accepted"])
    assert told["own"]
    assert "en" in told["accepted"]
    page = invoke("request", "DEU", "NGA", "--measure", "mla-search-seizure", "--on", DAY).out
    assert "recorded for Germany" in " ".join(page.split())


def test_a_protocol_carries_the_contents_of_its_convention(kb: KnowledgeBase) -> None:
    contents = {c["label"] for option in kb.request("CHE", "NOR", measure="mla-video-hearing", on=DAY)["options"] for c in option["contents"]}
    assert {label for label in contents if "14(1)(a)" in label}


def test_every_legal_sentence_of_the_skeleton_carries_its_citation(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "request.md"
    assert invoke(*ASK, "--skeleton", file).code == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    parts = [line for line in lines if line.startswith(("### ", "This request",
                                                        "Should that")) or (line.startswith("- ") and ("refus" in line or "Use " in line))]
    assert len(parts) > 8
    assert all(re.search(r"art\. |assistance without a treaty", line) for line in parts), parts
    assert "Not legal advice" in lines[2]


def test_a_docx_opens_and_holds_the_same(invoke: Invoke, tmp_path: Path) -> None:
    from docx import Document

    file = tmp_path / "request.docx"
    assert invoke(*ASK, "--skeleton", file).code == 0
    assert any("UNTOC art. 18(15)(c)" in paragraph.text for paragraph in Document(str(file)).paragraphs)


def test_a_file_is_not_written_over_unless_that_is_asked_for(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "request.md"
    file.write_text("mine", encoding="utf-8")
    refused = invoke(*ASK, "--skeleton", file)
    assert (refused.code, file.read_text(encoding="utf-8")) == (2, "mine")
    assert "--force" in refused.err
    assert invoke(*ASK, "--skeleton", file, "--force").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["request.md"]


@pytest.mark.parametrize("name", ["request.pdf", "none/request.md", "request"])
def test_a_file_that_cannot_be_written_is_told(invoke: Invoke, tmp_path: Path, name: str) -> None:
    done = invoke(*ASK, "--skeleton", tmp_path / name)
    assert (done.code, "Traceback" in done.err) == (2, False), done.err
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.link", full)
    with pytest.raises(LawkbError, match="No space left"):
        write_file([], tmp_path / "a.md")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("args", "told"), [
    (("request", "ITA", "NGA"), "--measure"), (("request", "ITA", "NGA", "--measure", "mla-serch"), "Did you mean"),
                                            (("request", "ITA", "ITA", "--measure", "mla"), "Both"),
    ((*ASK, "--language", "english"), "two letters"),
])
def test_a_bad_request_is_told_in_one_sentence(invoke: Invoke, args: tuple[str, ...], told: str) -> None:
    done = invoke(*args)
    assert (done.code, told in done.err) == (2, True), done.err


def test_what_only_a_request_finds_can_be_explained(kb: KnowledgeBase, invoke: Invoke) -> None:
    finding = kb.request("ITA", "NGA", measure="mla-search-seizure", on=DAY)["options"][0]["contents"][0]["finding"]
    assert invoke("explain", finding).code == 0
