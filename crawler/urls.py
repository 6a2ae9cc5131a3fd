"""PURE: addresses as they stand on pages → absolute and canonical addresses."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NOISE = re.compile(r"[\t\r\n]+")
_TRACKING = re.compile(r"^(?:utm_\w+|spm|gclid|fbclid|share_token|isappinstalled)$", re.I)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
#: Kept as they are in a path: RFC 3986 pchar.
_PATH_SAFE = "/:@!$&'()*+,;=~-._%"
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2})|)")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
#: The last number in a path, of the length that articles are numbered with.
_NUMBER = re.compile(r"\d{5,}(?=\D*$)")
_LAST_NUMBER = re.compile(r"\d+(?=\D*$)")


@lru_cache(maxsize=64)
def _origin(url: str) -> str:
    """Return scheme and host of an address. A listing's links share it, and `urljoin` is slow."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def absolute(href: str | None, base: str) -> str | None:
    """Make a page's `href` absolute against `base`; None where it leads to no http(s) address.

    Line breaks and tabs inside the attribute are dropped, as browsers do (URL Standard, 4.4).
    """
    if href is None:
        return None
    href = href.strip()
    if "\n" in href or "\r" in href or "\t" in href:
        href = _NOISE.sub("", href)
    if not href or href[0] == "#":
        return None
    if href.startswith(("http://", "https://")):
        return href
    if _SCHEME.match(href):
        return href if href[:8].lower().startswith(("http://", "https://")) else None
    try:
        if href[0] == "/" and href[1:2] != "/" and "/." not in href:
            return _origin(base) + href
        return urljoin(base, href)
    except ValueError:
        return None


def host_of(url: str) -> str:
    """Return an address's host and port in lower case, without a default port; '' if unreadable."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    return host if port is None or port == _DEFAULT_PORTS.get(parts.scheme) else f"{host}:{port}"


def _one_escape(match: re.Match[str]) -> str:
    """Decode an escape of an unreserved character, write any other in capitals, and escape a lone `%`."""
    if match[1] is None:
        return "%25"
    char = chr(int(match[1], 16))
    return char if _UNRESERVED.fullmatch(char) else f"%{match[1].upper()}"


def canonical_url(url: str) -> str:
    """Return the form under which an address is compared: RFC 3986, 6.2.2–6.2.3, no fragment, no tracking.

    Scheme and host in lower case, no default port, dot segments resolved, one form of percent-encoding, query
    parameters that only trace the visitor dropped. An address that cannot be read comes back stripped.
    """
    url = _NOISE.sub("", url).strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.netloc:
        return url
    path = urlsplit(urljoin(url, parts.path or "/")).path or "/"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRACKING.match(name)]
    # A query that holds no pairs, such as the mirror's `?f41095c0`, is kept as it stands.
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    plain = _ESCAPE.sub(_one_escape, quote(path, safe=_PATH_SAFE, errors="replace"))
    return urlunsplit((parts.scheme.lower(), host_of(url), plain, query, ""))


def never_was(url: str) -> str:
    """An address of the same form that no article ever had: the same one each time."""
    parts = urlsplit(url)
    drawn = random.Random(url)  # noqa: S311 - any number will do, and the same one again
    digits = "99" + "".join(str(drawn.randrange(10)) for _ in range(6))
    query = ""
    path, found = _NUMBER.subn(digits, parts.path, count=1)
    if not found:
        query, found = _LAST_NUMBER.subn(digits, parts.query, count=1)
    if not found:
        query = ""
        stem, dot, ending = parts.path.rpartition(".")
        path = f"{stem}-{digits}{dot}{ending}" if dot else f"{parts.path.rstrip('/')}-{digits}"
    return urlunsplit(parts._replace(path=path, query=query, fragment=""))
