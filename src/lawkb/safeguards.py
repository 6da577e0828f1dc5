"""Reads the safeguards of an answer off the findings: what has to be thought of, for the sake of the persons concerned, before a request is made."""

from __future__ import annotations

from collections.abc import Iterable

from lawkb.answer import Safeguard
from lawkb.base import Base, Entry
from lawkb.case import Case
from lawkb.infer import Findings
from lawkb.options import slug_of_article
from lawkb.proof import Prover
from lawkb.terms import ID, curie, key


def safeguards(base: Base, case: Case, findings: Findings, prover: Prover) -> Iterable[Safeguard]:
    """Yield the safeguards in their order, those of the requesting side first.

    `state` is `yes` where the safeguard has to be dealt with (a clause binds, a risk is there), `no` where what is recorded
    says that it has not, `unknown` where nothing recorded settles it: then `look` says where to look.
    """
    concepts = sorted(base.scheme("safeguard"), key=lambda entry: int(entry.one("order") or 0))
    for concept in concepts:
        found = findings.of("SafeguardFinding", safeguard=concept.iri)
        found.sort(key=lambda f: (key(f.get("party") or "") != case.requesting, key(f.get("applies") or "") != "yes", f.iri))
        for finding in found:
            clause, provision = base.entry(finding.get("clause") or ""), finding.get("provision")
            if clause:
                provision = f"{key(clause.one('instrument') or '')}.{slug_of_article(clause.one('article') or '')}"
            fact = next((value for name in ("clause", "provision", "offence", "domestic", "onMeasureForVictims") if (value := finding.get(name))), None)
            yield Safeguard(code=key(concept.iri), side=key(finding.get("party") or ""), state=key(finding.get("applies") or ""),
                            provision=key(provision) if provision else None, fact=curie(fact) if fact else None, text=prover.sentence(finding),
                            look=None, finding=finding.iri)
        told = {key(f.get("party") or "") for f in found}
        for side in _asked(concept, case):
            if side not in told and not (key(concept.iri) == "data-protection" and told):
                label = prover.words.label(f"{ID}jur/{side}")
                yield Safeguard(code=key(concept.iri), side=side, state="unknown", provision=None, fact=None,
                                text=f"Nothing recorded settles it for {label}.", look=concept.one("look"), finding=None)


def _asked(safeguard: Entry, case: Case) -> tuple[str, ...]:
    """Of which side a safeguard is asked: the one that asks, the one that is asked, else both."""
    sides = {"requesting": (case.requesting,), "requested": (case.requested or "",)}
    return sides.get(key(safeguard.one("askedOf") or ""), case.sides)
