"""Status acts: what a party did, never what follows from it."""

from __future__ import annotations

from lawkb.importing.blocks import Block
from lawkb.importing.context import Context, place
from lawkb.importing.kinds import kind
from lawkb.importing.rows import Row
from lawkb.importing.values import ref, slug

ACTIONS = {"signature": "Signature", "ratification": "Ratification", "acceptance": "Acceptance", "approval": "Approval",
           "accession": "Accession", "succession": "Succession", "bound": "Bound", "withdrawal": "Withdrawal",
           "suspension": "Suspension", "termination": "Termination", "opt_out": "OptOut", "opt_in": "OptIn",
           "territorial_extension": "TerritorialExtension", "territorial_exclusion": "TerritorialExclusion"}


@kind("treaty-actions", key="treaty_id party action date", needs="treaty_id party action",
      knows="date effective by_state on_side towards")
def act(row: Row, context: Context) -> list[Block]:
    """One act of one party. For a territory, `by_state` is the state that acts for it."""
    instrument, party = context.instrument(row.need("treaty_id")), context.jurisdiction(row.need("party"))
    name, word = slug(row.get("treaty_id")), row.one_of("action", ACTIONS)
    subject = ref("act", name, row.get("party"), slug(row.get("action")), row.get("date") or row.get("effective"))
    block = Block(subject, word, place(name, "parties")).add("instrument", instrument).add("party", party)
    for predicate, column in (("byState", "by_state"), ("onSide", "on_side"), ("towards", "towards")):
        block.add(predicate, *(context.jurisdiction(code, column) for code in row.each(column)))
    block.add_moment("done", row, "date").add_moment("effective", row, "effective")
    return [context.settle(context.cite(block.add_text("skos:note", row.get("note")), row))]
