"""What a test can ask of a replica, whether it runs in the same process or in another: the protocol, and its
wire form.

On the wire a call is a POST of `{"call": name, "with": {argument: value}}` to `/__replica__/`; the answer is
`{"value": …}`, or status 400 and `{"error": text}`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

from .site import NoSuchArticle
from .world import World

CONTROL_PATH = "/__replica__/"


class ReplicaError(RuntimeError):
    """A replica refused a call, or its process did not start."""


class Control(Protocol):
    """The calls that `Replica` and `ReplicaProcess` both take. Articles are named by number, timeline name,
    id or URL.
    """

    @property
    def urls(self) -> dict[str, str]:
        """The address of each channel's home page, with a slash at the end."""

    @property
    def url(self) -> str:
        """The address of the first channel's home page."""

    def now(self) -> float:
        """Seconds on the replica's clock."""

    def advance(self, to: float | None = None, by: float = 0.0) -> float:
        """Move the clock forward and take the steps that fall due."""

    def do(self, what: str, **options: Any) -> None:
        """Take one timeline step now."""

    def truth(self, article: int | str, channel: str | None = None) -> dict[str, Any]:
        """The fields that a reader sees now."""

    def truths(self, channel: str | None = None) -> list[dict[str, Any]]:
        """The truth of every article that is published now, oldest first."""

    def expected_events(self, initial: bool = True) -> list[dict[str, Any]]:
        """What a perfect watcher has reported by now."""

    def requests(self) -> list[dict[str, Any]]:
        """The request log."""

    def forget_requests(self) -> None:
        """Empty the request log."""


def call(world: World, name: str, arguments: dict[str, Any]) -> Any:
    """Carry out one call on a world. Raises ReplicaError, and the world's own errors."""
    if name == "do":
        options = dict(arguments)
        world.do(options.pop("what"), **options)
        return None
    if name == "expected_events":
        return [asdict(event) for event in world.expected_events(**arguments)]
    if name == "truths":
        return list(world.truths(**arguments))
    if name in ("now", "advance", "truth", "requests", "forget_requests"):
        return getattr(world, name)(**arguments)
    raise ReplicaError(f"a replica takes no call {name!r}")


def answer_call(world: World, content: bytes) -> tuple[int, bytes]:
    """Carry out a call as it came over the wire; return status and answer."""
    try:
        asked = json.loads(content)
        value = call(world, asked["call"], asked.get("with", {}))
    except (ValueError, TypeError, LookupError, ReplicaError, NoSuchArticle) as error:
        return 400, json.dumps({"error": f"{type(error).__name__}: {error}"}, ensure_ascii=False).encode()
    return 200, json.dumps({"value": value}, ensure_ascii=False).encode()


class Calls:
    """The calls of `Control`, made out of one method `_call`."""

    _urls: dict[str, str]

    def _call(self, name: str, /, **arguments: Any) -> Any:
        raise NotImplementedError

    @property
    def urls(self) -> dict[str, str]:
        """The address of each channel's home page, with a slash at the end."""
        return self._urls

    @property
    def url(self) -> str:
        """The address of the first channel's home page."""
        return next(iter(self._urls.values()))

    def now(self) -> float:
        """Seconds on the replica's clock."""
        return float(self._call("now"))

    def advance(self, to: float | None = None, by: float = 0.0) -> float:
        """Move the clock forward and take the steps that fall due."""
        return float(self._call("advance", to=to, by=by))

    def do(self, what: str, **options: Any) -> None:
        """Take one timeline step now, such as `do("edit", article=3, classes="number")`."""
        self._call("do", what=what, **options)

    def truth(self, article: int | str, channel: str | None = None) -> dict[str, Any]:
        """The fields that a reader sees now."""
        found: dict[str, Any] = self._call("truth", article=article, channel=channel)
        return found

    def truths(self, channel: str | None = None) -> list[dict[str, Any]]:
        """The truth of every article that is published now, oldest first."""
        found: list[dict[str, Any]] = self._call("truths", channel=channel)
        return found

    def expected_events(self, initial: bool = True) -> list[dict[str, Any]]:
        """What a perfect watcher has reported by now, in order of time."""
        found: list[dict[str, Any]] = self._call("expected_events", initial=initial)
        return found

    def requests(self) -> list[dict[str, Any]]:
        """The request log."""
        found: list[dict[str, Any]] = self._call("requests")
        return found

    def forget_requests(self) -> None:
        """Empty the request log."""
        self._call("forget_requests")


def settings_of(
    timeline: Any, seed: int | None, articles: int | None, channels: Sequence[str] | None
) -> dict[str, Any]:
    """Join what the caller sets with what the timeline file sets; the caller's word counts."""
    found: dict[str, Any] = {"seed": 7, "articles": 60, "channels": ("cq",), **timeline.settings}
    given = {"seed": seed, "articles": articles, "channels": channels}
    found.update({key: value for key, value in given.items() if value is not None})
    return found
