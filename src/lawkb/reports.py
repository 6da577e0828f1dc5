"""Pages and rows of what keepers and developers ask for: validation, reasoning, query results, single facts and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lawkb.answer import Dispute
from lawkb.base import Base
from lawkb.disputes import in_words
from lawkb.facts import is_iri, text
from lawkb.page import Code, Heading, Items, Para, Part, Table
from lawkb.terms import RDF_TYPE, curie
from lawkb.wording import counted
from lawkb.words import Words

if TYPE_CHECKING:
    from lawkb import check, reason
    from lawkb.query import Result

_INTERNAL = "Day"  # the ending of day numbers, which stand beside dates for the rules
_MOST = 200  # of the remarks on a page; JSON and CSV have them all


def fact_page(base: Base, found: Mapping[str, Any]) -> list[Part]:
    """Return the page of a fact or a rule, as `explain` gives it."""
    if found["kind"] == "rule":
        return _rule_page(found)
    words = Words(base)
    entry = base.entry(found["iri"])
    block = entry.block if entry else {}
    place = f", in {found['file']}{' (local)' if found['local'] else ''}" if found["file"] else ""
    rows = [[base.label(predicate), "; ".join(_said(words, term) for term in terms)] for predicate, terms in block.items()
            if predicate != RDF_TYPE and not predicate.endswith((_INTERNAL, "/source"))]
    parts: list[Part] = [Heading(words.label(found["iri"]), 1), Para(f"{found['kind']} {found['name']}{place}"), Table(("property", "value"), rows)]
    if found["sources"]:
        read = [f"{c['title']} (as at {words.day(c['as_at']) if c['as_at'] else 'a day not given'}; {c['grade']}, confidence {c['confidence']})"
                + (f" {c['url']}" if c["url"] else "") for c in found["sources"]]
        parts += [Heading("Read in"), Items([(0, line) for line in read])]
    if found["disputes"]:
        parts += [Heading("Disputed"), Items([(0, in_words(Dispute(**line)).removeprefix("disputed: ")) for line in found["disputes"]])]
    return parts


def _said(words: Words, term: str) -> str:
    value = text(term)
    return words.label(value) if is_iri(term) else words.day(value) if "#date>" in term or "#gYearMonth>" in term else value


def _rule_page(found: Mapping[str, Any]) -> list[Part]:
    lines = [("law", found["law"]), ("says", found["says"]), ("concludes", ", ".join(found.get("concludes", ()))),
             ("reads the date", ", ".join(found.get("reads_dates", ())) or "none")]
    parts: list[Part] = [Heading(found["label"], 1), Table(("rule", ""), [[name, value] for name, value in lines if value])]
    return [*parts, Code(found["query"], "sparql")] if "query" in found else parts


def validation(report: check.Report) -> dict[str, Any]:
    """Return a validation as plain data."""
    from dataclasses import asdict

    return {"valid": report.ok, "files": report.files, "records": report.records, "counts": report.counts, "findings": [asdict(f) for f in report.findings]}


def validation_page(report: check.Report) -> list[Part]:
    """Return the page of a validation: errors first, file by file."""
    counts = ", ".join(f"{count:,} {severity}" for severity, count in report.counts.items() if count) or "nothing to mend"
    seen = f"{counted(report.records, 'record')} in {counted(report.files, 'file')}"
    parts: list[Part] = [Para(f"{'Valid' if report.ok else 'Invalid'}: {seen}, {counts}.", strong=True)]
    order = {severity: number for number, severity in enumerate(report.counts)}
    shown = sorted(report.findings, key=lambda f: (order[f.severity], f.file, f.line, f.subject))
    for (severity, file), findings in groupby(shown[:_MOST], key=lambda f: (f.severity, f.file)):
        items: list[tuple[int, str]] = []
        for finding in findings:
            where = f"line {finding.line}: " if finding.line else f"{finding.subject}: " if finding.subject else ""
            items += [(0, f"{where}{finding.message}"), (1, f"to mend it: {finding.mend}")]
        parts += [Heading(f"{severity} {file}"), Items(items)]
    if len(shown) > _MOST:
        parts.append(Para(f"{len(shown) - _MOST:,} more: --format json or csv lists them all."))
    return parts


def validation_rows(report: check.Report) -> tuple[Sequence[str], list[list[object]]]:
    """Return a validation as a table: a row a defect."""
    columns = ("severity", "check", "file", "line", "subject", "message", "mend")
    return columns, [[getattr(finding, column) or "" for column in columns] for finding in report.findings]


def reasoning(report: reason.Report) -> dict[str, Any]:
    """Return what the reasoner found as plain data."""
    from dataclasses import asdict

    return {"sound": report.sound, **asdict(report)}


def reasoning_page(report: reason.Report) -> list[Part]:
    """Return the page of what the reasoner found."""
    verdict = "Consistent, and every class can have members" if report.sound else (
        "Consistent, but some classes can have no member" if report.consistent else "Inconsistent: some statements contradict one another")
    size = f"{report.classes} classes, {report.properties} properties, {report.concepts} concepts; {report.triples:,} triples in {report.files} files"
    items = [(0, f"no member is possible: {name}") for name in report.unsatisfiable] + [(0, cause) for cause in report.causes]
    parts: list[Part] = [Para(f"{verdict}.", strong=True), Para(f"{size}; HermiT took {report.seconds} seconds.")]
    return [*parts, Items(items)] if items else parts


def query_page(result: Result) -> list[Part]:
    """Return the page of a query's result: IRIs by their short names, which `explain` understands."""
    if result.holds is not None:
        return [Para("Yes." if result.holds else "No.", strong=True)]
    if not result.terms:
        return [Para("Nothing was found.", strong=True)]
    rows = [["" if term is None else curie(text(term)) if is_iri(term) else text(term) for term in row] for row in result.terms]
    return [Table(result.columns, rows)]
