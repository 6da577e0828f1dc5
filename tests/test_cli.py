"""The command line: every command in every form, exit codes, pipes, colour and width. What the law says is tested elsewhere."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lawkb.cli import COMMANDS

pytestmark = pytest.mark.slow  # left out of `make check`

if TYPE_CHECKING:
    from conftest import Invoke, Run

FORMS = {
    "channels": (("ITA", "NGA"), ("text", "json", "md", "csv", "ttl")),
    "treaties": (("ITA", "NGA"), ("text", "json", "md", "csv")),
    "parties": (("untoc",), ("text", "json", "md", "csv")),
    "status": (("Italy",), ("text", "json", "md", "csv")),
    "explain": (("untoc.16-4",), ("text", "json", "md", "ttl")),
    "sources": (("untoc.16-4",), ("text", "json", "md", "csv")),
    "coverage": (("untoc",), ("text", "json", "md", "csv")),
}
CASES = [(command, form) for command, (_, forms) in FORMS.items() for form in forms]


@pytest.mark.parametrize(("command", "form"), CASES, ids=[f"{command}-{form}" for command, form in CASES])
def test_every_command_answers_in_every_form(invoke: Invoke, command: str, form: str) -> None:
    done = invoke(command, *FORMS[command][0], "--format", form)
    assert done.code in (0, 1, 3)
    assert done.err == ""
    assert done.out.endswith("\n")
    if form == "json":
        json.loads(done.out)
    elif form == "csv":
        rows = list(csv.reader(io.StringIO(done.out)))
        assert len(rows) > 1
        assert len({len(row) for row in rows}) == 1
    elif form == "md":
        assert done.out.startswith("# ")
    elif form == "ttl":
        from pyoxigraph import RdfFormat, parse

        assert list(parse(done.out, format=RdfFormat.TURTLE))
    else:
        assert not any(line.endswith(" ") for line in done.out.splitlines())
        assert "\x1b" not in done.out


@pytest.mark.parametrize("command", ["treaties", "parties", "status", "coverage"])
def test_a_text_answer_speaks_of_labels_and_not_of_iris(invoke: Invoke, command: str) -> None:
    text = invoke(command, *FORMS[command][0]).out
    assert "w3id.org" not in text
    assert "instrument:" not in text


@pytest.mark.parametrize("command", FORMS)
def test_the_same_question_gives_the_same_bytes(invoke: Invoke, command: str) -> None:
    first, second = (invoke(command, *FORMS[command][0], "--format", "json").out for _ in range(2))
    assert first == second


def test_a_finding_named_in_an_answer_is_explained(invoke: Invoke) -> None:
    answer = json.loads(invoke("channels", "ITA", "NGA", "--on", "2024-01-01", "--format", "json").out)
    finding = answer["channels"][0]["finding"]
    proof = json.loads(invoke("explain", finding, "--format", "json").out)
    assert proof["finding"] == finding
    assert proof["premises"]
    assert invoke("sources", finding).code == 0
    assert invoke("explain", finding, "--format", "ttl").out.startswith("#")


def test_what_a_participation_rests_on_is_explained_and_sourced(invoke: Invoke) -> None:
    assert "ratification by Italy" in invoke("explain", "participation:untoc.ITA.1").out
    assert len(json.loads(invoke("sources", "participation:untoc.ITA.1", "--format", "json").out)["sources"]) > 1


def test_a_rule_is_explained_with_its_law(invoke: Invoke) -> None:
    done = invoke("explain", "rule:1-bonds/treaty-bond")
    assert done.code == 0
    assert "VCLT" in done.out


def test_sources_and_coverage_of_everything(invoke: Invoke) -> None:
    sources = json.loads(invoke("sources", "--format", "json").out)["sources"]
    assert [line["facts"] for line in sources] == sorted((line["facts"] for line in sources), reverse=True)
    lists = json.loads(invoke("coverage", "--format", "json").out)["coverage"]
    opens = [line["leaves_open"] for line in lists]
    assert opens == sorted(opens, reverse=True)


def test_codes_say_what_was_found(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "none.rq").write_text("SELECT ?x { ?x a law:Nothing }", encoding="utf-8")
    assert invoke("query", tmp_path / "none.rq").code == 1
    assert invoke("channels", "ITA", "DEU", "--measure", "surrender").code == 0
    assert invoke("explain", "act:untoc.ITA").code == 3


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(invoke: Invoke, command: str) -> None:
    done = invoke(command, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: lawkb {command}")
    assert "..." not in done.out.split("Options:")[0].partition("\n\n")[2]


def test_help_of_channels_lists_the_measures(invoke: Invoke) -> None:
    assert "mla-search-seizure" in invoke("channels", "--help").out.partition("Measures by channel")[2].replace("\n" + " " * 33, "")


def test_a_channel_is_answered_by_its_lead_measure(invoke: Invoke) -> None:
    on = ("--on", "2026-11-23", "--format", "json")
    one = invoke("channels", "ITA", "NGA", "--channel", "MLA", *on)
    assert one == invoke("channels", "ITA", "NGA", "--measure", "mla", *on)
    assert [channel["measure"] for channel in json.loads(one.out)["channels"]] == ["mla"]
    assert invoke("channels", "ITA", "NGA", "--channel", "mla", "--measure", "mla-testimony", *on).code == 0


def test_help_lists_every_command(invoke: Invoke) -> None:
    done = invoke("--help")
    assert all(f"  {command} " in done.out for command in COMMANDS)
    assert "Exit codes" in done.out


def test_version(invoke: Invoke) -> None:
    assert invoke("--version").out.startswith("lawkb, version ")


def test_a_narrow_terminal_gets_a_list_in_place_of_a_table(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    lines = invoke("parties", "untoc").out.splitlines()
    assert max(map(len, lines)) <= 50
    assert "- Albania" in lines


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe of POSIX")
def test_a_reader_that_goes_away_is_no_failure(kb: object, environment: dict[str, str]) -> None:
    script = f"set -o pipefail; {sys.executable} -c 'from lawkb.cli import main; main()' export --format nt | head -n 1"
    done = subprocess.run(["bash", "-c", script], text=True, capture_output=True, timeout=100, check=False, env=environment)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_under_stdout_is_told(kb: object, environment: dict[str, str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", "from lawkb.cli import main; main()", "parties", "coe-197", "--format", "csv"], text=True, stdout=full,
                              stderr=subprocess.PIPE, timeout=100, check=False, env=environment)
    assert (done.returncode, done.stderr) == (2, "The disk is full: the answer could not be written.\n")


def test_a_terminal_without_unicode_gets_question_marks_and_no_traceback(kb: object, run: Run) -> None:
    done = run("status", "ITA", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")


def _on_a_terminal(environment: dict[str, str], *args: str) -> str:
    import pty

    master, slave = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", "from lawkb.cli import main; main()", *args], stdin=subprocess.DEVNULL, stdout=slave,
                          stderr=subprocess.DEVNULL, env={**environment, "TERM": "xterm", "COLUMNS": "100"}):
        os.close(slave)
        shown = b""
        try:
            while part := os.read(master, 65536):
                shown += part
        except OSError:  # how Linux says that the other side has closed
            pass
    os.close(master)
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_colour_is_for_terminals_and_not_where_it_is_unwanted(kb: object, environment: dict[str, str]) -> None:
    coloured = re.compile(r"\x1b\[[0-9;]*3[0-7]m")
    assert coloured.search(_on_a_terminal(environment, "channels", "ITA", "NGA"))
    assert not coloured.search(_on_a_terminal({**environment, "NO_COLOR": "1"}, "channels", "ITA", "NGA"))


def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch, invoke: Invoke) -> None:
    import lawkb.cache

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lawkb.cache, "open_base", interrupted)
    done = invoke("parties", "untoc")
    assert (done.code, done.out, done.err.strip()) == (130, "", "Interrupted: nothing was left half-written.")


def test_a_fault_of_ours_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch, invoke: Invoke) -> None:
    import lawkb.cache

    def broken(*_: object) -> None:
        raise TypeError("a fault")

    monkeypatch.setattr(lawkb.cache, "open_base", broken)
    done = invoke("parties", "untoc")
    assert done.code == 70
    assert "TypeError: a fault" in done.err
    assert "Traceback" not in done.err
