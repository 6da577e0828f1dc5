"""The compiled knowledge base: one SQLite file in the user's cache, made once for each state of the sources.

It holds every block with its file (for proofs and look-ups), the lean triples that rules read, cut into slices by
jurisdiction and instrument (for dossiers), and the tables that name resolution and status commands read.
A snapshot is named by the digest of its sources, written to a temporary file and renamed: a reader never sees half of one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lawkb.derive import derive
from lawkb.errors import LawkbError
from lawkb.facts import Block, Facts, iri, many, ntriples, one, text, types
from lawkb.layout import lay
from lawkb.packing import dictionary, pack
from lawkb.parsed import parsed_rules
from lawkb.paths import kb_dir, rules_dir
from lawkb.pattern import Construct
from lawkb.reading import Progress, digest, read, source_files, turtle_below
from lawkb.rules import Rule, load_rules, rule_files
from lawkb.spans import SOURCE
from lawkb.stratify import check
from lawkb.terms import ID, LAW, RDF_TYPE, expand, key, prefixes

FORMAT = "6"
LABELS = ("http://www.w3.org/2000/01/rdf-schema#label", LAW + "shortTitle", "http://www.w3.org/2004/02/skos/core#prefLabel",
          "http://purl.org/dc/terms/title")
ALT = "http://www.w3.org/2004/02/skos/core#altLabel"
IDENTIFIER = "http://purl.org/dc/terms/identifier"
_SCHEMA = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE dictionary(name TEXT PRIMARY KEY, samples BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE packed_block(subject TEXT PRIMARY KEY, class TEXT, label TEXT, file TEXT, local INTEGER, grade INTEGER, body BLOB NOT NULL);
CREATE VIEW block AS SELECT subject, class, label, file, local, grade, unpacked('block', body) AS body FROM packed_block;
CREATE TABLE packed_slice(jurisdiction TEXT, instrument TEXT, triples BLOB NOT NULL, PRIMARY KEY(jurisdiction, instrument));
CREATE VIEW slice AS SELECT jurisdiction, instrument, unpacked('slice', triples) AS triples FROM packed_slice;
CREATE TABLE instrument(slug TEXT PRIMARY KEY, two INTEGER, names TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE jurisdiction(code TEXT PRIMARY KEY, class TEXT, sovereign TEXT, names TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE model(slug TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE concerned(item INTEGER PRIMARY KEY, iri TEXT UNIQUE);
CREATE TABLE concerns_row(item INTEGER, subject INTEGER, PRIMARY KEY(item, subject)) WITHOUT ROWID;
CREATE VIEW concerns AS SELECT i.iri AS item, b.subject AS subject FROM concerned i JOIN concerns_row c ON c.item=i.item
    JOIN packed_block b ON b.rowid=c.subject;
CREATE TABLE disputed(subject TEXT, fact TEXT, PRIMARY KEY(subject, fact)) WITHOUT ROWID;
CREATE TABLE rule(stage TEXT, name TEXT, header TEXT NOT NULL, query TEXT NOT NULL, plan TEXT NOT NULL, branches TEXT NOT NULL, lean TEXT,
    PRIMARY KEY(stage, name)) WITHOUT ROWID;
"""


def build(target: Path, overlays: Iterable[Path] = (), progress: Progress | None = None, kb: Path | None = None) -> None:
    """Compile the KB (and overlays) into a snapshot at `target`; `kb` names another knowledge base than the packaged one.

    Raises:
        LawkbError: a source cannot be read, a rule cannot be loaded, or the folder cannot be written (full disk included).
    """
    overlays = [Path(folder) for folder in overlays]
    files = source_files(overlays, kb)
    local = frozenset(path for folder in overlays for path in turtle_below(folder))
    read(sorted(local))  # a mistake in one's own facts is told at once, before the long part
    rules = parsed_rules(load_rules(), target.parent)
    check(rules)
    facts = read(files, local, progress)
    derive(facts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".build-", suffix=".sqlite")
        os.close(handle)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with contextlib.closing(sqlite3.connect(name)) as base:
            _fill(base, facts, rules, _identity(files, overlays, kb or kb_dir()))
        with open(name, "rb") as written:
            os.fsync(written.fileno())
        os.replace(name, target)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(target, error) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)


def _identity(files: list[Path], overlays: list[Path], kb: Path) -> dict[str, str]:
    packaged = [path for path in files if not any(path.is_relative_to(folder) for folder in overlays)]
    return {
        "format": FORMAT,
        "kb_version": (kb / "VERSION").read_text(encoding="utf-8").strip(),
        "kb_digest": digest(packaged),
        "rules_version": (rules_dir() / "VERSION").read_text(encoding="utf-8").strip(),
        "rules_digest": digest(rule_files()),
        "overlays": json.dumps([{"folder": folder.as_posix(), "digest": digest(turtle_below(folder))} for folder in overlays]),
    }


