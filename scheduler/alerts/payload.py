"""PURE: a letter -> the JSON document that webhooks and files get (docs/webhook.schema.json)."""

from __future__ import annotations

import json
from typing import Any

from scheduler.alerts.model import Item, Letter
from storage.diff import Change
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
            "items": [_item(item) for item in message.items],
        },
    }


def encode(letter: Letter) -> bytes:
    """Return the document as one line of UTF-8, without its line end."""
    text = json.dumps(document(letter), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _item(item: Item) -> dict[str, Any]:
    return {
        "event": as_json(item.event),
        "article": as_json(item.article),
        "fields": as_json(item.fields),
        "changes": [_change(change) for change in item.changes],
        "copy": item.copy,
    }


def _change(change: Change) -> dict[str, Any]:
    """A change as an object: its named tuples would be bare lists."""
    return {
        "kind": change.kind.value,
        "where": change.where.value,
        "old": change.old,
        "new": change.new,
        "old_at": change.old_at and change.old_at._asdict(),
        "new_at": change.new_at and change.new_at._asdict(),
        "runs": [run._asdict() for run in change.runs],
        "classes": [edit.value for edit in change.classes],
    }
