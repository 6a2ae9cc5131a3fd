"""`newsdelta watch` on the replica: everything told once, whatever is killed, stopped or changed meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import psutil
import pytest

from tests.acceptance.conftest import Newsdelta, expected
from tests.replica.replica import Replica

QUICK = '[watch]\nevery = "1s"\nremoval_visits = 2\nremoval_after = "1s"\n'
PLANNED = '[watch]\nrequests_per_hour = 72000\nremoval_visits = 2\nremoval_after = "1s"\n'


class Watcher:
    """A running `newsdelta watch`."""

    def __init__(self, newsdelta: Newsdelta, *words: str) -> None:
        self.newsdelta = newsdelta
        self.out = newsdelta.folder / "watch.out"
        self.err = newsdelta.folder / "watch.err"
        with self.out.open("ab") as out, self.err.open("ab") as err:
            self.process = subprocess.Popen(
                newsdelta.command("watch", *words),
                cwd=newsdelta.folder,
                env=newsdelta.env,
                stdout=out,
                stderr=err,
            )

    def child(self) -> int | None:
        """The crawling process's id, once there is one."""
        try:
            children = psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return None
        return children[0].pid if children else None

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def watching(newsdelta: Newsdelta, *words: str) -> Iterator[Watcher]:
    watcher = Watcher(newsdelta, *words)
    try:
        yield watcher
    finally:
        if watcher.process.poll() is None:
            watcher.end()


