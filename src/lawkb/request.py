"""Answers `request`: to whom, by which way, in which language, saying what, and what to expect: for the best option and the others.

Options, conditions and grounds come from the answer on channels; contents, forbidden grounds and urgent ways are findings of
rules that run for this question only.
"""

from __future__ import annotations

from typing import Any

from lawkb.answer import Answer, Channel, Option, plain
from lawkb.ask import channels, conclude
from lawkb.base import Base
from lawkb.case import Case
from lawkb.errors import LawkbError
from lawkb.facts import many, one
from lawkb.infer import Finding, Findings
from lawkb.names import quoted
from lawkb.particulars import national, of_option, open_points
from lawkb.proof import Prover
from lawkb.terms import CONCEPT, ID, curie, expand, key

_LIVE = ("available", "conditional")
_ALTERNATIVES = 3


def request(base: Base, case: Case, measure: str, language: str | None = None) -> dict[str, Any]:
    """Return all that a request for a measure needs, for the best option and up to three others.

    Args:
        base: the compiled knowledge base.
        case: who asks whom, and on which day.
        measure: the code of the measure.
        language: an ISO 639-1 code: the language in which one would write.

    Raises:
        LawkbError: there is no such measure, the language is no code, or both sides are the same.
    """
    if language is not None and not (len(language) == 2 and language.isascii() and language.isalpha()):
        raise LawkbError(f"{quoted(language)} is no language code", "Give an ISO 639-1 code of two letters, such as en, fr, it")
    answer = channels(base, case, measure)
    channel = answer.channels[0]
    reader = _Reader(base, case, answer, language.lower() if language else None)
    live = [option for option in channel.options if option.verdict in _LIVE]
    best = channel.best
    ordered = ([best] if best else []) + [option for option in live if option is not best]
    return {"question": {**plain(answer.question), "command": "request", "language": language}, "kb": plain(answer.kb), "rules": plain(answer.rules),
            "verdict": channel.verdict, "channel": channel.channel, "measure": channel.measure, "finding": channel.finding,
            "says": channel.says, "options": [reader.option(option) for option in ordered[:1 + _ALTERNATIVES]],
            "further": [option.title for option in ordered[1 + _ALTERNATIVES:]], "contents": reader.union(ordered),
            "national": [*national(base, case.requested or "", "limitation", "data-protection", "request-additions"),
                         *national(base, case.requesting, "limitation")],
            "reasons": [plain(reason) for reason in _open(channel)], "notes": list(answer.notes)}


def _open(channel: Channel) -> list[Any]:
    return list(channel.reasons) if not channel.best else [reason for reason in channel.reasons if reason.code in ("not-covered", "uncertain-date")]


