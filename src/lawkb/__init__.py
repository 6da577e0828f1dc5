"""How two jurisdictions may cooperate in a human-trafficking case: the law as data, rules that conclude from it, and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lawkb.api import KnowledgeBase, load
    from lawkb.errors import LawkbError

__all__ = ["KnowledgeBase", "LawkbError", "__version__", "load"]
__version__ = "0.1.0"  # stated here too, since reading it from the installed package takes as long as all else that a start needs
_HOMES = {"load": "lawkb.api", "KnowledgeBase": "lawkb.api", "LawkbError": "lawkb.errors"}


def __getattr__(name: str) -> Any:
    """Find what the package offers when it is asked for, so that `import lawkb` and a cold start pay for nothing else."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
