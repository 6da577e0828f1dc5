"""What the MCP server says: every reply keeps apart what is recorded, what the rules conclude from it, and what is not known here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lawkb.answer import Channel, Proof, plain
from lawkb.api import KnowledgeBase
from lawkb.citation import cite
from lawkb.errors import UNKNOWN, LawkbError
from lawkb.explain import explain
from lawkb.resolve import resolve
from lawkb.sources import coverage, sources_of
from lawkb.terms import ID
from lawkb.words import Words

Reply = dict[str, Any]
NOTE = ("Say only what stands under facts and inferences, each with its source or finding, and name what stands under unknown. "
        "Information on the law, not legal advice.")


def reply(kb: KnowledgeBase, answer: Any, facts: Iterable[Reply] = (), inferences: Iterable[Reply] = (), unknown: Iterable[Reply] = ()) -> Reply:
    """Return a reply: the answer, and apart from it facts, inferences, and what is unknown."""
    meta = kb.base.meta
    return {"answer": answer, "facts": list(facts), "inferences": list(inferences), "unknown": list(unknown),
            "made_from": {"release": meta["kb_version"], "facts": meta["kb_digest"], "rules": meta["rules_digest"]}, "note": NOTE}


def channels(kb: KnowledgeBase, requesting: str, requested: str, measure: str | None, on: str | None) -> Reply:
    """Return the verdicts between two jurisdictions: as inferences with what they rest on, and the open conditions as unknown."""
    found = kb.channels(requesting, requested, measure=measure, on=on)
    facts = [fact for channel in found.channels for fact in _cited(kb, channel.finding)] if measure else []
    inferences = [{"says": channel.says, "verdict": channel.verdict, "measure": channel.measure, "certainty": channel.certainty,
                   "verified_to": channel.verified_to, "grade": channel.grade, "finding": channel.finding} for channel in found.channels]
    answer = {"question": plain(found.question), "verdicts": {channel.measure: channel.verdict for channel in found.channels},
              "safeguards": [safeguard.text for safeguard in found.safeguards if safeguard.state != "no"], "notes": list(found.notes)}
    if measure:
        answer["options"] = [{"title": o.title, "verdict": o.verdict, "standing": o.standing, "provisions": list(o.provisions), "finding": o.finding}
                             for o in found.channels[0].options]
    else:
        answer["facts_of_a_measure"] = "ask again with the measure to be told the facts on which its verdict rests"
    return reply(kb, answer, facts, inferences, (line for channel in found.channels for line in _open(kb, channel)))


def _open(kb: KnowledgeBase, channel: Channel) -> Iterable[Reply]:
    words = Words(kb.base)
    best = channel.best
    for condition in best.conditions if best else ():
        if condition.state == "unknown":
            name = words.label(f"https://w3id.org/lawkb/concept/requirement/{condition.code}")
            yield {"measure": channel.measure, "what": f"whether this is met: {name}", "settled_by": condition.met_by, "finding": condition.finding}
    for reason in channel.reasons:
        if reason.code in ("not-covered", "uncertain-date"):
            yield {"measure": channel.measure, "what": reason.text, "settled_by": reason.look, "finding": reason.finding}


def _cited(kb: KnowledgeBase, iri: str) -> Iterable[Reply]:
    words = Words(kb.base)
    for source in sources_of(kb.base, iri)["sources"]:
        for fact in source["cited_for"]:
            kind, _, name = fact.partition(":")
            yield {"fact": fact, "says": words.label(f"{ID}{kind}/{name}"), "source": source["source"], "title": source["title"], "url": source["url"],
                   "as_at": source["as_at"], "grade": source["grade"], "confidence": source["confidence"]}


def treaties(kb: KnowledgeBase, a: str, b: str, on: str | None) -> Reply:
    """Return the instruments between two jurisdictions."""
    found = kb.treaties(a, b, on=on)
    facts = [{"fact": f"instrument:{line['instrument']}", "says": line["title"], "sides": line["sides"]} for name in ("signed_only", "ended", "pending")
             for line in found[name]]
    inferences = [{"says": f"{line['title']} is in force between the two", "from": line["from"], "verified_to": line["verified_to"], "finding": line["finding"]}
                  for line in found["in_force"]]
    unknown = [{"what": f"whether {line['title']} is in force between the two", "settled_by": "the depositary"} for line in found["uncertain"]]
    return reply(kb, found, facts, inferences, unknown)


def parties(kb: KnowledgeBase, instrument: str, on: str | None) -> Reply:
    """Return who is bound by an instrument."""
    found = kb.parties(instrument, on=on)
    inferences = [{"says": f"{found['title']} binds {row['party']}", "from": row["from"], "finding": row["finding"], "grade": row["grade"]}
                  for row in found["parties"]]
    facts = [{"says": f"{row['party']} has signed only", "date": row["date"], "grade": row["grade"]} for row in found["signatories_only"]]
    unknown = [{"what": f"whether {found['title']} binds {row['party']}", "settled_by": "the depositary"} for row in found["uncertain"]]
    if found["certainty"] == "last-known":
        unknown.append({"what": f"acts after {found['verified_to'] or 'a day that is not recorded'}", "settled_by": "the depositary"})
    return reply(kb, {name: found[name] for name in ("instrument", "title", "on", "bound", "consents", "verified_to", "certainty")}, facts, inferences, unknown)


def explained(kb: KnowledgeBase, iri: str) -> Reply:
    """Return the proof of a finding or what is known of a fact."""
    found = explain(kb.base, iri)
    if isinstance(found, Proof):
        return reply(kb, {"says": found.says, "finding": found.finding}, _leaves(found), _steps(found))
    return reply(kb, found, [{"fact": found.get("name", found["iri"]), "says": found.get("label"), "sources": found.get("sources", [])}])


def _steps(proof: Proof) -> Iterable[Reply]:
    if proof.rule:
        yield {"says": proof.says, "rule": proof.rule, "law": proof.law, "finding": proof.finding}
    for premise in proof.premises:
        yield from _steps(premise)


def _leaves(proof: Proof) -> Iterable[Reply]:
    if not proof.rule:
        yield {"fact": proof.finding, "says": proof.says, "sources": plain(proof.citations)}
    for premise in proof.premises:
        yield from _leaves(premise)


def resolved(kb: KnowledgeBase, name: str) -> Reply:
    """Return the true thing behind a name, or that none was found."""
    found = resolve(kb.base, name)
    facts = [{"fact": line["thing"], "says": line["says"], "verdict": line["verdict"], "grade": line["grade"]} for line in found["found"]]
    unknown = [] if found["found"] else [{"what": f"what is meant by {name}", "settled_by": "the full name, or the code of the thing"}]
    return reply(kb, found, facts, unknown=unknown)


def covered(kb: KnowledgeBase, subject: str | None) -> Reply:
    """Return how far the lists of an instrument or a jurisdiction are complete: what they leave open is unknown."""
    found = coverage(kb.base, subject)
    unknown = [{"what": line["gaps"] or f"{line['label']}: {line['completeness']}", "settled_by": "the source of the list"} for line in found["coverage"]
               if line["leaves_open"]]
    lines = found["coverage"] if subject else found["coverage"][:25]
    return reply(kb, {**found, "coverage": lines}, unknown=unknown if subject else unknown[:25])


def verified(kb: KnowledgeBase, instrument: str, article: str) -> Reply:
    """Return what an instrument says at an article; where nothing is recorded the citation is refused."""
    found = cite(kb.base, kb.base.instruments.resolve(instrument), article)
    facts = [{"fact": line["fact"], "says": line["summary"], "article": line["article"], "sources": line["sources"], "grade": line["grade"]}
             for line in (*found["at"], *found["below"])]
    unknown = [] if found["at"] else [{"what": found["says"], "settled_by": "the text of the instrument"}]
    return reply(kb, {"state": found["state"], "may_be_cited": bool(found["at"]), "says": found["says"]}, facts, unknown=unknown)


def refusal(kb: KnowledgeBase, error: LawkbError) -> Reply:
    """Return the reply to a question that the knowledge base does not cover."""
    return reply(kb, None, unknown=[{"what": str(error), "settled_by": error.expected or "the depositary or the authority concerned"}])


def not_covered(error: LawkbError) -> bool:
    """Whether a question failed because the knowledge base does not cover it, and not because it was asked wrongly."""
    return error.exit_code == UNKNOWN
