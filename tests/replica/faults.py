"""What can go wrong with an answer: which requests a fault hits, and for how long. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any


@dataclass(slots=True)
class Fault:
    """One fault. `path` is a pattern with `*`; `left` counts the requests it still hits, None: no limit;
    `until` is a
    time of the replica's clock, None: until recovery.
    """

    kind: str
    channel: str | None = None
    path: str = "*"
    left: int | None = None
    until: float | None = None
    options: dict[str, Any] = field(default_factory=dict)


class Faults:
    """The faults in force, the latest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._faults.insert(0, fault)

    def recover(self, kind: str | None = None, channel: str | None = None) -> None:
        """End all faults, or those of a kind or a channel."""
        self._faults = [
            fault
            for fault in self._faults
            if (kind and fault.kind != kind) or (channel and fault.channel not in (None, channel))
        ]

    def hit(self, channel: str, path: str, now: float) -> Fault | None:
        """Return the fault that hits a request, and count it."""
        if not self._faults:
            return None
        self._faults = [fault for fault in self._faults if _lasts(fault, now)]
        for fault in self._faults:
            if fault.channel in (None, channel) and fnmatchcase(path, fault.path):
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None


def _lasts(fault: Fault, now: float) -> bool:
    return (fault.left is None or fault.left > 0) and (fault.until is None or now < fault.until)
