"""The typed answer: what the command line prints as JSON and what a program gets. Frozen, so that it can be shared and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import Any

SCHEMA = "lawkb/answer/1"


@dataclass(frozen=True)
class Citation:
    """A fact of the knowledge base on which an answer rests, and where it was read.

    `grade` is how it was read (dataset, page, memory), `confidence` how sure that is (high, medium, low), `as_at` the day
    (or month, or year) that the source speaks of.
    """

    fact: str
    label: str
    source: str | None
    title: str | None
    url: str | None
    as_at: str | None
    grade: str | None
    confidence: str | None
    file: str | None
    local: bool = False


@dataclass(frozen=True)
class Dispute:
    """A record that sources differ on a fact: the value that was kept, the other one, who says that, and why one was kept.

    `conflict` is the record (or the source that says otherwise, with its `title`).
    """

    conflict: str
    kept: str | None
    other: str | None
    source_other: str | None
    reason: str | None
    title: str | None = None


@dataclass(frozen=True)
class Proof:
    """A finding with the rule that drew it and its premises, down to facts, their sources and what disputes them."""

    finding: str
    rule: str | None
    law: str | None
    says: str
    premises: tuple[Proof, ...] = ()
    citations: tuple[Citation, ...] = ()
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True)
class Condition:
    """What must hold for an option: its code, whether it is met, unmet or unknown, the provision that asks for it, what would meet it.

    `basis` is set when the condition is that of one basis only: where several bases are named, one of them is enough.
    `domestic` names the rule of domestic law that asks for it, `why` says why it is met or unmet, or what leaves it open.
    """

    code: str
    state: str
    provision: str | None
    basis: str | None
    statement: str | None
    met_by: str
    finding: str
    domestic: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class RefusalGround:
    """A ground on which the requested side may, or must, refuse; `then` says what follows if it does.

    `domestic` names the rule of its own law on which it would refuse, `instead` the provisions that then apply.
    """

    ground: str
    mandatory: bool
    provision: str | None
    statement: str | None
    then: str | None
    typical: bool
    finding: str
    domestic: str | None = None
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimeLimit:
    """A clock that the instrument sets, in days."""

    days: int
    provision: str
    summary: str


@dataclass(frozen=True)
class UseLimit:
    """What may not be done with the person or with what is handed over: speciality, use, confidentiality."""

    provision: str
    summary: str
    finding: str


@dataclass(frozen=True)
class Safeguard:
    """A safeguard of persons: `state` is yes (it has to be dealt with), no, or unknown (then `look` says where to look)."""

    code: str
    side: str
    state: str
    provision: str | None
    fact: str | None
    text: str
    look: str | None
    finding: str | None


@dataclass(frozen=True)
class Bond:
    """How one side is bound: the act and the first day (None: the day is not known)."""

    act: str
    kind: str
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True)
class Option:
    """On what a request can (or cannot) rest, with everything that decides it.

    That is an instrument, or a body to which both belong (`network`, with what it `gives`, and the network of the requesting
    side `through` which a request is passed on), or the domestic law of the requested side (`domestic`); then `instrument` is None.
    `disputed` names the facts on which it rests and on which sources differ.
    """

    instrument: str | None
    title: str
    standing: str
    verdict: str
    rank: int
    rank_reasons: tuple[str, ...]
    provisions: tuple[str, ...]
    route: str | None
    authorities: tuple[Mapping[str, Any], ...]
    languages: tuple[str, ...]
    conditions: tuple[Condition, ...]
    refusal_grounds: tuple[RefusalGround, ...]
    time_limits: tuple[TimeLimit, ...]
    supplemented_by: tuple[str, ...]
    bond: Mapping[str, Bond]
    certainty: str
    verified_to: str | None
    grade: str
    confidence: str
    finding: str
    proof: Proof | None = None
    network: str | None = None
    through: str | None = None
    domestic: str | None = None
    gives: str | None = None
    use_limits: tuple[UseLimit, ...] = ()
    statements: tuple[Mapping[str, Any], ...] = ()
    disputed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facilitator:
    """A body that helps to prepare and carry requests between the two; it is no legal basis."""

    network: str
    title: str
    summary: str
    finding: str


@dataclass(frozen=True)
class Reason:
    """Why something is not available or not known, and where to look.

    Codes: no-bond, ended, suspended, excluded, barred, superseded, not-covered, no-membership, uncertain-date, internal.
    """

    code: str
    text: str
    instrument: str | None
    missing: tuple[str, ...]
    provision: str | None
    act: str | None
    certainty: str
    verified_to: str | None
    look: str | None
    finding: str
    network: str | None = None


@dataclass(frozen=True)
class Channel:
    """One channel (or one measure of it) with its verdict: available, conditional, unavailable, unknown."""

    channel: str
    measure: str
    verdict: str
    certainty: str
    verified_to: str | None
    grade: str | None
    confidence: str | None
    finding: str
    says: str
    options: tuple[Option, ...]
    reasons: tuple[Reason, ...]
    measures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    proof: Proof | None = None
    facilitators: tuple[Facilitator, ...] = ()
    disputed: tuple[str, ...] = ()

    @property
    def best(self) -> Option | None:
        """The option that carries the verdict: the first that is available, else the first that is conditional."""
        return next((o for verdict in ("available", "conditional") for o in self.options if o.verdict == verdict), None)


@dataclass(frozen=True)
class Answer:
    """The answer to `channels`: the question, what it was answered from, and the channels in order."""

    question: Mapping[str, Any]
    kb: Mapping[str, Any]
    rules: Mapping[str, Any]
    channels: tuple[Channel, ...]
    safeguards: tuple[Safeguard, ...]
    notes: tuple[str, ...]

    def __getitem__(self, name: str) -> Channel:
        """Return the channel (or the measure) of that name.

        Raises:
            KeyError: the answer has no such channel.
        """
        for channel in self.channels:
            if name in (channel.channel, channel.measure):
                return channel
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data, ready for JSON; keys as in the contract."""
        return {"schema": SCHEMA, **plain(self)}


# keys that JSON names otherwise than Python, where a word is reserved or the contract is older than the class
_KEYS = {("Bond", "since"): "from"}
# parts that are left out when they are empty, since most answers do not carry them
_SPARE = {"proof", "measures", "network", "through", "domestic", "gives", "why", "instead", "use_limits", "statements", "facilitators"}


def json_key(cls: str, name: str) -> str:
    """Return the key under which JSON has a property of a class."""
    return _KEYS.get((cls, name), name)


def plain(value: Any) -> Any:
    """Return dataclasses, mappings, tuples and dates as plain JSON data."""
    if value is None or isinstance(value, (str, int)):  # most of what an answer holds
        return value
    if isinstance(value, (tuple, list)):
        return [plain(inner) for inner in value]
    if hasattr(value, "__dataclass_fields__"):
        return {key: plain(inner) for name, key, spare in _keys(value.__class__) if (inner := getattr(value, name)) or not spare}
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, dt.date) else value


@cache
def _keys(cls: type) -> tuple[tuple[str, str, bool], ...]:
    """Return the properties of a class, each with its key in JSON and whether it is left out when it is empty."""
    return tuple((f.name, json_key(cls.__name__, f.name), f.name in _SPARE) for f in fields(cls))
