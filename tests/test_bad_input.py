"""Bad input: one clear sentence on stderr that says what was given and what is expected, exit code 2, nothing on stdout."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lawkb.api import KnowledgeBase, load
from lawkb.errors import LawkbError
from lawkb.facts import law, ntriples
from lawkb.reading import turtle_below
from lawkb.terms import XSD

pytestmark = pytest.mark.slow  # left out of `make check`

if TYPE_CHECKING:
    from conftest import Invoke

REQUESTS = {
    "unknown jurisdiction": (("channels", "ITALI", "NGA"), ("'ITALI'", "Italy (ITA)")),
    "unknown jurisdiction without a near one": (("status", "Qqxzv"), ("'Qqxzv'", "English name")),
    "no jurisdiction": (("status", ""), ("No jurisdiction given",)),
    "same jurisdiction twice": (("channels", "ITA", "Italy"), ("Both jurisdictions are Italy (ITA)",)),
    "same jurisdiction twice, treaties": (("treaties", "IT", "ITA"), ("Both jurisdictions are Italy (ITA)",)),
    "unknown measure": (("channels", "ITA", "NGA", "--measure", "mla-search"), ("'mla-search'", "mla-search-seizure", "--help")),
    "no channel": (("channels", "ITA", "NGA", "--channel", "post"), ("There is no channel 'post'", "extradition, ")),
    "a measure of another channel": (("channels", "ITA", "NGA", "--channel", "police", "--measure", "mla"), ("belongs to the channel mla",)),
    "no measure": (("channels", "ITA", "NGA", "--measure", ""), ("no measure",)),
    "no real day": (("channels", "ITA", "NGA", "--on", "2023-02-30"), ("'2023-02-30' is not a real day", "YYYY-MM-DD")),
    "no day": (("parties", "untoc", "--on", "yesterday"), ("'yesterday'", "YYYY-MM-DD")),
    "a day before all law here": (("channels", "ITA", "NGA", "--on", "1919-12-31"), ("before 1920",)),
    "a day after next year": (("channels", "ITA", "NGA", "--on", "2199-01-01"), ("2199-01-01 is after the end of",)),
    "no real day of the offence": (("channels", "ITA", "NGA", "--offence-on", "2023-13-01"), ("'2023-13-01'",)),
    "unknown instrument": (("parties", "palermo-tipp"), ("'palermo-tipp'", "palermo-tip")),
    "neither instrument nor jurisdiction": (("coverage", "Itally"), ("'Itally'", "Italy (ITA)")),
    "unknown name": (("explain", "nothing"), ("'nothing'", "act:")),
    "finding of no real day": (("explain", "case:ITA.NGA.2024-13-45/verdict/extradition"), ("is not the IRI of a finding",)),
    "finding of no jurisdiction": (("explain", "case:QQQ.NGA.2024-01-01/verdict/extradition"), ("'QQQ'",)),
    "rule as Turtle": (("explain", "rule:1-bonds/treaty-bond", "--format", "ttl"), ("no Turtle", "json")),
    "unknown command": (("chanels", "ITA", "NGA"), ("'chanels'", "channels")),
    "missing argument": (("channels", "ITA"), ("Missing argument 'REQUESTED'", "lawkb channels --help")),
    "one argument too many": (("treaties", "ITA", "NGA", "DEU"), ("DEU",)),
    "unknown option": (("channels", "ITA", "NGA", "--when", "2024-01-01"), ("--when",)),
    "unknown form": (("parties", "untoc", "--format", "xml"), ("'xml'", "'json'")),
    "query that is not there": (("query", "none.rq"), ("none.rq cannot be read",)),
    "path that is not there": (("validate", "none"), ("There is no folder none",)),
    "rule that is given as facts": (("validate", "rules/1-bonds/treaty-bond.rq"), ("treaty-bond.rq is SPARQL and no Turtle", "docs/add-a-rule.md")),
    "overlay that is not there": (("channels", "ITA", "NGA", "--kb", "none"), ("There is no folder", "none")),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_bad_request_is_told_in_one_sentence(invoke: Invoke, name: str) -> None:
    args, expected = REQUESTS[name]
    done = invoke(*args)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    for part in expected:
        assert part in done.err


@pytest.mark.parametrize("iri", ["act:untoc.ITA", "rule:1-bonds/none", "case:ITA.NGA.2024-01-01/verdict/none", "https://example.org/none"])
def test_a_good_name_of_nothing_is_unknown(invoke: Invoke, iri: str) -> None:
    done = invoke("explain", iri)
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)


def test_a_name_that_begins_like_others_gets_them_suggested(invoke: Invoke) -> None:
    assert "act:untoc.ITA.ratification.2006-08-02" in invoke("explain", "act:untoc.ITA").err


def test_malformed_turtle_of_an_overlay_is_told_with_file_and_line(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ours.ttl").write_text("PREFIX law: <https://w3id.org/lawkb/ns#>\n<https://example.org/a> law:party\n.\n", encoding="utf-8")
    done = invoke("channels", "ITA", "NGA", "--kb", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "ours.ttl, line 3 is not Turtle" in done.err


def test_an_overlay_that_may_not_be_read_is_told_and_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "scandir", closed)  # what os.walk reads folders with; root may read them all
    with pytest.raises(LawkbError, match=r"cannot be read .Permission denied."):
        turtle_below(tmp_path)


@pytest.mark.slow
def test_a_link_of_an_overlay_that_leads_nowhere_is_told(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ours.ttl").symlink_to(tmp_path / "gone.ttl")
    done = invoke("parties", "untoc", "--kb", tmp_path)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert "ours.ttl cannot be read (No such file or directory)" in done.err


def test_an_overlay_may_be_one_file(invoke: Invoke) -> None:
    file = Path(__file__).resolve().parent.parent / "docs" / "examples" / "xxa" / "xxa.ttl"
    done = invoke("parties", "palermo-tip", "--on", "2026-02-14", "--kb", file, "--format", "csv")
    assert done.code == 0, done.err
    assert "parties,XXA,state,2026-02-14" in done.out


@pytest.mark.parametrize("command", [("channels", "ITA", "NGA", "--kb"), ("validate",), ("format", "--check")])
def test_a_folder_without_facts_is_told_and_not_passed_over(invoke: Invoke, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "facts.txt").write_text("no Turtle", encoding="utf-8")
    done = invoke(*command, tmp_path)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert f"There is no Turtle file in {tmp_path}" in done.err


def test_a_record_of_an_overlay_takes_the_place_of_the_packaged_one_and_is_not_mixed_with_it(kb: KnowledgeBase, tmp_path: Path) -> None:
    """`lawkb validate` judges it so too: a corrected day must not stand beside the one that it corrects."""
    act = "https://w3id.org/lawkb/id/act/untoc.NGA.ratification.2001-06-28"
    packaged = kb.base.entry(act)
    assert packaged
    block = {**packaged.block, law("doneOn"): [f'"2005-01-01"^^<{XSD}date>']}
    (tmp_path / "ours.ttl").write_text(ntriples([(act, block)]), encoding="utf-8")
    own = load([tmp_path])
    entry = own.base.entry(act)
    assert entry
    assert (entry.block, entry.local) == (block, True)
    since = {name: next(line["from"] for line in base.status("NGA", on="2026-11-23")["instruments"] if line["instrument"] == "untoc")
             for name, base in (("packaged", kb), ("own", own))}
    assert since == {"packaged": "2003-09-29", "own": "2005-01-31"}


def test_an_overlay_adds_facts_that_are_marked_as_local(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "ours.ttl").write_text("""
        PREFIX law: <https://w3id.org/lawkb/ns#>
        PREFIX dcterms: <http://purl.org/dc/terms/>
        <https://w3id.org/lawkb/id/act/coe-197.CUB.accession.2020-01-01> a law:Accession ;
            law:instrument <https://w3id.org/lawkb/id/instrument/coe-197> ; law:party <https://w3id.org/lawkb/id/jur/CUB> ;
            law:doneOn "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date> ; dcterms:source <https://w3id.org/lawkb/id/source/un-memory> .
        """, encoding="utf-8")
    assert ",CUB," in invoke("parties", "coe-197", "--format", "csv", "--kb", tmp_path).out
    assert "(local)" in invoke("explain", "act:coe-197.CUB.accession.2020-01-01", "--kb", tmp_path).out
    assert ",CUB," not in invoke("parties", "coe-197", "--format", "csv").out
