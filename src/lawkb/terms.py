"""The prefixes and the few IRI patterns that code needs. The one map of prefixes is `ontology/prefixes.tsv`."""

from __future__ import annotations

from functools import cache, lru_cache

from lawkb.paths import ontology_dir

ROOT = "https://w3id.org/lawkb"
LAW = "https://w3id.org/lawkb/ns#"
ID = "https://w3id.org/lawkb/id/"
CONCEPT = "https://w3id.org/lawkb/concept/"
CASE = "https://w3id.org/lawkb/case/"
RULE = "https://w3id.org/lawkb/rule/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"


@cache
def prefixes() -> dict[str, str]:
    """Return prefix -> namespace: the map of `ontology/prefixes.tsv` and one prefix for each concept scheme (its file name)."""
    table = {}
    for line in (ontology_dir() / "prefixes.tsv").read_text(encoding="utf-8").splitlines():
        prefix, _, namespace = line.partition("\t")
        table[prefix] = namespace
    for scheme in sorted((ontology_dir() / "concepts").glob("*.ttl")):
        table[scheme.stem] = f"{CONCEPT}{scheme.stem}/"
    return table


@cache
def _longest_first() -> list[tuple[str, str]]:
    return sorted(((namespace, prefix) for prefix, namespace in prefixes().items()), key=lambda pair: -len(pair[0]))


@lru_cache(maxsize=65536)
def curie(iri: str) -> str:
    """Return `prefix:local` for an IRI of a known namespace whose local part has no slash, else the IRI in angle brackets."""
    for namespace, prefix in _longest_first():
        if iri.startswith(namespace):
            local = iri[len(namespace):]
            return f"{prefix}:{local}" if local and "/" not in local and "#" not in local else f"<{iri}>"
    return f"<{iri}>"


def expand(name: str) -> str:
    """Return the full IRI of `prefix:local`, of `<iri>` or of an IRI; raise KeyError for an unknown prefix."""
    if name.startswith("<"):
        return name[1:-1]
    if name.startswith(("http://", "https://")):
        return name
    prefix, _, local = name.partition(":")
    return prefixes()[prefix] + local


@lru_cache(maxsize=65536)
def key(iri: str) -> str:
    """Return the last part of an individual's or a concept's IRI: the slug, the alpha-3 code, the code of a concept."""
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
