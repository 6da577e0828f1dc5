"""A block: the facts about one subject, and the file in which they belong."""

from __future__ import annotations

from dataclasses import dataclass, field

from lawkb.importing.rows import Refused, Row
from lawkb.importing.values import concept, law, moment, text
from lawkb.terms import RDF_TYPE, XSD, expand
from lawkb.turtle import Iri, Literal, Term


@dataclass
class Block:
    """What a row says about one subject.

    Args:
        subject: its IRI.
        kind: the local name of its class.
        file: the path below the KB folder.
        once: predicates that are kept as they are if the KB already has them.
    """

    subject: Iri
    kind: str
    file: str
    once: frozenset[str] = frozenset()
    facts: dict[str, list[Term]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.add(RDF_TYPE, law(self.kind))

    def add(self, predicate: str, *terms: Term) -> Block:
        """Add facts. The predicate is `law:` by default: `party`, or a full IRI, or `prefix:name`."""
        iri = predicate if predicate.startswith("http") else expand(predicate) if ":" in predicate else law(predicate)
        for term in terms:
            known = self.facts.setdefault(iri, [])
            if term not in known:
                known.append(term)
        return self

    def add_text(self, predicate: str, value: str) -> Block:
        """Add a text of ours if there is one."""
        return self.add(predicate, text(value)) if value else self

    def add_moment(self, base: str, row: Row, column: str) -> Block:
        """Add `baseOn` for a day, `baseIn` for a month or a year, nothing for an empty cell."""
        value = row.get(column)
        if not value:
            return self
        literal = moment(value, column)
        return self.add(base + ("On" if literal.datatype == XSD + "date" else "In"), literal)

    def add_word(self, predicate: str, scheme: str, row: Row, column: str, words: frozenset[str]) -> Block:
        """Add the concept that a cell names if it is one of a small list of words; nothing for an empty cell."""
        value = row.get(column)
        if not value:
            return self
        if value not in words:
            raise Refused("unknown-code", f"{column} is {value!r}, expected one of {', '.join(sorted(words))}")
        return self.add(predicate, concept(scheme, value))

    def sets(self) -> dict[str, set[Term]]:
        """Return predicate -> values, in no order, as files hold them."""
        return {predicate: set(terms) for predicate, terms in self.facts.items()}


def literal_text(term: Term | None) -> str:
    """Return the text of a literal, or an empty text."""
    return term.text if isinstance(term, Literal) else ""
