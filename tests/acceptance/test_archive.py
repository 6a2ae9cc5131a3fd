"""The archive as a user has it: everything that came is in WARC files, read again, given away, checked, given up."""

import json
import signal
import sqlite3
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.acceptance.conftest import Newsdelta


def files(newsdelta: Newsdelta) -> list[Path]:
    return sorted(newsdelta.archive.glob("*.warc.gz"))


def archived(newsdelta: Newsdelta) -> list[tuple[str, str, str]]:
    """Kind, address and HTTP status of every record, as warcio reads them, digests checked."""
    warcio = pytest.importorskip("warcio", reason="warcio is not installed")
    found = []
    for path in files(newsdelta):
        with path.open("rb") as file:
            for one in warcio.ArchiveIterator(file, check_digests="raise"):
                status = one.http_headers.get_statuscode() if one.http_headers else ""
                found.append((one.rec_type, one.rec_headers.get_header("WARC-Target-URI") or "", status))
                one.content_stream().read()
    return found


def test_everything_that_came_is_archived_and_kept_once(newsdelta, site):
    summary = newsdelta.crawl()
    found = archived(newsdelta)

    assert next(kind for kind, _, _ in found) == "warcinfo"
    answers = [url for kind, url, _ in found if kind in ("response", "revisit")]
    assert len(answers) >= summary["fetched"]
    assert {row["url"] for row in newsdelta.lines("articles", "--limit", "100")} <= set(answers)
    assert site.url + "robots.txt" in answers
    assert newsdelta.sql("SELECT count(*) FROM bodies") == [(0,)]
    assert newsdelta.json("db", "check")["findings"] == []


def test_refusals_and_redirects_are_archived_and_unchanged_pages_are_not(newsdelta, site):
    newsdelta.crawl()
    before = len(archived(newsdelta))
    newsdelta.crawl()
    assert len(archived(newsdelta)) - before <= 4  # robots.txt without validators; the home, read whole
    site.do("remove", article=20, how="404")
    newsdelta.crawl()

    assert [status for _, _, status in archived(newsdelta)].count("404") >= 1


def test_reextract_and_the_page_read_from_the_archive(newsdelta, site):
    newsdelta.crawl()
    newsdelta.sql("UPDATE revisions SET rules = 'd0 r0 x0 c0'")
    newsdelta.sql("UPDATE articles SET rules = 'd0 r0 x0 c0'")

    assert {row["outcome"] for row in newsdelta.lines("reextract")} == {"same"}


def test_the_archive_can_be_left_out(newsdelta, site):
    newsdelta.configure(site.url, "[archive]\nwarc = false\n")
    newsdelta.crawl()

    assert files(newsdelta) == []
    assert newsdelta.sql("SELECT count(*) FROM bodies")[0][0] >= 24


def test_a_dry_run_archives_nothing(newsdelta, site):
    newsdelta.crawl("--dry-run")

    assert files(newsdelta) == []


def test_after_a_kill_everything_that_is_known_can_be_read(newsdelta, site):
    site.do("slow", seconds=0.05)
    with subprocess.Popen(newsdelta.command("crawl", "cq"), cwd=newsdelta.folder, env=newsdelta.env) as crawl:
        while not newsdelta.is_made() or not _revisions(newsdelta):
            assert crawl.poll() is None
        crawl.send_signal(signal.SIGKILL)
    site.do("slow", seconds=0)
    assert newsdelta.json("db", "check")["findings"] == []
    newsdelta.crawl()

    assert len(files(newsdelta)) == 1
    assert newsdelta.json("db", "check")["findings"] == []
    assert len(newsdelta.lines("articles", "--limit", "100")) == 24


def _revisions(newsdelta: Newsdelta) -> int:
    try:
        return int(newsdelta.sql("SELECT count(*) FROM revisions")[0][0])
    except (sqlite3.OperationalError, psycopg.errors.UndefinedTable):
        return 0  # its tables are still to be made


# -- evidence


def test_evidence_of_an_edit_verifies_and_a_changed_file_does_not(newsdelta, site):
    newsdelta.crawl()
    site.do("edit", article=20, classes="number")
    newsdelta.crawl()
    (edit,) = (event for event in newsdelta.lines("events") if event["kind"] == "edited")
    said = newsdelta("export", "--format", "warc", edit["url"], "-o", "evidence.warc.gz").stderr
    assert said.startswith("2 revisions, ")
    seal = said.split()[-1]

    assert seal in newsdelta("verify", "evidence.warc.gz", "--seal", seal).stdout
    file = newsdelta.folder / "evidence.warc.gz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    told = json.loads(newsdelta("verify", "evidence.warc.gz", "--json", expect=1).stdout)
    assert told["sound"] is False


def test_export_says_what_it_needs(newsdelta, site):
    newsdelta.crawl()

    assert "ARTICLE" in newsdelta("export", "--format", "warc", expect=2).stderr
    assert "ARTICLE" in newsdelta("export", "1", expect=2).stderr
    newsdelta("export", "--format", "warc", "9999", expect=1)


# -- what is given up, copied, measured


def test_prune_keeps_to_the_config(newsdelta, site):
    newsdelta.crawl()
    assert "[retention]" in newsdelta("db", "prune", expect=2).stderr
    newsdelta.configure(
        site.url, '[retention]\nobservations = "90d"\nnotifications = "90d"\narchive = "5y"\n'
    )

    told = newsdelta("db", "prune").stdout.splitlines()
    assert told[0] == "0 observations became counts by day."
    assert told[2].startswith("0 files of the archive dropped")


def test_a_copy_of_the_running_database_is_whole(newsdelta, site):
    newsdelta.crawl()
    if not newsdelta.is_sqlite:
        assert "pg_dump" in newsdelta("db", "backup", "copies/news.db", expect=1).stderr
        return
    newsdelta("db", "backup", "copies/news.db")
    other = Newsdelta(newsdelta.folder / "copies")
    other.config.write_text(f'[database]\nurl = "sqlite:///{other.folder}/news.db"\n', encoding="utf-8")

    assert other.json("db", "check")["findings"] == []
    assert len(list((other.folder / "news.db.archive").glob("*.warc.gz"))) == 1
    other("export", "--format", "warc", "1", "-o", "evidence.warc.gz")
    assert "holds" in other("verify", "evidence.warc.gz").stdout


def test_sizes_are_shown(newsdelta, site):
    newsdelta.crawl()
    sizes = newsdelta.json("db", "check", "--sizes")

    assert sizes["archive"] == sum(path.stat().st_size for path in files(newsdelta))
    assert "the archive" in newsdelta("db", "check", "--sizes").stdout


@pytest.mark.parametrize(
    ("section", "mend"),
    [
        ('[archive]\nsize = "big"', "is no size"),
        ('[archive]\nsize = "10K"', "is too small"),
        ("[archive]\nwarcs = true", "unknown key"),
        ('[retention]\nobservations = "1h"', "too short"),
        ('[retention]\narchive = "ever"', "is no age"),
    ],
)
def test_a_wrong_setting_is_explained(newsdelta, section, mend):
    newsdelta.configure("http://127.0.0.1:9/", section)

    assert mend in newsdelta("articles", expect=2).stderr
