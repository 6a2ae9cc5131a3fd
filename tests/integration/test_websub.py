"""A hub, our page and the watch's asking, over real sockets: from a feed that names a hub to an order to look."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from scheduler import websub
from scheduler.config import Config, load
from scheduler.web.pages.websub import MOST_SENT
from scheduler.web.server import listen, serve_site, site_for
from scheduler.websub import keep_subscribed
from storage import hubs, orders
from storage.database import Database
from storage.hubs import Hub, HubState

TOPIC = "https://yuzhou.example/rss.xml"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PATIENCE = 30.0


@dataclass
class SmallHub:
    """A hub that verifies as it should, and remembers what it was asked and what it was answered."""

    url: str = ""
    answer: int = 202
    location: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def ask(self, request: web.Request) -> web.Response:
        """Take a subscription on, and verify it."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self.location and request.path == "/":
            return web.Response(status=307, headers={"Location": self.location})
        self.asked.append(form)
        if self.answer == 202:
            task = asyncio.ensure_future(self.verify(form))
            self._tasks.add(task)
        return web.Response(status=self.answer, text="not today" if self.answer != 202 else "")

    async def verify(self, form: dict[str, str], **other: str) -> None:
        """Ask whether it was they who asked."""
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "k7-春",
            "hub.lease_seconds": "3600",
        } | {f"hub.{name}": value for name, value in other.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.get(form["hub.callback"], params=query) as reply,
        ):
            self.answers.append((reply.status, await reply.text()))

    async def push(self, body: bytes, signature: str | None = None, callback: str | None = None) -> int:
        """Send something new, signed as the specification says."""
        form = self.asked[0]
        if signature is None:
            signature = "sha256=" + hmac.new(form["hub.secret"].encode(), body, hashlib.sha256).hexdigest()
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                callback or form["hub.callback"], data=body, headers={"X-Hub-Signature": signature}
            ) as reply,
        ):
            assert await reply.text() == ""
            return reply.status


@dataclass
class Station:
    """A hub, a store, and the page over it; `watch` asks hubs meanwhile."""

    hub: SmallHub
    database: Database
    config: Config

    @contextlib.asynccontextmanager
    async def watch(self) -> AsyncIterator[None]:
        """Ask hubs meanwhile."""
        asking = asyncio.ensure_future(keep_subscribed(self.database, lambda: self.config, every=0.05))
        try:
            yield
        finally:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking

    def offer(self) -> None:
        """The spider found a feed that names the hub."""
        hubs.offer(self.database, "yuzhou", TOPIC, TOPIC, self.hub.url, NOW)

    def state(self) -> Hub | None:
        """The subscription as it is stored."""
        return next(iter(hubs.every(self.database)), None)

    def orders(self) -> list[tuple[str, tuple[str, ...]]]:
        """What was ordered."""
        return [(order.channel, order.urls) for order in orders.latest(self.database)]


