"""The rules: one SPARQL CONSTRUCT a file, in stages, each with a header that says which law it states.

A rule is law as we read it; this module reads the files, parses their headers and refuses a rule without a citation.
The order of the stages, and what a rule may negate, are checked by `lawkb.stratify`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lawkb.errors import LawkbError
from lawkb.paths import rules_dir
from lawkb.terms import RULE, prefixes

STAGES = ("0-parties", "1-bonds", "2-channels", "3-conditions", "4-choice", "5-gaps", "6-options", "7-verdicts", "8-alignment", "8-duties", "8-heads",
          "8-request", "9-forums")
# Which stages answer which kind of question: the last ones run only for the questions that they are for.
_CHANNELS = tuple(stage for stage in STAGES if stage < "8")
_SIDES = ("0-parties", "1-bonds")
STAGES_OF = {
    "channels": _CHANNELS, "criminality": (*_SIDES, "2-channels", "8-alignment"), "request": (*_CHANNELS, "8-request"),
    "duties": (*_SIDES, "8-duties"), "forums": (*_SIDES, "8-heads", "9-forums"),
}
_REQUIRED = ("Law", "Concludes", "Says", "Reads-date")
_NOT_CODE = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>\s]*>|#[^\n]*')
_FIELD = re.compile(r"^#\s*(Law|Concludes|Needs|Says|Reads-date):\s*(.*)$")
_PREFIXED = re.compile(r"(?<![\w<:])([a-z][a-z-]*):(?=[A-Za-z0-9])")


@dataclass(frozen=True)
class Rule:
    """One rule file. `dates` are the dates of the case that it reads: `on`, `offence`, or none."""

    stage: str
    name: str
    title: str
    law: str
    concludes: tuple[str, ...]
    needs: tuple[str, ...]
    says: str
    dates: tuple[str, ...]
    body: str
    path: Path

    @property
    def iri(self) -> str:
        """The rule's IRI, as findings and answers name it."""
        return f"{RULE}{self.stage}/{self.name}"

    @property
    def query(self) -> str:
        """The CONSTRUCT with the prefixes that it uses."""
        return with_prefixes(self.body)


def with_prefixes(body: str) -> str:
    """Return a SPARQL text headed by the PREFIX lines of the prefixes that it uses and does not declare itself."""
    known = prefixes()
    code = "\n".join(line for line in body.splitlines() if not line.lstrip().startswith("#"))
    used = sorted({p for p in _PREFIXED.findall(code) if p in known and not re.search(rf"(?i)prefix\s+{p}:", code)})
    return "".join(f"PREFIX {p}: <{known[p]}>\n" for p in used) + body


def code_of(query: str) -> str:
    """Return a SPARQL text of the same length in which IRIs, literal texts and comments are blank, to look for words of the language."""
    return _NOT_CODE.sub(lambda match: " " * len(match[0]), query)


def load_rules(folders: Iterable[Path] | None = None) -> list[Rule]:
    """Read every rule, in the order of stages and names.

    Args:
        folders: folders that hold the stage folders; by default the packaged rules.

    Raises:
        LawkbError: a rule has no citation, an incomplete header or lies outside the stages.
    """
    rules = []
    for folder in folders or (rules_dir(),):
        for stage in STAGES:
            for path in sorted((folder / stage).glob("*.rq")):
                rules.append(parse_rule(path, stage))
    return rules


def parse_rule(path: Path, stage: str) -> Rule:
    """Read one rule file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    fields = {match.group(1): match.group(2).strip() for line in head if (match := _FIELD.match(line))}
    for name in _REQUIRED:
        if not fields.get(name):
            what = "cites no law" if name == "Law" else f"has no line '# {name}:' in its header"
            raise LawkbError(f"The rule {stage}/{path.name} {what}, so it is not loaded",
                             f"Write '# {name}: ...' at its head, for example '# Law: VCLT art. 26'", "docs/rules.md")
    body = "\n".join(line for line in lines if not line.startswith("#")).strip() + "\n"
    return Rule(stage, path.stem, head[0].lstrip("# ").strip(), fields["Law"], _names(fields["Concludes"]),
                _names(fields.get("Needs", "")), fields["Says"], tuple(d for d in _names(fields["Reads-date"]) if d != "none"),
                body, path)


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[,\s]+", listed) if name and name != "—" and name != "-")