def _unwritable(target: Path, error: Exception) -> LawkbError:
    return LawkbError(f"The compiled knowledge base cannot be written to {target.parent} ({error})",
                      "Free some space, or name a folder that may be written with the variable LAWKB_CACHE",
                      "lawkb --help, section 'Cache'")


def _fill(base: sqlite3.Connection, facts: Facts, rules: dict[Rule, Construct], identity: dict[str, str]) -> None:
    base.execute("PRAGMA journal_mode=OFF")
    base.execute("PRAGMA synchronous=OFF")
    base.executescript(_SCHEMA)
    slices = list(_slice_rows(facts, rule_terms(rules)))
    base.executemany("INSERT INTO meta VALUES (?,?)", sorted({**identity, "facts_digest": _facts_digest(facts, slices)}.items()))
    _packed(base, "block", list(_block_rows(facts)))
    _packed(base, "slice", slices)
    base.executemany("INSERT INTO instrument VALUES (?,?,?)", _instrument_rows(facts))
    base.executemany("INSERT OR IGNORE INTO model VALUES (?)",
                     [(key(model),) for block in facts.blocks.values() for model in many(block, "typicalContent")])
    base.executemany("INSERT INTO jurisdiction VALUES (?,?,?,?)", _jurisdiction_rows(facts))
    concerns = list(_concern_rows(facts))
    base.executemany("INSERT OR IGNORE INTO concerned(iri) VALUES (?)", [(item,) for item, _ in concerns])
    base.executemany("INSERT OR IGNORE INTO concerns_row SELECT i.item, b.rowid FROM concerned i, packed_block b WHERE i.iri=? AND b.subject=?", concerns)
    plans = lay(base, rules, facts)
    base.executemany("INSERT OR IGNORE INTO disputed VALUES (?,?)", _disputed_rows(facts))
    base.executemany("INSERT INTO rule VALUES (?,?,?,?,?,?,?)", _rule_rows(plans))
    base.commit()


def _facts_digest(facts: Facts, slices: list[tuple[str, str, str]]) -> str:
    """Name all that was compiled by what it says: the same on every machine. Blank nodes, which have no lasting name, are left out."""
    total = hashlib.sha256()
    for subject in sorted(subject for subject in facts.blocks if not subject.startswith("_:")):
        named = {predicate: [term for term in terms if not term.startswith("_:")] for predicate, terms in facts.blocks[subject].items()}
        total.update(f"{subject} {json.dumps(named)}\n".encode())
    for row in slices:
        total.update(" ".join(row).encode())
    return f"sha256:{total.hexdigest()}"


