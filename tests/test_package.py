"""The package as others get it: the wheel holds what an answer needs, works outside the checkout, and is typed for those who embed it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import lawkb

pytestmark = pytest.mark.slow  # left out of `make check`

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 15_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT], capture_output=True, text=True,
                          timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel is unpacked, as an installation does it."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def test_the_wheel_is_small_and_holds_ontology_rules_and_knowledge_base(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST_BYTES
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    for folder in ("ontology", "rules", "kb"):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"lawkb/data/{name}" for name in files} <= names, folder
    assert "lawkb/py.typed" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_wheel_answers_outside_the_checkout(installed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", "from lawkb.cli import main; main()", *args], cwd=tmp_path, capture_output=True, text=True,
                              timeout=300, check=False, env={**environment, "PYTHONPATH": str(installed)})

    answer = run("channels", "ITA", "NGA", "--measure", "extradition", "--on", "2026-11-23")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "UNTOC art. 16(4)" in answer.stdout
    act = run("explain", "act:untoc.NGA.ratification.2001-06-28")
    assert "kb/treaties/untoc/parties.ttl" in " ".join(act.stdout.split()), "files are named as in the checkout"
    assert str(installed) not in act.stdout
    assert run("format", "--check").returncode == 0


TYPED = """
import lawkb
from lawkb.answer import Answer, Channel, Condition, Option

kb: lawkb.KnowledgeBase = lawkb.load()
answer: Answer = kb.channels("ITA", "NGA", on="2026-11-23")
channel: Channel = answer["extradition"]
option: Option = channel.options[0]
condition: Condition = option.conditions[0]
wrong: int = channel.verdict
raise lawkb.LawkbError("a failure that a user can mend")
"""


def test_who_embeds_the_package_has_types(tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(TYPED, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "use.py"], cwd=tmp_path, capture_output=True,
                          text=True, timeout=300, check=False)
    assert done.stdout.splitlines() == [
        'use.py:10: error: Incompatible types in assignment (expression has type "str", variable has type "int")  [assignment]',
        "Found 1 error in 1 file (checked 1 source file)"]


def test_the_door_of_the_package_opens_the_knowledge_base() -> None:
    kb = lawkb.load()
    assert isinstance(kb, lawkb.KnowledgeBase)
    assert kb.channels("ITA", "NGA", on="2026-11-23")["extradition"].verdict == "conditional"
    with pytest.raises(lawkb.LawkbError, match="ITALI"):
        kb.channels("ITALI", "NGA")
