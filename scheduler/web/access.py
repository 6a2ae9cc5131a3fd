"""Who is asking, and what they may do: the token, keys, sessions, and the proof that a form is ours.

    Authorization: Bearer TOKEN or KEY      programs
    cookie "newsdelta"                      browsers, after /login or a link with ?token=…
    ?key=KEY                                feed readers, which can do neither

The token may do everything, a key what its scopes say. A session is signed with a key made from the token,
so that a new token ends all sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "newsdelta"
#: Seconds that a session lasts.
SESSION = 30 * 24 * 3600


class Scope(StrEnum):
    """What a visitor may do."""

    READ = "read"
    RUN = "run"  # start and cancel crawls
    MANAGE = "manage"  # alerts, channels, keys


#: Takes the digest of a key; gives its scopes, None for a key that is unknown.
FindKey = Callable[[str], frozenset[Scope] | None]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. `csrf` is what a form of theirs must carry; a program (no browser) needs none."""

    scopes: frozenset[Scope] = frozenset()
    csrf: str = ""
    program: bool = False

    def may(self, scope: Scope) -> bool:
        """Whether they may do such a thing."""
        return scope in self.scopes


NOBODY = Visitor()
ALL = frozenset(Scope)


class Doorkeeper:
    """Tells visitors apart. `token` None: everyone on this machine may do everything."""

    def __init__(self, token: str | None, find_key: FindKey) -> None:
        self._token = token
        self._find_key = find_key
        secret = (
            hashlib.sha256(f"newsdelta session {token}".encode()).digest() if token else secrets.token_bytes()
        )
        self._signer = URLSafeTimedSerializer(secret, salt="session")

    def visitor(self, headers: Mapping[str, str], cookies: Mapping[str, str], key: str = "") -> Visitor:
        """Who sent a request with these headers, cookies and key."""
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" or key:
            return self._program(given.strip() or key)
        if session := self._session(cookies.get(COOKIE, "")):
            return session
        return NOBODY

    def fits(self, token: str) -> bool:
        """Whether this is the token; takes the same time for every wrong one."""
        return self._token is not None and hmac.compare_digest(token.encode(), self._token.encode())

    def new_session(self) -> str:
        """The cookie of a browser that showed the token."""
        return self._signer.dumps(secrets.token_urlsafe(16))

    @property
    def open_to_all(self) -> bool:
        """Whether no token is asked for."""
        return self._token is None

    def _program(self, given: str) -> Visitor:
        if self.fits(given):
            return Visitor(ALL, program=True)
        scopes = self._find_key(digest_of(given))
        return Visitor(scopes, program=True) if scopes else NOBODY

    def _session(self, cookie: str) -> Visitor | None:
        try:
            return Visitor(ALL, self._signer.loads(cookie, max_age=SESSION))
        except BadSignature:
            return None


def new_key() -> str:
    """A key for a program."""
    return "nd_" + secrets.token_urlsafe(24)


def digest_of(key: str) -> str:
    """What the store keeps of a key. Keys are long and random, so that one hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()