async def until(condition: Callable[[], object]) -> None:
    """Wait for something, with patience."""
    for _ in range(int(PATIENCE / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it never came to that")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def settings(folder: Path, port: int, *, private: bool = True, channel: str = "yuzhou") -> Config:
    file = folder / "newsdelta.toml"
    file.write_text(
        f'[database]\nurl = "sqlite:///{folder}/news.db"\n'
        f'[[channel]]\nname = "{channel}"\nhome = "https://yuzhou.example/"\n'
        f'[web]\nbind = "127.0.0.1:{port}"\nurl = "http://127.0.0.1:{port}"\ntoken_file = "{folder}/token"\n'
        f"[network]\nallow_private_addresses = {str(private).lower()}\n",
        encoding="utf-8",
    )
    return load(str(file), env={})


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Station]:
    config, hub, stop = settings(folder, free_port()), SmallHub(), asyncio.Event()
    app = web.Application()
    app.router.add_post("/{anything:.*}", hub.ask)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hub.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    with Database.open(config.database_url) as database:
        page = site_for(lambda: config, database, nobody)
        serving = asyncio.ensure_future(serve_site(page, listen(config.web), stop))
        try:
            yield Station(hub, database, config)
        finally:
            stop.set()
            await serving
            await runner.cleanup()


async def nobody(_: object) -> list[object]:
    return []


def scenario(play: Callable[[Station], Awaitable[None]], folder: Path) -> None:
    async def run() -> None:
        async with running(folder) as station:
            await play(station)

    asyncio.run(run())


def test_a_feed_that_names_a_hub_is_subscribed_and_a_push_orders_a_look(tmp_path):
    async def play(station: Station) -> None:
        station.offer()
        async with station.watch():
            await until(lambda: station.hub.answers)
        (form,) = station.hub.asked
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", TOPIC)
        assert form["hub.callback"].startswith(f"{station.config.web.url}{websub.CALLBACK}")
        assert station.hub.answers == [(200, "k7-春")]
        state = station.state()
        assert state is not None
        assert (state.state, state.failures) == (HubState.ACTIVE, 0)

        assert station.orders() == []
        assert await station.hub.push("<rss>新的一条</rss>".encode()) == 202
        assert station.orders() == [("yuzhou", (TOPIC,))]
        assert await station.hub.push("<rss>再一条</rss>".encode()) == 202
        assert station.orders() == [("yuzhou", (TOPIC,))]  # one that waits will do

    scenario(play, tmp_path)


def test_what_is_not_signed_as_agreed_changes_nothing_and_is_not_told_so(tmp_path):
    async def play(station: Station) -> None:
        station.offer()
        async with station.watch():
            await until(lambda: station.hub.answers)
        for signature in ("", "sha256=", "sha256=00", "md5=00", "sha1=é", "sha256=" + "a" * 64):
            assert await station.hub.push(b"<rss/>", signature) == 202
        assert station.orders() == []
        secret = station.hub.asked[0]["hub.secret"].encode()
        old = hmac.new(secret, b"<rss/>", hashlib.sha1).hexdigest()
        assert await station.hub.push(b"<rss/>", f"SHA1={old.upper()}") == 202
        assert len(station.orders()) == 1

    scenario(play, tmp_path)


def test_who_has_no_token_learns_and_moves_nothing(tmp_path):
    async def play(station: Station) -> None:
        station.offer()
        async with station.watch():
            await until(lambda: station.hub.answers)
        form, hub = station.hub.asked[0], station.hub
        base = f"{station.config.web.url}{websub.CALLBACK}"
        for callback in (f"{base}guessed", f"{base}{'x' * 64}"):
            await hub.verify(form | {"hub.callback": callback})
            assert await hub.push(b"<rss/>", callback=callback) == 410
        await hub.verify(form, topic="https://other.example/")
        await hub.verify(form, mode="unsubscribe")
        await hub.verify(form, challenge="")
        await hub.verify(form, challenge="c" * 5000)
        assert {answer for answer in hub.answers[1:]} == {(404, "")}
        assert await hub.push(b"x" * (MOST_SENT + 1)) == 413
        assert station.orders() == []

    scenario(play, tmp_path)


def test_a_hub_that_refuses_denies_or_moves(tmp_path):
    async def play(station: Station) -> None:
        station.offer()
        station.hub.answer = 403
        async with station.watch():
            await until(lambda: (state := station.state()) and state.said)
        state = station.state()
        assert state is not None
        assert (state.state, state.said) == (HubState.WANTED, "403 not today")
        await station.hub.verify(station.hub.asked[0], mode="denied", reason="只给朋友")
        state = station.state()
        assert state is not None
        assert (state.state, state.said) == (HubState.DENIED, "只给朋友")

        hubs.offer(station.database, "yuzhou", TOPIC, f"{TOPIC}?2", station.hub.url, NOW)
        station.hub.answer, station.hub.location = 202, "/moved"
        async with station.watch():
            await until(lambda: (state := station.state()) and state.state is HubState.ACTIVE)

    scenario(play, tmp_path)


def test_a_lease_is_renewed_and_a_channel_that_goes_says_farewell(tmp_path):
    async def play(station: Station) -> None:
        station.offer()
        async with station.watch():
            await until(lambda: len(station.hub.answers) == 1)
        state = station.state()
        assert state is not None
        assert state.lease_until is not None
        assert state.next_at < state.lease_until
        assert hubs.due(station.database, state.next_at) == (state,)

        station.config = settings(tmp_path, station.config.web.port, channel="another")
        async with station.watch():
            await until(lambda: station.state() is None)
        assert [form["hub.mode"] for form in station.hub.asked] == ["subscribe", "unsubscribe"]
        await until(lambda: len(station.hub.answers) == 2)
        assert station.hub.answers[1] == (200, "k7-春")
        assert await station.hub.push(b"<rss/>") == 410

    scenario(play, tmp_path)


def test_a_hub_inside_our_own_network_is_not_asked(tmp_path):
    async def play(station: Station) -> None:
        station.offer()
        station.config = settings(tmp_path, station.config.web.port, private=False)
        async with station.watch():
            await until(lambda: (state := station.state()) and state.said)
        assert station.hub.asked == []
        state = station.state()
        assert state is not None
        assert "not on the public internet" in state.said

    scenario(play, tmp_path)


def test_without_a_public_address_no_hub_is_asked(tmp_path):
    async def play(station: Station) -> None:
        station.offer()
        file = station.config.source
        assert file is not None
        text = file.read_text("utf-8")
        file.write_text(text.replace(f'url = "{station.config.web.url}"\n', ""), "utf-8")
        station.config = load(str(file), env={})
        async with station.watch():
            await asyncio.sleep(0.3)
        assert station.hub.asked == []

    scenario(play, tmp_path)
