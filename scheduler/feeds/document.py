"""PURE: bytes with what a conditional GET asks of them (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Document:
    """A finished feed. `updated` is when what it tells last happened."""

    content: bytes
    media_type: str
    updated: datetime

    @property
    def etag(self) -> str:
        """A strong validator, quotation marks included: the same bytes have the same."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @property
    def last_modified(self) -> str:
        """The time of the last change as HTTP writes it."""
        return format_datetime(self.updated.astimezone(UTC).replace(microsecond=0), usegmt=True)


def is_fresh(document: Document, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether a client that sent these headers has the document already, so that 304 is the answer.

    As RFC 9110 has it, If-None-Match is compared weakly, and where it is there the time is not looked at.
    """
    if if_none_match is not None:
        return if_none_match.strip() == "*" or document.etag in _TAG.findall(if_none_match)
    if not if_modified_since:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return document.updated.replace(microsecond=0) <= since