def _packed(base: sqlite3.Connection, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Write rows whose last column is a text among many similar ones."""
    samples = dictionary([row[-1] for row in rows])
    base.execute("INSERT INTO dictionary VALUES (?,?)", (name, samples))
    marks = ",".join("?" for _ in rows[0])
    base.executemany(f"INSERT INTO packed_{name} VALUES ({marks})", ((*row[:-1], pack(row[-1], samples)) for row in rows))


def rule_terms(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the terms that rules mention: only triples with these predicates and classes are laid before an engine."""
    known, found = prefixes(), {RDF_TYPE}
    for rule in rules:
        for prefix, local in re.findall(r"([a-z][a-z-]*):([A-Za-z][\w-]*)", rule.body):
            if prefix in known:
                found.add(expand(f"{prefix}:{local}"))
    return frozenset(found)


def _block_rows(facts: Facts) -> Iterator[tuple[object, ...]]:
    for subject, block in facts.blocks.items():
        if subject.startswith("_:"):
            continue
        kinds = types(block)
        yield (subject, kinds[0] if kinds else None, _label(block), facts.origin.get(subject), subject in facts.local,
               grade(facts, block), json.dumps(block))


def grade(facts: Facts, block: Block) -> int | None:
    """Return how weak a fact is: the weight of how its best source was read plus that of its confidence; None for what is no fact.

    A derived participation is as weak as the weakest fact that it rests on.
    """
    if LAW + "byAct" in block:
        weights = [w for fact in many(block, "restsOn") if (w := grade(facts, facts.blocks.get(fact, {}))) is not None]
        return max(weights, default=None)
    found = []
    for source in (facts.blocks.get(text(term), {}) for term in block.get(SOURCE, ())):
        how, sure = one(source, "howRead"), one(block, "confidence") or one(source, "confidence")
        found.append(sum(int(one(facts.blocks.get(concept, {}), "weight") or 0) for concept in (how, sure) if concept))
    return min(found, default=None)


def _label(block: Block) -> str | None:
    return next((text(block[name][0]) for name in LABELS if name in block), None)


def _slice_rows(facts: Facts, keep: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    slices: dict[tuple[str, str], list[tuple[str, Block]]] = {}
    # definitions of the offence are compared with national law whether or not they bind: with their instruments they are in every dossier
    common = {subject for definition, block in facts.of_class("DefinitionElement") for subject in (definition, *many(block, "instrument"))}
    for subject, block in facts.blocks.items():
        if subject.startswith("_:") or RDF_TYPE not in block:
            continue
        named = any(iri(kind) in keep for kind in block[RDF_TYPE])
        slices.setdefault(("", "") if subject in common else _slice_of(subject, block, named), []).append((subject, block))
    slices.pop(_NOWHERE, None)
    for (jurisdiction, instrument), blocks in sorted(slices.items()):
        triples = ntriples(blocks, keep)
        if triples:
            yield jurisdiction, instrument, triples


_NOWHERE = ("-", "")  # acts, sources and the like: what rules read of them is derived or stands elsewhere


def _slice_of(subject: str, block: Block, named: bool) -> tuple[str, str]:
    """To which jurisdiction and instrument a block belongs; ("", "") is what every dossier has. Rules read an act only if they name its class."""
    if subject.startswith(ID + "instrument/"):
        return "", key(subject)
    if subject.startswith(ID + "jur/"):
        return "", ""
    party = next((p for name in ("party", "jurisdiction", "member") if (p := one(block, name))), None)
    if subject.startswith(ID + "pronouncement/"):
        party = None  # what one state was told bears on every party of the instrument
    about = next((i for name in ("instrument", "from", "about") if (i := one(block, name))), None)
    if about and about.startswith(ID + "jur/"):
        party, about = about, None
    if (about and not about.startswith(ID + "instrument/")) or subject.startswith((ID + "service/", ID + "org/")):
        return "", ""  # bodies, what they do, the coverage of their lists and of channels: every case needs it
    if subject.startswith((ID + "act/", ID + "source/", ID + "conflict/", ID + "ledger/")) and LAW + "towards" not in block and not named:
        return _NOWHERE
    if subject.startswith(ID) and not party and not about:
        return _NOWHERE
    return key(party) if party else "", key(about) if about else ""


def _instrument_rows(facts: Facts) -> Iterator[tuple[str, int, str]]:
    for subject in sorted(facts.blocks):
        if subject.startswith(ID + "instrument/"):
            block = facts.blocks[subject]
            two = (one(block, "openness") or "").endswith("/two")
            yield key(subject), int(two), json.dumps(_names(block, *LABELS, ALT, IDENTIFIER))


def _jurisdiction_rows(facts: Facts) -> Iterator[tuple[str, str, str | None, str]]:
    for subject, block in facts.of_class("State", "Territory", "RegionalOrganisation", "FormerState", "Jurisdiction"):
        sovereign = one(block, "sovereign")
        yield (key(subject), types(block)[0], key(sovereign) if sovereign else None,
               json.dumps(_names(block, LABELS[0], LAW + "alpha2", ALT)))


def _names(block: Block, *predicates: str) -> list[str]:
    return list(dict.fromkeys(text(value) for name in predicates for value in block.get(name, ())))


def _concern_rows(facts: Facts) -> Iterator[tuple[str, str]]:
    """Which blocks speak of a jurisdiction, an instrument or a source: what commands list, without a scan."""
    for subject, block in facts.blocks.items():
        for name in ("instrument", "party", "byState", "from", "to", "about", "jurisdiction", "member", "org", "offence"):
            for value in many(block, name):
                yield value, subject


def _disputed_rows(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield every fact on which sources differ, also for what the calendar stage drew from it."""
    own = {subject for subject, block in facts.blocks.items() if LAW + "disputedBy" in block}
    for subject, block in facts.blocks.items():
        yield from ((subject, fact) for fact in (subject, *many(block, "restsOn")) if fact in own)


def _rule_rows(plans: dict[Rule, tuple[str, str, str | None]]) -> Iterator[tuple[str | None, ...]]:
    for rule, (plan, branches, lean) in plans.items():
        header = {"title": rule.title, "law": rule.law, "concludes": rule.concludes, "says": rule.says, "dates": rule.dates}
        yield rule.stage, rule.name, json.dumps(header), rule.query, plan, branches, lean

