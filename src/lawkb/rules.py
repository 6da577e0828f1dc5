"""The rules: one SPARQL CONSTRUCT a file, in stages, each with a header that says which law it states.

A rule is law as we read it; this module reads the files, parses their headers and refuses a rule without a citation.
The order of the stages, and what a rule may negate, are checked by `lawkb.stratify`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lawkb.errors import LawkbError
from lawkb.paths import rules_dir
from lawkb.terms import RULE, prefixes

STAGES = ("0-parties", "1-bonds", "2-channels", "3-conditions", "4-choice", "5-gaps", "6-options", "7-verdicts", "8-alignment", "8-duties", "8-heads",
          "8-request", "9-conduct", "9-criminality", "9-forums")
# Which stages answer which kind of question: the last ones run only for the questions that they are for.
_CHANNELS = tuple(stage for stage in STAGES if stage < "8")
_SIDES = ("0-parties", "1-bonds")
STAGES_OF = {
    "channels": _CHANNELS, "criminality": (*_SIDES, "2-channels", "8-alignment", "9-conduct", "9-criminality"), "request": (*_CHANNELS, "8-request"),
    "duties": (*_SIDES, "8-duties"), "forums": (*_SIDES, "8-heads", "9-forums"),
}
_NO_RULES = ("quality", "questions")  # folders beside the stages
_REQUIRED = {"Law": "VCLT art. 26", "Concludes": "law:TreatyBond", "Says": "{instrument} binds {requesting} and {requested}.", "Reads-date": "on"}
_DATES = ("on", "offence")
_MORE = "docs/add-a-rule.md"
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


def rule_files() -> list[Path]:
    """Return the files of the rules, also of those that lie in no stage; the checks of the data, which lie beside them, are no rules."""
    return sorted(path for path in rules_dir().glob("*/*.rq") if path.parent.name not in _NO_RULES)


def load_rules() -> list[Rule]:
    """Read every rule, in the order of stages and names.

    Raises:
        LawkbError: a rule has no citation, an incomplete header, lies outside the stages, or cannot be read.
    """
    files = rule_files()
    for path in files:
        if path.parent.name not in STAGES:
            raise LawkbError(f"The rule {_shown(path)} lies in no stage, so it would never run", f"Move it to one of rules/{', '.join(STAGES)}", _MORE)
    return [parse_rule(path) for stage in STAGES for path in files if path.parent.name == stage]


def parse_rule(path: Path) -> Rule:
    """Read one rule file; its folder is its stage.

    Raises:
        LawkbError: the rule has no title, no citation or no other line that its header needs, or cannot be read.
    """
    stage, lines = path.parent.name, _lines(path)
    head = [line for line in lines if line.startswith("#")]
    fields = {match.group(1): match.group(2).strip() for line in head if (match := _FIELD.match(line))}
    for name in _REQUIRED:
        if not fields.get(name):
            what = "cites no law" if name == "Law" else f"has no line '# {name}:' in its header"
            raise _refused(path, what, f"Write '# {name}: ...' at its head, for example '# {name}: {_REQUIRED[name]}'")
    title = head[0].lstrip("# ").strip()
    if not title or _FIELD.match(head[0]):
        raise _refused(path, "has no title", "Begin its header with one sentence of law, for example '# Both are bound'")
    dates = _names(fields["Reads-date"])
    if dates != ("none",) and not set(dates) <= set(_DATES):
        raise _refused(path, f"reads the date '{fields['Reads-date']}', which no case has", f"Write {', '.join(_DATES)}, both of them, or none")
    body = "\n".join(line for line in lines if not line.startswith("#")).strip() + "\n"
    return Rule(stage, path.stem, title, fields["Law"], _names(fields["Concludes"]), _names(fields.get("Needs", "")), fields["Says"],
                tuple(date for date in dates if date != "none"), body, path)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise LawkbError(f"The rule {_shown(path)} cannot be read ({problem})", "Give a text file in UTF-8 that you may read", _MORE) from error


def _refused(path: Path, what: str, mend: str) -> LawkbError:
    return LawkbError(f"The rule {_shown(path)} {what}, so it is not loaded", mend, _MORE)


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[,\s]+", listed) if name and name != "—" and name != "-")
