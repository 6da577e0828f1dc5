"""Invented knowledge bases: small worlds of states and treaties, made by chance from a seed, that engines must agree on.

Each world has a few states, a territory and instruments that nobody outside it joins; acts begin and end within a day of one
another, so that questions fall on boundaries; each kind of fact and each code of the closed lists comes up somewhere. What is
made need not be sensible law: it only has to be read the same way by every engine.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from pathlib import Path

from lawkb.facts import law, literal, ref
from lawkb.paths import ontology_dir
from lawkb.terms import RDF_TYPE, XSD, expand

Value = str | int | bool | dt.date
STATES, INSTRUMENTS = 5, 7
CONSENTS = ("Ratification", "Acceptance", "Approval", "Accession", "Succession", "Bound")
ENDINGS = ("Withdrawal", "Suspension", "Termination")
STATEMENTS = ("Reservation", "Declaration", "Notification", "Objection", "TerritorialStatement")
KINDS = ("Treaty", "Treaty", "Protocol", "BilateralTreaty", "EUAct", "Arrangement")


def codes(scheme: str) -> list[str]:
    """Return the concepts of a closed list, as `scheme:code`."""
    text = (ontology_dir() / "concepts" / f"{scheme}.ttl").read_text(encoding="utf-8")
    return sorted(set(re.findall(rf"^({scheme}:[\w-]+)$", text, re.MULTILINE)))


def alpha(world: int, number: int) -> str:
    """Return the code of a jurisdiction: a world has the codes that begin with its two letters."""
    return f"{chr(65 + world // 26)}{chr(65 + world % 26)}{chr(65 + number)}"


class World:
    """One invented world as N-Triples lines."""

    def __init__(self, number: int, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.count = 0
        self.name = alpha(number, 0)[:2].lower()
        self.states = [alpha(number, place) for place in range(STATES)]
        self.instruments = [f"{self.name}{place}" for place in range(INSTRUMENTS)]
        self.provisions: dict[str, list[str]] = {each: [] for each in self.instruments}
        self.turns = [dt.date(2000, 1, 1) + dt.timedelta(days=rng.randrange(20 * 365)) for _ in range(5)]
        others = [m for m in codes_of("measure") if m != "measure:any"]
        self.measures = ["measure:mla", "measure:extradition", "measure:extradition", "measure:mla-evidence", *rng.sample(others, 3)]
        self.people()
        for each in self.instruments:
            self.instrument(each)
        for each in self.instruments:
            self.acts(each)
            self.text(each)
            self.statements(each)
        self.relations()
        for each in self.states:
            self.national(each)
        self.bodies()

    def add(self, subject: str, kind: str, /, **facts: Value | list[str] | None) -> str:
        """Add a block; names of properties are those of the ontology, values are curies, numbers, booleans, days or texts."""
        iri = expand(subject)
        self.lines.append(f"<{iri}> <{RDF_TYPE}> <{law(kind)}> .")
        self.lines.append(f"<{iri}> <{expand('dcterms:source')}> <{expand('source:chance')}> .")
        for name, value in facts.items():
            for each in value if isinstance(value, list) else [] if value is None else [value]:
                self.lines.append(f"<{iri}> <{law(name)}> {_term(each)} .")
        return subject

    def pick(self, scheme: str, among: int | None = None) -> str:
        """Return a concept by chance; the first few of a list come up more often where `among` is given."""
        listed = codes_of(scheme)
        return self.rng.choice(listed[:among] if among and self.rng.random() < 0.5 else listed)

    def some(self, listed: list[str], most: int) -> list[str]:
        """Return up to `most` of a list."""
        return self.rng.sample(listed, min(self.rng.randint(0, most), len(listed)))

    def much(self, scheme: str) -> list[str]:
        """Return all of a closed list, or a few of its first codes, so that what two have in common may be all, some or nothing."""
        listed = codes_of(scheme)
        return listed if self.chance(0.3) else self.some(listed[:6], 4)

    def chance(self, part: float) -> bool:
        return self.rng.random() < part

    def requirements(self) -> list[str]:
        """Up to two requirements: those that facts can meet come up more often."""
        tested = ["requirement:min-years", "requirement:dual-criminality", "requirement:no-treaty-required", "requirement:treaty-basis"]
        return self.some(tested if self.chance(0.5) else codes_of("requirement"), 2)

    def day(self) -> dt.date:
        """Return a day on or beside one of the world's turning days."""
        return self.rng.choice(self.turns) + dt.timedelta(days=self.rng.choice((-31, -1, 0, 0, 1, 30)))

    def key(self, kind: str, of: str) -> str:
        self.count += 1
        return f"{kind}:{of}.{self.count}"

    def measure(self) -> str:
        """A measure: a world has a few, so that its facts have to do with one another."""
        return self.rng.choice(self.measures)

    # the facts of a world

    def people(self) -> None:
        for place, code in enumerate(self.states):
            territory = place == STATES - 1
            self.add(f"jur:{code}", "Territory" if territory else "State", alpha3=code, territoryOf=f"jur:{self.states[0]}" if territory else None)

    def instrument(self, name: str) -> None:
        kind = self.rng.choice(KINDS)
        two = kind == "BilateralTreaty"
        self.add(f"instrument:{name}", kind, openness="openness:two" if two else self.pick("openness"),
                 subject=self.some(codes_of("subject"), 2) or ["subject:mla"],
                 generality="generality:bilateral" if two else self.pick("generality"), adoptedOn=dt.date(1999, 1, 1),
                 materialScope=self.rng.choice(["scope:any-offence", "scope:trafficking", self.pick("scope")]),
                 inForceOn=None if self.chance(0.1) else self.day() if self.chance(0.3) else dt.date(1999, 6, 1),
                 entryRule=self.pick("entry"), entryCount=self.rng.choice((1, 2, 30)), withdrawalMonths=6 if self.chance(0.5) else None,
                 terminatedOn=self.day() if self.chance(0.05) else None,
                 supplementTo=f"instrument:{self.instruments[0]}" if name != self.instruments[0] and self.chance(0.2) else None,
                 typicalContent="instrument:model" if self.chance(0.2) else None)
        if self.chance(0.7):
            self.add(f"coverage:{name}", "Coverage", about=f"instrument:{name}", completeness=self.pick("completeness"), verifiedTo=self.day())

    def acts(self, name: str) -> None:
        for code in self.states:
            if self.chance(0.2):
                continue
            kind = self.rng.choice(CONSENTS)
            beyond = code == self.states[-1] and self.chance(0.6)
            done = self.day()
            self.add(self.key("act", name), "TerritorialExtension" if beyond else "Signature" if self.chance(0.1) else kind, instrument=f"instrument:{name}",
                     party=f"jur:{code}", byState=f"jur:{self.states[0]}" if beyond else None, doneOn=None if self.chance(0.1) else done,
                     effectiveOn=done + dt.timedelta(days=1) if self.chance(0.3) else None,
                     onSide=f"jur:{self.states[1]}" if self.chance(0.1) else None)
            if self.chance(0.3):
                self.add(self.key("act", name), self.rng.choice(ENDINGS), instrument=f"instrument:{name}", party=f"jur:{code}", doneOn=self.day(),
                         effectiveOn=self.day() if self.chance(0.7) else None, towards=f"jur:{self.rng.choice(self.states)}" if self.chance(0.4) else None)
            if self.chance(0.1):
                self.add(self.key("act", name), self.rng.choice(("OptOut", "OptIn", "TerritorialExclusion")), instrument=f"instrument:{name}",
                         party=f"jur:{code}", doneOn=self.day())

    def text(self, name: str) -> None:
        for _ in range(self.rng.choice((0, 1, 3, 5))):
            measure = self.measure()
            provision = self.add(self.key("provision", name), "Provision", instrument=f"instrument:{name}", article=str(self.count), measure=measure,
                                 role=self.pick("role", 2), opens=measure if self.chance(0.7) else None, strength=self.pick("strength"),
                                 route=self.pick("route"), addressee=self.pick("addressee"), requires=self.requirements(),
                                 minYears=self.rng.choice((1, 4)) if self.chance(0.3) else None, timeLimitDays=10 if self.chance(0.2) else None,
                                 givesHead=self.some(codes_of("head-basis"), 2), freesFromCooperation=self.some(self.provisions[name], 1),
                                 tiesToCooperation=self.some(self.provisions[name], 1))
            self.provisions[name].append(provision)
        if self.provisions[name] and self.chance(0.3):
            self.add(self.key("bridge", name), "BridgingClause", instrument=f"instrument:{name}", bridges=self.rng.choice(self.provisions[name]),
                     bridgeKind=self.pick("bridge-kind"))
            self.add(self.key("alternative", name), "RefusalAlternative", instrument=f"instrument:{name}", onGround=self.pick("ground"),
                     alternative=self.rng.choice(self.provisions[name]))
        for _ in range(self.rng.choice((0, 1, 2))):
            self.add(self.key("refusal", name), "RefusalGround", instrument=f"instrument:{name}", article="9", measure=self.measure(),
                     ground=self.pick("ground"), mandatory=self.chance(0.5), groundEffect=self.pick("ground-effect"))
            self.add(self.key("content", name), "RequestContent", instrument=f"instrument:{name}", article="5", measure=self.measure(), item=self.pick("item"),
                     required=self.chance(0.5))
        if self.chance(0.3):
            self.add(self.key("element", name), "DefinitionElement", instrument=f"instrument:{name}", article="3", elementKind="element-kind:means",
                     element=self.pick("means"), elementNeed="value:if-adult")
            self.add(self.key("clause", name), "SafeguardClause", instrument=f"instrument:{name}", article="3", secures=self.pick("safeguard"))
            self.add(self.key("norm", name), "PenaltyNorm", instrument=f"instrument:{name}", article="2",
                     norm="norm-kind:serious-crime" if self.chance(0.5) else self.pick("norm-kind"), months=self.rng.choice((12, 48)))

    def statements(self, name: str) -> None:
        for code in self.some(self.states, 3):
            begun = self.day()
            self.add(self.key("statement", name), self.rng.choice(STATEMENTS), instrument=f"instrument:{name}", party=f"jur:{code}", topic=self.pick("topic"),
                     effect=self.pick("effect", 2), touches=self.some(self.provisions[name], 2), requires=self.pick("requirement"),
                     onMeasure=self.measure() if self.chance(0.4) else None, language="en" if self.chance(0.3) else None,
                     doneOn=begun if self.chance(0.8) else None, withdrawnOn=begun + dt.timedelta(days=self.rng.choice((1, 400))) if self.chance(0.3) else None)

    def relations(self) -> None:
        for _ in range(8):
            one, other = self.rng.sample(self.instruments, 2)
            aim = self.rng.random()
            self.add(self.key("rel", one), "InstrumentRelation", **{"from": f"instrument:{one}"}, relation=self.pick("relation"), article="7",
                     to=f"instrument:{other}" if aim < 0.7 else None, toGenerality=self.pick("generality") if 0.7 <= aim < 0.9 else None,
                     onMeasure=self.measure() if self.chance(0.5) else None)

    def national(self, code: str) -> None:
        owner = f"jur:{code}"
        for topic in self.some(codes_of("coop-topic"), 9):
            self.add(self.key("cooprule", code), "CooperationRule", jurisdiction=owner, coopTopic=topic, article="1",
                     **({"years": self.rng.choice((1, 4))} if topic.endswith("min-years") else {"value": self.pick("value", 3)}))
        for subject in self.some(codes_of("subject"), 3):
            self.add(self.key("coverage", code), "Coverage", about=owner, subject=subject, completeness=self.pick("completeness"))
        for _ in range(self.rng.choice((0, 1, 2))):
            kind = "offence-kind:trafficking-in-persons" if self.chance(0.8) else self.pick("offence-kind")
            offence = self.add(self.key("offence", code), "Offence", jurisdiction=owner, offenceKind=kind, inForceFrom=self.day(),
                               inForceUntil=self.turns[-1] + dt.timedelta(days=3000) if self.chance(0.2) else None,
                               conduct=self.much("conduct"), means=self.much("means"), exploitation=self.much("purpose"),
                               definitionGap="gap:none" if self.chance(0.6) else self.pick("gap"),
                               meansRequiredForAdult=self.chance(0.5), meansRequiredForChild=self.chance(0.3), coversInternal=self.chance(0.5))
            for age in self.some(["age:adult", "age:child"], 2):
                self.add(self.key("penalty", code), "PenaltyRange", offence=offence, victimAge=age, minMonths=1,
                         maxMonths=self.rng.choice((11, 12, 47, 48, 120)), life=self.chance(0.1), deathPenalty=self.chance(0.1))
        for _ in range(2):
            self.add(self.key("head", code), "JurisdictionHead", jurisdiction=owner, headKind=self.pick("head-basis"), value=self.pick("value", 3), article="4")
            self.add(self.key("victim", code), "VictimMeasure", jurisdiction=owner, victimMeasure=self.pick("victim-measure"), value=self.pick("value", 3))
            self.add(self.key("authority", code), "Authority", jurisdiction=owner, measureGroup=self.pick("measure-group"), language="en",
                     instrument=f"instrument:{self.rng.choice(self.instruments)}" if self.chance(0.5) else None)

    def bodies(self) -> None:
        orgs = [self.add(f"org:{self.name}-body{place}", self.rng.choice(("Organisation", "Network"))) for place in range(2)]
        for org, other in (orgs, orgs[::-1]):
            self.add(f"service:{org[4:]}", "NetworkService", org=org, carries=self.measure(), serviceKind=self.pick("service-kind"),
                     fullLink="membership-kind:member", partnerLink=self.pick("membership-kind", 3),
                     linkedTo=other if self.chance(0.5) else None, aidsChannel=self.pick("channel"))
            if self.chance(0.7):
                self.add(f"coverage:{org[4:]}", "Coverage", about=org, completeness=self.pick("completeness"), verifiedTo=self.day())
            for code in self.some(self.states, 4):
                self.add(self.key("membership", org[4:]), "Membership", org=org, member=f"jur:{code}",
                         membershipKind="membership-kind:member" if self.chance(0.4) else self.pick("membership-kind", 3),
                         sinceOn=self.day() if self.chance(0.8) else None, untilOn=self.day() if self.chance(0.2) else None)


