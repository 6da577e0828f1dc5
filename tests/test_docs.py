"""The pages of docs/: the generated ones are current and whole, links lead somewhere, and the worked examples work."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import lawkb.docs.rules
import lawkb.rules
import lawkb.snapshot
from lawkb import docs
from lawkb.api import load
from lawkb.base import Base
from lawkb.cli import COMMANDS
from lawkb.docs.markdown import anchor
from lawkb.errors import LawkbError
from lawkb.paths import rules_dir
from lawkb.pattern import parse
from lawkb.rules import STAGES, load_rules
from lawkb.stratify import check

pytestmark = pytest.mark.slow  # left out of `make check`

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples"
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "bench").glob("*.md")])


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# Generated pages


@pytest.mark.parametrize("name", sorted(docs.PAGES))
def test_the_generated_page_is_current(name: str) -> None:
    assert _text(f"docs/{name}") == docs.PAGES[name](), "run make docs"


def test_every_rule_stands_in_the_page_of_rules_with_the_law_that_it_states() -> None:
    page = _text("docs/rules.md")
    missing = [f"{rule.stage}/{rule.name}" for rule in load_rules() if f"(../rules/{rule.stage}/{rule.name}.rq)" not in page or rule.law not in page]
    assert not missing, f"run make docs: {missing}"


def test_every_stage_says_what_it_is_for() -> None:
    assert set(lawkb.docs.rules.PURPOSE) == set(STAGES)


def test_every_command_and_every_option_stands_in_the_page_of_commands() -> None:
    page = _text("docs/commands.md")
    sections = {part.split("\n", 1)[0]: part for part in page.split("\n## ")[1:]}
    assert [f"lawkb {name}" for name in COMMANDS] == [title for title in sections if title != "lawkb"]
    for name in COMMANDS:
        assert f"Usage: lawkb {name}" in sections[f"lawkb {name}"]


@pytest.mark.parametrize("construct", ["OPTIONAL", "UNION", "FILTER NOT EXISTS", "blank nodes", "literal number", "MINUS"])
def test_what_a_rule_may_not_say_is_told(construct: str) -> None:
    assert construct in _text("docs/rules.md").partition("## What a rule may say")[2].partition("\n## ")[0]


# Hand-written pages


def _anchors(path: Path) -> set[str]:
    return {anchor(title) for title in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    page = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, part = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists() or (part and file.suffix == ".md" and part not in _anchors(file)):
            dead.append(target)
    assert not dead, f"dead links in {path.name}: {dead}"


def test_every_page_is_reached_from_the_readme() -> None:
    waiting, seen = [ROOT / "README.md"], set()
    while waiting:
        path = waiting.pop()
        if path in seen or path.suffix != ".md":
            continue
        seen.add(path)
        links = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))]
        waiting += [file for link in links if "://" not in link and link and (file := (path.parent / link).resolve()).exists()]
    assert {path.name for path in (ROOT / "docs").glob("*.md")} <= {path.name for path in seen}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_files_that_a_page_names_are_there(path: Path) -> None:
    named = set(re.findall(r"`((?:kb|ontology|rules|src|tests|docs|bench)/[\w./-]+\.\w+)`", path.read_text(encoding="utf-8")))
    assert not [name for name in sorted(named) if not (ROOT / name).exists()]


def test_the_picture_of_the_model_draws_classes_and_properties_that_there_are() -> None:
    picture = re.search(r"```mermaid\nclassDiagram\n(.*?)```", _text("docs/model.md"), re.DOTALL)
    assert picture
    declared = {prefix: set(re.findall(rf"^law:(\w+)\n    a owl:{kind}", text, re.MULTILINE)) for prefix, kind, text in
                (("class", "Class", _ontology()), ("property", r"\w*Property", _ontology()))}
    edges = re.findall(r"^ +(\w+) --> (\w+) : (.+)$", picture[1], re.MULTILINE)
    boxes = re.findall(r"^    class (\w+) \{\n(.*?)\n    \}", picture[1], re.MULTILINE | re.DOTALL)
    classes = {name for edge in edges for name in edge[:2]} | {name for name, _ in boxes}
    properties = {name for _, _, names in edges for name in names.split(", ")} | {name for _, lines in boxes for name in re.findall(r"\w+", lines)}
    assert len(edges) > 15
    assert classes <= declared["class"]
    assert properties - {"or", "source"} <= declared["property"]


def _ontology() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "ontology").glob("*.ttl")))


# The worked examples


def test_the_ratification_of_the_example_binds_from_the_thirtieth_day_and_not_before() -> None:
    kb = load([EXAMPLES / "xxa"])
    before, after = (kb.channels("ITA", "XXA", measure="police-information", on=day) for day in ("2026-02-13", "2026-02-14"))
    assert "palermo-tip" not in {option.instrument for option in before["police"].options}
    assert (after["police"].verdict, after["police"].best.instrument) == ("conditional", "palermo-tip")  # the scope of art. 4
    assert {bond.since.isoformat() for code, bond in after["police"].options[0].bond.items() if code == "XXA" and bond.since} == {"2026-02-14"}


def test_the_steps_on_facts_show_the_blocks_of_the_example() -> None:
    page = re.sub(r"^ {3}", "", _text("docs/add-a-fact.md"), flags=re.MULTILINE)
    shown = re.findall(r"```turtle\n(.*?)```", page, re.DOTALL)
    assert shown
    for block in shown:
        assert block in _text("docs/examples/xxa/xxa.ttl")


def test_the_steps_on_rules_show_the_file_of_the_example() -> None:
    (shown,) = re.findall(r"```sparql\n(.*?)```", _text("docs/add-a-rule.md"), re.DOTALL)
    assert shown == _text("docs/examples/rules/2-channels/without-parent.rq")


@pytest.fixture
def rules_with_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packaged rules and that of the example, in a folder of their own."""
    folder = tmp_path / "rules"
    shutil.copytree(rules_dir(), folder)
    shutil.copytree(EXAMPLES / "rules", folder, dirs_exist_ok=True)
    monkeypatch.setattr(lawkb.rules, "rules_dir", lambda: folder)
    return folder


def _found(target: Path, requesting: str, requested: str) -> list[str]:
    from lawkb.api import KnowledgeBase
    from lawkb.ask import conclude

    kb = KnowledgeBase(Base(target))
    return [finding.iri.rpartition("/")[2] for finding in conclude(kb.base, kb.case(requesting, requested, "2026-11-23")).of("WithoutParent")]


@pytest.mark.slow
def test_the_rule_of_the_example_fires_for_a_protocol_without_its_parent_and_is_silent_otherwise(rules_with_the_example: Path, tmp_path: Path) -> None:
    target = tmp_path / "kb.sqlite"
    lawkb.snapshot.build(target, [EXAMPLES / "xxb"])
    assert _found(target, "ITA", "XXB") == ["palermo-tip"]
    assert _found(target, "ITA", "NGA") == []


def test_in_the_stage_of_what_it_negates_the_rule_of_the_example_is_refused(rules_with_the_example: Path) -> None:
    (rules_with_the_example / "2-channels" / "without-parent.rq").rename(rules_with_the_example / "1-bonds" / "without-parent.rq")
    rules = [rule for rule in load_rules() if rule.stage in ("0-parties", "1-bonds")]
    with pytest.raises(LawkbError, match=r"without-parent.*same or a later stage"):
        check({rule: parse(rule) for rule in rules})
