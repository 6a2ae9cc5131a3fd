"""A destination's address taken apart, and what all destinations share: id, shown name, masked answers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote, urlsplit

from scheduler.alerts.model import Answer, Letter, Rate, Verdict

HIDDEN = "***"
#: Characters of a far end's answer that are kept.
DETAIL = 300
#: Secrets shorter than this are masked only where they stand alone.
_SHORT = 4


@dataclass(frozen=True, slots=True, repr=False)
class Url:
    """An address in parts, percent-decoded. "+" stays "+", as base64 secrets hold it.

    `host` keeps its case and `port` its text, as services put tokens there.
    """

    text: str
    scheme: str
    user: str
    password: str
    host: str
    port: str
    path: tuple[str, ...]
    query: Mapping[str, tuple[str, ...]]

    @property
    def target(self) -> str:
        """Host and port as they stood."""
        return f"{self.host}:{self.port}" if self.port else self.host

    def first(self, key: str, default: str = "") -> str:
        """The first value of a key of the query."""
        return self.query.get(key, (default,))[0]

    def secrets(self) -> tuple[str, ...]:
        """Every part that could be a secret, for addresses whose parts we do not know."""
        values = (value for values in self.query.values() for value in values)
        return (self.user, self.password, self.target, self.host, self.port, *self.path, *values)


def read_url(text: str) -> Url:
    """Take an address apart. Raises ValueError, without naming any of it."""
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError("this is no address; write scheme://…") from None
    if not parts.scheme or "://" not in text:
        raise ValueError("this is no address; write scheme://…")
    credentials, _, place = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", place)
    host, port = (found[1], found[2] or "") if found else (place, "")
    query: dict[str, tuple[str, ...]] = {}
    for pair in filter(None, parts.query.split("&")):
        key, _, value = pair.partition("=")
        query[unquote(key)] = (*query.get(unquote(key), ()), unquote(value))
    path = tuple(unquote(step) for step in parts.path.split("/") if step)
    return Url(
        text,
        parts.scheme.lower(),
        unquote(user),
        unquote(password),
        unquote(host),
        unquote(port),
        path,
        query,
    )


@lru_cache(maxsize=4096)
def identify(url: str) -> str:
    """Return what the store knows an address by: "d" and 24 hex digits, the same for the same address.

    scrypt makes guessing what stood in it dear (RFC 7914; n = 4096, about 10 ms).
    """
    digest = hashlib.scrypt(url.encode(), salt=b"newsdelta destination", n=2**12, r=8, p=1, dklen=12)
    return "d" + digest.hex()


def read_rate(url: Url, default: Rate | None) -> Rate | None:
    """Return what the address says of how much the place bears ("rate=20/60", or "20/60/5" with a burst of 5).

    Raises ValueError.
    """
    text = url.first("rate")
    if not text:
        return default
    found = re.fullmatch(r"([1-9]\d{0,5})/(\d+(?:\.\d+)?)(?:/([1-9]\d{0,5}))?", text)
    if found is None or float(found[2]) <= 0:
        raise ValueError("rate is written MESSAGES/SECONDS or MESSAGES/SECONDS/BURST, for example rate=20/60")
    return Rate(int(found[1]), float(found[2]), int(found[3] or 1))


#: What Apprise takes in any address, and what we can do without.
_APPRISE_WIDE = frozenset(
    ("overflow", "format", "verify", "cto", "rto", "emojis", "store", "tz", "retry", "image")
)


def known_keys(url: Url, *keys: str) -> None:
    """Check that the address asks for nothing that we would ignore. Raises ValueError."""
    for key in url.query:
        if key not in keys and key != "rate" and key not in _APPRISE_WIDE:
            known = ", ".join((*keys, "rate"))
            named = f" {key}" if re.fullmatch(r"[a-z_-]{1,16}", key) else ""
            raise ValueError(f"the address has an unknown key{named}; known here: {known}")


def tidy(text: str, limit: int = DETAIL) -> str:
    """Return the text on one line, without control characters, cut to `limit` characters."""
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class Place:
    """What all destinations share. A kind of place has `_send`, which may raise; `send` never does."""

    #: How much the kind bears where its address does not say.
    bears: Rate | None = None

    def __init__(
        self, url: Url, shown: str, secrets: Iterable[str], label: str = "", parallel: int = 1
    ) -> None:
        """`shown` is the address without secrets, `label` the name that the user gave it. Raises ValueError."""
        self.id = identify(url.text)
        self.name = f"{label}: {shown}" if label else shown
        self.rate = read_rate(url, self.bears)
        self.parallel = parallel
        self.secrets = (url.text, *secrets)
        self._mask = _masker(self.secrets)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def masked(self, text: str) -> str:
        """The text with every secret of this place hidden, on one line."""
        return tidy(self._mask(text))

    async def send(self, letter: Letter, parts_done: int = 0) -> Answer:
        """Send what is left of a message after `parts_done` parts; trouble is an Answer.

        An error of our own (a template's, say) is REFUSED: it will come again until somebody mends it.
        """
        try:
            answer = await self._send(letter, parts_done)
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            answer = Answer(Verdict.REFUSED, detail, parts_done=max(parts_done, letter.parts_done))
        return replace(answer, detail=self.masked(answer.detail))

    async def close(self) -> None:
        """Let go of connections."""

    async def _send(self, letter: Letter, parts_done: int) -> Answer:
        raise NotImplementedError


class _masker:  # noqa: N801 - used as a function
    """Hides secrets in texts, as they are and as they stand in URLs."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spelled = {way(secret) for secret in secrets if secret for way in (str, _quoted, quote, quote_plus)}
        longest_first = sorted(spelled, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_as_pattern, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        return self._pattern.sub(HIDDEN, text)


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _as_pattern(secret: str) -> str:
    pattern = re.escape(secret)
    return pattern if len(secret) >= _SHORT else rf"(?<!\w){pattern}(?!\w)"
