"""How two jurisdictions may cooperate in a human-trafficking case: the law as data, rules that conclude from it, and the proof."""

from __future__ import annotations

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Read the version from the package's metadata when it is asked for, so that a cold start does not pay for it."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("lawkb")
        except PackageNotFoundError:  # run from a folder that was never installed
            return "unknown"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
