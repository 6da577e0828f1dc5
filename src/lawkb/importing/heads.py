"""The comment at the head of a new file: what it is, and where the official text stands."""

from __future__ import annotations

from pathlib import PurePosixPath

from lawkb.importing.store import Store
from lawkb.terms import expand

_PARTS = {
    "instrument": "the instrument, how far its list of parties was verified, and how it stands to others",
    "articles": "what its articles give, ask and refuse, in our words",
    "parties": "the acts of the parties, one block an act, as the depositary's status table shows them",
    "declarations": "reservations, declarations, notifications and objections",
    "definitions": "what it defines, element by element, and what it asks of penalties",
    "offences": "offences with their penalties, what aggravates them, and heads of jurisdiction",
    "cooperation": "what domestic law says on cooperation",
    "authorities": "authorities by instrument and group of measures; no personal data",
    "victims": "what domestic law gives to victims",
}
_FOLDERS = {"bilateral": "a bilateral instrument and the acts of its parties", "sources": "where facts were read, when and how",
            "organisations": "what it does, its information systems, and who belongs to it"}
_FILES = {"names": "Names that documents use, also wrong ones, and the true thing behind each",
          "coverage": "How far lists of bilateral instruments were verified, by jurisdiction and subject",
          "conflicts": "Where sources differ: what was kept and what the other one says"}


def head_of(file: str, store: Store) -> str:
    """Return the comment for a new file of the KB."""
    path = PurePosixPath(file)
    if path.parts[0] in ("treaties", "jurisdictions"):
        first = f"{path.parts[1]}: {_PARTS.get(path.stem, path.stem)}"
        pages = [term for facts in store.known(f"treaties/{path.parts[1]}/instrument.ttl").values()
                 for term in facts.get(expand("schema:url"), ())]
        page = f"# Official page: {pages[0]}\n" if pages and path.stem == "parties" else ""
        return f"# {first}.\n{page}# One block a fact, each with its source. Licence: CC BY 4.0."
    first = f"{path.stem}: {_FOLDERS[path.parts[0]]}" if path.parts[0] in _FOLDERS else _FILES.get(path.stem, path.stem)
    return f"# {first}.\n# One block a fact, each with its source. Licence: CC BY 4.0."
