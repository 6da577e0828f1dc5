"""Renders `docs/rules.md`: every rule by stage, from its header, and what a rule may say."""

from __future__ import annotations

from collections.abc import Iterator

from lawkb.calendar_rules import calendar_rules
from lawkb.docs.markdown import anchor, generated, page, table
from lawkb.rules import STAGES, Rule, load_rules

# What a stage is for. A test asks for a line here for each stage.
PURPOSE = {
    "0-parties": "Which instruments concern the two, and which of them bind each side on the day.",
    "1-bonds": "Which instruments bind both, and towards each other.",
    "2-channels": "Which provisions of those instruments open a measure: the legal bases, and the options that they make.",
    "3-conditions": "What must hold for an option: conditions of provisions, instruments and declarations, whether they are met, exclusions, "
                    "grounds of refusal, routes, time limits.",
    "4-choice": "Which instrument gives way to which: replaced, prevailing, residual, supplemented, blocked.",
    "5-gaps": "What is missing: no bond and who lacks it, what closes an option, what is not covered.",
    "6-options": "The verdict on each option, and which option comes before which.",
    "7-verdicts": "The verdict on each measure, and the standing of each option.",
    "8-alignment": "For a question on dual criminality: the offences of both sides, element by element, thresholds, and clauses that bridge differences.",
    "8-duties": "For a question on one jurisdiction: what binds it, what victims are entitled to, what its law has of it.",
    "8-heads": "For a question on who can prosecute: how the facts link the case to jurisdictions, and which heads of jurisdiction they meet.",
    "8-request": "For a question on a request: what it must say, what limits the use of what comes back, which grounds are forbidden, the urgent way.",
    "9-conduct": "For a question on dual criminality with facts: whether each offence takes in what the facts say of each kind of element.",
    "9-criminality": "For a question on dual criminality: whether the conduct is punishable under an offence of each side.",
    "9-forums": "For a question on who can prosecute: the verdict on each jurisdiction, and the duty to consult.",
}

_HEAD = """\
A rule states law: it reads facts of the knowledge base and findings of earlier rules, and concludes findings. The files in `rules/`
are the only statement of the rules; every engine runs these texts. A finding names its rule and its premises, and `lawkb explain`
prints them. How a rule is added: [add-a-rule.md](add-a-rule.md).

## What a rule may say

A rule file is a header and one CONSTRUCT.

| header line | content |
| --- | --- |
| first line | the title: one sentence of law |
| `Law:` | the norm that the rule states; required, a rule without a citation is not loaded |
| `Concludes:` | the classes of the findings that the CONSTRUCT makes; required |
| `Needs:` | the classes of findings of other rules that it reads |
| `Reads-date:` | the dates of the case that decide: `on`, `offence`, or `none`; required |
| `Says:` | the sentence of the proof, with `{names}` of the values of the finding and of the case; required |

Allowed: basic patterns with a fixed property; `FILTER` with `=`, `!=`, `<`, `<=`, `>`, `>=` joined by `&&`; `MINUS`; `BIND` of `IRI`,
`CONCAT`, `STR`, `STRAFTER`. Each finding has an IRI that is made from the case and its parts, so that the same finding is never
made twice. Days are compared as day numbers.

Refused when the rules are loaded, with the name of the rule and how to mend it:

- a header line or a title that is missing, a date that no case has, a folder that is no stage, and a `Concludes:` that the CONSTRUCT does not make;
- `OPTIONAL`, `UNION`, `FILTER NOT EXISTS`, `FILTER EXISTS`, sub-selects, `VALUES`, aggregates, `GRAPH`, `SERVICE`, property paths, a variable as property;
- blank nodes: their findings would never be recognised as made already;
- functions that differ from run to run (`NOW`, `RAND`, `UUID`, `BNODE`);
- a literal number: thresholds belong to `kb/` or to a concept;
- a `MINUS` that shares no variable with what stands before it: it would remove nothing; `MINUS` or `BIND` inside a `MINUS`;
- more than one finding at once, and two values of one property that rules read: write a rule for each;
- a variable that is both a fact and a finding, or of which it is not plain what class of finding it is: say its class;
- comparisons other than of whole numbers, or of IRIs by `=` and `!=`; a function in a `FILTER`;
- a minted IRI that does not begin with that of the case or of a finding, and an IRI cut elsewhere than at its kind (`"/instrument/"`);
- the case as the value of another property than `law:case`, or another `law:case` than the one that is matched; more than 20 subjects at once.

No jurisdiction, instrument, provision or date may be named; a test reads the rules for them. What a rule needs to know of one of
them is a fact, and belongs to `kb/`.

### Stages

Rules run stage by stage, and inside a stage until nothing new is found. The last stages run only for the questions that they are
for. So that the order inside a stage cannot matter:

- what a rule **needs** is concluded in its own stage or an earlier one;
- what a rule **negates** (`MINUS`) is a fact of the knowledge base, or is concluded in earlier stages only.

A set of rules that breaks this is refused. Because findings are only ever added, and negation looks only at stages that are
finished, the same dossier gives the same findings in every engine.
"""


def rules_page() -> str:
    """Return `docs/rules.md`."""
    rules = load_rules()
    lines = ["# The rules", "", generated("the headers of `rules/`"), "", *_HEAD.splitlines(), "", f"## The {len(rules)} rules by stage", "",
             *(f"- [{stage}](#{anchor(stage)}): {PURPOSE.get(stage, '')}" for stage in STAGES), ""]
    for stage in STAGES:
        lines += [f"### {stage}", "", PURPOSE.get(stage, ""), ""]
        for rule in rules:
            if rule.stage == stage:
                lines += _rule(rule)
    lines += ["### calendar", "",
              "From acts to participations: these rules count days, months and first days of a month, which SPARQL cannot do portably. They run once, "
              "when the knowledge base is compiled, in `src/lawkb/participation.py`; each participation names the one that made it.", "",
              *table(("rule", "law", "says"), ((f"`{rule.name}`", rule.law, rule.says) for rule in calendar_rules().values()))]
    return page(lines)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"**[{rule.name}](../rules/{rule.stage}/{rule.name}.rq)**: {rule.title}"
    yield ""
    yield f"- law: {rule.law}"
    yield f"- concludes: {_codes(rule.concludes)}" + (f"; needs: {_codes(rule.needs)}" if rule.needs else "")
    yield f"- reads: {', '.join(_DATES.get(d, d) for d in rule.dates) if rule.dates else 'no date'}"
    yield f"- says: {rule.says}"
    yield ""


_DATES = {"on": "the day asked about", "offence": "the day of the offence"}


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
