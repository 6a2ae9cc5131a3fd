"""The receiver of alerts, which can go away and come back on its port without forgetting what it got."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from tests.receivers.receiver import Receiver
from tests.receivers.services import Received


class Mailbox:
    """A webhook's receiver; `away` closes its port, `back` opens it again."""

    def __init__(self) -> None:
        self._before: list[Received] = []
        self._open: Receiver | None = None
        self._port = 0

    def __enter__(self) -> Self:
        self.back()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.away()

    @property
    def address(self) -> str:
        """The destination that leads here."""
        assert self._open is not None
        return self._open.address("webhook")

    def back(self) -> None:
        """Listen, if it does not."""
        if self._open is None:
            self._open = Receiver(self._port).start()
            self._port = int(self._open.url.rsplit(":", 1)[1])

    def away(self) -> None:
        """Listen no more."""
        if self._open is not None:
            self._open.stop()
            self._before += self._open.requests  # of now, when no more can come
            self._open = None

    def do(self, deed: str) -> None:
        """Answer so from now on, where it is there at all."""
        if self._open is not None:
            self._open.do(deed)

    @property
    def accepted(self) -> list[Received]:
        """All that was accepted, in order, also what its sender was not told of."""
        now = self._open.received if self._open is not None else []
        return [one for one in self._before if one.taken] + now
