"""How much do the tests of the rules notice? `python scripts/mutate_rules.py [--each] [--questions]`.

By default every rule is deleted in turn, and the tests of rules and the questions on the law are run without it. `--each` weakens
every rule in every way instead (a pattern, a comparison or a negation left out, a comparison moved by one) and runs the tests of
that rule. Not part of the tests: it takes minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from lawkb import ask  # noqa: E402
from lawkb.api import KnowledgeBase, load  # noqa: E402
from lawkb.rules import STAGES_OF, Rule, load_rules  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", action="store_true", help="weaken every rule in every way, and run its own tests")
    parser.add_argument("--questions", action="store_true", help="delete every rule, and run only the questions")
    given = parser.parse_args()
    if given.each:
        _weaken()
    else:
        _delete(rules_too=not given.questions)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


# every rule deleted


def _delete(rules_too: bool) -> None:
    import test_questions
    import test_rules

    kb = load()
    fired: dict[str, set[str]] = {}
    cases = [case for case in test_questions.CASES if not _fails(lambda case=case: _recorded(test_questions, case, kb, fired))]
    _say(f"{len(cases)} questions hold with every rule in place; {sum(map(bool, fired.values()))} rules find something in them")
    rules, unnoticed = load_rules(), []
    for rule in rules:
        name = f"{rule.stage}/{rule.name}"
        own = rules_too and name in test_rules.FOLDERS
        touched = [case for case in cases if case["id"] in fired.get(rule.iri, ()) or (case["ask"] == "treaties" and rule.stage in STAGES_OF["duties"])]
        failing = None if own else _first_failing(test_questions, touched, kb, rule.iri)
        if not own and not failing:
            unnoticed.append(name)
        _say(f"{name}: {'its own test' if own else failing or f'NOT NOTICED ({len(touched)} questions rest on it)'}")
    _say(f"{len(rules) - len(unnoticed)} of {len(rules)} deletions make a test fail")


def _recorded(questions: ModuleType, case: dict[str, Any], kb: KnowledgeBase, fired: dict[str, set[str]]) -> None:
    """Ask a question, and keep which rules found something on the way."""
    conclude = ask.conclude

    def kept(*given: Any, **named: Any) -> Any:
        findings = conclude(*given, **named)
        for finding in findings.by_iri.values():
            for rule in finding.rules:
                fired.setdefault(rule, set()).add(case["id"])
        return findings

    ask.conclude = kept
    try:
        questions.test_question(case, kb)
    finally:
        ask.conclude = conclude


def _first_failing(questions: ModuleType, cases: list[dict[str, Any]], kb: KnowledgeBase, without: str) -> str | None:
    rules = list(kb.base.rules)
    try:
        kb.base.__dict__["rules"] = [rule for rule in rules if rule.iri != without]
        return next((case["id"] for case in cases if _fails(lambda case=case: questions.test_question(case, kb))), None)  # type: ignore[misc]
    finally:
        kb.base.__dict__["rules"] = rules


def _fails(test: Any) -> bool:
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            test()
        except Exception:  # noqa: BLE001 - whatever goes wrong without the rule is noticed
            return True
    return False


# every rule weakened


def _weaken() -> None:
    import test_rules

    total, unnoticed = 0, []
    for rule in load_rules():
        name = f"{rule.stage}/{rule.name}"
        for what, body in _weaker(rule.body):
            try:
                mutant = replace(rule, body=body)
                _runs(mutant)
            except SyntaxError:
                continue  # leaves a variable of the finding unbound, or is no query: no rule that could be loaded
            total += 1
            if not _noticed(test_rules, name, mutant):
                unnoticed.append(f"{name}: {what}")
                _say(unnoticed[-1])
    _say(f"{total - len(unnoticed)} of {total} weaker rules make a test fail")


def _noticed(tests: ModuleType, name: str, mutant: Rule) -> bool:
    tests.RULES[name], kept = mutant, tests.RULES[name]
    try:
        runs = [(tests.test_rule_fires, [name]), (tests.test_rule_needs_all_that_its_dossier_says, [name])]
        for test, files in ((tests.test_rule_is_silent, tests.SILENT), (tests.test_rule_fires_all_the_same, tests.FIRES)):
            runs.append((test, [file for file in files if file.startswith(name + "/")]))
        return any(_fails(lambda test=test, one=one: test(one)) for test, given in runs for one in given)  # type: ignore[misc]
    finally:
        tests.RULES[name] = kept


def _runs(rule: Rule) -> None:
    from pyoxigraph import Store

    Store().query(rule.query)


def _weaker(body: str) -> Iterator[tuple[str, str]]:
    """Yield (what was done, the weaker body): the WHERE with one part left out or moved."""
    head, mark, where = body.partition("WHERE")
    for start, end, text in _parts(where):
        yield f"without {text}", head + mark + where[:start] + where[end:]
    for match in re.finditer(r"FILTER\(([^)]*)\)", where):
        conditions = match.group(1).split("&&")
        for at, condition in enumerate(conditions):
            rest = " && ".join(c.strip() for i, c in enumerate(conditions) if i != at)
            yield f"without {condition.strip()}", head + mark + where[:match.start()] + (f"FILTER({rest})" if rest else "") + where[match.end():]
            moved = re.sub(r"<=|<|>=|>", lambda m: {"<=": "<", "<": "<=", ">=": ">", ">": ">="}[m[0]], condition)
            if moved != condition:
                yield f"with {moved.strip()}", head + mark + where.replace(condition, moved, 1)


def _parts(where: str) -> Iterator[tuple[int, int, str]]:
    """The MINUS groups and the single triples of a WHERE as (from, to, text)."""
    spans = [(m.start(), m.end()) for m in re.finditer(r"MINUS \{[^}]*\}", where)]
    for start, end in spans:
        yield start, end, where[start:end]
    outside = "".join(" " * (end - start) if any(a <= start and end <= b for a, b in spans) else where[start:end]
                      for start, end in ((i, i + 1) for i in range(len(where))))
    for match in re.finditer(r"^\s*(\?\w+) ([^\n]+(?:;\n[^\n]+)*) \.$", outside, re.MULTILINE):
        parts = re.split(r"\s;\s+", match.group(2))
        for at, part in enumerate(parts):
            rest = [p for i, p in enumerate(parts) if i != at]
            whole = f"{match.group(1)} {' ; '.join(rest)} ." if rest else ""
            yield match.start(1), match.end(), f"{match.group(1)} {part}" if not whole else f"{match.group(1)} {part} | {whole}"


if __name__ == "__main__":
    main()
