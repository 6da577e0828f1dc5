"""How two jurisdictions may cooperate in a human-trafficking case: the law as data, rules that conclude from it, and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lawkb.api import KnowledgeBase, load
    from lawkb.errors import LawkbError

__all__ = ["KnowledgeBase", "LawkbError", "__version__", "load"]
_HOMES = {"load": "lawkb.api", "KnowledgeBase": "lawkb.api", "LawkbError": "lawkb.errors"}


def __getattr__(name: str) -> Any:
    """Find what the package offers when it is asked for, so that `import lawkb` and a cold start pay for nothing else."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("lawkb")
        except PackageNotFoundError:  # run from a folder that was never installed
            return "unknown"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
