"""What people read: articles, one article, diffs, events, exports; and the care of the database."""

import csv
import io
import json
import sqlite3
import subprocess

import pyarrow.parquet
import pytest

from tests.acceptance.conftest import Newsdelta
from tests.databases import postgresql_server, postgresql_url
from tests.replica.replica import Replica

__all__ = ["postgresql_server", "postgresql_url"]


@pytest.fixture(scope="module")
def edited(tmp_path_factory) -> Newsdelta:
    """A store with one article whose number was edited, and one with another headline."""
    newsdelta = Newsdelta(tmp_path_factory.mktemp("edited"))
    with Replica(seed=5, articles=24) as site:
        newsdelta.configure(site.url)
        newsdelta.crawl()
        site.do("edit", article=20, classes="number")
        site.do("retitle", article=21)
        newsdelta.crawl()
        newsdelta.number = site.truth(20)
        newsdelta.headline = site.truth(21)
    return newsdelta


def test_articles_are_found_by_two_character_words_in_either_script(edited):
    titles = {article["title"] for article in edited.lines("articles", "--limit", "100")}
    found = {article["title"] for article in edited.lines("articles", "--search", "重庆", "--limit", "100")}
    traditional = {
        article["title"] for article in edited.lines("articles", "--search", "重慶", "--limit", "100")
    }
    assert found == traditional
    assert set() < found <= titles


def test_articles_by_time_and_channel(edited):
    assert edited.lines("articles", "--since", "2100-01-01") == []
    assert len(edited.lines("articles", "--channel", "cq", "--limit", "3")) == 3


@pytest.mark.parametrize("ref", ["article_id", "url"])
def test_an_article_by_any_of_its_names(edited, ref):
    shown = edited.json("show", edited.number[ref])
    assert shown["article"]["title"] == edited.number["title"]
    assert shown["article"]["revisions"] == 2
    assert shown["revision"]["reading"]["fields"]["body"] == edited.number["body"]
    assert [observation["outcome"] for observation in shown["observations"]] == ["read", "read"]


def test_an_earlier_revision(edited):
    first = edited.json("show", edited.number["url"], "--revision", "1")
    assert first["revision"]["number"] == 1
    assert first["revision"]["reading"]["fields"]["body"] != edited.number["body"]


def test_show_prints_the_article_as_a_reader_sees_it(edited):
    page = edited("show", edited.number["url"]).stdout
    for paragraph in edited.number["body"]:
        assert paragraph in page
    assert edited.number["source"] in page


def test_a_diff_marks_the_number_as_one_unit(edited):
    diff = edited.json("diff", edited.number["url"])
    (change,) = diff["changes"]
    assert diff["classes"] == ["number"]
    assert diff["weight"] >= 20
    assert [run["op"] for run in change["runs"] if run["op"] != "="] == ["-", "+"]
    printed = edited("diff", edited.number["url"]).stdout
    old, new = (run["text"] for run in change["runs"] if run["op"] != "=")
    assert f"[-{old}-]" in printed
    assert f"{{+{new}+}}" in printed


def test_a_diff_as_one_html_file(edited):
    edited("diff", edited.headline["url"], "--html", "diff.html")
    page = (edited.folder / "diff.html").read_text(encoding="utf-8")
    assert edited.headline["title"] in page
    assert "<ins>" in page
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_an_article_never_edited_has_no_diff(edited):
    other = next(found["id"] for found in edited.lines("articles") if found["revisions"] == 1)
    assert "never edited" in edited("diff", str(other), expect=1).stderr


def test_events_by_kind_class_and_weight(edited):
    assert len(edited.lines("events", "--kind", "edited")) == 2
    (number,) = edited.lines("events", "--class", "number", "--kind", "edited", "--min-weight", "20")
    assert number.items() >= {"kind": "edited", "channel": "cq", "from_revision": 1, "to_revision": 2}.items()
    assert number["url"] == edited.number["url"]
    assert edited.lines("events", "--min-weight", "100") == []
    assert edited("events").stdout.count("+ new") == 24


