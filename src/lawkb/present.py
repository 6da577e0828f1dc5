"""Answers as pages for people: the verdict first, then the basis and its articles, what must hold, what is missing, dates and grade."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lawkb.answer import Answer, Channel, Condition, Option, Proof, Reason, RefusalGround
from lawkb.base import Base
from lawkb.disputes import in_words
from lawkb.facts import many, text
from lawkb.page import Heading, Items, Para, Part, Table
from lawkb.terms import CONCEPT, ID, LAW, expand, key
from lawkb.words import Words, opening

SUMMARY = LAW + "summary"


def channels_page(base: Base, answer: Answer, explain: bool = False) -> list[Part]:
    """Return the page of a `channels` answer."""
    return list(_Page(base, answer).parts(explain))


def channels_rows(answer: Answer) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return a `channels` answer as a table: a row a channel, with its best option."""
    columns = ("channel", "measure", "verdict", "instrument", "provisions", "standing", "certainty", "verified_to", "grade", "confidence", "finding")
    rows = []
    for channel in answer.channels:
        best = channel.best
        basis = (best.instrument or best.network or best.domestic or "", " ".join(best.provisions), best.standing) if best else ("", "", "")
        rows.append([channel.channel, channel.measure, channel.verdict, *basis, channel.certainty, channel.verified_to or "", channel.grade or "",
                     channel.confidence or "", channel.finding])
    return columns, rows


