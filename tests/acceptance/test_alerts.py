"""Alerts as a user has them: told once where people are, whatever is killed; and the commands to look after them."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Newsdelta, expected, id_in
from tests.acceptance.test_watch import QUICK, until, watching
from tests.receivers import Receiver
from tests.replica.replica import Replica

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens there


@pytest.fixture
def site(newsdelta: Newsdelta) -> Iterator[Replica]:
    with Replica(seed=5, articles=24) as replica:
        newsdelta.configure(replica.url, QUICK)
        yield replica


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as there:
        yield there


def alert(to: str, name: str = "all", **more: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'[[alert]]\nname = "{name}"\nto = ["{to}"]\nper_story = false\n{lines}'


def file_of(newsdelta: Newsdelta, name: str = "told.jsonl") -> Path:
    return newsdelta.folder / name


def documents(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def told_in(file: Path) -> list[tuple[str, str]]:
    """Kind and publisher's id of everything told, each message once however often it came."""
    by_key: dict[str, list[tuple[str, str]]] = {}
    for document in documents(file):
        events = [item["event"] for item in document["data"]["items"]]
        by_key[document["data"]["key"]] = [(event["kind"], id_in(event["url"])) for event in events]
    return sorted(pair for pairs in by_key.values() for pair in pairs)


# -- told once


def test_watch_tells_everything_once_and_in_order(newsdelta, site):
    file = file_of(newsdelta)
    newsdelta.configure(site.url, QUICK + alert(f"file://{file}"))
    with watching(newsdelta) as watcher:
        until(lambda: told_in(file) == expected(site))
        site.do("publish", column=365402, topic="traffic")
        site.do("edit", article=20, classes="number")
        site.do("remove", article=22, how="404")
        until(lambda: told_in(file) == expected(site))
        assert watcher.end() == 0
    assert len(documents(file)) == len(expected(site))
    events = [item["event"] for document in documents(file) for item in document["data"]["items"]]
    by_article: dict[int, list[int]] = defaultdict(list)
    for event in events:
        by_article[event["article"]].append(event["id"])
    assert all(numbers == sorted(numbers) for numbers in by_article.values())
    edit = next(document for document in documents(file) if document["data"]["items"][0]["changes"])
    assert edit["data"]["items"][0]["event"]["kind"] == "edited"
    [row] = newsdelta.lines("alerts", "list")
    assert (row["alert"], row["sent"], row["waiting"], row["dead"]) == ("all", len(expected(site)), 0, 0)


def test_kill_9_of_watcher_and_child_loses_no_alert_and_invents_none(newsdelta, site):
    file, chance = file_of(newsdelta), random.Random(11)
    newsdelta.configure(site.url, QUICK + alert(f"file://{file}"))
    steps = [
        lambda: site.do("publish", column=365402, topic="traffic"),
        lambda: site.do("edit", article=20, classes="number"),
        lambda: site.do("remove", article=22, how="404"),
        lambda: site.do("retitle", article=21),
    ]
    with ExitStack() as watchers:
        watcher = watchers.enter_context(watching(newsdelta))
        until(lambda: len(documents(file)) > 3)
        for number, step in enumerate(steps):
            until(watcher.child)
            step()
            time.sleep(chance.uniform(0, 2))
            if number % 2 == 0:
                watcher.process.kill()
                watcher.process.wait()
                watcher = watchers.enter_context(watching(newsdelta))
            elif child := watcher.child():
                os.kill(child, signal.SIGKILL)
        until(lambda: told_in(file) == expected(site))
        assert watcher.end() == 0
    lines = Counter(document["data"]["key"] for document in documents(file))
    assert (
        sum(count - 1 for count in lines.values()) <= 2
    )  # one at most for each kill of the one who delivers


def test_crawl_and_watch_once_deliver_before_they_end(newsdelta, site):
    file = file_of(newsdelta)
    newsdelta.configure(site.url, QUICK + alert(f"file://{file}"))
    newsdelta.crawl()
    assert told_in(file) == expected(site)
    site.do("publish", column=365402, topic="traffic")
    newsdelta("watch", "--once")
    assert told_in(file) == expected(site)
    assert len(documents(file)) == 25


