"""PURE: a requirements lock, in the form that pip reads → the pinned packages and their hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)(?:\s*;\s*(.+?))?$")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package. `marker`: where it is needed at all (PEP 508), '' for everywhere; `hashes`: SHA-256, in hex."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def normal(name: str) -> str:
    """A package's name as PyPI compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> Iterator[Pin]:
    """Yield the pins of a lock. Raises ValueError for a line that pins nothing."""
    for entry in text.replace("\\\n", " ").splitlines():
        words = entry.partition(" #")[0].strip()
        if not words or words.startswith("#"):
            continue
        head = words.partition("--hash")[0].strip()
        found = _PIN.fullmatch(head)
        if found is None:
            raise ValueError(f"{head!r} pins no package to a version")
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", words)
        yield Pin(normal(found[1]), found[2], found[3] or "", tuple(hashes))
