"""Packs the many small, similar texts of a snapshot: each is compressed against a dictionary of samples, and read back by itself."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_WINDOW = 32_000
_SAMPLES = 64
_LEVEL, _RAW, _MEMORY = 4, -15, 9


def dictionary(texts: Sequence[str]) -> bytes:
    """Return a dictionary for texts: parts of samples taken at even distances, so that the same texts give the same bytes."""
    samples = [texts[place * len(texts) // _SAMPLES].encode()[:_WINDOW // _SAMPLES * 4] for place in range(min(_SAMPLES, len(texts)))]
    return b"".join(dict.fromkeys(samples))[-_WINDOW:]


def pack(text: str, samples: bytes) -> bytes:
    """Compress a text."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, samples)
    return packer.compress(text.encode()) + packer.flush()


def unpack(packed: bytes, samples: bytes) -> str:
    """Read a text back."""
    return zlib.decompressobj(_RAW, samples).decompress(packed).decode()