def test_a_crawl_beside_a_watcher_leaves_the_delivering_to_it(newsdelta, site):
    file, other = file_of(newsdelta), file_of(newsdelta, "other.jsonl")
    newsdelta.configure(site.url, '[watch]\nevery = "1d"\n' + alert(f"file://{file}"))
    with watching(newsdelta):
        until(lambda: told_in(file) == expected(site))
        newsdelta.configure(site.url, QUICK + alert(f"file://{other}"))
        site.do("publish", column=365402, topic="traffic")
        newsdelta.crawl()
        until(lambda: told_in(file) == expected(site))
    assert not other.exists()


def test_a_dry_run_and_a_config_without_alerts_tell_nobody(newsdelta, site):
    file = file_of(newsdelta)
    newsdelta.configure(site.url, QUICK + alert(f"file://{file}"))
    newsdelta("crawl", "cq", "--dry-run")
    newsdelta.configure(site.url, QUICK)
    newsdelta.crawl()
    assert not file.exists()


def test_sighup_takes_other_alerts_and_keeps_the_old_ones_where_the_new_are_wrong(newsdelta, site):
    first, second = file_of(newsdelta, "first.jsonl"), file_of(newsdelta, "second.jsonl")
    newsdelta.configure(site.url, QUICK + alert(f"file://{first}"))
    with watching(newsdelta) as watcher:
        until(lambda: told_in(first) == expected(site))
        newsdelta.configure(site.url, QUICK + alert("dingtalkk://hush-hush"))
        watcher.process.send_signal(signal.SIGHUP)
        until(lambda: "the old one stays" in watcher.err.read_text())
        site.do("edit", article=20, classes="number")
        until(lambda: told_in(first) == expected(site))
        newsdelta.configure(site.url, QUICK + alert(f"file://{second}"))
        watcher.process.send_signal(signal.SIGHUP)
        until(lambda: "was read again" in watcher.err.read_text())
        site.do("publish", column=365402, topic="traffic")
        until(lambda: len(told_in(second)) == 1)
        assert "hush" not in watcher.err.read_text()
    assert len(told_in(first)) == 25


def test_a_webhook_that_hangs_delays_no_other_and_does_not_stop_the_stopping(newsdelta, site, receiver):
    receiver.do("hang")
    file = file_of(newsdelta)
    newsdelta.configure(
        site.url, QUICK + alert(f"file://{file}") + alert(receiver.address("webhook"), name="hook")
    )
    with watching(newsdelta) as watcher:
        until(lambda: told_in(file) == expected(site))
        receiver.wait_for(1, requests=True)
        assert watcher.end() == 0  # within a minute; the 24 messages would hang for six
    receiver.do("accept")
    with watching(newsdelta):
        receiver.wait_for(24, deadline=180)
    assert len(set(receiver.keys)) == 24


def test_a_bot_that_answers_200_with_an_error_is_not_believed(newsdelta, site, receiver):
    receiver.do("no", times=3)
    newsdelta.configure(
        site.url, QUICK + alert(receiver.address("wecom"), name="desk", kinds='["new"]', digest='"1m"')
    )
    with watching(newsdelta):
        received = receiver.wait_for(1, deadline=180)
    assert received[0].taken
    assert newsdelta.lines("alerts", "list")[0]["sent"] == 24


# -- looking after them


def test_a_test_message_says_what_the_far_end_answered(newsdelta, site, receiver):
    file = file_of(newsdelta)
    newsdelta.configure(
        site.url,
        alert(f"file://{file}", name="file")
        + alert(receiver.address("dingtalk"), name="desk", language='"en"'),
    )
    assert "✓" in newsdelta("alerts", "test", "file").stdout
    [document] = documents(file)
    assert document["data"]["title"].startswith("【测试】")
    assert document["data"]["key"].startswith("nd-test-")
    assert document["data"]["items"][0]["event"]["id"] == 0
    [result] = [
        json.loads(line) for line in newsdelta("alerts", "test", "desk", "--json").stdout.splitlines()
    ]
    assert result["accepted"]
    assert "test message" in receiver.received[0].text
    receiver.do("refuse")
    refused = newsdelta("alerts", "test", expect=1).stdout
    assert refused.count("✓") == refused.count("✗") == 1
    assert "0f1e2d3c" not in refused
    unknown = newsdelta("alerts", "test", "nobody", expect=2).stderr
    assert "nobody" in unknown
    assert "file, desk" in unknown


