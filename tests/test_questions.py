"""The law as a lawyer expects it: every case of tests/questions/*.yaml is asked, and each is a test of its own.

What the keys of a case mean stands in tests/questions/README.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lawkb import ask
from lawkb.answer import Answer, Channel, Option
from lawkb.api import KnowledgeBase

FOLDER = Path(__file__).resolve().parent / "questions"
CASES = [{**case, "file": path.name} for path in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
REQUIRED = {"id", "question", "ask", "expect", "why", "day", "file"}
GIVEN = {"channels": {"from", "to", "measure"}, "treaties": {"from", "to"}, "parties": {"of"}, "status": {"of"}}
_OPEN = ("available", "conditional")
Found = Iterator[tuple[str, Any, Any]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"])
def test_question(case: dict[str, Any], kb: KnowledgeBase) -> None:
    finding, wrong = _ASKED[case["ask"]](case, kb)
    told = [f"{what}: expected {expected!r}, got {got!r}" for what, expected, got in wrong]
    assert not told, "\n  ".join([f"{case['file']}: {case['id']}", *told, f"why: {case['why']}", f"lawkb explain {finding}" if finding else ""])


def test_cases_are_complete() -> None:
    doubled = [name for name, count in (Counter(c["id"] for c in CASES) + Counter(c["question"] for c in CASES)).items() if count > 1]
    wrong = [f"{c.get('id')}: {sorted(REQUIRED - c.keys())}" for c in CASES if REQUIRED - c.keys()]
    wrong += [f"{c['id']}: unknown {sorted(more)}" for c in CASES if (more := c.keys() - REQUIRED - GIVEN[c["ask"]] - {"strict", "offence_on"})]
    wrong += [f"{c['id']}: cannot expect {sorted(more)}" for c in CASES if (more := c["expect"].keys() - _EXPECTED[c["ask"]])]
    assert not doubled + wrong


def _day(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


# channels


def _channels(case: dict[str, Any], kb: KnowledgeBase) -> tuple[str, list[tuple[str, Any, Any]]]:
    expect, strict = case["expect"], bool(case.get("strict"))
    if case["measure"] == "every":
        findings = ask.conclude(kb.base, kb.case(case["from"], case["to"], _day(case["day"]), strict=strict))
        options = {(f.get("instrument") or "").rpartition("/")[2]: f.iri for f in findings.of("Option")}
        return "", [("an option for some measure", f"never {slug}", options[slug]) for slug in expect["never"] if slug in options]
    answer = kb.channels(case["from"], case["to"], measure=case["measure"], on=_day(case["day"]), offence_on=_day(case.get("offence_on")), strict=strict)
    channel = answer[case["measure"]]
    return channel.finding, [*_verdict(expect, channel), *_options(expect, channel), *_reasons(expect, channel), *_safeguards(expect, answer)]


def _verdict(expect: dict[str, Any], channel: Channel) -> Found:
    basis = channel.best.instrument if channel.best else None
    got = {"verdict": channel.verdict, "certainty": channel.certainty, "verified_to": channel.verified_to, "basis": basis}
    yield from ((name, _day(expect[name]), value) for name, value in got.items() if name in expect and _day(expect[name]) != value)
    if channel.verdict not in expect.get("safe", [channel.verdict]):
        yield "verdict", expect["safe"], channel.verdict
    if basis in expect.get("not_basis", ()):
        yield "basis", f"not {basis}", basis


def _options(expect: dict[str, Any], channel: Channel) -> Found:
    options = {option.instrument or "-": option for option in channel.options}  # national law and networks name no instrument
    opened = sorted(slug for slug, option in options.items() if option.verdict in _OPEN)
    yield from (("open instruments", slug, opened) for slug in expect.get("open", ()) if slug not in opened)
    yield from (("open instruments", f"not {slug}", opened) for slug in expect.get("not_open", ()) if slug in opened)
    yield from (("options", f"never {slug}", options[slug].finding) for slug in expect.get("never", ()) if slug in options)
    for slug, wanted in expect.get("options", {}).items():
        if slug in options:
            yield from ((f"{slug}, {what}", expected, got) for what, expected, got in _option(wanted, options[slug]))
        else:
            yield "options", slug, sorted(options)


def _option(wanted: dict[str, Any], option: Option) -> Found:
    yield from ((name, wanted[name], getattr(option, name)) for name in ("standing", "verdict") if name in wanted and wanted[name] != getattr(option, name))
    yield from (("articles", article, option.provisions) for article in wanted.get("articles", ()) if article not in option.provisions)
    yield from (("articles", f"not {article}", option.provisions) for article in wanted.get("not_articles", ()) if article in option.provisions)
    if option.standing == wanted.get("not_standing"):
        yield "standing", f"not {option.standing}", option.standing
    conditions = {condition.code: condition for condition in option.conditions}
    for code, state in wanted.get("conditions", {}).items():
        got = conditions.get(code)
        if not got or got.state != state:
            yield f"condition {code}", state, got and got.state
    for code, words in wanted.get("because", {}).items():
        if code not in conditions or words not in (conditions[code].why or ""):
            yield f"condition {code} because", words, code in conditions and conditions[code].why
    yield from ((f"condition {code} because", f"not {words}", conditions[code].why) for code, words in wanted.get("not_because", {}).items()
                if code in conditions and words in (conditions[code].why or ""))
    yield from ((f"condition {code}", "none", conditions[code].state) for code in wanted.get("without", ()) if code in conditions)
    grounds = sorted({refusal.ground for refusal in option.refusal_grounds})
    yield from (("grounds of refusal", ground, grounds) for ground in wanted.get("refusals", ()) if ground not in grounds)


def _reasons(expect: dict[str, Any], channel: Channel) -> Found:
    for slug, given in expect.get("reasons", {}).items():
        wanted = given if isinstance(given, dict) else {"code": given}
        found = [reason for reason in channel.reasons if (reason.instrument or "-") == slug]
        if not any(reason.code == wanted.get("code", reason.code) and list(reason.missing) == wanted.get("missing", list(reason.missing))
                   and wanted.get("says", "") in reason.text and wanted.get("act", reason.act) == reason.act for reason in found):
            yield f"reason on {slug}", wanted, [(reason.code, reason.missing, reason.text) for reason in found]


def _safeguards(expect: dict[str, Any], answer: Answer) -> Found:
    found = sorted({(s.code, s.side, s.state) for s in answer.safeguards})
    yield from (("safeguards", wanted, found) for wanted in expect.get("safeguards", ()) if tuple(wanted) not in found)
    yield from (("safeguards", f"not {wanted}", found) for wanted in expect.get("no_safeguards", ()) if tuple(wanted) in found)


# the status of instruments


def _parties(case: dict[str, Any], kb: KnowledgeBase) -> tuple[str, list[tuple[str, Any, Any]]]:
    expect, table = case["expect"], kb.parties(case["of"], on=_day(case["day"]))
    wrong = [(name, _day(expect[name]), table[name]) for name in ("bound", "consents", "certainty", "verified_to")
             if name in expect and _day(expect[name]) != table[name]]
    lists = {"bound_are": "parties", "pending": "deposited_not_yet_bound", "ended": "ended", "uncertain": "uncertain", "signed_only": "signatories_only",
             "opted_out": "opted_out", "territories": "territories"}
    dates = {"ended": "until"}
    for name, column in lists.items():
        wanted = expect.get(name, [])
        rows = {row["party"]: row for row in table[column]}
        missing = [party for party in wanted if party not in rows]
        if missing:
            wrong.append((name, missing, sorted(rows)))
        if isinstance(wanted, dict):
            which = dates.get(name, "from")
            wrong += [(f"{name}, {party}", _day(day), rows[party][which]) for party, day in wanted.items() if party in rows and rows[party][which] != _day(day)]
    bound = {row["party"] for row in table["parties"]}
    wrong += [("bound", f"not {party}", party) for party in expect.get("bound_not", ()) if party in bound]
    return "", wrong


def _treaties(case: dict[str, Any], kb: KnowledgeBase) -> tuple[str, list[tuple[str, Any, Any]]]:
    expect, table = case["expect"], kb.treaties(case["from"], case["to"], on=_day(case["day"]))
    wrong: list[tuple[str, Any, Any]] = []
    for name in ("in_force", "signed_only", "ended", "pending", "uncertain", "not_applied"):
        rows = [row["instrument"] for row in table[name]]
        wrong += [(name, slug, rows) for slug in expect.get(name, ()) if slug not in rows]
        wrong += [(name, f"not {slug}", slug) for slug in expect.get(f"not_{name}", ()) if slug in rows]
        if expect.get(name) == [] and rows:
            wrong.append((name, [], rows))
    if expect.get("note", "") not in " ".join(table["notes"]):
        wrong.append(("note", expect["note"], table["notes"]))
    return "", wrong


def _status(case: dict[str, Any], kb: KnowledgeBase) -> tuple[str, list[tuple[str, Any, Any]]]:
    table = kb.status(case["of"], on=_day(case["day"]))
    rows = {row["instrument"]: row for row in (*table["instruments"], *table["bilateral"])}
    return "", [(f"{slug}, {name}", _day(value), rows.get(slug, {}).get(name)) for slug, wanted in case["expect"]["instruments"].items()
                for name, value in wanted.items() if rows.get(slug, {}).get(name) != _day(value)]


_ASKED = {"channels": _channels, "parties": _parties, "treaties": _treaties, "status": _status}
_EXPECTED = {
    "channels": {"verdict", "safe", "certainty", "verified_to", "basis", "not_basis", "options", "open", "not_open", "never", "reasons",
                 "safeguards", "no_safeguards"},
    "parties": {"bound", "consents", "certainty", "verified_to", "bound_are", "bound_not", "pending", "ended", "uncertain", "signed_only", "opted_out",
                "territories"},
    "treaties": {"note", *(f"{no}{name}" for no in ("", "not_") for name in ("in_force", "signed_only", "ended", "pending", "uncertain", "not_applied"))},
    "status": {"instruments"},
}
