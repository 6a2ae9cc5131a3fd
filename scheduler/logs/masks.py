"""PURE: hides secrets in texts, however they are spelled there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "***"
#: Secrets shorter than this are hidden only where they stand alone.
_SHORT = 4
#: What is a secret wherever it stands: the password of an address, a token in its query.
_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\"'<>]*):[^\s\"'<>]*@", re.IGNORECASE)
_QUERY = re.compile(
    r"([?&](?:access_token|api_?key|key|password|secret|sign|sslpassword|token)=)[^&\s\"'<>#]+", re.IGNORECASE
)


def spellings(secret: str) -> set[str]:
    """A secret as it is, as it stands in an address, in JSON, in Python's own words, in HTML."""
    plain = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    plain |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    plain |= {repr(secret)[1:-1], ascii(secret)[1:-1], repr(secret.encode())[2:-1]}
    return plain


class Mask:
    """Hides the secrets it knows, and what looks like one. What it knows it never forgets."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._pattern = re.compile(r"(?!)")
        self._pending: list[Callable[[], Iterable[str]]] = []
        self.learn(secrets)

    def learn_later(self, gather: Callable[[], Iterable[str]]) -> None:
        """Hide these, too, which are only asked for when there is a text."""
        self._pending.append(gather)

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these, too."""
        known = self._known.union(*(spellings(secret) for secret in secrets if secret.strip()))
        if known != self._known:
            self._known = known
            longest_first = sorted(known, key=lambda one: (-len(one), one))
            self._pattern = re.compile("|".join(map(_as_pattern, longest_first)))

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        while self._pending:
            self.learn(self._pending.pop()())
        text = self._pattern.sub(HIDDEN, text)
        if "://" in text:
            text = _PASSWORD.sub(rf"\1:{HIDDEN}@", text)
        return _QUERY.sub(rf"\1{HIDDEN}", text) if "=" in text else text


def _as_pattern(secret: str) -> str:
    pattern = re.escape(secret)
    return pattern if len(secret) >= _SHORT else rf"(?<!\w){pattern}(?!\w)"
