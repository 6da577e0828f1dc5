"""Which facts a conflict is about: the key by which a table of conflicts names a row becomes the facts that the row became."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from lawkb.importing.acts import ACTIONS
from lawkb.importing.blocks import literal_text
from lawkb.importing.context import place
from lawkb.importing.store import Store
from lawkb.importing.values import law, ref, slug
from lawkb.terms import key
from lawkb.turtle import Iri

_PARTY = re.compile(r"[A-Z]{3}|EU")
_ARTICLE = re.compile(r"\d+[a-z]?(\(\w+\))*")
_RANGE = re.compile(r"([A-Z]*)(\d+)-\1(\d+)")
_WORDS = re.compile(r"[/:; ]+")


class Fact(NamedTuple):
    """A fact and the file in which it stands."""

    file: str
    subject: Iri


def disputed(table: str, name: str, store: Store) -> list[Fact]:
    """Return the facts that a key such as `UNTOC/EU/approval` names in a table; none if it names no fact."""
    find = _FINDERS.get(table)
    return find([word for word in _WORDS.split(name) if word], store) if find else []


def _subjects(store: Store, file: str, kind: str) -> list[Iri]:
    return [Iri(subject) for subject in sorted(store.known(file)) if f"/{kind}/" in subject] if store.exists(file) else []


def _facts(store: Store, file: str, kind: str, keep: Callable[[str], object]) -> list[Fact]:
    return [Fact(file, subject) for subject in _subjects(store, file, kind) if keep(key(subject))]


def _instruments(words: Iterable[str], store: Store) -> list[str]:
    return [slug(word) for word in words if store.exists(place(slug(word), "instrument"))]


def _acts(words: list[str], store: Store) -> list[Fact]:
    """The acts of the parties named; where none of a party is recorded, or no party is named, the list as a whole."""
    parties, actions = {word for word in words if _PARTY.fullmatch(word)}, {word for word in words if word in ACTIONS}
    found: list[Fact] = []
    for instrument in _instruments(words, store):
        acts = _facts(store, place(instrument, "parties"), "act", lambda name: name.split(".")[1] in parties)
        named = [fact for fact in acts if key(fact.subject).split(".")[2] in actions]
        consents = [fact for fact in acts if key(fact.subject).split(".")[2] != "signature"]
        found += named or consents or acts or _facts(store, place(instrument, "instrument"), "coverage", lambda name: True)
    return found


def _statements(words: list[str], store: Store) -> list[Fact]:
    """The statements of a party on the article named."""
    articles = [word for word in words if _ARTICLE.fullmatch(word)]
    return [Fact(file, Iri(subject)) for instrument in _instruments(words[:1], store) for file in (place(instrument, "declarations"),)
            for subject, facts in sorted(store.known(file).items() if store.exists(file) else ())
            if key(subject).split(".")[1:2] == words[1:2] and {literal_text(term) for term in facts.get(law("article"), ())} & set(articles)]


def _treaties(words: list[str], store: Store) -> list[Fact]:
    return [Fact(place(name, "instrument"), ref("instrument", name)) for name in _instruments(words[:1], store)]


def _offences(words: list[str], store: Store) -> list[Fact]:
    """The offence, or its penalties where the field is a term, for an adult or a child."""
    country, _, number = slug(words[0]).partition("-")
    file, name, field = f"jurisdictions/{country.upper()}/offences.ttl", f"{country.upper()}.{number}", "_".join(words[1:])
    offence = _facts(store, file, "offence", lambda subject: subject == name)
    if not re.search(r"adult|child$|max_child|years|band|fine", field):
        return offence
    penalties = _facts(store, file, "penalty", lambda subject: subject.startswith(f"{name}."))
    age = next((word for word in ("adult", "child") if word in field), "")
    return [fact for fact in penalties if age in key(fact.subject)] or penalties or offence


def _of_country(file: str, kind: str) -> Callable[[list[str], Store], list[Fact]]:
    def find(words: list[str], store: Store) -> list[Fact]:
        name = ".".join(words[:2])
        return _facts(store, f"jurisdictions/{words[0]}/{file}.ttl", kind, lambda subject: subject == name or subject.startswith(f"{name}."))
    return find


def _authorities(words: list[str], store: Store) -> list[Fact]:
    """The authority of a country for an instrument (`*` or none: in general) and a group of measures."""
    named = [slug(word) if word != "*" else "any" for word in words[1:]]
    start = [named[0]] if _instruments(words[1:2], store) or named[0] == "any" else ["any"]
    group = (named[1:] if start == named[:1] else named)[:1]
    wanted = ".".join([words[0], *start, *group])
    return _facts(store, f"jurisdictions/{words[0]}/authorities.ttl", "authority", lambda subject: subject == wanted)


def _memberships(words: list[str], store: Store) -> list[Fact]:
    """The memberships named, and the organisation itself where it is about their number or a member is not recorded."""
    org = slug(words[0])
    file = f"organisations/{org}.ttl"
    return _facts(store, file, "membership", lambda subject: subject.split(".")[1] in words[1:]) or _facts(store, file, "org", lambda subject: subject == org)


def _organisations(words: list[str], store: Store) -> list[Fact]:
    return _facts(store, f"organisations/{slug(words[0])}.ttl", "org", lambda subject: subject == slug(words[0]))


def _articles(kind: str, part: str) -> Callable[[list[str], Store], list[Fact]]:
    """Finds what cites an article or its paragraphs; an article that could not be verified goes by the key of its fact."""
    def find(words: list[str], store: Store) -> list[Fact]:
        wanted = {article for word in words[1:] for article in _spelt_out(word)}

        def cites(file: str, subject: Iri) -> bool:
            cited = {literal_text(term) for term in store.known(file)[subject].get(law("article"), ())}
            return bool((cited | {article.split("(")[0] for article in cited} | {key(subject).rpartition(".")[2]}) & wanted)

        return [Fact(file, subject) for instrument in _instruments(words[:1], store) for file in (place(instrument, part),)
                for subject in _subjects(store, file, kind) if cites(file, subject)]
    return find


def _spelt_out(word: str) -> list[str]:
    """Return the articles of a range such as `S4-S8`, or the one that it is."""
    match = _RANGE.fullmatch(word)
    return [f"{match[1]}{number}" for number in range(int(match[2]), int(match[3]) + 1)] if match else [word]


_FINDERS: dict[str, Callable[[list[str], Store], list[Fact]]] = {
    "treaty_actions": _acts, "checks": _acts, "reservations": _statements, "treaties": _treaties, "offences": _offences,
    "cooperation_law": _of_country("cooperation", "cooprule"), "jurisdiction": _of_country("offences", "head"), "authorities": _authorities,
    "memberships": _memberships, "organisations": _organisations, "provisions": _articles("provision", "articles"),
    "treaty_relations": _articles("rel", "instrument")}
