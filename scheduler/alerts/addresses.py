"""The text of a setting -> a Destination: "env:NAME", "file:PATH", a name of a [[destination]], or an address.

| address                                                    | goes to                                   |
|------------------------------------------------------------|-------------------------------------------|
| dingtalk://TOKEN?secret=SEC…                               | a DingTalk group's bot                    |
| wecom://KEY (or wecombot://)                               | a WeCom group's bot                       |
| feishu://TOKEN?secret=…, lark://TOKEN?secret=…             | a Feishu or Lark group's bot              |
| schan://SENDKEY                                            | ServerChan                                |
| bark://HOST/KEY (http), barks://HOST/KEY (https)           | a phone with Bark                         |
| tgram://BOTTOKEN/CHAT                                      | a Telegram chat                           |
| slack://A/B/C                                              | a Slack incoming webhook                  |
| mailto://USER:PASSWORD@HOST:PORT/?to=…&from=…, mailtos://… | e-mail                                    |
| webhook+https://HOST/PATH?secret=whsec_…, webhook+http://… | a signed webhook                          |
| file:///PATH.jsonl, stdout://                              | a line of JSON a message ("?format=text") |
| desktop://                                                 | a notification on this desktop            |
| any other that Apprise knows                               | through Apprise                           |

The address that a bot's own page shows (https://oapi.dingtalk.com/robot/send?access_token=…) is understood too.
Every address takes `rate=MESSAGES/SECONDS[/BURST]`; those of bots take `api=http://HOST:PORT` for a relay in the
service's place.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from scheduler.alerts.model import Destination
from scheduler.alerts.place import HIDDEN, Url, identify, read_url
from storage.errors import ConfigError

__all__ = ["KINDS", "identify", "open_destination", "resolve"]

#: Scheme -> module and class. Modules are imported when a destination of theirs is opened.
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "dingtalk": ("dingtalk", "DingTalk"),
        "wecom": ("wecom", "WeCom"),
        "wecombot": ("wecom", "WeCom"),
        "feishu": ("feishu", "Feishu"),
        "lark": ("feishu", "Feishu"),
        "schan": ("serverchan", "ServerChan"),
        "bark": ("bark", "Bark"),
        "barks": ("bark", "Bark"),
        "tgram": ("telegram", "Telegram"),
        "telegram": ("telegram", "Telegram"),
        "slack": ("slack", "Slack"),
        "mailto": ("mail", "Mail"),
        "mailtos": ("mail", "Mail"),
        "webhook+https": ("webhook", "Webhook"),
        "webhook+http": ("webhook", "Webhook"),
        "file": ("file", "Lines"),
        "stdout": ("file", "StandardOutput"),
        "desktop": ("desktop", "Desktop"),
    }
)
_APPRISE = ("apprise_", "AppriseService")
#: The addresses that the services' own pages show -> ours. What follows in the query is kept.
_NATIVE = (
    (r"https://oapi\.dingtalk\.com/robot/send\?access_token=([^&]+)&?(.*)", r"dingtalk://\1?\2"),
    (r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([^&]+)&?(.*)", r"wecom://\1?\2"),
    (r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([^/?]+)/?\??(.*)", r"feishu://\1?\2"),
    (r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([^/?]+)/?\??(.*)", r"lark://\1?\2"),
    (r"https://sctapi\.ftqq\.com/([^/?.]+)\.send\??(.*)", r"schan://\1?\2"),
    (r"https://\d+\.push\.ft07\.com/send/([^/?.]+)\.send\??(.*)", r"schan://\1?\2"),
    (r"https://api\.day\.app/([^/?]+)/?\??(.*)", r"barks://api.day.app/\1?\2"),
    (r"https://hooks\.slack\.com/services/([^?]+)\??(.*)", r"slack://\1?\2"),
)


def open_destination(
    text: str,
    *,
    named: Mapping[str, str] = MappingProxyType({}),
    env: Mapping[str, str] = os.environ,
    place: str = "",
    folder: Path | None = None,
) -> Destination:
    """Return the destination that a setting's text means. Nothing is sent or connected.

    `named` holds the url of each [[destination]] by its name, `place` says where the text stands ("newsdelta.toml,
    line 12"), and the path of "file:PATH" starts at `folder`. Raises ConfigError, which shows no secret.
    """
    label = text if text in named else ""
    address = resolve(text, named=named, env=env, place=place, folder=folder)
    for pattern, ours in _NATIVE:
        if found := re.fullmatch(pattern, address):
            address = found.expand(ours).removesuffix("?")
    try:
        url = read_url(address)
    except ValueError as error:
        raise _wrong(place, "", str(error)) from None
    try:
        return _opener(url)(url, label)
    except ValueError as error:
        raise _wrong(place, f"{url.scheme}://{HIDDEN}", str(error)) from None


def resolve(
    text: str,
    *,
    named: Mapping[str, str] = MappingProxyType({}),
    env: Mapping[str, str] = os.environ,
    place: str = "",
    folder: Path | None = None,
) -> str:
    """Return the address behind a name, a variable or a file: it holds secrets. Raises ConfigError."""
    text = text.strip()
    if text in named:
        return resolve(named[text], env=env, place=place, folder=folder)
    if text.startswith("env:"):
        return _from_environment(text.removeprefix("env:"), env, place)
    if text.startswith("file:") and not text.startswith("file://"):
        return _from_file(Path(text.removeprefix("file:")).expanduser(), folder, place)
    if "://" not in text:
        known = f"; the names of [[destination]] are {', '.join(named)}" if named else ""
        raise _wrong(place, "", f"it is no address (scheme://…), env:NAME, file:PATH or name{known}")
    return text


def _from_environment(name: str, env: Mapping[str, str], place: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise _wrong(place, "", "write env: and the name of a variable, for example env:DESK_BOT")
    value = env.get(name, "").strip()
    if not value:
        raise _wrong(
            place, f"env:{name}", f"the environment variable {name} is not set; set it to the address"
        )
    if "://" not in value:
        raise _wrong(place, f"env:{name}", f"the environment variable {name} holds no address (scheme://…)")
    return value


def _from_file(path: Path, folder: Path | None, place: str) -> str:
    shown = f"file:{path}"
    try:
        lines = ((folder or Path()) / path).read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise _wrong(place, shown, f"the file cannot be read ({error.strerror})") from None
    except ValueError:
        raise _wrong(place, shown, "the file is no UTF-8 text") from None
    value = lines[0].strip()
    if "://" not in value:
        raise _wrong(place, shown, "the file's first line holds no address (scheme://…)")
    return value


def _opener(url: Url) -> Callable[[Url, str], Destination]:
    """The class for a scheme. Raises ValueError for one that nobody knows."""
    if url.scheme in ("http", "https"):
        raise ValueError(f"for a webhook write webhook+{url.scheme}://…")
    module, name = KINDS.get(url.scheme, _APPRISE)
    if url.scheme == "slack" and (len(url.path) != 2 or url.user or url.host.startswith("xox")):
        module, name = _APPRISE  # a Slack app's token and channels, not a webhook
    if module == _APPRISE[0]:
        from scheduler.alerts.apprise_ import schemes

        if url.scheme not in schemes():
            raise ValueError(f"nothing is known of {_scheme(url)}{_did_you_mean(url.scheme, schemes())}")
    opener: Callable[[Url, str], Destination] = getattr(import_module(f"scheduler.alerts.{module}"), name)
    return opener


def _scheme(url: Url) -> str:
    return f"the scheme {url.scheme}://" if len(url.scheme) <= 20 else "its scheme"


def _did_you_mean(scheme: str, others: frozenset[str]) -> str:
    close = difflib.get_close_matches(scheme, [*KINDS, *sorted(others)], n=1)
    return f"; did you mean {close[0]}://?" if close else ""


def _wrong(place: str, shown: str, mend: str) -> ConfigError:
    return ConfigError(
        "The destination's address is wrong", subject=", ".join(filter(None, (place, shown))), mend=mend
    )