_CODES: dict[str, list[str]] = {}


def codes_of(scheme: str) -> list[str]:
    """Return `codes`, read once."""
    if scheme not in _CODES:
        _CODES[scheme] = codes(scheme)
    return _CODES[scheme]


def _term(value: Value) -> str:
    if isinstance(value, bool):
        return f'"{str(value).lower()}"^^<{XSD}boolean>'
    if isinstance(value, int):
        return f'"{value}"^^<{XSD}integer>'
    if isinstance(value, dt.date):
        return f'"{value.isoformat()}"^^<{XSD}date>'
    return ref(expand(value)) if ":" in value else literal(value)


def write(folder: Path, worlds: int, seed: int) -> None:
    """Write a knowledge base of invented worlds into a folder; the same seed gives the same bytes."""
    lines = list(_common())
    for number in range(worlds):
        lines += World(number, random.Random(f"{seed}.{number}")).lines
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "worlds.ttl").write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="utf-8")
    (folder / "VERSION").write_text("2026-01-01\n", encoding="utf-8")


def _common() -> Iterator[str]:
    """The source of all facts, and a model instrument whose articles are typical of others."""
    source = expand("source:chance")
    yield f"<{source}> <{RDF_TYPE}> <{law('Source')}> ."
    yield f'<{source}> <{law("asAt")}> "2015-01-01"^^<{XSD}date> .'
    yield f"<{source}> <{law('howRead')}> <{expand('howread:page')}> ."
    yield f"<{source}> <{law('confidence')}> <{expand('confidence:high')}> ."
    model = expand("instrument:model")
    yield f"<{model}> <{RDF_TYPE}> <{law('SoftLaw')}> ."
    for number, (measure, role) in enumerate((("extradition", "basis"), ("mla", "obligation"), ("extradition", "condition"))):
        provision = expand(f"provision:model.{number}")
        yield f"<{provision}> <{RDF_TYPE}> <{law('Provision')}> ."
        facts = {"instrument": "instrument:model", "measure": f"measure:{measure}", "role": f"role:{role}", "addressee": "addressee:both",
                 "strength": "strength:shall", **({"requires": "requirement:dual-criminality"} if role == "condition" else {"opens": f"measure:{measure}"})}
        for name, value in facts.items():
            yield f"<{provision}> <{law(name)}> <{expand(value)}> ."
    for kind, key, name, value in (("RefusalGround", "refusal:model.1", "ground", "ground:nationality"),
                                   ("RequestContent", "content:model.1", "item", "item:copy-of-order"),
                                   ("Coverage", "coverage:channel-mla", "completeness", "completeness:partial")):
        subject = expand(key)
        yield f"<{subject}> <{RDF_TYPE}> <{law(kind)}> ."
        yield f"<{subject}> <{law(name)}> <{expand(value)}> ."
        about = {"about": "channel:mla"} if kind == "Coverage" else {"instrument": "instrument:model", "measure": "measure:extradition"}
        for more, term in about.items():
            yield f"<{subject}> <{law(more)}> <{expand(term)}> ."
        if kind != "Coverage":
            yield f'<{subject}> <{law("mandatory" if kind == "RefusalGround" else "required")}> "true"^^<{XSD}boolean> .'
    yield f"<{expand('refusal:model.1')}> <{law('groundEffect')}> <{expand('ground-effect:available')}> ."