class _Page:
    def __init__(self, base: Base, answer: Answer) -> None:
        self.base, self.answer, self.words = base, answer, Words(base)
        self.several = answer.question["measure"] is None
        self.asking = self.words.named(answer.question["requesting"])
        self.asked = self.words.named(answer.question["requested"])
        self.scopes = {key(r) for entry in base.scheme("scope") for r in many(entry.block, "requires")}

    def parts(self, explain: bool) -> Iterator[Part]:
        question = self.answer.question
        yield Heading(opening(f"{self.asking} asks {self.asked}: trafficking in persons, law as of {self.words.day(question['on'])}"), 1)
        yield from self.overview() if self.several else self.single(self.answer.channels[0])
        if explain:
            yield Heading("Proof")
            for channel in self.answer.channels:
                if channel.proof:
                    yield from proof_parts(channel.proof)
        yield Heading("Read this too")
        yield Items([(0, note) for note in self.answer.notes] + [(0, self.made_from())])

    def overview(self) -> Iterator[Part]:
        """Every channel: a sentence that can be quoted, the table of verdicts, what must hold, the measures of each channel."""
        live = [channel for channel in self.answer.channels if channel.best]
        lead = live[0] if live else self.answer.channels[0]
        yield Para(self.sentence(lead), strong=True)
        yield from self.safeguards()
        yield Heading("Verdicts")
        yield self.table()
        if live:
            yield Heading("What must hold, and what else there is")
            yield Items([item for channel in live for item in self.in_short(channel)])
        open_ones = dict.fromkeys(self.reason(r) for c in self.answer.channels for r in c.reasons if r.code == "not-covered")
        if open_ones:
            yield Heading("What is not covered here, whatever the verdict")
            yield Items([(0, text) for text in open_ones])
        measures = [[self.channel(c.channel), self.measure(m), v] for c in self.answer.channels for m, v in c.measures.items()]
        if measures:
            yield Heading("Measure by measure")
            yield Table(("channel", "measure", "verdict"), measures)
        yield Para("Ask for one measure to see every option, refusal grounds, clocks and what is missing: --measure "
                   f"{live[0].measure if live else self.answer.channels[0].measure}")

    def single(self, channel: Channel) -> Iterator[Part]:
        """One measure: every option with all that decides it, and what stands in the way."""
        yield Para(self.sentence(channel), strong=True)
        yield from self.safeguards()
        yield Heading("Verdict")
        yield self.table()
        yield Heading("Options, the first first")
        items = [item for option in channel.options for item in self.option(option)]
        yield Items(items) if items else Para("No instrument in force between the two opens it.")
        if channel.facilitators:
            yield Heading("Who can help with the request")
            yield Items([(0, f"{f.title}: {f.summary} (no legal basis)") for f in channel.facilitators])
        if channel.reasons:
            yield Heading("What stands in the way, or is not covered")
            yield Items([(0, self.reason(r)) for r in channel.reasons])

    def safeguards(self) -> Iterator[Part]:
        """Safeguards come before any ranking; clauses that say the same for a side stand in one line."""
        said: dict[tuple[str, str, str], list[str]] = {}
        for s in self.answer.safeguards:
            line = self.words.label(expand(s.fact)) if s.fact and s.fact.startswith(("clause:", "provision:")) else s.text.rstrip(".")
            said.setdefault((s.code, s.side, s.state), []).append(line + (f"; look at {s.look}" if s.look else ""))
        states = {"yes": "to be dealt with", "no": "nothing recorded calls for it", "unknown": "unknown"}
        if said:
            yield Heading("Safeguards first")
            yield Items([(0, f"{self.words.label(f'{CONCEPT}safeguard/{code}').capitalize()}, {self.words.label(f'{ID}jur/{side}')}: {states[state]}"
                             f" ({'; '.join(dict.fromkeys(lines))})") for (code, side, state), lines in said.items()])

    def table(self) -> Table:
        return Table(("channel", "verdict", "basis", "standing", "known to", "grade"), [self.row(c) for c in self.answer.channels])

    def in_short(self, channel: Channel) -> Iterator[tuple[int, str]]:
        best = channel.best
        if best is None:
            return
        terms = self.terms(best, self.condition)
        yield 0, f"{self.channel(channel.channel).capitalize()} ({self.articles(best)}): {'; '.join(terms) if terms else 'no open condition'}"
        yield 1, self.rests_on(best)
        others = [f"{o.title if o.instrument else self.articles(o)} ({o.verdict}, {o.standing})"
                  for o in channel.options if o is not best and o.verdict in ("available", "conditional")]
        if others:
            yield 1, f"also: {', '.join(others)}"
        if channel.facilitators:
            yield 1, f"help with requests, no legal basis: {', '.join(f.title for f in channel.facilitators)}"
        if any(r.act for r in channel.reasons):
            yield from ((1, self.reason(r)) for r in channel.reasons if r.act)

    def sentence(self, channel: Channel) -> str:
        """One plain sentence that a prosecutor could quote, drawn from the findings."""
        on, what = self.words.day(self.answer.question["on"]), self.measure(channel.measure)
        best = channel.best
        if best is None:
            why = f": {channel.reasons[0].text}" if channel.reasons else ""
            head = {"unavailable": f"On {on} {self.asking} cannot ask {self.asked} for {what} under any instrument recorded here",
                    "unknown": f"Whether {self.asking} can ask {self.asked} for {what} on {on} is not known here"}[channel.verdict]
            return f"{head}{why}".rstrip(".") + "."
        articles = self.articles(best)
        open_ones = self.terms(best, self.short)
        gives = f" ({self.words.label(f'{CONCEPT}service-kind/{best.gives}')})" if best.gives else ""
        terms = f", conditionally: {'; '.join(open_ones)}" if open_ones else ""
        known = f" (as last known on {self.words.day(best.verified_to)})" if best.certainty == "last-known" and best.verified_to else (
            " (as last known; the list of parties was not verified to a day)" if best.certainty == "last-known" else "")
        return f"On {on} {self.asking} can ask {self.asked} for {what} {self.through(best)} {articles}{gives}{terms}{known}."

    def row(self, channel: Channel) -> list[str]:
        best = channel.best or (channel.options[0] if channel.options else None)
        name = self.channel(channel.channel)
        what = name if self.several else self.measure(channel.measure)
        grade = f"{channel.grade} ({channel.confidence})" if channel.grade else ""
        return [what, channel.verdict, self.articles(best) if best else self.first_reason(channel), best.standing if best else "",
                (best.verified_to or "no day") if best else (channel.verified_to or ""), grade]

    def first_reason(self, channel: Channel) -> str:
        return channel.reasons[0].text if channel.reasons else ""

    def option(self, option: Option) -> Iterator[tuple[int, str]]:
        route = f", {self.words.label(f'{CONCEPT}route/{option.route}')}" if option.route and option.route != "any" else ""
        yield 0, f"{self.articles(option)}: {option.verdict}, {option.standing}{route}"
        for reason in option.rank_reasons[:2]:
            yield 1, reason
        for condition in option.conditions:
            would = f"would be met by {condition.met_by}" if condition.met_by and not (condition.why and condition.state == "met") else ""
            told = "; ".join(part for part in ((condition.why or "").rstrip("."), would) if part)
            met = f" ({told})" if told else ""
            yield 1, f"{condition.state}: {self.condition(condition, bool(option.network))}{met}"
        yield 1, self.rests_on(option)
        if option.disputed:
            names = "; ".join(self.words.label(expand(fact)) for fact in option.disputed)
            yield 1, f"sources differ on: {names} (lawkb explain {option.disputed[0]} says how)"
        if option.refusal_grounds:
            yield 1, "may be refused for: " + "; ".join(dict.fromkeys(self.ground(r) for r in option.refusal_grounds))
        if instead := dict.fromkeys(p for r in option.refusal_grounds for p in r.instead):
            yield 1, "where a national is not handed over: " + "; ".join(self.provision(p) for p in instead)
        if option.use_limits:
            yield 1, "limits on use: " + "; ".join(self.provision(u.provision) for u in option.use_limits)
        for statement in option.statements:
            yield 1, f"{statement['kind']} of {self.words.named(statement['party'])}{self.dated(statement)}: {statement['summary']}"
        for clock in option.time_limits[:3]:
            yield 1, f"clock: {clock.days} days, {self.words.label(f'{ID}provision/{clock.provision}')}: {clock.summary}"
        if option.languages:
            yield 1, f"languages notified: {', '.join(option.languages)}"
        for authority in option.authorities[:3]:
            note = " (unverified: confirm in the UNODC directory or the EJN Atlas)" if authority["unverified"] else ""
            yield 1, f"authority: {authority['name']}{note}"

    def rests_on(self, option: Option) -> str:
        """What an option rests on: the days since which the instrument binds, or that it is no treaty."""
        if option.network:
            gives = f": {self.words.label(f'{CONCEPT}service-kind/{option.gives}')}" if option.gives else ""
            return f"through a body to which both are linked, no treaty{gives}"
        if option.domestic:
            return "under the domestic law of the requested side, no treaty: it may grant the request and is not bound to"
        return f"in force {self.since(option)}"

    def provision(self, slug: str) -> str:
        entry = self.base.entry(f"{ID}provision/{slug}")
        summary = (entry.block.get(SUMMARY) or [""])[0] if entry else ""
        return self.words.label(f"{ID}provision/{slug}") + (f" ({text(summary)})" if summary else "")

    def dated(self, statement: Mapping[str, Any]) -> str:
        article = f" on art. {statement['article']}" if statement["article"] else ""
        return article + (f", {self.words.day(statement['date'])}" if statement["date"] else "")

    def since(self, option: Option) -> str:
        return "; ".join(f"for {self.words.named(side)} since {self.words.day(bond.since) if bond.since else 'a day not recorded'} ({bond.kind})"
                         for side, bond in option.bond.items())

    def reason(self, reason: Reason) -> str:
        known = f" (as last known on {reason.verified_to})" if reason.certainty == "last-known" and reason.verified_to else ""
        look = f" Look: {reason.look}" if reason.look and reason.code in ("not-covered", "uncertain-date", "internal") and "look at" not in reason.text else ""
        return f"{reason.text.rstrip('.')}{known}.{look}"

    def terms(self, option: Option, say: Callable[[Condition], str]) -> list[str]:
        """The open conditions of an option in words; those of alternative bases are joined by "or"."""
        own = [c for c in option.conditions if c.state != "met"]
        bases: dict[str, list[str]] = {}
        for condition in own:
            if condition.basis:
                bases.setdefault(condition.basis, []).append(say(condition))
        either = [" and ".join(dict.fromkeys(words)) for words in bases.values()]
        return ([" or ".join(dict.fromkeys(either))] if either else []) + list(dict.fromkeys(say(c) for c in own if not c.basis))

    def short(self, condition: Condition) -> str:
        return self.requirement(condition.code)

    def condition(self, condition: Condition, network: bool = False) -> str:
        where = (self.words.label(f"{ID}provision/{condition.provision}") if condition.provision
                 else self.words.label(expand(condition.statement)) if condition.statement
                 else self.words.label(expand(condition.domestic)) if condition.domestic else "by the terms of the body" if network
                 else "by its scope" if condition.code in self.scopes else "")
        return f"{self.requirement(condition.code)}, {where}" if where else self.requirement(condition.code)

    def through(self, option: Option) -> str:
        return "through" if option.network else "under"

    def channel(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}channel/{code}")

    def articles(self, option: Option) -> str:
        if option.domestic:
            return f"the law of {self.asked} ({option.title})"
        if not option.provisions:
            return option.title
        labels = [self.words.label(f"{ID}provision/{p}") for p in option.provisions]
        stem = f"{option.title} art. "
        short = [label.removeprefix(stem) if n and label.startswith(stem) else label for n, label in enumerate(labels)]
        return ", ".join(short) if labels[0].startswith(option.title) else f"{option.title} (typically as {', '.join(short)})"

    def measure(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}measure/{code}")

    def requirement(self, code: str) -> str:
        return self.words.label(f"{CONCEPT}requirement/{code}")

    def ground(self, ground: RefusalGround) -> str:
        law = f" ({self.words.label(expand(ground.domestic))})" if ground.domestic else ""
        return self.words.label(f"{CONCEPT}ground/{ground.ground}") + (" (must)" if ground.mandatory else "") + law

    def made_from(self) -> str:
        kb = self.answer.kb
        local = f", with {len(kb['overlays'])} overlay(s) of your own" if kb["overlays"] else ""
        return f"Made from the knowledge base of {kb['version']} ({kb['digest'][:19]}){local}."


def proof_parts(proof: Proof) -> list[Part]:
    """Return a proof as a list: each finding with its law, each fact with its source, file and grade."""
    items: list[tuple[int, str]] = []
    seen: set[str] = set()

    def walk(node: Proof, depth: int) -> None:
        law = f" [{node.law}]" if node.law else ""
        again = node.finding in seen and bool(node.premises)
        items.append((depth, f"{node.says}{law}{' (shown above)' if again else ''}"))
        if again:
            return
        seen.add(node.finding)
        for citation in node.citations:
            told = f"as at {citation.as_at}" if citation.as_at else "no day given"
            mark = ", local" if citation.local else ""
            items.append((depth + 1, f"source: {citation.title} ({told}; {citation.grade}, {citation.confidence}{mark}) in {citation.file}"))
        items.extend((depth + 1, in_words(dispute)) for dispute in node.disputes)
        for premise in node.premises:
            walk(premise, depth + 1)

    walk(proof, 0)
    return [Items(items)]
