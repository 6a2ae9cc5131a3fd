"""The disk is full or read-only: said once, nothing half written; it goes on by itself when there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import ENV, Newsdelta
from tests.acceptance.test_watch import until, watching
from tests.replica.replica import Replica
from tests.trouble.seen import audit, is_told, says, something_happens, watched
from tests.trouble.small_disk import SmallDisk

MEGABYTE = 2**20


class OnDisk(Newsdelta):
    """The command line where a small disk is mounted."""

    disk: SmallDisk

    def command(self, *words: str) -> list[str]:
        return self.disk.inside(super().command(*words))


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    monkeypatch.chdir(tmp_path)  # where `inside` begins
    with SmallDisk(tmp_path / "disk", 24 * MEGABYTE) as mounted:
        yield mounted


@pytest.fixture
def newsdelta(tmp_path: Path, disk: SmallDisk) -> Newsdelta:
    made = OnDisk(tmp_path, f"sqlite:///{tmp_path}/disk/newsdelta.db")
    made.disk = disk
    return made


def test_a_full_disk_is_said_once_and_what_happened_meanwhile_is_told_when_there_is_room(
    newsdelta, site, disk
):
    with watching(newsdelta) as watcher:
        until(lambda: is_told(newsdelta, site))
        disk.fill()
        something_happens(site)
        until(lambda: says(watcher, "The disk is full. Make room; nothing was half written"))
        asked = len(site.requests())
        crawl = newsdelta("crawl", "cq", expect=3)
        assert "The disk is full" in crawl.stderr
        doctor = newsdelta("doctor", expect=1)
        assert "Make room: newsdelta db prune, or a larger disk" in doctor.stdout
        until(lambda: len(site.requests()) >= asked)
        disk.free()
        until(lambda: is_told(newsdelta, site))
        assert watcher.end() == 0
        assert (
            watcher.err.read_text().count("newsdelta.db: The disk is full") <= 2
        )  # again after it had gone on
    audit(newsdelta, site)


def test_a_full_disk_of_the_archive_alone_stops_no_crawl(tmp_path, disk):
    newsdelta = OnDisk(tmp_path)
    newsdelta.disk = disk
    with Replica(seed=5, articles=12) as site:
        watched(newsdelta, site, f'[archive]\nfolder = "{disk.folder}"\n')
        disk.fill()
        done = newsdelta("crawl", "cq")
        assert "The archive cannot be written" in done.stderr
        assert "Bodies are kept in the database for 60 seconds" in done.stderr
        disk.free()
        something_happens(site)
        newsdelta("crawl", "cq")
        audit(newsdelta, site)


@pytest.mark.parametrize(
    "words", [("crawl", "cq"), ("watch", "--once"), ("watch",)], ids=["crawl", "once", "watch"]
)
def test_a_read_only_disk_is_named_and_nothing_changes(newsdelta, site, disk, words):
    newsdelta("crawl", "cq")
    disk.remount("ro")
    refused = newsdelta(*words, expect=1)
    assert str(disk.folder) in refused.stderr
    assert (
        "Read-only file system" in refused.stderr
        or "Check its path, its rights and its disk" in refused.stderr
    )
    assert "Traceback" not in refused.stderr
    disk.remount("rw")
    something_happens(site)
    newsdelta("crawl", "cq")
    audit(newsdelta, site)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")  # noqa: PTH110
@pytest.mark.parametrize("words", [("articles",), ("events", "--json"), ("doctor",)])
def test_output_that_cannot_be_written_is_one_message(tmp_path, words):
    newsdelta = Newsdelta(tmp_path)
    with Replica(seed=5, articles=12) as site:
        watched(newsdelta, site)
        newsdelta("crawl", "cq")
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            newsdelta.command(*words), cwd=tmp_path, env=ENV, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["newsdelta: No space left on device: the output"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")  # noqa: PTH110
def test_a_watcher_whose_output_is_full_goes_on(tmp_path):
    newsdelta = Newsdelta(tmp_path)
    with Replica(seed=5, articles=12) as site, open("/dev/full", "wb") as full:  # noqa: PTH123
        watched(newsdelta, site)
        process = subprocess.Popen(
            newsdelta.command("watch"), cwd=tmp_path, env=ENV, stdout=full, stderr=full
        )
        try:
            until(lambda: newsdelta.is_made() and is_told(newsdelta, site))
            something_happens(site)
            until(lambda: is_told(newsdelta, site))
        finally:
            process.terminate()
            process.wait(60)
        audit(newsdelta, site)