def test_what_was_given_up_can_be_seen_sent_and_discarded(newsdelta, site, receiver):
    receiver.do("refuse")
    newsdelta.configure(
        site.url,
        QUICK + "[alerts]\ntries = 1\n" + alert(receiver.address("webhook"), name="hook", kinds='["new"]'),
    )
    newsdelta.crawl()
    failed = newsdelta.lines("alerts", "failed")
    assert len(failed) == 24
    assert {row["alert"] for row in failed} == {"hook"}
    assert all(row["answer"] for row in failed)
    assert "hook →" in newsdelta("alerts", "failed", "--limit", "3").stdout
    newsdelta("alerts", "discard", str(failed[0]["id"]))
    receiver.do("accept")
    assert "1 will be sent again" in newsdelta("alerts", "retry", str(failed[1]["id"])).stdout
    newsdelta.crawl()
    assert len(receiver.received) == 1
    assert "22 will be sent again" in newsdelta("alerts", "retry", "--all").stdout
    newsdelta("watch", "--once")
    assert len(receiver.received) == 23
    assert newsdelta.lines("alerts", "failed") == []
    newsdelta("alerts", "retry", "99999", expect=1)
    newsdelta("alerts", "retry", expect=2)


def test_replay_shows_what_the_present_rules_would_have_told_and_sends_nothing(newsdelta, site):
    newsdelta.crawl()
    file = file_of(newsdelta)
    newsdelta.configure(site.url, alert(f"file://{file}", kinds='["new"]'))
    rows = newsdelta.lines("alerts", "replay", "--since", "1d")
    assert sorted((row["kind"], id_in(row["url"])) for row in rows) == expected(site)
    assert "24 alerts would have been sent" in newsdelta("alerts", "replay", "--since", "1d").stdout
    assert newsdelta.lines("alerts", "replay", "--since", "0s") == []
    assert not file.exists()


def test_pausing_keeps_and_muting_drops(newsdelta, site):
    file = file_of(newsdelta)
    newsdelta.configure(site.url, QUICK + alert(f"file://{file}"))
    newsdelta.crawl()
    newsdelta("alerts", "pause", "all")
    assert newsdelta.lines("alerts", "list")[0]["state"] == "paused"
    site.do("publish", column=365402, topic="traffic")
    newsdelta.crawl()
    assert newsdelta.lines("alerts", "list")[0]["waiting"] == 1
    assert len(told_in(file)) == 24
    newsdelta("alerts", "resume", "all")
    newsdelta("watch", "--once")
    assert told_in(file) == expected(site)
    newsdelta("alerts", "mute", "all", "--for", "2h")
    assert newsdelta.lines("alerts", "list")[0]["state"].startswith("muted until")
    site.do("edit", article=20, classes="number")
    newsdelta.crawl()
    newsdelta("alerts", "resume", "all")
    newsdelta.crawl()
    assert len(told_in(file)) == 25
    assert "no such alert" in newsdelta("alerts", "pause", "nobody", expect=1).stderr


def test_rows_for_a_place_that_is_gone_are_shown(newsdelta, site):
    newsdelta.configure(site.url, QUICK + alert(f"webhook+{NOWHERE}/x", name="old"))
    newsdelta.crawl()
    newsdelta.configure(site.url, QUICK + alert("stdout://", name="new"))
    newsdelta.crawl()
    rows = newsdelta.lines("alerts", "list")
    orphan = next(row for row in rows if row.get("alert") == "old")
    assert (orphan["state"], orphan["configured"], orphan["waiting"]) == ("gone", False, 24)
    assert any(row.get("trouble") == "not configured any more" for row in rows)
    assert "not configured any more" in newsdelta("alerts", "list").stdout


