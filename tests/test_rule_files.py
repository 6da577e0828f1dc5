"""What a developer sees who edits a rule of a checkout: a rule that must not run stops every question with one sentence and exit code 2."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import lawkb
from lawkb.paths import data_root, ontology_dir, rules_dir

pytestmark = pytest.mark.slow  # left out of `make check`

TINY = Path(__file__).parent / "data" / "tiny-kb"
BOND = "1-bonds/treaty-bond.rq"
Ask = Callable[[], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the code, the ontology and the rules as they are, over a knowledge base of invented states."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(Path(lawkb.__file__).parent, folder / "src" / "lawkb", ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copytree(rules_dir(), folder / "rules")
    (folder / "ontology").symlink_to(ontology_dir())
    (folder / "kb").symlink_to(TINY)
    assert data_root() != folder
    return folder


@pytest.fixture
def rules(checkout: Path) -> Iterator[Path]:
    """The rules of the checkout, which a test may change: they are put back after it."""
    yield checkout / "rules"
    shutil.rmtree(checkout / "rules")
    shutil.copytree(rules_dir(), checkout / "rules")


@pytest.fixture
def ask(checkout: Path, environment: dict[str, str]) -> Ask:
    """Ask a question in the checkout, in a process of its own."""

    def question() -> subprocess.CompletedProcess[str]:
        own = {"PYTHONPATH": str(checkout / "src"), "LAWKB_CACHE": str(checkout / "cache")}  # no other test's build is waited for
        return subprocess.run([sys.executable, "-c", "from lawkb.cli import main; main()", "treaties", "XXA", "XXB", "--on", "2016-01-01"], text=True,
                              capture_output=True, timeout=100, check=False, env={**environment, **own})

    return question


def _edit(path: Path, pattern: str, by: str) -> None:
    before = path.read_text(encoding="utf-8")
    after = re.sub(pattern, by, before, count=1, flags=re.MULTILINE)
    assert after != before
    path.write_text(after, encoding="utf-8")


def _refused(done: subprocess.CompletedProcess[str], *said: str) -> None:
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for part in said:
        assert part in done.stderr


def test_the_checkout_answers_while_its_rules_are_in_order(ask: Ask) -> None:
    done = ask()
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("pattern", "by", "said"), [
    (r"^# Law:.*\n", "", ("cites no law", "'# Law: VCLT art. 26'")),
    (r"^# Law:.*$", "# Law:", ("cites no law",)),
    (r"^# Concludes:.*\n", "", ("no line '# Concludes:'", "law:TreatyBond")),
    (r"^# Reads-date:.*\n", "", ("no line '# Reads-date:'", "'# Reads-date: on'")),
    (r"^# Reads-date:.*$", "# Reads-date: yesterday", ("'yesterday', which no case has", "on, offence")),
    (r"^# Says:.*\n", "", ("no line '# Says:'",)),
    (r"\A#.*\n#\n", "", ("has no title",)),
    (r"CONSTRUCT", "CONSTRUKT", ("is not SPARQL",)),
    (r"\ACONSTRUCT|CONSTRUCT \{[^}]*\}", "SELECT ?f", ("is not a CONSTRUCT",)),
    (r"FILTER\(", "OPTIONAL { ?t law:depositary ?d } FILTER(", ("uses OPTIONAL", "MINUS")),
    (r"law:PairSuspension ; law:case", "law:TreatyBond ; law:case", ("negates law:TreatyBond, which a rule of the same or a later stage concludes",
                                                                     "Move the rule to a later stage")),
    (r"MINUS \{ \?suspended a law:PairSuspension", "MINUS { ?suspended a law:Live", ("negates law:Live", "Move the rule to a later stage")),
    (r"\?fa a law:BoundSide", "?live a law:Live ; law:case ?case . ?fa a law:BoundSide", ("needs law:Live, which only a later stage concludes",)),
], ids=["no law", "empty law", "no class", "no date", "odd date", "no sentence", "no title", "no SPARQL", "no CONSTRUCT", "OPTIONAL", "negates its own stage",
        "negates a later stage", "needs a later stage"])
def test_a_rule_that_must_not_run_is_refused(rules: Path, ask: Ask, pattern: str, by: str, said: tuple[str, ...]) -> None:
    _edit(rules / BOND, pattern, by)
    _refused(ask(), "The rule 1-bonds/treaty-bond.rq", "docs/", *said)


@pytest.mark.parametrize(("pattern", "by", "named"), [
    (r"FILTER\(", "OPTIONAL { ?t law:depositary ?d }\nFILTER(", "OPTIONAL"),
    (r"FILTER\(", "{ ?t law:depositary ?d } UNION { ?t law:model ?d }\nFILTER(", "UNION"),
    (r"MINUS \{ \?suspended a law:PairSuspension", "MINUS { ?suspended a law:Live", "law:Live"),
    (r"BIND\(IRI", "BIND(UCASE(STR(?nowhere)) AS ?n)\nBIND(IRI", "UCASE"),
], ids=["OPTIONAL", "UNION", "a later stage", "a function"])
def test_a_rule_that_has_no_translation_is_refused_with_its_line(rules: Path, ask: Ask, pattern: str, by: str, named: str) -> None:
    _edit(rules / BOND, pattern, by)
    lines = (rules / BOND).read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if named in text)
    _refused(ask(), f"The rule 1-bonds/treaty-bond.rq, line {line}, ", named)


def test_a_rule_outside_the_stages_is_not_passed_over(rules: Path, ask: Ask) -> None:
    (rules / "1-bond").mkdir()
    shutil.copy(rules / BOND, rules / "1-bond" / "mine.rq")
    _refused(ask(), "1-bond/mine.rq lies in no stage", "1-bonds")


def test_a_rule_that_is_no_text_is_refused(rules: Path, ask: Ask) -> None:
    (rules / BOND).write_bytes(b"# \xff\n")
    _refused(ask(), "1-bonds/treaty-bond.rq cannot be read", "UTF-8")


def test_a_rule_is_refused_each_time_and_runs_once_it_is_mended(rules: Path, ask: Ask) -> None:
    before = (rules / BOND).read_text(encoding="utf-8")
    _edit(rules / BOND, r"^# Law:.*\n", "")
    for _ in range(2):
        _refused(ask(), "cites no law")
    (rules / BOND).write_text(before, encoding="utf-8")
    assert ask().returncode == 0
