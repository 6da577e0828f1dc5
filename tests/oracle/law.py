"""An independent statement of the verdict on bonds, legal assistance and extradition, in plain Python, for tests only.

It was written from the design of the project (what a bond, a basis, a condition and a verdict are), docs/model.md, the
ontology and the legal expectations of tests/questions, without looking at the rules: where the two agree they do so for a
reason of law and not because one was copied from the other. It is slow and simple on purpose, and reads one question at a
time from the blocks of the knowledge base.

Where those texts are silent it says what a lawyer would expect, marked here with "Silent:".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from oracle.facts import Thing, World

TRAFFICKING = "trafficking-in-persons"
MET, UNKNOWN, UNMET = "met", "unknown", "unmet"
# requirements that say how a request travels, and are no condition of it
ROUTES = {"central-authority"}


@dataclass(frozen=True)
class Basis:
    """A provision on which a request can rest, with its conditions (requirement, state)."""

    provision: str
    conditions: frozenset[tuple[str, str]]

    @property
    def verdict(self) -> str:
        """What the basis gives by itself."""
        states = {state for _, state in self.conditions}
        return "unavailable" if UNMET in states else "conditional" if UNKNOWN in states else "available"


@dataclass
class Option:
    """An instrument (or the law of the requested side, named "-") on which the request may rest."""

    instrument: str
    verdict: str
    bases: list[Basis] = field(default_factory=list)
    why: str = ""


@dataclass
class Opinion:
    """The verdict on one measure, with the options that it was read off and what leaves it open."""

    verdict: str
    options: dict[str, Option]
    open_ends: list[str]


class Oracle:
    """Gives an opinion on one question at a time."""

    def __init__(self, world: World) -> None:
        self.world = world

    # bonds

    @cache  # noqa: B019 - an oracle lives as long as the tests do
    def bond(self, instrument: str, a: str, b: str, day: int) -> str:
        """Whether an instrument binds both towards each other on a day: `sure`, `possible` or `none`."""
        sides = [self.sides(instrument, party, day) for party in (a, b)]
        if not all(sides) or self.cut(instrument, a, b, day):
            return "none"
        pairs = {(first_sure and second_sure) for first_sure, first in sides[0] for second_sure, second in sides[1] if first != second}
        return "none" if not pairs else "sure" if True in pairs else "possible"

    def sides(self, instrument: str, party: str, day: int) -> list[tuple[bool, str]]:
        """For each participation of a party that counts on a day: whether it surely does, and on which side the party stands."""
        found = []
        for part in self.world.participations.get((instrument, party), ()):
            if part.day("surelyFromDay") <= day < part.day("surelyUntilDay"):
                found.append((True, part.get("onSide")))
            elif part.day("possiblyFromDay") <= day < part.day("possiblyUntilDay"):
                found.append((False, part.get("onSide")))
        return found

    def cut(self, instrument: str, a: str, b: str, day: int) -> bool:
        """Whether one side has suspended or ended the instrument towards the other only; that cuts it for both (VCLT art. 72). So does
        a statement by which a party has no relations under it with the other."""
        if any("excludes-relations" in s.all("effect") and s.holds(day) and s.get("party") in (a, b) and set(s.all("towards")) & {a, b}
               for s in self.world.statements.get(instrument, ())):
            return True
        return any(act.get("instrument") == instrument and act.holds(day) and {act.get("party"), *act.all("towards")} >= {a, b}
                   and act.get("party") in (a, b) for act in self.world.aimed)

    def one_state(self, a: str, b: str) -> bool:
        """Whether both belong to one state, between whose parts treaties do not govern (VCLT art. 2(1)(a))."""
        sovereigns = [self.world.sovereign.get(party) for party in (a, b)]
        return sovereigns[0] == sovereigns[1] and bool(sovereigns[0])

    # bases

    def bases(self, instrument: str, measure: str) -> Iterator[tuple[Thing, set[str]]]:
        """The provisions on which a request for a measure can rest, with the requirements that their origin brings."""
        serving = self.world.serving(measure)
        thing = self.world.instruments[instrument]
        provisions = self.world.provisions.get(instrument, ())
        own: set[str] = set()
        if not provisions and thing.all("typicalContent"):
            provisions, own = [p for model in thing.all("typicalContent") for p in self.world.provisions.get(model, ())], {"check-text"}
        elif not provisions and thing.all("supplementTo"):
            return  # what it adds to its parent instrument is not recorded; by itself it opens nothing
        elif not provisions:
            covered = {m for subject in thing.all("subject") for m in self.world.concept("subject", subject).all("covers")}
            if covered & serving:
                yield thing, {"article-not-recorded"}
            return
        for provision in provisions:
            if serving.intersection(provision.all("opens")):
                yield provision, own

    def reaches(self, instrument: str) -> bool:
        """Whether an instrument takes in trafficking at all."""
        scope = self.world.instruments[instrument].get("materialScope")
        return bool(scope) and TRAFFICKING in self.world.concept("scope", scope).all("reaches")

    def excluded(self, instrument: str, provision: Thing, a: str, b: str, measure: str, day: int) -> bool:
        """Whether a statement takes a provision out between the two: an exclusion by either side (VCLT art. 21(1)), a refusal of
        the convention as basis of extradition by the side that is asked."""
        serving = self.world.serving(measure)
        for statement in self.statements(instrument, day, serving):
            effects, party = statement.all("effect"), statement.get("party")
            if "excludes-provision" in effects and party in (a, b) and provision.name in statement.all("touches"):
                return True
            if "refuses-as-extradition-basis" in effects and party == b and "treaty-basis" in provision.all("requires"):
                return True
        return False

    def statements(self, instrument: str, day: int, serving: set[str]) -> list[Thing]:
        """The statements on an instrument that count on a day and bear on a measure."""
        return [s for s in self.world.statements.get(instrument, ()) if s.holds(day) and serving.intersection(s.all("onMeasure") or ["any"])]

    # conditions

    def requirements(self, instrument: str, a: str, b: str, measure: str, day: int) -> Iterator[tuple[str, Thing | None]]:
        """What the instrument as a whole asks for a measure: its scope, its articles on conditions, what the requested side declared,
        and the same of the instruments that it supplements and that bind the two; of their articles only what it leaves as it is."""
        serving = self.world.serving(measure)
        thing = self.world.instruments[instrument]
        tests = {instead: test for provision in self.conditions_of(instrument) if serving.intersection(provision.all("measure"))
                 for test in provision.all("scopeTest") for instead in self.world.concept("requirement", test).all("insteadOf")}
        for requirement in self.world.concept("scope", thing.get("materialScope")).all("requires"):
            yield tests.get(requirement, requirement), None  # an article on the measure may have a test of its own
        if self.world.says("generality", thing.get("generality"), "nonBinding"):
            yield "national-law", None
        left = {requirement for r in self.world.relations.get(instrument, ()) if r.get("relation") == "supplements"
                for requirement in r.all("carriesRequirement")}
        for each in [instrument, *self.supplemented(instrument, a, b, serving, day)]:
            for provision in self.conditions_of(each):
                if "condition" in provision.all("role") and serving.intersection(provision.all("measure")) and provision.get("strength") != "may":
                    for requirement in provision.all("requires"):
                        if each == instrument or requirement in left:
                            yield requirement, provision
            for statement in self.statements(each, day, serving):
                if "adds-requirement" in statement.all("effect") and statement.get("party") == b:
                    for requirement in statement.all("requires"):
                        yield requirement, None

    def limits_recorded(self, instrument: str) -> bool:
        """Whether anything is recorded of the conditions and refusals of an instrument; where nothing is, they are to be read."""
        return bool(self.world.grounds.get(instrument)) or any(p.all("requires") for p in self.world.provisions.get(instrument, ()))

    def conditions_of(self, instrument: str) -> list[Thing]:
        """The provisions of an instrument; of one whose text is not recorded, those of its model."""
        return self.world.provisions.get(instrument) or [
            p for model in self.world.instruments[instrument].all("typicalContent") for p in self.world.provisions.get(model, ())]

    def supplemented(self, instrument: str, a: str, b: str, serving: set[str], day: int) -> set[str]:
        """The instruments that one adds to, with all that hangs on them, where they bind the two as well."""
        found: set[str] = set()
        waiting = [instrument]
        while waiting:
            each = waiting.pop()
            parents = set(self.world.instruments[each].all("supplementTo"))
            parents |= {r.get("to") for r in self.world.relations.get(each, ())
                        if r.get("relation") == "supplements" and r.get("to") and serving.intersection(r.all("onMeasure"))}
            for parent in sorted(parents - found):
                if self.bond(parent, a, b, day) == "sure":
                    found.add(parent)
                    waiting.append(parent)
        return found

    def state(self, requirement: str, source: Thing | None, instrument: str, a: str, b: str, day: int) -> str:
        """Whether the facts show that a requirement is met; silence is never an answer."""
        test = {"dual-criminality": self.dual_criminality, "min-years": self.min_years, "treaty-basis": self.treaty_basis,
                "no-treaty-required": self.no_treaty_required, "convention-offence": self.convention_offence}.get(requirement)
        return test(source, instrument, a, b, day) if test else UNKNOWN

    def dual_criminality(self, _source: Thing | None, _instrument: str, a: str, b: str, day: int) -> str:
        """Met where the law of the side that is asked surely punishes whatever the offence of the other side takes in."""
        return MET if any(self.covers(x, y) for x in self.offences(a, day) for y in self.offences(b, day)) else UNKNOWN

    def covers(self, asking: Thing, asked: Thing) -> bool:
        """Whether one offence takes in every act and purpose of the international definition that the other names, and every
        means, unless it demands none.

        The definition of the side that is asked must be recorded without a gap and ask for no means where the victim is a child;
        that of the side that asks may be narrow, since its case lies inside it. What is "other" is in common with nothing.
        Silent: the design does not say how much of two definitions must agree; tests/questions does: no case within the
        definition lies outside."""
        if asked.all("definitionGap") != ["none"] or asked.get("meansRequiredForChild") != "false":
            return False
        closed = {name: {e for e in asking.all(name) if e in self.world.definition and not self.world.says(scheme, e, "openEnded")}
                  for name, scheme in (("conduct", "conduct"), ("exploitation", "purpose"), ("means", "means"))}
        if asked.get("meansRequiredForAdult") == "false":
            del closed["means"]
        elif asking.get("meansRequiredForAdult") == "false":  # then a case may show any means of the definition
            closed["means"] = self.world.means_of_definition
        schemes = {"conduct": "conduct", "exploitation": "purpose", "means": "means"}
        return all(named and all(self.upwards(schemes[name], e) & set(asked.all(name)) for e in named) for name, named in closed.items())

    def upwards(self, scheme: str, code: str) -> set[str]:
        """An element with all that is broader."""
        broader = {up for each in self.world.concept(scheme, code).all("broader") for up in self.upwards(scheme, each)}
        return {code} | broader

    def offences(self, party: str, day: int) -> list[Thing]:
        """The offences of trafficking in force in a jurisdiction on a day."""
        return [o for o in self.world.offences.get(party, ())
                if TRAFFICKING in o.all("offenceKind") and o.holds(day) and "no-law" not in o.all("definitionGap")]

    def penalty(self, party: str, day: int, name: str) -> int | None:
        """The most severe penalty for trafficking in months, life beyond all; None where none is recorded."""
        found = [int(p.get(name)) for o in self.offences(party, day) for p in self.world.penalties.get(o.name, ()) if p.all(name)]
        return max(found, default=None)

    def min_years(self, source: Thing | None, _instrument: str, a: str, b: str, day: int) -> str:
        """Met where the maximum reaches the threshold on both sides, or on the requesting side where the article looks at one law only."""
        if source is None or not source.all("thresholdMonths"):
            return UNKNOWN
        parties = (a, b) if source.get("addressee") == "both" else (a,)
        return self.reached(int(source.get("thresholdMonths")), parties, day)

    def reached(self, threshold: int, parties: tuple[str, ...], day: int) -> str:
        """A maximum below a threshold does not reach it; a minimum as high as the threshold does, also where no maximum is recorded."""
        ceilings = [self.penalty(party, day, "ceilingMonths") for party in parties]
        if any(c is not None and c < threshold for c in ceilings):
            return UNMET
        shown = [c if c is not None else self.penalty(party, day, "minMonths") for c, party in zip(ceilings, parties, strict=True)]
        return MET if all(months is not None and months >= threshold for months in shown) else UNKNOWN

    def treaty_basis(self, _source: Thing | None, instrument: str, _a: str, b: str, day: int) -> str:
        """Met where the side that is asked told the depositary that it takes the convention as basis."""
        taken = any("takes-as-extradition-basis" in s.all("effect") and s.get("party") == b and s.holds(day) for s in self.world.statements.get(instrument, ()))
        return MET if taken else UNKNOWN

    def no_treaty_required(self, _source: Thing | None, _instrument: str, a: str, b: str, _day: int) -> str:
        """Met where the law of both extradites without a treaty, unmet where that of either does not."""
        values = [{r.get("value") for r in self.world.domestic.get(party, ()) if r.get("coopTopic") == "extradition-without-treaty"} for party in (a, b)]
        if any("no" in value for value in values):
            return UNMET
        return MET if all("yes" in value for value in values) else UNKNOWN

    def convention_offence(self, _source: Thing | None, instrument: str, a: str, b: str, day: int) -> str:
        """Met where another instrument between the two brings its offences under this one, or where both punish trafficking as a serious crime."""
        for name, relations in self.world.relations.items():
            for relation in relations:
                if relation.get("relation") == "brings-offences-under" and relation.get("to") == instrument and self.reaches(name):
                    scope = self.world.concept("scope", self.world.instruments[name].get("materialScope"))
                    if not scope.all("requires") and self.bond(name, a, b, day) == "sure":
                        return MET
        serious = [int(p.get("thresholdMonths")) for p in self.world.provisions.get(instrument, ())
                   if "definition" in p.all("role") and "min-years" in p.all("requires")]
        reached = any(self.reached(months, (a, b), day) == MET for months in serious)
        return MET if reached and self.dual_criminality(None, instrument, a, b, day) == MET else UNKNOWN

    # verdicts

    def option(self, instrument: str, a: str, b: str, measure: str, day: int, strict: bool) -> Option | None:
        """What one instrument gives; None where it is no way to the measure at all, or where a side is an organisation: requests are made by states."""
        bond = self.bond(instrument, a, b, day)
        if bond == "none" or not self.reaches(instrument) or not all(self.world.sovereign.get(party) for party in (a, b)):
            return None
        bases = list(self.bases(instrument, measure))
        if not bases:
            return None
        if by := self.replaced(instrument, a, b, measure, day):
            return Option(instrument, "unavailable", why=f"replaced by {by}")
        if bond == "possible":
            return Option(instrument, "unknown", why="it is not sure that it binds both")
        if strict and self.world.instruments[instrument].day("verifiedToDay") < day:
            return Option(instrument, "unknown", why="its list was not verified so far")
        found = []
        for provision, own in bases:
            if not self.excluded(instrument, provision, a, b, measure, day):
                found.append(Basis(provision.name, frozenset(self.conditions(instrument, provision, own, a, b, measure, day))))
        verdicts = {basis.verdict for basis in found}
        return Option(instrument, next((v for v in ("available", "conditional") if v in verdicts), "unavailable"), found)

    def conditions(self, instrument: str, provision: Thing, own: set[str], a: str, b: str, measure: str, day: int) -> Iterator[tuple[str, str]]:
        """The conditions of one basis with their states. What is only typical never closes: the text may say otherwise."""
        asked: list[tuple[str, Thing | None]] = [(requirement, None) for requirement in own]
        asked += [(requirement, provision) for requirement in provision.all("requires")]
        asked += self.requirements(instrument, a, b, measure, day)
        with_it = [instrument, *self.supplemented(instrument, a, b, self.world.serving(measure), day)]
        if not own and not any(map(self.limits_recorded, with_it)):
            asked.append(("conditions-not-recorded", None))
        serving = self.world.serving(measure)
        if self.stands_back(instrument, a, b, measure, day):
            yield "no-other-treaty", UNKNOWN
        for requirement, source in asked:
            if requirement not in ROUTES and serving.intersection(self.world.concept("requirement", requirement).all("onMeasure") or ["any"]):
                state = self.state(requirement, source, instrument, a, b, day)
                yield requirement, UNKNOWN if own and state == UNMET else state

    def stands_back(self, instrument: str, a: str, b: str, measure: str, day: int) -> bool:
        """Whether an instrument that serves only without another finds one: a treaty in force between the two that opens the measure,
        does not stand back itself and reaches more than a part of such cases."""
        back, serving = "applies-only-if-no-other", self.world.serving(measure)
        if not any(r.get("relation") == back and serving.intersection(r.all("onMeasure")) for r in self.world.relations.get(instrument, ())):
            return False
        for name, other in self.world.instruments.items():
            if not other.all("materialScope"):
                continue
            own = any(r.get("relation") == back for r in self.world.relations.get(name, ()))
            narrow = any(self.world.says("requirement", r, "narrows") for r in self.world.concept("scope", other.get("materialScope")).all("requires"))
            if (name != instrument and not own and not narrow and self.world.says("generality", other.get("generality"), "ofTreaties")
                    and self.reaches(name) and self.bond(name, a, b, day) == "sure" and any(self.bases(name, measure))):
                return True
        return False

    def replaced(self, instrument: str, a: str, b: str, measure: str, day: int) -> str | None:
        """The instrument that takes the place of another between the two for a measure, or that prevails over it and opens the measure itself."""
        serving = self.world.serving(measure)
        generality = self.world.instruments[instrument].get("generality")
        for name, relations in self.world.relations.items():
            for relation in relations:
                aimed = relation.get("to") == instrument or relation.get("toGenerality") == generality
                if name == instrument or not aimed or not serving.intersection(relation.all("onMeasure")) or self.bond(name, a, b, day) != "sure":
                    continue
                kind = relation.get("relation")
                if kind in ("replaces", "replaces-between-parties") or (kind == "prevails" and any(self.bases(name, measure))):
                    return name
        return None

    def national_law(self, a: str, b: str, measure: str) -> tuple[Option | None, str | None]:
        """What the law of the requested side gives without a treaty: never more than a conditional yes; and what it leaves open."""
        serving = self.world.serving(measure)
        for topic in self.world.concepts("coop-topic"):
            if serving.intersection(topic.all("opensWithoutTreaty")):
                values = {r.get("value") for r in self.world.domestic.get(b, ()) if r.get("coopTopic") == topic.name}
                if any(self.world.says("value", value, "allows") for value in values):
                    return Option("-", "conditional", why=topic.name), None
                if any(self.world.says("value", value, "bars") for value in values):
                    return Option("-", "unavailable", why=topic.name), None
                return None, f"the law of {b} on {topic.name}"
        return None, None

    def opinion(self, a: str, b: str, measure: str, day: int, strict: bool = False) -> Opinion:
        """The verdict on a measure that one side asks the other for, on a day."""
        if self.one_state(a, b):
            return Opinion("unknown", {}, ["one state: its own law settles the matter"])
        found = (self.option(name, a, b, measure, day, strict) for name in self.world.instruments)
        options = {option.instrument: option for option in found if option}
        self.stand_back(options, measure)
        domestic, open_law = self.national_law(a, b, measure)
        if domestic:
            options["-"] = domestic
        verdicts = {option.verdict for option in options.values()}
        open_ends = [*([open_law] if open_law else []), *self.open_lists(a, b, measure, day, strict)]
        for verdict in ("available", "conditional", "unknown"):
            if verdict in verdicts:
                return Opinion(verdict, options, open_ends)
        return Opinion("unknown" if open_ends else "unavailable", options, open_ends)

    def stand_back(self, options: dict[str, Option], measure: str) -> None:
        """An instrument that applies only if there is no other is open only as far as the other treaty does not carry the request;
        one that reaches only a part of such cases is no such other."""
        serving = self.world.serving(measure)
        residual = {name for name in options for r in self.world.relations.get(name, ()) if r.get("relation") == "applies-only-if-no-other"
                    and not r.all("to") and not r.all("toGenerality") and serving.intersection(r.all("onMeasure"))}
        live = {name for name, option in options.items() if option.verdict in ("available", "conditional") and name not in residual
                and self.world.says("generality", self.world.instruments[name].get("generality"), "ofTreaties") and not self.narrow(option)}
        for name in residual if live else ():
            option = options[name]
            option.bases = [Basis(b.provision, b.conditions | {("no-other-treaty", UNKNOWN)}) for b in option.bases]
            option.verdict = "conditional" if option.verdict == "available" else option.verdict

    def narrow(self, option: Option) -> bool:
        """Whether nothing shows that the case is one of those to which an instrument is limited."""
        open_ones = {requirement for basis in option.bases for requirement, state in basis.conditions if state == UNKNOWN}
        return any(self.world.says("requirement", requirement, "narrows") for requirement in open_ones)

    def open_lists(self, a: str, b: str, measure: str, day: int, strict: bool) -> Iterator[str]:
        """The lists that would have to be complete for a "no": of treaties between two, and of the parties of the instruments that open the measure."""
        serving = self.world.serving(measure)
        for subject in self.world.concepts("subject"):
            if subject.get("ofBilaterals") == "true" and serving.intersection(subject.all("covers")):
                records = [c for party in (a, b) for c in self.world.coverage.get(party, ()) if subject.name in c.all("subject")]
                if not any(self.complete(c, day, strict) for c in records):
                    yield f"treaties on {subject.name} of {a} and {b}"
        for name, thing in self.world.instruments.items():
            if thing.get("openness") != "two" and self.bond(name, a, b, day) == "none" and self.reaches(name) and any(self.bases(name, measure)):
                records = self.world.coverage.get(name, [])
                if not records or not all(self.complete(c, day, strict) for c in records):
                    yield f"parties of {name}"

    def complete(self, coverage: Thing, day: int, strict: bool) -> bool:
        """Whether a missing entry means no; strictly, only up to the day on which the list was verified."""
        if self.world.says("completeness", coverage.get("completeness"), "leavesOpen"):
            return False
        about = self.world.instruments.get(coverage.get("about"))
        return not strict or bool(about and about.day("verifiedToDay") >= day)
