"""Checks facts: well-formed Turtle, well-typed literals, declared terms, live links, SHACL shapes and the quality checks.

Every finding says which record it is about, in which file, what is wrong and how to mend it. A file that is given alone is
judged with the knowledge base behind it, so that its links resolve, but only its own records are reported on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lawkb.errors import LawkbError
from lawkb.facts import Facts, iri, is_iri, ntriples, ref, text
from lawkb.paths import ontology_dir, rules_dir
from lawkb.reading import Progress, display, source_files, triples, turtle_below
from lawkb.rules import with_prefixes
from lawkb.shapes import Violation, batches, target_classes, violations
from lawkb.terms import RDF_TYPE, XSD, curie

Told = set[tuple[str, str]]

ERROR, WARN, INFO = "ERROR", "WARN", "INFO"
_LONGEST = 80
# What these checks say about a value or a property need not be said again as a violation of a shape.
_SETTLING = {"ill-typed", "blank-node", "dead-link", "unknown-source", "undeclared-term"}
_TYPED = re.compile(r'.*"\^\^<([^>]+)>', re.DOTALL)
_HEAD = re.compile(r"^# (Problem|Mend):\s*(.+)$", re.MULTILINE)
_DATE = f"<{XSD}date>"
_FORMS = {XSD + name: re.compile(form) for name, form in {
    "date": r"\d{4}-\d{2}-\d{2}",
    "gYear": r"\d{4}",
    "gYearMonth": r"\d{4}-(0[1-9]|1[0-2])",
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "boolean": r"true|false|0|1",
}.items()}
_WRONG = {
    "MinCount": "{path} is missing",
    "MaxCount": "{path} stands more often than it may",
    "Class": "{path} names {value}, which is of another class",
    "Closed": "{path} does not belong to its class",
    "Value": "{path} has the value {value}, which it cannot have",
    "Node": "its IRI is not of the form that its class has",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One defect: where it is, how grave it is, what is wrong, how to mend it.

    `subject` is a CURIE, `check` the name of the check that found it, `about` the term in question (N-Triples), `line` 0 where unknown.
    """

    file: str
    subject: str
    severity: str
    check: str
    message: str
    mend: str
    about: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.severity} {self.subject + ': ' if self.subject else ''}{self.message}. To mend it: {self.mend}"


