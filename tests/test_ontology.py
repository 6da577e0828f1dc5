"""The ontology: every term that is used is declared and defined, closed lists are closed, and HermiT finds no contradiction."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from lawkb import reason
from lawkb.errors import LawkbError
from lawkb.facts import text
from lawkb.reading import triples
from lawkb.terms import CONCEPT, ID, LAW, RDF_TYPE, curie, expand, prefixes

ROOT = Path(__file__).resolve().parent.parent
ONTOLOGY = ROOT / "ontology"
TOPICS = sorted(ONTOLOGY.glob("*.ttl"))
SCHEMES = sorted((ONTOLOGY / "concepts").glob("*.ttl"))
MAPPINGS = sorted((ONTOLOGY / "mappings").glob("*.ttl"))
KB = sorted((ROOT / "kb").rglob("*.ttl"))
RULES = sorted((ROOT / "rules").rglob("*.rq"))
SHAPES = sorted((ONTOLOGY / "shapes").glob("*.ttl"))
DECLARING = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
BUILT_IN = tuple(expand(prefix + ":") for prefix in ("rdf", "rdfs", "owl", "xsd"))

TRIPLES = {path: list(triples(path)) for path in (*TOPICS, *SCHEMES, *MAPPINGS)}
BLOCKS: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
for _path in (*TOPICS, *SCHEMES):
    for _s, _p, _o in TRIPLES[_path]:
        BLOCKS[_s][_p].append(_o)


def _of(subject: str, name: str) -> list[str]:
    return [o if o.startswith("_:") else text(o) for o in BLOCKS[subject].get(expand(name), ())]


def _declared() -> dict[str, list[str]]:
    """Return term -> the kinds of declaration that it has, over all files."""
    kinds = {f"<{expand('owl:' + name)}>": name for name in DECLARING}
    found = defaultdict(list)
    for facts in TRIPLES.values():
        for subject, predicate, obj in facts:
            if predicate == RDF_TYPE and obj in kinds and not subject.startswith("_:"):
                found[subject].append(kinds[obj])
    return found


DECLARED = _declared()
CONCEPTS = {s for s in BLOCKS if expand("skos:Concept") in _of(s, "rdf:type")}


def _list(problems: object, repair: str) -> str:
    return "\n  ".join(["", *sorted(problems), f"-> {repair}"])  # type: ignore[call-overload]


def _kb() -> list[tuple[str, str, str]]:
    assert KB, "kb/ has no Turtle"
    return [triple for path in KB for triple in triples(path)]


def _upwards(measure: str) -> set[str]:
    return {measure}.union(*(_upwards(b) for b in _of(measure, "skos:broader")))


def _java() -> None:
    if shutil.which("java") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Java is missing: the reasoner must run in CI")
        pytest.skip("no Java on this machine")


# Terms


def test_every_class_and_property_has_one_label_and_one_definition() -> None:
    own = [s for s in DECLARED if s.startswith(LAW)]
    wrong = [curie(s) for s in own if len(_of(s, "rdfs:label")) != 1 or len(_of(s, "skos:definition")) != 1]
    assert len(own) > 200
    assert not wrong, _list(wrong, "give each one rdfs:label and one skos:definition")


def test_no_definition_only_repeats_the_label() -> None:
    wrong = [curie(s) for s in [*DECLARED, *CONCEPTS] for d in _of(s, "skos:definition")
             if d.rstrip(".").lower() in {v.lower() for v in _of(s, "rdfs:label") + _of(s, "skos:prefLabel")}]
    assert not wrong, _list(wrong, "define by the kind of thing and by what sets it apart")


def test_every_term_is_declared_once_and_as_one_kind() -> None:
    wrong = [f"{curie(s)}: {', '.join(kinds)}" for s, kinds in DECLARED.items() if len(kinds) != 1]
    assert not wrong, _list(wrong, "declare a term in one file, as one kind")


def test_every_term_that_the_ontology_itself_uses_is_declared() -> None:
    used = {p for facts in TRIPLES.values() for _, p, _ in facts}
    used |= {text(o) for facts in TRIPLES.values() for _, p, o in facts
             if p in {RDF_TYPE, *map(expand, ("rdfs:domain", "rdfs:range", "rdfs:subClassOf", "rdfs:subPropertyOf"))} and o.startswith("<")}
    wrong = {curie(u) for u in used if not u.startswith(BUILT_IN) and u not in DECLARED}
    assert not wrong, _list(wrong, "declare it, or correct the spelling")


def test_every_term_of_the_knowledge_base_is_declared() -> None:
    facts = _kb()
    used = {p for _, p, _ in facts} | {text(o) for _, p, o in facts if p == RDF_TYPE}
    wrong = {curie(u) for u in used if not u.startswith(BUILT_IN) and u not in DECLARED}
    assert not wrong, _list(wrong, "declare it in ontology/, or correct the spelling in kb/")


def test_every_term_of_the_rules_is_declared() -> None:
    wrong = {f"law:{name} in {path.relative_to(ROOT)}" for path in RULES
             for name in re.findall(r"\blaw:([A-Za-z0-9]+)", path.read_text(encoding="utf-8")) if LAW + name not in DECLARED}
    assert not wrong, _list(wrong, "declare it in ontology/, or correct the spelling in the rule")


def test_every_term_of_the_shapes_is_declared() -> None:
    where = {expand(name) for name in ("sh:path", "sh:class", "sh:targetClass")}
    used = {text(o) for path in SHAPES for _, p, o in triples(path) if p in where and o.startswith("<")}
    wrong = {curie(u) for u in used if not u.startswith(BUILT_IN) and u not in DECLARED}
    assert not wrong, _list(wrong, "declare it in ontology/, or correct the spelling in the shape")


def _named(rules: Iterable[Path], code: Iterable[Path]) -> set[str]:
    """The terms that a rule or a question names, or the code of a command does."""
    return {name for pattern, paths in ((r"\blaw:(\w+)", rules), (r"[\"'](\w+)(?=[\"'])", code)) for path in paths
            for name in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_every_term_is_used_by_a_question_a_rule_or_a_command_or_is_said_to_be_reserved() -> None:
    named = _named([*RULES, *(ROOT / "docs" / "examples").rglob("*.rq")], (ROOT / "src").rglob("*.py"))
    used = {term for term in DECLARED if term.startswith(LAW) and term.removeprefix(LAW) in named}
    while more := {above for term in used for name in ("rdfs:subClassOf", "rdfs:domain", "rdfs:range") for above in _of(term, name)
                   if above.startswith(LAW)} - used:  # a class is used with its subclasses and with its properties
        used |= more
    reserved = {term for term in DECLARED if any(note.startswith("Reserved") for note in _of(term, "skos:scopeNote"))}
    idle = {curie(term) for term in DECLARED if term.startswith(LAW)} - {curie(term) for term in used | reserved}
    assert not idle, _list(idle, "read it somewhere, take it out, or give it a skos:scopeNote that begins with 'Reserved'")
    assert not reserved & used, _list(map(curie, reserved & used), "it is used: take the note off")


def test_blank_nodes_stand_only_among_the_axioms() -> None:
    wrong = {str(path.relative_to(ROOT)) for path, facts in TRIPLES.items() if path.name != "axioms.ttl"
             for s, _, o in facts if s.startswith("_:") or o.startswith("_:")}
    assert not wrong, _list(wrong, "name the thing, or move the axiom to ontology/axioms.ttl")


def test_nothing_is_imported() -> None:
    assert not [path for path, facts in TRIPLES.items() for _, p, _ in facts if p == expand("owl:imports")]


# Closed lists


def test_every_concept_has_a_label_a_definition_and_the_scheme_of_its_file() -> None:
    wrong = []
    for path in SCHEMES:
        scheme = f"{CONCEPT}scheme/{path.stem}"
        if not _of(scheme, "skos:prefLabel") or not _of(scheme, "skos:definition"):
            wrong.append(f"{path.name}: no scheme scheme:{path.stem} with a label and a definition")
        for concept in {s for s, _, _ in TRIPLES[path]} - {scheme}:
            fine = (concept.startswith(f"{CONCEPT}{path.stem}/") and concept in CONCEPTS and _of(concept, "skos:inScheme") == [scheme]
                    and len(_of(concept, "skos:prefLabel")) == 1 and len(_of(concept, "skos:definition")) == 1)
            if not fine:
                wrong.append(f"{path.name}: {curie(concept)}")
    assert not wrong, _list(wrong, "a concept is a skos:Concept with skos:inScheme, one skos:prefLabel and one skos:definition")


def test_every_code_stands_once_and_no_two_labels_of_a_scheme_are_equal() -> None:
    wrong = []
    for path in SCHEMES:
        heads = Counter(re.findall(r"^([a-z-]+:\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
        labels = Counter(label for s in {s for s, _, _ in TRIPLES[path]} & CONCEPTS for label in _of(s, "skos:prefLabel"))
        wrong += [f"{path.name}: {name}" for name, count in (heads + labels).items() if count > 1]
    assert not wrong, _list(wrong, "merge the blocks, or tell the labels apart")


def test_no_scheme_takes_the_prefix_of_something_else() -> None:
    table = {line.partition("\t")[0] for line in (ONTOLOGY / "prefixes.tsv").read_text(encoding="utf-8").splitlines()}
    assert not table & {path.stem for path in SCHEMES}


def test_every_concept_that_is_pointed_to_exists() -> None:
    used = {text(o) for facts in TRIPLES.values() for _, _, o in facts if o.startswith(f"<{CONCEPT}")}
    used |= {text(o) for path in KB for _, _, o in triples(path) if o.startswith(f"<{CONCEPT}")}
    wrong = {curie(u) for u in used if u not in CONCEPTS and not u.startswith(f"{CONCEPT}scheme/")}
    assert not wrong, _list(wrong, "add the concept to its scheme, or correct the spelling")


def test_every_concept_that_a_rule_names_exists() -> None:
    table = prefixes()
    wrong = set()
    for path in RULES:
        code = re.sub(r"#.*|\"[^\"]*\"", "", path.read_text(encoding="utf-8"))
        for prefix, name in re.findall(r"(?<![\w<?:/])([a-z][a-z-]*):([a-z][a-z0-9-]*)", code):
            if table.get(prefix, "").startswith(CONCEPT) and prefix != "scheme" and table[prefix] + name not in CONCEPTS:
                wrong.add(f"{prefix}:{name} in {path.relative_to(ROOT)}")
    assert not wrong, _list(wrong, "add the concept to its scheme, or correct the spelling")


def test_a_property_whose_values_are_concepts_names_their_scheme() -> None:
    wrong = [curie(s) for s in DECLARED if expand("skos:Concept") in _of(s, "rdfs:range") and not _of(s, "law:valuesFrom")]
    assert not wrong, _list(wrong, "add law:valuesFrom scheme:<name>")


def test_the_values_in_the_knowledge_base_come_from_the_scheme_of_their_property() -> None:
    allowed = {s: {scheme.replace("/scheme/", "/") + "/" for scheme in _of(s, "law:valuesFrom")} for s in DECLARED}
    wrong = {f"{curie(s)} {curie(p)} {o}" for s, p, o in _kb()
             if allowed.get(p) and not (o.startswith("<") and text(o).startswith(tuple(allowed[p])))}
    assert not wrong, _list(wrong, "take a concept of the scheme that law:valuesFrom of the property names")


def test_properties_with_whole_numbers_hold_whole_numbers_and_links_hold_links() -> None:
    objects = {s for s, kinds in DECLARED.items() if kinds == ["ObjectProperty"]}
    literals = {s for s, kinds in DECLARED.items() if kinds == ["DatatypeProperty"]}
    wrong = {f"{curie(s)} {curie(p)} {o}" for s, p, o in _kb()
             if (p in objects and not o.startswith("<")) or (p in literals and o.startswith("<"))}
    assert not wrong, _list(wrong, "an object property points to an IRI, a datatype property holds a literal")


# Measures and channels


def test_a_clause_on_assistance_in_general_reaches_a_search_and_a_hearing_by_link() -> None:
    general = f"{CONCEPT}measure/mla"
    for code in ("mla-search-seizure", "mla-video-hearing", "mla-service-of-documents", "electronic-evidence"):
        assert general in _upwards(f"{CONCEPT}measure/{code}"), code


def test_a_clause_on_assistance_in_general_opens_no_covert_measure_and_no_asset_measure() -> None:
    general = f"{CONCEPT}measure/mla"
    for code in ("interception", "special-investigative-techniques", "controlled-delivery", "freezing", "confiscation", "extradition"):
        assert general not in _upwards(f"{CONCEPT}measure/{code}"), code


def test_surrender_and_extradition_serve_one_another() -> None:
    extradition, surrender = f"{CONCEPT}measure/extradition", f"{CONCEPT}measure/surrender"
    assert _of(extradition, "law:equivalentMeasure") == [surrender]
    assert _of(surrender, "law:equivalentMeasure") == [extradition]


def test_every_channel_has_a_lead_measure_of_its_own_and_a_place_in_the_order() -> None:
    channels = sorted(c for c in CONCEPTS if c.startswith(f"{CONCEPT}channel/"))
    for channel in channels:
        (lead,) = _of(channel, "law:leadMeasure")
        assert _of(lead, "law:inChannel") == [channel], curie(channel)
    assert sorted(int(n) for c in channels for n in _of(c, "law:order")) == list(range(1, len(channels) + 1))


def test_a_requirement_is_a_condition_or_a_matter_of_route() -> None:
    without = {curie(c) for c in CONCEPTS if c.startswith(f"{CONCEPT}requirement/") and not _of(c, "law:metBy")}
    assert without == {"requirement:central-authority"}


def test_what_would_meet_a_requirement_names_only_the_sides_and_the_instrument() -> None:
    for concept in CONCEPTS:
        for sentence in _of(concept, "law:metBy"):
            assert set(re.findall(r"{(.*?)}", sentence)) <= {"requesting", "requested", "instrument"}, curie(concept)


# Links to other vocabularies


def test_every_jurisdiction_with_a_code_of_three_letters_has_its_entry_in_the_eu_country_table() -> None:
    wanted = {s for s, p, o in _kb() if p == f"{LAW}alpha3" and len(text(o)) == 3}
    linked = {s: text(o) for s, p, o in TRIPLES[ONTOLOGY / "mappings" / "eu-country-table.ttl"] if p == expand("skos:exactMatch")}
    assert wanted == set(linked), _list(map(curie, wanted ^ set(linked)), "bring ontology/mappings/eu-country-table.ttl in line with kb/jurisdictions")
    assert linked[f"{ID}jur/XKX"].endswith("/1A0")


# Proof


@pytest.mark.java
def test_the_ontology_with_a_sample_of_the_knowledge_base_is_consistent_and_every_class_can_have_members() -> None:
    _java()
    report = reason.reason(kb_sample=True)
    assert report.sound, report
    assert report.concepts == len(CONCEPTS)


@pytest.mark.java
def test_a_state_that_is_also_a_treaty_is_reported_with_the_cause(tmp_path: Path) -> None:
    _java()
    (tmp_path / "wrong.ttl").write_text(f"<{ID}jur/XXA> a <{LAW}State> , <{LAW}BilateralTreaty> .\n", encoding="utf-8")
    report = reason.reason(also=[tmp_path])
    assert not report.consistent
    assert any("jur:XXA cannot be both law:" in cause for cause in report.causes), report.causes


@pytest.mark.java
def test_a_ratification_by_an_instrument_is_reported_with_the_property_that_shows_it(tmp_path: Path) -> None:
    _java()
    (tmp_path / "wrong.ttl").write_text(
        f"<{ID}act/x> a <{LAW}Ratification> ; <{LAW}party> <{ID}instrument/x> . <{ID}instrument/x> a <{LAW}Treaty> .\n", encoding="utf-8")
    report = reason.reason(also=[tmp_path / "wrong.ttl"])
    assert not report.consistent
    assert any("law:party makes it law:Jurisdiction" in cause for cause in report.causes), report.causes


@pytest.mark.java
def test_a_class_that_can_have_no_member_is_named(tmp_path: Path) -> None:
    _java()
    (tmp_path / "wrong.ttl").write_text(
        f"<{LAW}Impossible> a <{expand('owl:Class')}> ; <{expand('rdfs:subClassOf')}> <{LAW}State> , <{LAW}Territory> .\n", encoding="utf-8")
    report = reason.reason(also=[tmp_path])
    assert report.consistent
    assert report.unsatisfiable == ("law:Impossible",)
    assert not report.sound


@pytest.mark.java
def test_reasoning_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _java()
    scratch, wrong = tmp_path / "scratch", tmp_path / "wrong.ttl"
    scratch.mkdir()
    wrong.write_text(f"<{ID}jur/XXA> a <{LAW}State> , <{LAW}Treaty> .\n", encoding="utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert not reason.reason(also=[wrong]).consistent
    assert not list(scratch.iterdir())
    assert tempfile.tempdir == str(scratch)


def test_without_java_the_message_says_so_and_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(LawkbError, match=r"needs Java.*Install a Java runtime"):
        reason.reason()
