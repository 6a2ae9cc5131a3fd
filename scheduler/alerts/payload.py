"""PURE: a letter -> the JSON document that webhooks and files get (docs/webhook.schema.json)."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from scheduler.alerts.model import Letter
from storage.records import as_json

#: Changes in the document's shape that a reader must know of change this.
VERSION = 1


def document(letter: Letter) -> dict[str, Any]:
    """Return the document: the same at every try of a message."""
    message = letter.message
    return {
        "type": "newsdelta.alert",
        "timestamp": message.created_at.isoformat(),
        "data": {
            "version": VERSION,
            "key": message.key,
            "subscription": message.subscription,
            "language": message.language,
            "thread": message.thread,
            "title": letter.title,
            "text": letter.plain,
            "items": as_json(message.items),
        },
    }


def encode(letter: Letter) -> bytes:
    """Return the document as one line of UTF-8, without its line end."""
    whole = document(letter)
    try:
        return _encoder.encode(whole)
    except UnicodeEncodeError:  # lone surrogates, which no UTF-8 can hold
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


_encoder = msgspec.json.Encoder()
