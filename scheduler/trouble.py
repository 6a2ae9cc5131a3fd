"""Trouble that comes again and again: said when it begins, and when it is over."""

from __future__ import annotations

import logging


class Trouble:
    """One thing that cannot be done for a while. `what` completes "… cannot … now", as "Events cannot be told"."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._said = ""

    def met(self, error: Exception) -> None:
        """Say it, unless the same was said when it was last met."""
        if (words := str(error)) != self._said:
            self._said = words
            self._log.warning("%s now, and it is tried again: %s", self._what, words)

    def over(self) -> None:
        """Say that it can be done again, where it could not."""
        if self._said:
            self._said = ""
            self._log.warning("%s again", self._what.replace(" cannot be ", " are ", 1))
