"""How the code is built: short modules, imports that run one way, each large library behind one door, no law in code or rules."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "lawkb"
KB = ROOT / "kb"

LINES = 400
MOST_LINES = 450

# Lowest first: a module imports from its own layer or from a lower one. A sub-package counts as one module.
LAYERS = (
    ("errors", "paths", "answer", "memo", "wording"),
    ("names", "terms", "calendar_rules"),
    ("facts", "packing", "turtle", "values"),
    ("reading", "rules", "spans"),
    ("participation", "pattern", "ranges", "stratify", "derive", "infer", "engine", "case", "shapes", "shacl_rules", "reference"),
    ("ranking", "tables", "joins", "expressions", "parsed", "branches", "minting", "coding", "sql", "setwise", "plan", "layout", "relational", "loops", "warm"),
    ("snapshot",),
    ("base",),
    ("measures",),
    ("cache", "disputes", "dossier", "words", "batch", "world", "importing", "check", "reason"),
    ("remote",),
    ("particulars", "proof"),
    ("age",),
    ("options",),
    ("safeguards", "casefile"),
    ("ask", "conduct"),
    ("atlas", "bodies", "citation", "criminality", "definition", "difference", "needs",
     "statements", "thresholds", "explain", "export", "fields", "query", "receipt", "schema", "sources", "status", "watch"),
    ("distinguish",),
    ("duties", "releases"),
    ("compare", "forums", "hypothesis", "request"),
    ("page",),
    ("pages", "coverage_pages", "present", "reports", "criminality_pages", "statements_pages", "atlas_pages", "compare_pages", "duties_pages", "forums_pages",
     "request_pages", "bodies_pages", "difference_pages", "receipt_pages", "thresholds_pages", "drafting_pages", "watch_pages", "resolve", "skeleton"),
    ("atlas_picture",),
    ("api",),
    ("cli", "docs", "mcp", "web"),
)
LAYER = {module: number for number, layer in enumerate(LAYERS) for module in layer}

# Which modules may import a library.
DOORS = {
    "SPARQLWrapper": {"remote"},
    "click": {"cli"},
    "dateutil": {"participation", "spans"},
    "docx": {"skeleton"},
    "duckdb": {"atlas", "batch", "world"},
    "filelock": {"cache"},
    "mcp": {"mcp"},
    "owlready2": {"reason"},
    "oxrdflib": {"reference"},
    "platformdirs": {"cache"},
    "pygal": {"atlas_picture"},
    "pygal_maps_world": {"atlas_picture"},
    "pyoxigraph": {"check", "engine", "reading", "turtle"},
    "pyshacl": {"reference", "shapes"},
    "rapidfuzz": {"duties", "measures", "names"},
    "rdflib": {"pattern", "reference", "shapes"},
    "rich": {"cli", "page"},
    "yaml": {"casefile", "docs"},
}

FILES = sorted(SOURCE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
RULES = sorted(path for stage in (ROOT / "rules").glob("[0-9]-*") for path in stage.glob("*.rq"))


def _module(path: Path) -> str:
    """Return the module that a file belongs to: `cli`, `importing`; an empty text for the package itself."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield the full names of what a file imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are written in full"
            yield from (f"{node.module}.{name.name}" for name in node.names) if node.module == "lawkb" else (str(node.module),)


def _own_imports(path: Path) -> set[str]:
    """Return the modules of the project that a file imports, without its own."""
    return {name.split(".")[1] for name in _imported(TREES[path]) if name.startswith("lawkb.")} - {_module(path)}


def _where(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT)}{f':{line}' if line else ''}"


def _none(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(problems)


def test_modules_stay_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    _none([f"{_where(path)} has {length} lines, more than {MOST_LINES}: split it" for path, length in lengths.items() if length > MOST_LINES])
    over = [path for path, length in lengths.items() if length > LINES]
    assert len(over) <= 3, f"modules have about {LINES} lines at most; these are over: {', '.join(map(_where, over))}"


def test_every_module_has_a_layer() -> None:
    _none([f"{_where(path)}: give it a place in LAYERS of {Path(__file__).name}" for path in FILES if _module(path) and _module(path) not in LAYER])


def test_imports_run_one_way() -> None:
    _none([f"{_where(path)} imports {other}, which lies in a higher layer"
           for path in FILES if _module(path) in LAYER
           for other in sorted(_own_imports(path)) if LAYER.get(other, 0) > LAYER[_module(path)]])


def test_imports_never_run_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        if _module(path):
            graph.setdefault(_module(path), set()).update(_own_imports(path))
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports run in a circle: {' -> '.join(error.args[1])}")


def test_each_large_library_stays_behind_its_doors() -> None:
    _none([f"{_where(path)} imports {library}, which is for {' and '.join(sorted(DOORS[library]))}"
           for path in FILES for library in sorted({name.split(".")[0] for name in _imported(TREES[path])} & set(DOORS))
           if _module(path) not in DOORS[library]])


def test_what_the_code_imports_is_declared() -> None:
    import sys

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = {name: set(project["optional-dependencies"][name]) for name in ("mcp",)}  # an extra for one module, which says so where it is missing
    declared = {re.split(r"[<>=!~ \[;]", name)[0].lower() for name in {*project["dependencies"], *set().union(*optional.values())}}
    distribution = {"dateutil": "python-dateutil", "docx": "python-docx", "yaml": "pyyaml"}
    imported = {name.split(".")[0]: path for path in FILES for name in _imported(TREES[path])}
    _none([f"{_where(path)} imports {library}: add it to the dependencies in pyproject.toml" for library, path in sorted(imported.items())
           if library not in sys.stdlib_module_names and library != "lawkb" and distribution.get(library, library).lower() not in declared])


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of every literal text that is not documentation."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def test_code_names_no_jurisdiction_no_instrument_and_no_date() -> None:
    """A literal text that is a key or begins an IRI of one; an example inside a sentence of help is no law."""
    jurisdictions = {path.name for path in (KB / "jurisdictions").iterdir()}
    instruments = {path.name for path in (KB / "treaties").glob("*")} | {path.stem for path in (KB / "bilateral").glob("*.ttl")}
    assert len(jurisdictions) > 200
    found = []
    for path in FILES:
        for line, text in _strings(TREES[path]):
            key = re.sub(r"^(https://w3id\.org/lawkb/id/)?(jur|instrument)[:/]", "", text)
            if key in jurisdictions:
                found.append(f"{_where(path, line)} names the jurisdiction {key}")
            elif key in instruments:
                found.append(f"{_where(path, line)} names the instrument {key}")
            elif re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text):
                found.append(f"{_where(path, line)} holds the date {text}")
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in {"date", "datetime"} \
                    and node.args and all(isinstance(argument, ast.Constant) for argument in node.args):
                found.append(f"{_where(path, node.lineno)} holds a date")
    _none(found)


@pytest.mark.parametrize("path", RULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_rule_names_no_jurisdiction_no_instrument_and_no_date(path: Path) -> None:
    individuals = re.compile(r"(?<![\w-])(?:jur|instrument|provision|act|statement|org|coverage|rel|source|offence|authority):[\w]"
                             r"|https://w3id\.org/lawkb/id/(?:jur|instrument|provision|act|statement|org|source)/\w"
                             r"|\"[A-Z]{3}\"|\"EU\"|\b(?:1[89]|20)\d\d(?:-\d\d){0,2}\b|\^\^xsd:(?:date|gYear)")
    _none([f"{_where(path, number)} names {match[0]}: that belongs to kb/"
           for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if not line.startswith("#")
           for match in individuals.finditer(line)])
