"""The sixty competency questions: every command that answers one is run, and must show what tests/competency/questions.yaml says."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from lawkb.cli import COMMANDS
from lawkb.docs.questions import questions_page

pytestmark = pytest.mark.slow  # left out of `make check`

if TYPE_CHECKING:
    from conftest import Invoke

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests" / "competency" / "questions.yaml").read_text(encoding="utf-8"))
ASKS = [(question, ask) for question in QUESTIONS for ask in question.get("asks", ())]


def _plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("question", "ask"), ASKS, ids=[f"{question['id']}: {ask['run']}" for question, ask in ASKS])
def test_command_shows_what_the_question_asks_for(question: dict[str, Any], ask: dict[str, Any], invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = invoke(*shlex.split(ask["run"]))
    shown = _plain(done.out)
    assert done.code == ask.get("exit", 0), done.err or shown[:500]
    missing = [text for text in ask["shows"] if _plain(text) not in shown]
    found = [text for text in ask.get("never", ()) if _plain(text) in shown]
    assert not missing + found, f"{question['question']}\nnot shown: {missing}\nshown against expectation: {found}\n{shown[:1500]}"


def test_there_are_sixty_questions_and_each_says_how_far_it_is_answered() -> None:
    assert [question["id"] for question in QUESTIONS] == [f"Q{number:02d}" for number in range(1, 61)]
    wrong = [q["id"] for q in QUESTIONS if q["status"] not in ("full", "partly", "not-yet")]
    wrong += [q["id"] for q in QUESTIONS if (q["status"] == "full") is bool(q.get("missing"))]
    wrong += [q["id"] for q in QUESTIONS if (q["status"] == "not-yet") is bool(q.get("asks"))]
    assert not wrong


def test_every_command_that_is_named_exists_and_every_day_is_given() -> None:
    dated = {"channels", "treaties", "parties", "status", "statements", "criminality", "rights", "obligations", "request", "matrix"}
    for _, ask in ASKS:
        command = shlex.split(ask["run"])[0]
        assert command in COMMANDS, ask
        assert "--on" in ask["run"] or command not in dated, ask


def test_the_page_of_questions_is_current() -> None:
    assert (ROOT / "docs" / "questions.md").read_text(encoding="utf-8") == questions_page(), "make docs writes it anew"