def until(what: Callable[[], object], seconds: float = 180.0) -> None:
    """Wait for something; fail when it does not come."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)


def told(newsdelta: Newsdelta) -> list[tuple[str, str]]:
    return sorted(newsdelta.events()) if newsdelta.is_made() else []


@pytest.fixture
def site(newsdelta: Newsdelta) -> Iterator[Replica]:
    with Replica(seed=5, articles=24) as replica:
        newsdelta.configure(replica.url, QUICK)
        yield replica


def is_quiet(newsdelta: Newsdelta, site: Replica) -> bool:
    return told(newsdelta) == expected(site)


@pytest.mark.parametrize("settings", [QUICK, PLANNED], ids=["interval", "plan"])
def test_what_happens_is_told_once(newsdelta, site, settings):
    newsdelta.configure(site.url, settings)
    with watching(newsdelta) as watcher:
        until(lambda: is_quiet(newsdelta, site))
        site.do("publish", column=365402, topic="traffic")
        site.do("edit", article=20, classes="number")
        site.do("remove", article=22, how="404")
        site.do("churn", articles="all")
        until(lambda: is_quiet(newsdelta, site))
        assert watcher.end() == 0
    assert is_quiet(newsdelta, site)
    printed = watcher.out.read_text()
    assert printed.count("+ new") == 25
    assert printed.count("~ edited") == printed.count("- removed") == 1


def test_kill_9_of_watcher_and_child_at_any_moment_loses_nothing_and_tells_nothing_twice(newsdelta, site):
    chance = random.Random(7)
    steps = [
        lambda: site.do("publish", column=365402, topic="traffic"),
        lambda: site.do("edit", article=20, classes="number"),
        lambda: site.do("remove", article=22, how="404"),
        lambda: site.do("publish", column=365411, topic="farm"),
        lambda: site.do("retitle", article=21),
        lambda: site.do("churn", articles="all"),
    ]
    with ExitStack() as watchers:
        watcher = watchers.enter_context(watching(newsdelta))
        until(lambda: is_quiet(newsdelta, site))
        for number, step in enumerate(steps):
            until(watcher.child)
            step()
            time.sleep(chance.uniform(0, 3))
            if number % 2:
                watcher.process.kill()
                watcher.process.wait()
                watcher = watchers.enter_context(watching(newsdelta))
            elif child := watcher.child():
                os.kill(child, signal.SIGKILL)
        until(lambda: is_quiet(newsdelta, site))
        assert watcher.end() == 0
    assert is_quiet(newsdelta, site)
    assert newsdelta.json("db", "check")["findings"] == []


def test_sigterm_finishes_the_page_in_hand_and_ends_in_ten_seconds(newsdelta, site):
    site.do("slow", path="*", seconds=3.0)
    with watching(newsdelta) as watcher:
        until(lambda: len(site.requests()) >= 2)
        begun = time.monotonic()
        assert watcher.end() == 0
        assert time.monotonic() - begun < 10
    assert newsdelta.json("db", "check")["findings"] == []
    site.do("recover")
    with watching(newsdelta):
        until(lambda: is_quiet(newsdelta, site))


def test_sigterm_does_not_wait_for_a_page_that_never_comes(newsdelta, site):
    with watching(newsdelta) as watcher:
        until(lambda: is_quiet(newsdelta, site))
        site.do("slow", path="*", seconds=20.0)
        time.sleep(2.5)  # the next crawl has begun, and waits
        begun = time.monotonic()
        watcher.end()
        assert time.monotonic() - begun < 10
        site.do("recover")


def test_a_second_watcher_is_refused_with_the_name_of_the_first(newsdelta, site):
    with watching(newsdelta) as watcher:
        until(watcher.child)
        for words in (("watch",), ("watch", "--once")):
            refused = newsdelta(*words, expect=1)
            assert f"process {watcher.process.pid}" in refused.stderr
            assert "watches this database already" in refused.stderr


def test_sighup_reads_the_config_again(newsdelta, site):
    newsdelta.configure(site.url, '[watch]\nevery = "1d"\n')
    with watching(newsdelta) as watcher:
        until(lambda: is_quiet(newsdelta, site))
        site.do("publish", column=365402, topic="traffic")
        newsdelta.config.write_text("[watch]\nevry = 1\n")
        watcher.process.send_signal(signal.SIGHUP)
        until(lambda: "the old one stays" in watcher.err.read_text())
        until(lambda: watcher.out.read_text().count("+ new") == 24)
        newsdelta.configure(site.url, QUICK)
        watcher.process.send_signal(signal.SIGHUP)
        until(lambda: is_quiet(newsdelta, site))


@pytest.mark.parametrize("settings", [QUICK, PLANNED], ids=["interval", "plan"])
def test_a_paused_channel_is_left_alone_until_it_goes_on(newsdelta, site, settings):
    newsdelta.configure(site.url, settings)

    def nothing_is_asked() -> bool:
        before = len(site.requests())
        time.sleep(3)
        return len(site.requests()) == before

    with watching(newsdelta):
        until(lambda: is_quiet(newsdelta, site))
        newsdelta("channels", "pause", "cq")
        until(nothing_is_asked)
        assert [one["name"] for one in newsdelta.lines("channels", "list") if one["paused_since"]] == ["cq"]
        site.do("publish", column=365402, topic="traffic")
        assert nothing_is_asked()
        newsdelta("channels", "resume", "cq")
        until(lambda: is_quiet(newsdelta, site))


def test_a_paused_channel_is_left_out_by_once_and_crawled_when_asked(newsdelta, site):
    newsdelta("channels", "pause", "cq")
    newsdelta("watch", "--once")
    assert site.requests() == []
    assert newsdelta.crawl()["new"] == 24
    refused = newsdelta("channels", "pause", "gz", expect=2)
    assert "not watched" in refused.stderr


@pytest.mark.parametrize("settings", [QUICK, PLANNED], ids=["interval", "plan"])
def test_once_does_what_is_due_and_ends(newsdelta, site, settings):
    newsdelta.configure(site.url, settings)
    first = newsdelta("watch", "--once").stdout
    assert first.count("+ new") == 24
    site.do("publish", column=365402, topic="traffic")
    time.sleep(2)
    assert newsdelta("watch", "--once").stdout.count("+ new") == 1
    assert is_quiet(newsdelta, site)


def test_the_plan_can_be_seen(newsdelta, site):
    newsdelta.configure(site.url, PLANNED)
    newsdelta("watch", "--once")
    [report] = newsdelta.lines("channels", "check", "cq", "--visits", "7")
    assert len(report["next"]) == 7
    assert {visit["kind"] for visit in report["next"]} <= {"article", "listing"}
    assert report["pages"] > 24
    delays = [budget["edit_minutes"] for budget in report["budgets"]]
    assert delays == sorted(delays, reverse=True)
    assert "requests/h" in newsdelta("channels", "check").stdout
    newsdelta.configure(site.url, QUICK)
    assert newsdelta.lines("channels", "check") == [{"channels": ["cq"], "rhythm": "whole, every 1s"}]
