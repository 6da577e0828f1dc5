"""In which order the options of a measure stand: what is compared, first things first, and which findings it is read from.

One answer reads it off the findings of a case (`lawkb.options`), the atlas off the tables of many cases (`lawkb.world`);
both compare in the order of the fields here, lower values first. Weights are data: they stand at the concepts.
"""

from __future__ import annotations

from typing import NamedTuple

from lawkb.terms import LAW

# Of an option: its verdict, the better the lower; what else it may be comes last.
VERDICTS = {"available": 0, "conditional": 1, "unknown": 2}
WORST = 3
# Where nothing is recorded, or an option has no instrument, it stands behind those of which something is.
NO_STRENGTH, NO_ROUTE, NO_GENERALITY = 99, 9, 999


class Order(NamedTuple):
    """What orders the options of a measure."""

    standing: int
    verdict: int
    second: bool | int
    generality: int
    strength: int
    route: int
    open: int
    name: str


# The findings from which a standing order of many cases is read, with the properties that it takes of them.
SHOWN: dict[str, tuple[str, ...]] = {
    LAW + kind: tuple(LAW + name for name in names) for kind, names in {
        "ChannelVerdict": ("case", "channel", "forMeasure", "verdict"),
        "Option": ("case", "forMeasure", "onInstrument", "onOrganisation", "throughOrganisation", "onRule"),
        "OptionVerdict": ("case", "of", "verdict"),
        "Standing": ("case", "of", "standing"),
        "Narrowed": ("case", "of"),
        "LegalBasis": ("case", "option", "provision"),
        "BasisStands": ("case", "option", "basis"),
        "BasisFree": ("case", "option", "basis"),
        "RouteFinding": ("case", "of", "route"),
        "Condition": ("case", "of"),
        "ConditionMet": ("case", "condition"),
        "LastKnown": ("case", "onInstrument", "onOrganisation"),
    }.items()}
