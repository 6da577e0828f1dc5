"""What must hold of every answer, whatever the law: looked at on pairs, days and measures drawn from a seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest

from lawkb import ask
from lawkb.answer import Channel, Option
from lawkb.api import KnowledgeBase
from lawkb.case import Case
from lawkb.facts import many, one
from lawkb.infer import Finding, Findings
from lawkb.measures import measures
from lawkb.proof import Prover
from lawkb.terms import ID, key

pytestmark = pytest.mark.slow  # left out of `make check`

SEED = 20261123
DRAWN = 24
_OPEN = ("available", "conditional")
# pairs that have much between them, or stand in an odd relation, beside those drawn
CHOSEN = [("DEU", "FRA", "2024-01-01"), ("DEU", "GBR", "2020-12-31"), ("DEU", "GBR", "2021-01-01"), ("DNK", "IRL", "2024-01-01"), ("CHN", "HKG", "2020-01-01"),
          ("ISL", "NOR", "2020-01-01"), ("UKR", "RUS", "2022-12-01"), ("MNE", "SRB", "2006-06-06"), ("THA", "SGP", "2019-01-01"), ("BRA", "PRT", "2015-06-30")]


def draw(kb: KnowledgeBase, count: int, seed: int = SEED) -> list[Case]:
    """Draw cases: half of them between jurisdictions with many treaties, days from 1985 to 2026."""
    chance = random.Random(seed)
    codes = [row[0] for row in kb.base.execute("SELECT code FROM jurisdiction WHERE class IN ('State', 'Territory') ORDER BY code")]
    busy = [row[0] for row in kb.base.execute("SELECT code FROM jurisdiction WHERE class='State' AND code IN "
                                              "(SELECT jurisdiction FROM slice GROUP BY jurisdiction HAVING count(*) > 60) ORDER BY code")]
    first, last = dt.date(1985, 1, 1).toordinal(), dt.date(2026, 11, 23).toordinal()
    cases = []
    for number in range(count):
        a, b = chance.sample(busy if number % 2 else codes, 2)
        cases.append(Case(a, b, dt.date.fromordinal(chance.randint(first, last)), strict=number % 5 == 0))
    return cases


@pytest.fixture(scope="module")
def answered(kb: KnowledgeBase) -> list[tuple[Case, Findings]]:
    cases = [Case(a, b, dt.date.fromisoformat(on)) for a, b, on in CHOSEN] + draw(kb, DRAWN)
    return [(case, ask.conclude(kb.base, case)) for case in cases]


def _told(wrong: Iterator[str]) -> None:
    found = sorted(set(wrong))
    assert not found, "\n  ".join([f"{len(found)}:", *found[:20]])


def _named(value: str | None) -> str:
    return key(value or "")


def _options(findings: Findings) -> list[Finding]:
    return findings.of("Option")


# on findings


def test_every_measure_has_one_verdict(kb: KnowledgeBase, answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for case, findings in answered:
            for measure in measures(kb.base):
                found = [f for f in findings.of("ChannelVerdict") if _named(f.get("measure")) == measure]
                values = [v for f in found for v in f.values["verdict"]]
                if len(found) != 1 or len(values) != 1:
                    yield f"{case.key} {measure}: {values}"

    _told(wrong())


def test_every_option_has_one_verdict_and_one_standing(answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for case, findings in answered:
            for option in _options(findings):
                for kind, name in (("OptionVerdict", "verdict"), ("Standing", "standing")):
                    values = [v for f in findings.of(kind, of=option.iri) for v in f.values[name]]
                    if len(values) != 1:
                        yield f"{option.iri}: {name} {[_named(v) for v in values]} ({case.key})"

    _told(wrong())


def test_the_verdict_on_a_measure_is_that_of_its_best_option(answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for _case, findings in answered:
            for verdict in findings.of("ChannelVerdict"):
                options = {_named(f.get("verdict")) for f in findings.of("OptionVerdict", measure=verdict.get("measure") or "")}
                best = next((v for v in _OPEN if v in options), None)
                got = _named(verdict.get("verdict"))
                if got != best and (best or got in _OPEN):
                    yield f"{verdict.iri}: {got}, while its options are {sorted(options)}"
                if got == "unavailable" and "unknown" in options:
                    yield f"{verdict.iri}: unavailable, while an option is unknown"

    _told(wrong())


def test_nothing_is_available_on_an_open_condition(answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for _case, findings in answered:
            for verdict in findings.of("OptionVerdict"):
                if _named(verdict.get("verdict")) == "available":
                    option = verdict.get("of") or ""
                    yield from (f.iri for f in findings.of("ConditionUnknown", of=option))
                    if findings.of("LegalBasis", option=option) and not findings.of("BasisFree", option=option):
                        yield f"{option}: every basis has an open condition"
                    instrument = verdict.get("instrument") or "-"
                    if findings.of("PossibleBond", instrument=instrument) and not findings.of("TreatyBond", instrument=instrument):
                        yield f"{option}: the bond is uncertain"

    _told(wrong())


def test_what_is_superseded_gives_way_to_something_that_can_be_used(answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for case, findings in answered:
            for supersession in findings.of("Supersession"):
                newer = list(findings.of("OptionVerdict", instrument=supersession.get("by") or "", measure=supersession.get("measure") or ""))
                chain = list(findings.of("Supersession", instrument=supersession.get("by") or "", measure=supersession.get("measure") or ""))
                verdicts = {_named(f.get("verdict")) for f in newer}
                if not chain and not verdicts & {*_OPEN, *(("unknown",) if case.strict else ())}:
                    yield f"{supersession.iri}: {verdicts}"

    _told(wrong())


def test_what_stands_back_stands_back_behind_a_bond(answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for _case, findings in answered:
            for residual in findings.of("ResidualStanding"):
                if not findings.of("TreatyBond", instrument=residual.get("other") or "-"):
                    yield residual.iri

    _told(wrong())


def test_bonds_are_mutual(kb: KnowledgeBase, answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for case, findings in answered[:12]:
            other = ask.conclude(kb.base, Case(case.requested, case.requesting, case.on, strict=case.strict))
            for kind in ("TreatyBond", "PossibleBond", "InternalRelation"):
                mine, theirs = ({_named(f.get("instrument")) for f in found.of(kind)} for found in (findings, other))
                if mine != theirs:
                    yield f"{case.key} {kind}: {sorted(mine ^ theirs)}"

    _told(wrong())


def test_acts_of_the_union_bind_only_its_members(kb: KnowledgeBase, answered: list[tuple[Case, Findings]]) -> None:
    exit_day = dt.date(2021, 1, 1)  # the transition period of the United Kingdom ends
    acts = {f"{ID}instrument/{key(entry.iri)}" for entry in kb.base.of_class("EUAct")}

    def wrong() -> Iterator[str]:
        for case, findings in answered:
            members = {_named(f.get("party")) for f in findings.of("BoundSide", instrument=f"{ID}instrument/eu-membership")}
            if case.on < exit_day:
                members.add("GBR")
            yield from (f.iri for act in acts for f in findings.of("TreatyBond", instrument=act) if not {case.requesting, case.requested} <= members)

    _told(wrong())


def test_the_human_rights_convention_and_the_protocol_open_no_legal_assistance(answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for _case, findings in answered:
            yield from (f.iri for f in findings.of("Option", instrument=f"{ID}instrument/coe-005"))
            yield from (f.iri for f in findings.of("Option", instrument=f"{ID}instrument/palermo-tip")
                        if _named(f.get("measure")).startswith(("mla", "extradition", "surrender")))

    _told(wrong())


def test_treaties_open_nothing_inside_one_state(answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for _case, findings in answered:
            if findings.of("InternalRelation"):
                yield from (f.iri for f in _options(findings))

    _told(wrong())


def test_every_finding_names_its_rule_and_rests_on_what_there_is(kb: KnowledgeBase, answered: list[tuple[Case, Findings]]) -> None:
    seen: dict[str, bool] = {}

    def wrong() -> Iterator[str]:
        for _case, findings in answered:
            for iri, finding in findings.by_iri.items():
                if not finding.rules or not finding.premises or not finding.kinds:
                    yield f"{iri}: without rule or premises"
                for premise in finding.premises:
                    if premise not in findings.by_iri and not seen.setdefault(premise, kb.base.entry(premise) is not None):
                        yield f"{iri}: rests on {premise}, which is nowhere"

    _told(wrong())


def test_every_verdict_that_opens_something_rests_on_a_source(kb: KnowledgeBase, answered: list[tuple[Case, Findings]]) -> None:
    def wrong() -> Iterator[str]:
        for case, findings in answered:
            prover = Prover(kb.base, case, findings)
            for verdict in findings.of("OptionVerdict"):
                if _named(verdict.get("verdict")) in _OPEN and kb.base.weakest(prover.facts(verdict.iri)) == (None, None):
                    yield verdict.iri

    _told(wrong())


# on answers


@pytest.fixture(scope="module")
def channels(kb: KnowledgeBase, answered: list[tuple[Case, Findings]]) -> list[tuple[Case, Channel]]:
    """Answers to one measure a case, and to every lead measure of a few."""
    chance = random.Random(SEED)
    found = []
    for number, (case, _) in enumerate(answered):
        measure = None if number % 6 == 0 else chance.choice(measures(kb.base))
        answer = kb.channels(case.requesting, case.requested, measure=measure, on=case.on, strict=case.strict)
        found += [(case, channel) for channel in answer.channels]
    return found


def _each(channels: list[tuple[Case, Channel]]) -> Iterator[tuple[Case, Option]]:
    for case, channel in channels:
        for option in channel.options:
            yield case, option


def test_certainty_and_the_day_verified_agree(channels: list[tuple[Case, Channel]]) -> None:
    def wrong() -> Iterator[str]:
        for case, option in _each(channels):
            covered = option.verified_to is not None and option.verified_to >= case.on.isoformat()
            if option.instrument and (option.certainty == "confirmed") != covered:
                yield f"{option.finding}: {option.certainty}, verified to {option.verified_to}"

    _told(wrong())


def test_an_answer_in_short_agrees_with_its_best_option(channels: list[tuple[Case, Channel]]) -> None:
    def wrong() -> Iterator[str]:
        for _case, channel in channels:
            best = channel.best
            if best and (best.verdict, best.certainty, best.verified_to) != (channel.verdict, channel.certainty, channel.verified_to):
                yield channel.finding
            if not best and channel.verdict in _OPEN:
                yield f"{channel.finding}: {channel.verdict} without an option"

    _told(wrong())


def test_an_available_option_has_no_condition_that_is_not_met(channels: list[tuple[Case, Channel]]) -> None:
    _told(f"{option.finding}: {condition.code} {condition.state}" for _case, option in _each(channels) if option.verdict == "available"
          for condition in option.conditions if condition.state != "met")


def test_a_conditional_option_says_which_condition_is_open(channels: list[tuple[Case, Channel]]) -> None:
    _told(option.finding for _case, option in _each(channels) if option.verdict == "conditional" and all(c.state == "met" for c in option.conditions))


def test_what_is_not_available_or_not_known_has_a_reason(channels: list[tuple[Case, Channel]]) -> None:
    _told(f"{channel.finding}: {channel.verdict}" for _case, channel in channels if channel.verdict not in _OPEN and not channel.reasons)


def test_no_article_is_cited_that_the_instrument_does_not_have(kb: KnowledgeBase, channels: list[tuple[Case, Channel]]) -> None:
    def wrong() -> Iterator[str]:
        for _case, option in _each(channels):
            entry = kb.base.entry(f"{ID}instrument/{option.instrument}") if option.instrument else None
            allowed = {option.instrument, *(key(model) for model in (many(entry.block, "typicalContent") if entry else []))}
            for cited in option.provisions:
                provision = kb.base.entry(f"{ID}provision/{cited}")
                if provision is None or _named(one(provision.block, "instrument")) not in allowed:
                    yield f"{option.finding}: {cited}"

    _told(wrong())


def test_options_are_ranked_one_after_the_other(channels: list[tuple[Case, Channel]]) -> None:
    _told(channel.finding for _case, channel in channels if [o.rank for o in channel.options] != list(range(1, len(channel.options) + 1)))


def test_a_side_is_bound_from_a_day_that_has_come(channels: list[tuple[Case, Channel]]) -> None:
    _told(f"{option.finding}: {side} from {bond.since}" for case, option in _each(channels) if option.verdict in _OPEN
          for side, bond in option.bond.items() if (bond.since and bond.since > case.on) or (bond.until and bond.until <= case.on))


def test_asked_strictly_nothing_gets_better(kb: KnowledgeBase, answered: list[tuple[Case, Findings]]) -> None:
    order = ["available", "conditional", "unknown", "unavailable"]

    def wrong() -> Iterator[str]:
        for case, findings in answered[::3]:
            plain, strict = (ask.conclude(kb.base, Case(case.requesting, case.requested, case.on, strict=mode)) for mode in (False, True))
            for verdict in strict.of("ChannelVerdict"):
                before = _named(plain.of("ChannelVerdict", measure=verdict.get("measure") or "")[0].get("verdict"))
                after = _named(verdict.get("verdict"))
                if (after in _OPEN and order.index(after) < order.index(before)) or (after == "unavailable" and before == "unknown"):
                    yield f"{verdict.iri}: {before}, strictly {after}"
            assert findings.of("ChannelVerdict")

    _told(wrong())