# -- bad input, and secrets


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("dingtalkk://hush-hush", ["newsdelta.toml, line", "dingtalk://"]),
        ("hush-hush", ["newsdelta.toml, line", "env:NAME"]),
        ("env:NOT_THERE", ["NOT_THERE", "is not set"]),
        ("file:not-there", ["not-there", "cannot be read"]),
        ("dingtalk://", ["newsdelta.toml, line"]),
        ("https://oapi.example/hush-hush", ["webhook+https"]),
    ],
)
def test_a_wrong_address_is_refused_at_the_start_with_place_and_mend(newsdelta, site, to, words):
    newsdelta.configure(site.url, QUICK + alert(to))
    refused = newsdelta("watch", expect=2)
    for word in words:
        assert word in refused.stderr
    assert "hush" not in refused.stderr + refused.stdout
    assert not site.requests()


@pytest.mark.parametrize("command", [("crawl",), ("watch", "--once"), ("alerts", "test")])
def test_every_command_that_sends_refuses_a_wrong_address(newsdelta, site, command):
    newsdelta.configure(site.url, QUICK + alert("dingtalkk://hush-hush"))
    assert "newsdelta.toml, line" in newsdelta(*command, expect=2).stderr
    assert not site.requests()


def test_a_template_with_an_error_is_refused_at_the_start(newsdelta, site):
    folder = newsdelta.folder / "words"
    folder.mkdir()
    (folder / "message.txt").write_text("{% for item in items %}\n{{ item.nonsense }}\n{% endfor %}\n")
    newsdelta.configure(site.url, QUICK + '[alerts]\ntemplates = "words"\n' + alert("stdout://"))
    refused = newsdelta("watch", expect=2).stderr
    assert "message.txt, line 2" in refused
    (folder / "message.txt").unlink()
    newsdelta.configure(site.url, QUICK + alert("stdout://", template='"mine"'))
    assert "[alerts] templates" in newsdelta("watch", expect=2).stderr


def test_secrets_are_nowhere_but_in_the_config(newsdelta, site, receiver):
    secret = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
    receiver.do("echo")
    url = f"webhook+{receiver.url}/{secret}?secret=whsec_{'QUJDREVGR0hJSktMTU5PUFFSU1RVVldY'}"
    newsdelta.configure(
        site.url,
        QUICK + "[alerts]\ntries = 1\n" + alert("desk") + f'[[destination]]\nname = "desk"\nurl = "{url}"\n',
    )
    printed = [newsdelta("crawl", "cq", expect=0)]
    printed += [
        newsdelta("alerts", "list", "--json"),
        newsdelta("alerts", "list"),
        newsdelta("alerts", "failed", "--json"),
        newsdelta("alerts", "test", expect=1),
        newsdelta("alerts", "replay", "--since", "1d", "--json"),
    ]
    assert len(newsdelta.lines("alerts", "failed")) == 24
    for done in printed:
        assert secret not in done.stdout + done.stderr
        assert "QUJDREVG" not in done.stdout + done.stderr
    for file in newsdelta.folder.glob("newsdelta.db*"):
        assert secret.encode() not in file.read_bytes()
        assert b"QUJDREVG" not in file.read_bytes()


def test_addresses_come_from_the_environment_and_from_files(newsdelta, site):
    file, secret = file_of(newsdelta), newsdelta.folder / "place"
    secret.write_text(f"file://{file}\n")
    newsdelta.configure(site.url, QUICK + alert("file:place"))
    newsdelta.crawl()
    assert told_in(file) == expected(site)


def test_feeds_are_written_where_the_config_says(newsdelta, site):
    newsdelta.configure(site.url, QUICK + '[alerts]\nfeeds = "feeds"\n' + alert("stdout://", name="all"))
    newsdelta("crawl", "cq")
    assert (newsdelta.folder / "feeds" / "channels" / "cq.atom").exists()
    assert (newsdelta.folder / "feeds" / "subscriptions" / "all.json").exists()
