"""Where the ontology, the rules and the knowledge base lie: beside the code in a checkout, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def data_root() -> Path:
    """Return the folder that holds `ontology/`, `rules/` and `kb/`."""
    packaged = _HERE / "data"
    return packaged if packaged.is_dir() else _HERE.parent.parent


def ontology_dir() -> Path:
    """Return the folder of the ontology."""
    return data_root() / "ontology"


def rules_dir() -> Path:
    """Return the folder of the rules."""
    return data_root() / "rules"


def kb_dir() -> Path:
    """Return the folder of the packaged knowledge base."""
    return data_root() / "kb"
