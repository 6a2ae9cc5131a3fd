"""What the web page is told of itself: where it listens, who may come in."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from scheduler.settings import Section, check_address
from storage.errors import ConfigError

DEFAULT_BIND = "127.0.0.1:8470"


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where to listen, the file that holds the token, and the address under which people reach the page.

    `url` is '' where people reach it under the address it listens at. `login` is false only on loopback.
    """

    host: str
    port: int
    token_file: Path
    url: str = ""
    login: bool = True

    @property
    def hosts(self) -> frozenset[str]:
        """The names a browser may call the page by; others are refused (DNS rebinding)."""
        named = urlsplit(self.url).hostname
        own = {"localhost", "127.0.0.1", "::1"} if is_loopback(self.host) else {self.host}
        return frozenset(own | ({named} if named else set()))

    @property
    def secure(self) -> bool:
        """Whether cookies may travel over https only."""
        return self.url.startswith("https://")


class WebSection(Section, frozen=True):
    """[web]"""

    bind: str = DEFAULT_BIND
    token_file: str | None = None
    url: str | None = None
    login: bool = True

    def __post_init__(self) -> None:
        host, _ = parse_bind(self.bind)
        if self.url is not None:
            check_address("url", self.url)
        _check_login(host, self.login)

    def settings(self, folder: Path) -> WebSettings:
        """What the section comes to; the token stands in `folder` where no file is named."""
        host, port = parse_bind(self.bind)
        file = Path(self.token_file).expanduser().absolute() if self.token_file else folder / "web-token"
        return WebSettings(host, port, file, (self.url or "").rstrip("/"), self.login)


def bound_to(settings: WebSettings, bind: str) -> WebSettings:
    """The settings for another address. Raises ValueError."""
    host, port = parse_bind(bind)
    _check_login(host, settings.login)
    return replace(settings, host=host, port=port)


def _check_login(host: str, login: bool) -> None:
    if not login and not is_loopback(host):
        raise ValueError(f"login = false is for a page that only this machine can reach, not for {host}")


def parse_bind(text: str) -> tuple[str, int]:
    """Read "127.0.0.1:8470" or "[::1]:8470" into host and port. Raises ValueError."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"bind = {text!r} is no address and port; write for example {DEFAULT_BIND}")
    return host, int(port)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_token(file: Path) -> str:
    """The token of the page, made at the first start and readable by its owner only. Raises ConfigError."""
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(32) + "\n", encoding="ascii")
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "The web page's token cannot be read or made", subject=str(file), mend="Check [web] token_file"
        ) from error
    if len(token) < 20:
        raise ConfigError(
            "The web page's token is too short to keep anybody out",
            subject=str(file),
            mend="Delete the file: a new token is made at the next start",
        )
    return token
