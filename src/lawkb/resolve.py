"""A name, also a wrong one, and the true thing: jurisdictions, instruments, organisations, systems, measures, names in documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lawkb.base import Base, Entry
from lawkb.errors import LawkbError
from lawkb.facts import Block, many, one, text
from lawkb.names import Row, ThingNames
from lawkb.page import Heading, Items, Para, Part
from lawkb.terms import CONCEPT, ID, LAW, curie, expand, key
from lawkb.words import Words

_ALT = "http://www.w3.org/2004/02/skos/core#altLabel"
_DEFINITION = "http://www.w3.org/2004/02/skos/core#definition"
_CLASSES = ("Organisation", "Network", "InformationSystem", "Name")
_SCHEMES = ("measure", "channel")
_NAME = "Name"
# The verdicts on a name under which the thing exists as the name says.
_HOLDS = frozenset({"real", "real-imprecise", "concept", "omitted"})
EXIT = {"real": 0, "wrong": 1, "unknown": 3}


def things(base: Base) -> ThingNames:
    """Return the table of everything that has a name."""
    return ThingNames(_rows(base))


def resolve(base: Base, given: str, table: ThingNames | None = None) -> dict[str, Any]:
    """Return what a name truly is.

    `state` is `real`, `wrong` (no such thing, or not as the name says) or `unknown`; `found` lists what bears the name exactly,
    a verdict on the name before the things; `nearest` is what is named alike.

    Args:
        base: the knowledge base.
        given: the name.
        table: what `things` gave, where several names are asked about.

    Raises:
        LawkbError: no name was given.
    """
    if not given.strip():
        raise LawkbError("No name given", 'Give a name, an abbreviation or a number, for example: lawkb resolve "Palermo Protocol"')
    table = table or things(base)
    entries = [entry for name in table.find(given) if (entry := base.entry(expand(name)))]
    if not entries and (provision := base.entry(f"{ID}provision/{given.strip()}")):
        entries = [provision]
    entries.sort(key=lambda entry: entry.kind != _NAME)
    words = Words(base)
    named = {iri for entry in entries for iri in many(entry.block, "refersTo")}
    found = [_thing(base, words, entry) for entry in entries if entry.iri not in named]
    verdicts = [line["verdict"] for line in found if line["verdict"]]
    state = "unknown" if not found else "real" if all(verdict in _HOLDS for verdict in verdicts) else "wrong"
    nearest = [] if found else [_short(words, entry) for name in table.nearest(given) if (entry := base.entry(expand(name)))]
    return {"question": {"command": "resolve", "name": given}, "state": state, "found": found, "nearest": nearest}


def _rows(base: Base) -> Iterator[Row]:
    """Yield every name that is known, each with the short form of the IRI of the thing that bears it."""
    for kind, names in (("jur", base.jurisdictions), ("instrument", base.instruments)):
        yield from ((f"{kind}:{name}", label, (name, *others)) for name, label, others in names.rows)
    for entry in base.of_class(*_CLASSES):
        others = [text(term) for term in entry.block.get(_ALT, ())]
        yield curie(entry.iri), entry.label or key(entry.iri), (*others, key(entry.iri)) if entry.kind != _NAME else others
    for scheme in _SCHEMES:
        within = (f"{CONCEPT}{scheme}/", f"{CONCEPT}{scheme}0")
        for subject, label in base.execute("SELECT subject, label FROM block WHERE subject >= ? AND subject < ?", within):
            yield curie(subject), label or key(subject), (key(subject),)


def _short(words: Words, entry: Entry) -> dict[str, Any]:
    return {"thing": curie(entry.iri), "kind": _kind(words, entry), "name": words.label(entry.iri)}


def _thing(base: Base, words: Words, entry: Entry) -> dict[str, Any]:
    verdict = one(entry.block, "nameVerdict")
    referred = [_short(words, thing) | {"says": _says(words, thing)} for thing in base.entries(many(entry.block, "refersTo"))]
    return {**_short(words, entry), "verdict": key(verdict) if verdict else None, "says": _says(words, entry), "refers_to": referred,
            "grade": base.weakest([entry.iri])[0], "file": entry.file}


def _kind(words: Words, entry: Entry) -> str:
    """Return what a thing is: the label of its class, for a concept the name of its list."""
    if entry.iri.startswith(CONCEPT):
        return entry.iri.removeprefix(CONCEPT).partition("/")[0].replace("-", " ")
    return words.label(f"{LAW}{entry.kind}")


def _says(words: Words, entry: Entry) -> str:
    """Return in a sentence or two what a thing is."""
    block = entry.block
    said: list[str | None]
    if entry.kind == "InformationSystem":
        said = [f"Run by {words.label(one(block, 'runBy') or '')}", one(block, "purpose"), f"Use: {one(block, 'access')}" if one(block, "access") else None]
    elif summary := one(block, "summary"):
        said = [summary]
    elif _DEFINITION in block:
        said = [text(block[_DEFINITION][0])]
    else:
        state = one(block, "territoryOf")
        said = [f"Territory of {words.label(state)}"] if state else [*_of_instrument(words, block)]
    return " ".join(part.rstrip(".") + "." for part in said if part)


def _of_instrument(words: Words, block: Block) -> list[str]:
    said = [text(term) for term in block.get(expand("dcterms:title"), ())]
    for title, name in (("Adopted", "adopted"), ("In force since", "inForce"), ("Ended", "terminated")):
        if day := one(block, f"{name}On") or one(block, f"{name}In"):
            said.append(f"{title} {words.day(day)}")
    if numbers := [text(term) for term in block.get(expand("dcterms:identifier"), ())]:
        said.append("; ".join(numbers))
    return said


def resolve_page(base: Base, answer: dict[str, Any]) -> list[Part]:
    """Return the page of `resolve`."""
    given = answer["question"]["name"]
    parts: list[Part] = [Heading(given, 1)]
    if not answer["found"]:
        parts.append(Para("Nothing of this name is known here. That does not prove that there is no such thing.", strong=True))
    for line in answer["found"]:
        if line["verdict"]:
            entry = base.entry(f"{CONCEPT}name-verdict/{line['verdict']}")
            verdict = text(entry.block[_DEFINITION][0]).removeprefix("Verdict that ").rstrip(".") if entry else ""
            parts.append(Para(f"{base.label(f'{CONCEPT}name-verdict/' + line['verdict'])}: {verdict}.", strong=True))
        else:
            parts.append(Para(f"{line['name']} ({line['kind']}, {line['thing']})", strong=True))
        parts += [Para(said) for said in (line["says"],) if said]
        if line["refers_to"]:
            title = "What is meant" if line["verdict"] in _HOLDS else "The true things, or the nearest"
            parts += [Heading(title), Items([(0, f"{_named(thing)}{': ' + thing['says'] if thing['says'] else ''}") for thing in line["refers_to"]])]
    if answer["nearest"]:
        parts += [Heading("Named alike"), Items([(0, _named(thing)) for thing in answer["nearest"]])]
    return parts


def _named(thing: dict[str, Any]) -> str:
    return f"{thing['name']} ({thing['kind']}, {thing['thing']})"


def resolve_rows(answer: dict[str, Any]) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return `resolve` as a table: what bears the name, what it refers to, what is named alike."""
    columns = ("part", "thing", "kind", "name", "verdict", "says")
    rows: list[list[object]] = []
    for part, lines in (("found", answer["found"]), ("refers to", [t for line in answer["found"] for t in line["refers_to"]]), ("nearest", answer["nearest"])):
        rows += [[part, line["thing"], line["kind"], line["name"], line.get("verdict") or "", line.get("says") or ""] for line in lines]
    return columns, rows
