"""PURE: documents that name the one before them by its digest, so that none can be changed, left out or put in.

A document's digest is SHA-256 over its canonical JSON (RFC 8785) without the member "digest". The same document has
the same canonical JSON wherever it is made: members sorted, no spaces, one way to write each text and number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

#: The whole numbers that every JSON reader keeps exact (RFC 8785, section 3.2.2.3).
LARGEST = 2**53 - 1


def canonical_json(value: Any) -> bytes:
    """Write a value as canonical JSON. Raises ValueError for a fraction and for a number beyond 2^53, which are
    written as texts or in smaller units here, and for what JSON does not know.
    """
    return _write(value).encode("utf-8")


def _write(value: Any) -> str:
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) <= LARGEST:
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_write, value)) + "]"
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_write(name)}:{_write(value[name])}" for name in names) + "}"
    raise ValueError(f"canonical JSON has no place for {value!r}")


def digest_of(document: Mapping[str, Any]) -> str:
    """A document's digest, "sha256:" and 64 hex digits; a member "digest" of it does not count."""
    plain = {name: value for name, value in document.items() if name != "digest"}
    return sha256(canonical_json(plain))


def sealed(document: Mapping[str, Any], previous: str) -> dict[str, Any]:
    """A document that names the one before it, '' for none, and its own digest."""
    linked = {**document, "previous": previous}
    return {**linked, "digest": digest_of(linked)}


def sha256(content: bytes) -> str:
    """A digest, written with its name."""
    return "sha256:" + hashlib.sha256(content).hexdigest()
