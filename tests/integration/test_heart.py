"""The watcher's signs of life: sent while all is well, and only then; kept; and never with a secret in a log."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scheduler.config import Config, load
from scheduler.heart import Heart
from scheduler.heart_settings import HeartSettings
from scheduler.logs.begin import MASK
from scheduler.secrets import secrets_of
from scheduler.wellness import PATIENCE, Look
from storage import pulse
from storage.database import Database

ILL = Look(overdue={"visit cq.people.com.cn": 2 * PATIENCE})
TOKEN = "b7f0c2a4-11d5-4e0e-9a65-61c0ffee0001"


class Service:
    """What misses us: keeps each request's method, path and body; answers with `status`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.status = 200
        service = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                service.asked.append((self.command, self.path, body.decode()))
                self.send_response(service.status)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"OK")

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping/{TOKEN}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.chdir(tmp_path)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return load(data=str(tmp_path), env={})


def beats(config: Config, heart: HeartSettings, *looks: Look) -> list[pulse.Pulse]:
    """What a watcher says that sees this of itself, beat by beat; the last one is the one that is kept."""
    config = replace(config, heart=heart)
    MASK.learn(secrets_of(config, {}))
    seen = list(looks)

    async def run(database: Database) -> list[pulse.Pulse]:
        beating = Heart(lambda: config, database, lambda: seen.pop(0), tuple)
        said = [await beating.beat() for _ in looks]
        await beating.close()
        return said

    with Database.open(config.database_url) as database:
        said = asyncio.run(run(database))
        assert pulse.last(database) == said[-1]
    return said


def test_while_all_is_well_the_address_is_asked(config, service):
    first, second = beats(config, HeartSettings(service.url), Look(), Look())
    assert service.asked == [("GET", f"/ping/{TOKEN}", "")] * 2
    assert first.told_at == first.at
    assert second.answer == ""


def test_while_something_is_not_well_it_hears_nothing(config, service, caplog):
    well, ill, again = beats(config, HeartSettings(service.url), Look(), ILL, Look())
    assert len(service.asked) == 2
    assert ill.told_at == well.told_at
    assert "visit cq.people.com.cn is due" in ill.ills[0]
    assert again.ills == ()
    assert "not well" in caplog.text
    assert "well again" in caplog.text


def test_an_address_for_trouble_gets_the_reason_at_once(config, service):
    beats(config, HeartSettings(service.url, f"{service.url}/fail"), ILL, Look())
    [(method, path, body), well] = service.asked
    assert (method, path) == ("POST", f"/ping/{TOKEN}/fail")
    assert "visit cq.people.com.cn is due" in body
    assert well[0] == "GET"


def test_the_reason_may_stand_in_the_address(config, service):
    beats(config, HeartSettings(service.url, f"{service.url}?status=down&msg={{reason}}"), ILL)
    [(method, path, body)] = service.asked
    assert (method, body) == ("GET", "")
    assert "status=down&msg=visit%20cq.people.com.cn%20is%20due" in path


def test_a_service_that_takes_no_beat_is_told_of_once_and_without_its_token(config, service, caplog):
    service.status = 404
    caplog.set_level(logging.DEBUG)
    said = beats(config, HeartSettings(service.url), Look(), Look())
    assert said[0].told_at is None
    assert "HTTP 404" in said[1].answer
    assert caplog.text.count("The heartbeat does not arrive") == 1
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(said)


def test_nobody_there_is_trouble_of_the_heartbeat_and_not_of_the_watcher(config):
    [said] = beats(config, HeartSettings(f"http://127.0.0.1:9/{TOKEN}"), Look())
    assert said.ills == ()
    assert said.answer
    assert TOKEN not in said.answer


def test_a_store_that_cannot_be_written_is_not_well(config, service):
    config = replace(config, heart=HeartSettings(service.url, f"{service.url}/fail", timedelta(minutes=1)))
    Database.open(config.database_url).close()

    async def run(database: Database) -> pulse.Pulse:
        beating = Heart(lambda: config, database, Look, tuple)
        said = await beating.beat()
        await beating.close()
        return said

    with Database.open(config.database_url, readonly=True) as database:
        said = asyncio.run(run(database))
    assert "the store cannot be written" in said.ills[0]
    assert service.asked[0][1].endswith("/fail")
