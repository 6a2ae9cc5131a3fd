"""Where every log line of a process goes: one handler at the root, in the form that [log] asks for."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

from scheduler.logs.lines import JsonLines, TextLines
from scheduler.logs.masks import Mask
from scheduler.logs.settings import LogSettings
from storage.errors import ConfigError

if TYPE_CHECKING:
    from scheduler.config import Config

#: Hides every secret that this process has learned of.
MASK = Mask()
log = logging.getLogger(__name__)


def begin(config: Config) -> None:
    """Write log lines as the config says from now on; again, after it was read again. Raises ConfigError."""
    from scheduler.secrets import secrets_of

    MASK.learn_later(lambda: secrets_of(config))
    handler = _handler(config.log)
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, "is_ours", False)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(config.log.level)
    logging.captureWarnings(config.log.format == "json")


def tell(config: Config, words: str, **about: str | int) -> None:
    """Say on stderr what a person who started this wants to know; where lines are JSON, as one of them."""
    if config.log.format == "json":
        log.info("%s", words, extra=about)
    else:
        with contextlib.suppress(OSError):  # a full disk behind stderr is no reason not to watch
            click.echo(words, err=True)


def _handler(settings: LogSettings) -> logging.Handler:
    handler: Any = _Stderr()
    if settings.file is not None:
        handler = _file(settings)
    if settings.format == "json":
        handler.setFormatter(JsonLines(MASK))
    else:
        handler.setFormatter(TextLines(MASK, dated=settings.file is not None))
    handler.is_ours = True
    return handler


def _file(settings: LogSettings) -> logging.Handler:
    from scheduler.logs.files import LogFile

    assert settings.file is not None  # noqa: S101 - the caller looked
    try:
        return LogFile(settings.file, settings.size, settings.keep)
    except OSError as error:
        raise ConfigError(
            f"The log cannot be written ({error.strerror})",
            subject=str(settings.file),
            mend="Make its folder, and give newsdelta's user the right to write there",
        ) from error


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at the time of the line."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """What stderr is now."""
        return sys.stderr
