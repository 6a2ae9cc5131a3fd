"""What newsdelta says of itself: JSON lines with what each is about, from all its processes; and never a secret."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.acceptance.conftest import Newsdelta
from tests.acceptance.test_watch import until, watching
from tests.receivers import Receiver
from tests.replica.replica import Replica

HOOK, BEAT, PASSWORD = "s3QhookSECRETpath01", "s3QbeatSECRETtoken02", "s3Qp@ss/w:rd#03"
#: Asks without a proxy, whatever the environment says.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def site(newsdelta: Newsdelta) -> Iterator[Replica]:
    with Replica(seed=5, articles=12) as replica:
        yield replica


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as there:
        yield there


def configure(newsdelta: Newsdelta, site: Replica, receiver: Receiver, log: str, watch: str = "") -> None:
    (newsdelta.folder / "hook").write_text(f"{receiver.address('webhook', path=HOOK)}\n")
    (newsdelta.folder / "beat").write_text(f"http://127.0.0.1:9/ping/{BEAT}\n")
    newsdelta.configure(
        site.url,
        f'[watch]\nevery = "1s"\nheartbeat_url = "file:beat"\nheartbeat_every = "10s"\n{watch}'
        f'[log]\n{log}[web]\nbind = "127.0.0.1:0"\ntoken_file = "{newsdelta.folder}/token"\n'
        '[[alert]]\nname = "desk"\nto = ["file:hook"]\nper_story = false\n',
    )


def lines(file: Path) -> list[dict[str, Any]]:
    """Whole lines only: the last one may be on its way."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [json.loads(line) for line in text.split("\n")[:-1]]


def test_every_line_on_stderr_is_json_and_says_what_it_is_about(newsdelta, site, receiver):
    configure(newsdelta, site, receiver, 'format = "json"\nlevel = "debug"\n')
    with watching(newsdelta, "--web") as watcher:
        until(lambda: sum("article" in line for line in lines(watcher.err)) >= 12)
        until(lambda: any("delivery" in line for line in lines(watcher.err)))
        assert watcher.end() == 0
    said = lines(watcher.err)
    assert all(list(line)[:4] == ["time", "level", "logger", "message"] for line in said)
    assert any({"channel", "run"} <= line.keys() and "fetched" in line["message"] for line in said)
    crawling = [line for line in said if line["logger"].startswith("scrapy.")]
    assert any({"channel", "run"} <= line.keys() for line in crawling), "what another process said"
    delivered = next(line for line in said if "delivery" in line)
    assert delivered["destination"]
    assert isinstance(delivered["event"], int)
    assert "login?token=***" in watcher.err.read_text()
    assert (newsdelta.folder / "token").read_text().strip() not in watcher.err.read_text()


def test_a_file_gets_the_lines_and_stderr_is_for_people(newsdelta, site, receiver):
    configure(newsdelta, site, receiver, 'format = "json"\nfile = "newsdelta.log"\nlevel = "info"\n')
    newsdelta("watch", "--once")
    said = lines(newsdelta.folder / "newsdelta.log")
    assert sum("article" in line for line in said) >= 12


def test_a_folder_that_is_not_there_is_named_with_the_mend(newsdelta, site, receiver):
    configure(newsdelta, site, receiver, 'file = "nowhere/newsdelta.log"\n')
    said = newsdelta("channels", "list", expect=2).stderr
    assert "nowhere/newsdelta.log" in said
    assert "Make its folder" in said


def test_no_secret_is_in_a_log_in_json_on_a_page_or_in_an_answer_that_the_far_end_made(
    newsdelta, site, receiver
):
    receiver.do("echo")  # it says back all that it was sent
    configure(newsdelta, site, receiver, 'level = "debug"\n')
    with watching(newsdelta, "--web") as watcher:
        receiver.wait_for(3, requests=True, deadline=180)
        until(lambda: "heartbeat does not arrive" in watcher.err.read_text())
        found = re.search(r"(http://[^/]+)/login\?token=(\S+)", watcher.err.read_text())
        assert found
        pages = [
            _page(found[1] + path, found[2])
            for path in (
                "/",
                "/alerts",
                "/channels",
                "/api/v1/alerts",
                "/api/v1/destinations",
                "/api/v1/deliveries",
            )
        ]
        assert watcher.end() == 0
    assert all(pages)
    commands = [
        newsdelta("alerts", "list", "--json").stdout,
        newsdelta("alerts", "failed", "--json").stdout,
        newsdelta("alerts", "list").stdout,
        subprocess.run(
            newsdelta.command("doctor", "--json"),
            cwd=newsdelta.folder,
            env=newsdelta.env,
            capture_output=True,
            text=True,
        ).stdout,
        newsdelta("channels", "list", "--json").stdout,
    ]
    for text in (watcher.err.read_text(), watcher.out.read_text(), *pages, *commands):
        assert HOOK not in text
        assert BEAT not in text


def _page(url: str, token: str) -> str:
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})
    with DIRECT.open(request, timeout=60) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://news:{quote(PASSWORD, safe='')}@127.0.0.1:9/news",
        f"postgresql://127.0.0.1:9/news?user=news&password={quote(PASSWORD, safe='')}",
    ],
)
def test_the_password_of_a_database_that_does_not_answer_is_in_no_error(tmp_path, url):
    newsdelta = Newsdelta(tmp_path)
    (tmp_path / "store").write_text(url + "\n")
    newsdelta.config.write_text('[database]\nurl = "file:store"\n', encoding="utf-8")
    for words in (("articles",), ("crawl",), ("watch",), ("doctor",), ("doctor", "--json"), ("db", "check")):
        done = subprocess.run(
            newsdelta.command(*words), cwd=tmp_path, env=newsdelta.env, capture_output=True, text=True
        )
        assert done.returncode in (1, 2), words
        for text in (done.stdout, done.stderr):
            assert PASSWORD not in text
            assert quote(PASSWORD, safe="") not in text


def test_the_watcher_can_be_asked_whether_it_is_well(newsdelta, site, receiver):
    configure(newsdelta, site, receiver, 'level = "error"\n')
    newsdelta.crawl()
    assert "nobody watches" in newsdelta("doctor", "--watcher", expect=1).stdout
    with watching(newsdelta) as watcher:
        words = newsdelta.command("doctor", "--watcher")
        until(lambda: "was well at" in _said(words, newsdelta))
        findings = {one["about"]: one for one in newsdelta.json("doctor", "--watcher")}
        assert findings["heart"]["state"] == "well"
        assert watcher.end() == 0


def _said(words: list[str], newsdelta: Newsdelta) -> str:
    done = subprocess.run(words, cwd=newsdelta.folder, env=newsdelta.env, capture_output=True, text=True)
    return done.stdout
