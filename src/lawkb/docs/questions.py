"""Renders `docs/questions.md`: the sixty competency questions, which are answered fully, partly or not yet, and how each is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml

from lawkb.docs.markdown import generated, page, table
from lawkb.paths import data_root

_SAID = {"full": "answered", "partly": "partly", "not-yet": "not yet"}


def questions_page() -> str:
    """Return `docs/questions.md`, made from the file that the tests run (a checkout has it, an installed package has not)."""
    questions = yaml.safe_load((data_root() / "tests" / "competency" / "questions.yaml").read_text(encoding="utf-8"))
    counts = Counter(question["status"] for question in questions)
    return page([
        "# The sixty questions", "", generated("`tests/competency/questions.yaml`"), "",
        "What prosecutors, central authorities, lawyers of victims, drafters and developers ask, and how far lawkb answers. Every command below is run by the "
        "tests, which check what it must show. A question is *answered* when all that it asks for is covered for jurisdictions whose law is recorded; "
        "what is not recorded is said in each answer.", "",
        *table(("status", "questions"), [(_SAID[status], str(counts[status])) for status in _SAID]),
        *table(("question", "asked by", "status", "what is missing"),
               [(f"{q['id']}: {q['question']}", q["asked_by"], _SAID[q["status"]], q.get("missing", "")) for q in questions]),
        "## How each is asked", "", *(line for question in questions for line in _asked(question)),
    ])


def _asked(question: dict[str, Any]) -> Iterator[str]:
    if question.get("asks"):
        yield from (f"### {question['id']}", "", question["question"], "", "```")
        for ask in question["asks"]:
            if ask.get("why"):
                yield f"# {ask['why']}"
            yield f"lawkb {ask['run']}"
        yield from ("```", "")