class _Reader:
    def __init__(self, base: Base, case: Case, answer: Answer, language: str | None) -> None:
        self.base, self.case, self.answer, self.language = base, case, answer, language
        self.found: Findings = conclude(base, case, "request")
        self.prover = Prover(base, case, self.found)
        self.words = self.prover.words

    def option(self, option: Option) -> dict[str, Any]:
        of = self.option_of(option)
        grounds = sorted(option.refusal_grounds, key=lambda g: (not g.mandatory, g.ground, g.provision or g.statement or ""))
        told = of_option(self.base, self.found, of)
        accepted = sorted({*option.languages, *(code for authority in option.authorities for code in authority.get("languages", ()))})
        return {
            "instrument": option.instrument, "title": option.title, "verdict": option.verdict, "standing": option.standing,
            "provisions": [{"provision": p, "label": self.words.label(f"{ID}provision/{p}")} for p in option.provisions],
            "authorities": self.authorities(option), "route": option.route,
            "urgent": [self.provision(f) for f in self.found.of("UrgentRoute", of=of)],
            "languages": {"notified": list(option.languages), "accepted": accepted, "yours": self.language, "yours_accepted": self.accepts(accepted),
                          "own": (own := self.own_languages(option)), "own_accepted": [code for code in own if code in accepted]},
            "contents": self.contents(option), "conditions": [plain(condition) for condition in option.conditions],
            "refusal_grounds": [plain(ground) | {"meet": self.meet(ground.ground, option), "label": self.cited(ground)} for ground in grounds],
            "excluded_grounds": [self.excluded(f) for f in self.found.of("ExcludedGround", of=of)],
            "time_limits": [plain(limit) | {"label": self.words.label(f"{ID}provision/{limit.provision}")} for limit in option.time_limits],
            "use_limits": [plain(limit) | {"label": self.words.label(f"{ID}provision/{limit.provision}")} for limit in option.use_limits
                           if self.binds(limit.provision)],
            "particulars": told, "open_points": open_points(self.base, self.answer.channels[0].measure, (line["point"] for line in told)),
            "certainty": option.certainty, "verified_to": option.verified_to, "grade": option.grade, "confidence": option.confidence, "finding": option.finding}

    def authorities(self, option: Option) -> list[dict[str, Any]]:
        """The authorities of the requested side, those named for this very instrument first; `own` tells them apart."""
        found = []
        for authority in option.authorities:
            entry = self.base.entry(expand(authority["authority"]))
            found.append(plain(authority) | {"own": bool(entry and one(entry.block, "instrument"))})
        return sorted(found, key=lambda authority: not authority["own"])

    def option_of(self, option: Option) -> str:
        return option.finding.removesuffix("/verdict")

    def binds(self, provision: str) -> bool:
        """Whether a provision asks something of the side that makes the request."""
        entry = self.base.entry(f"{ID}provision/{provision}")
        return entry is not None and any(key(addressee) in ("requesting", "both") for addressee in many(entry.block, "addressee"))

    def accepts(self, accepted: list[str]) -> str:
        """Whether the language is accepted: yes, no-record (the list is not known to be complete), or unknown (nothing is recorded)."""
        if self.language is None or not accepted:
            return "unknown"
        return "yes" if self.language in accepted else "not-recorded"

    def own_languages(self, option: Option) -> list[str]:
        """The languages recorded for the requesting side itself: of its authorities for the channel, and of its statements on the instrument."""
        mine, group = f"{ID}jur/{self.case.requesting}", f"{CONCEPT}measure-group/{self.answer.channels[0].channel}"
        authorities = [e for e in self.base.concerning(mine, "Authority") if group in many(e.block, "measureGroup")]
        listed = [*authorities, *self.base.concerning(f"{ID}instrument/{option.instrument}", "Declaration", "Notification")]
        day = self.case.on.toordinal()
        return sorted({code for e in listed if mine in (one(e.block, "jurisdiction"), one(e.block, "party"))
                       and int(one(e.block, "fromDay") or 0) <= day < int(one(e.block, "untilDay") or day + 1) for code in many(e.block, "language")})

    def contents(self, option: Option) -> list[dict[str, Any]]:
        found = [self.content(f) for f in self.found.of("ContentFinding", of=self.option_of(option))]
        return sorted(found, key=lambda item: (not item["required"], item["label"]))

    def content(self, finding: Finding) -> dict[str, Any]:
        fact = finding.get("content") or ""
        entry = self.base.entry(fact)
        block = entry.block if entry else {}
        instrument, item = one(block, "instrument") or "", one(block, "item") or ""
        grade, confidence = self.base.weakest([fact])
        return {"item": key(item), "name": self.words.label(item), "required": one(block, "required") == "true", "summary": one(block, "summary") or "",
                "instrument": key(instrument), "label": f"{self.words.label(instrument)} art. {one(block, 'article')}",
                "typical": finding.get("typical") == "true",
                "fact": curie(fact), "grade": grade, "confidence": confidence, "finding": finding.iri}

    def union(self, options: list[Option]) -> list[dict[str, Any]]:
        """All contents that the live options ask for, each item once with every article that asks for it."""
        items: dict[str, dict[str, Any]] = {}
        for option in options:
            for content in self.contents(option):
                item = items.setdefault(content["item"], {"item": content["item"], "name": content["name"], "required": False, "articles": [], "summaries": []})
                item["required"] |= content["required"]
                for name, value in (("articles", content["label"]), ("summaries", content["summary"])):
                    if value and value not in item[name]:
                        item[name].append(value)
        return sorted(items.values(), key=lambda item: not item["required"])

    def provision(self, finding: Finding) -> dict[str, Any]:
        iri = finding.get("provision") or ""
        entry = self.base.entry(iri)
        return {"provision": key(iri), "label": self.words.label(iri), "summary": one(entry.block, "summary") if entry else "", "finding": finding.iri}

    def excluded(self, finding: Finding) -> dict[str, Any]:
        entry = self.base.entry(finding.get("refusal") or "")
        block = entry.block if entry else {}
        return {"ground": key(finding.get("ground") or ""), "label": f"{self.words.label(one(block, 'instrument') or '')} art. {one(block, 'article')}",
                "then": one(block, "then"), "finding": finding.iri}

    def meet(self, ground: str, option: Option) -> str:
        return self.words.met_by(f"{CONCEPT}ground/{ground}", self.case, f"{ID}instrument/{option.instrument}" if option.instrument else "")

    def cited(self, ground: Any) -> str:
        if ground.provision:
            instrument, _, _ = ground.provision.partition(".")
            label = self.words.label(f"{ID}provision/{ground.provision}")
            return label if label != ground.provision else f"{self.words.label(f'{ID}instrument/{instrument}')} art. {ground.provision.partition('.')[2]}"
        return self.words.label(expand(ground.statement)) if ground.statement else self.words.label(expand(ground.domestic)) if ground.domestic else "not cited"
