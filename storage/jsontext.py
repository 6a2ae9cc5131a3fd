"""Records as JSON text and back: times as ISO 8601 with their offset, enums by value, bytes not at all."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from storage.records import as_json
from storage.schema import storable

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def to_json(record: Any) -> str:
    """Write a record, or a collection of records. Lone surrogates, which no UTF-8 can hold, become '?'."""
    try:
        return _encoder.encode(record).decode()
    except UnicodeEncodeError:
        return storable(json.dumps(as_json(record), ensure_ascii=False))


def from_json(text: str, kind: type[T]) -> T:
    """Read what `to_json` wrote. Raises `msgspec.ValidationError` where it is something else."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    return decoder.decode(text)  # type: ignore[no-any-return]