def test_export_as_json_lines(edited):
    rows = {row["article_id"]: row for row in edited.lines("export")}
    row = rows[edited.number["article_id"]]
    assert row["body"] == edited.number["body"]
    assert row["published_at"] == edited.number["published_at"]
    assert row["revisions"] == 2


def test_export_as_csv(edited):
    rows = list(csv.DictReader(io.StringIO(edited("export", "--format", "csv").stdout)))
    row = next(row for row in rows if row["article_id"] == edited.number["article_id"])
    assert row["body"].split("\n") == edited.number["body"]


def test_export_as_parquet(edited):
    edited("export", "--format", "parquet", "--output", "articles.parquet")
    rows = pyarrow.parquet.read_table(edited.folder / "articles.parquet").to_pylist()
    row = next(row for row in rows if row["article_id"] == edited.number["article_id"])
    assert row["body"] == edited.number["body"]
    assert row["authors"] == edited.number["authors"]


def test_the_database_is_checked_and_copied(edited):
    assert edited.json("db", "check")["findings"] == []
    assert "up to date" in edited("db", "upgrade").stdout
    if not edited.is_sqlite:
        assert "pg_dump" in edited("db", "backup", "copy.db", expect=1).stderr
        return
    edited("db", "backup", "copy.db")
    with sqlite3.connect(edited.folder / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM revisions").fetchone() == (26,)


def test_the_database_moves_to_another_and_is_used_there(edited, postgresql_url):
    old = f"sqlite:///{edited.database}"
    refused = edited("db", "move", f"sqlite:///{edited.folder}/none.db", postgresql_url, expect=1)
    assert "There is no database yet" in refused.stderr
    moved = edited("db", "move", old, postgresql_url)
    assert "row for row" in moved.stdout
    assert "not empty" in edited("db", "move", old, postgresql_url, expect=1).stderr
    before = edited.lines("events")
    env = {**edited.env, "NEWSDELTA_DATABASE_URL": postgresql_url}
    shown = subprocess.run(
        edited.command("events", "--json"),
        cwd=edited.folder,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line) for line in shown.stdout.splitlines()] == before


def test_pruning_drops_observations_and_keeps_the_rest(edited):
    before = edited.lines("events")
    assert "0 observations became counts" in edited("db", "prune", "--before", "2020-01-01").stdout
    assert edited.lines("events") == before


def test_extract_reads_one_page_from_file_and_standard_input(edited, tmp_path):
    with Replica(seed=5, articles=24) as site:
        truth = site.truth(20)
        edited.configure(site.url)
        from_web = edited.json("extract", truth["url"])
    assert from_web.keys() == {
        *(
            "url",
            "title",
            "kicker",
            "subtitle",
            "published_at",
            "source",
            "authors",
            "editors",
            "section",
            "body",
        ),
        *("images", "encoding", "repairs", "template", "article_id", "content_hash"),
    }
    assert from_web["body"] == truth["body"]
    assert from_web["article_id"] == truth["article_id"]
    page = tmp_path / "page.txt"
    page.write_text(
        "渝州新桥通车\n2026年11月05日08:29  来源：山城日报\n新桥今日通车，两岸往来缩短八分钟。\n（责编：甲乙）\n"
    )
    by_file = edited.json("extract", str(page))
    by_pipe = json.loads(edited("extract", "-", "--json", stdin=page.read_bytes()).stdout)
    assert by_file["title"] == by_pipe["title"] == "渝州新桥通车"
    assert by_file["source"] == "山城日报"


def test_extract_names_what_it_cannot_read(edited, tmp_path):
    (tmp_path / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    assert "picture" in edited("extract", str(tmp_path / "picture.html"), expect=1).stderr.lower()
    assert "gone.html" in edited("extract", "gone.html", expect=2).stderr


def test_all_regional_channels_are_built_in(edited):
    channels = {row["name"]: row for row in edited.lines("channels", "list")}
    assert len(channels) == 32
    assert channels["cq"]["watched"]
    assert channels["sc"]["home"] == "http://sc.people.com.cn/"