@dataclass(frozen=True)
class Report:
    """What a validation found, sorted by file and record."""

    findings: tuple[Finding, ...]
    files: int
    records: int

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings and remarks do not make data invalid."""
        return not any(finding.severity == ERROR for finding in self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in (ERROR, WARN, INFO)}


@dataclass(frozen=True)
class Check:
    """One quality check: a SELECT of ?subject and ?detail, with its header and its severity from the profile."""

    name: str
    severity: str
    problem: str
    mend: str
    query: str


def validate(paths: Iterable[Path] | None = None, progress: Progress | None = None) -> Report:
    """Check files or folders, or the whole knowledge base with its ontology.

    A record that is given replaces the record of the same IRI in the knowledge base, so that a draft can be checked.

    Args:
        paths: files and folders of Turtle; by default everything that is shipped.
        progress: called with (per cent done, 100).

    Raises:
        LawkbError: a path does not exist or cannot be read.
    """
    tell = progress or (lambda done, total: None)
    shipped = source_files()
    own = shipped if paths is None else list(dict.fromkeys(file for path in paths for file in turtle_below(Path(path))))
    given = {file.resolve() for file in own}
    findings: list[Finding] = []
    facts = _read(own, findings)
    tell(10, 100)
    merged = _merged(_read((file for file in shipped if file.resolve() not in given), []), facts)
    tell(20, 100)
    findings += _run_checks(merged, facts.origin)
    told = {(finding.subject, finding.about) for finding in findings if finding.check in _SETTLING}
    tell(30, 100)
    of_terms = {display(file) for file in own if _is_ontology(file)}
    records = [subject for subject, file in facts.origin.items() if file not in of_terms]
    findings += _unshaped(merged, facts.origin, records, told)
    parts = batches(merged.blocks, records)
    for count, part in enumerate(parts, start=1):
        findings += _of_shapes(violations(part), facts.origin, told)
        tell(30 + 70 * count // len(parts), 100)
    tell(100, 100)
    return Report(tuple(sorted(findings)), len(own), len(records))


@cache
def quality_checks() -> tuple[Check, ...]:
    """Return the quality checks that `rules/quality/profile.tsv` lists, in its order.

    Raises:
        LawkbError: a check that is listed has no file or no complete header.
    """
    folder, checks = rules_dir() / "quality", []
    for line in (folder / "profile.tsv").read_text(encoding="utf-8").splitlines():
        severity, _, name = line.partition("\t")
        try:
            body = (folder / f"{name}.rq").read_text(encoding="utf-8")
            header = dict(_HEAD.findall(body))
            checks.append(Check(name, severity, header["Problem"], header["Mend"], with_prefixes(body)))
        except (OSError, KeyError) as error:
            raise LawkbError(f"The quality check {name} of rules/quality/profile.tsv cannot be read ({error})",
                             "Give it a file of that name whose head has the lines '# Problem: ...' and '# Mend: ...'") from error
    return tuple(checks)


def ill_typed(term: str) -> bool:
    """Say whether an N-Triples term is a literal whose text is not of its datatype, as `"2000-13-45"^^xsd:date`."""
    match = _TYPED.fullmatch(term)
    form = _FORMS.get(match[1]) if match else None
    if form is None:
        return False
    written = text(term)
    return not form.fullmatch(written) or (term.endswith(_DATE) and not _is_day(written))


def _is_day(written: str) -> bool:
    try:
        dt.date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _read(files: Iterable[Path], findings: list[Finding]) -> Facts:
    """Read files as far as they are Turtle; what is not well-formed or not well-typed becomes a finding."""
    facts, homes = Facts(), {}  # type: tuple[Facts, dict[str, str]]
    for path in files:
        shown, ontology, subject = display(path), _is_ontology(path), ""
        try:
            for subject, predicate, obj in triples(path):
                if subject.startswith("_:") or obj.startswith("_:"):
                    if not ontology and not subject.startswith("_:"):
                        findings.append(_blank(shown, subject, predicate))
                    continue
                facts.add(subject, predicate, obj)
                facts.origin.setdefault(subject, shown)
                if predicate == RDF_TYPE:
                    home = homes.setdefault(subject, shown)
                    facts.origin[subject] = home  # a block without a class adds to a record that stands elsewhere
                    if home != shown and not ontology:
                        findings.append(_scattered(shown, subject, home))
                if ill_typed(obj):
                    findings.append(_ill_typed(shown, subject, predicate, obj))
        except LawkbError as error:
            if not isinstance(error.__cause__, SyntaxError):
                raise
            findings.append(_malformed(shown, error.__cause__))
            if facts.origin.get(subject) == shown:
                del facts.blocks[subject], facts.origin[subject]
    return facts


def _is_ontology(path: Path) -> bool:
    return path.resolve().is_relative_to(ontology_dir())


def _merged(background: Facts, own: Facts) -> Facts:
    """Return all facts, those given in place of those in the background; what is given without a class is added."""
    blocks = dict(background.blocks)
    for subject, block in own.blocks.items():
        blocks[subject] = block if RDF_TYPE in block else {**blocks.get(subject, {}), **block}
    return Facts(blocks, own.origin)


def _run_checks(facts: Facts, origin: Mapping[str, str]) -> Iterator[Finding]:
    """Run the quality checks over all facts; yield what concerns the subjects of `origin`."""
    from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

    store = Store()
    store.bulk_load(ntriples(facts.blocks.items()).encode(), format=RdfFormat.N_TRIPLES)
    for check in quality_checks():
        solutions = store.query(check.query)
        assert isinstance(solutions, QuerySolutions)
        for row in solutions:
            subject, detail = row["subject"], row["detail"]
            if isinstance(subject, NamedNode) and subject.value in origin:
                about = str(detail) if detail else ""
                yield Finding(origin[subject.value], curie(subject.value), check.severity, check.name,
                              f"{check.problem} ({_shown(about)})" if about else check.problem, check.mend, about)


def _unshaped(facts: Facts, origin: Mapping[str, str], records: Iterable[str], told: Told) -> Iterator[Finding]:
    for subject in records:
        kinds = facts.blocks[subject].get(RDF_TYPE, [])
        if not target_classes().intersection(map(iri, kinds)) and not any((curie(subject), kind) in told for kind in kinds):
            problem = f"no shape describes its class ({', '.join(map(_shown, kinds))})" if kinds else "it has no class"
            yield Finding(origin[subject], curie(subject), ERROR, "no-shape", problem,
                          "give it one of the classes of docs/model.md, as 'a law:Ratification'")


def _of_shapes(found: Iterable[Violation], origin: Mapping[str, str], told: Told) -> Iterator[Finding]:
    """Yield one finding for each subject, property and value that does not meet its shape and was not reported on before."""
    seen = set()
    for violation in sorted(found, key=repr):
        subject, path, value = curie(violation.subject), violation.path or "", violation.value or ""
        if (subject, path, value) in seen or (subject, value) in told or (subject, ref(path)) in told:
            continue
        seen.add((subject, path, value))
        problem = _WRONG.get(violation.constraint, _WRONG["Value" if path else "Node"])
        yield Finding(origin[violation.subject], subject, ERROR, "shape",
                      problem.format(path=curie(path), value=_shown(value)), violation.message, value)


def _malformed(file: str, error: SyntaxError) -> Finding:
    return Finding(file, "", ERROR, "turtle", f"it is not Turtle: {error.msg}",
                   "every block ends with a dot and every literal with its quotes; nothing was read from here on", line=error.lineno or 0)


def _blank(file: str, subject: str, predicate: str) -> Finding:
    return Finding(file, curie(subject), ERROR, "blank-node", f"{curie(predicate)} leads to a blank node",
                   "give that node an IRI and a block of its own, as source:<key>", ref(predicate))


def _scattered(file: str, subject: str, home: str) -> Finding:
    return Finding(file, curie(subject), ERROR, "scattered", f"it has a block in {home} too",
                   "keep one block for each record, in one file")


def _ill_typed(file: str, subject: str, predicate: str, obj: str) -> Finding:
    return Finding(file, curie(subject), ERROR, "ill-typed", f"{curie(predicate)} has the value {_shown(obj)}, which is not of its type",
                   'write a real value: "2003-09-29"^^xsd:date, "2003"^^xsd:gYear, "2003-09"^^xsd:gYearMonth, 12, 0.5, true', ref(predicate))


def _shown(term: str) -> str:
    """Return an N-Triples term as a message shows it; an empty text for none."""
    if not term or is_iri(term):
        return curie(iri(term)) if term else ""
    match = _TYPED.fullmatch(term)
    written = text(term)
    short = written if len(written) <= _LONGEST else written[:_LONGEST] + "..."
    return f'"{short}"^^{curie(match[1])}' if match else short
