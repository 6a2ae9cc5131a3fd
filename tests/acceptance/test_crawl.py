"""`newsdelta crawl` on the replica: everything found, nothing twice, nothing for nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Newsdelta, expected
from tests.replica.replica import Replica

FIELDS = ("title", "kicker", "subtitle", "source", "authors", "editors", "section", "body")


def exported(newsdelta: Newsdelta) -> dict[str, dict]:
    return {row["article_id"]: row for row in newsdelta.lines("export")}


def test_the_first_crawl_reads_every_article_as_a_reader_sees_it(newsdelta, site):
    summary = newsdelta.crawl()
    stored = exported(newsdelta)
    truths = {truth["article_id"]: truth for truth in site.truths()}
    assert stored.keys() == truths.keys()
    assert summary["new"] == len(truths)
    for key, truth in truths.items():
        assert {name: stored[key][name] for name in FIELDS} == {name: truth[name] for name in FIELDS}


#: The signpost at the home's address, and the page that it leads to; that page leads to the columns.
HOME_PAGES = 2


def test_a_second_crawl_of_an_unchanged_channel_costs_the_body_of_its_home_and_no_other(newsdelta, site):
    first = newsdelta.crawl()
    second = newsdelta.crawl()
    assert (second["new"], second["edited"]) == (0, 0)
    assert second["fetched"] == HOME_PAGES
    assert 24 <= second["not_modified"] <= first["fetched"]


def test_what_happens_is_told_once_and_nothing_else(newsdelta, site):
    newsdelta.crawl()
    site.do("publish", column=365402, topic="traffic")
    site.do("edit", article=20, classes="number")
    site.do("retitle", article=21)
    site.do("remove", article=22, how="404")
    site.do("remove", article=19, how="soft-404")
    site.do("churn", articles="all")
    for _ in range(3):
        newsdelta.crawl()
    site.do("restore", article=22)
    newsdelta.crawl()
    newsdelta.crawl()
    assert sorted(newsdelta.events()) == expected(site)


@pytest.mark.parametrize("how", ["404", "410", "soft-404", "redirect-home", "empty"])
def test_a_removal_is_told_after_the_second_absent_visit(newsdelta, site, how):
    newsdelta.crawl()
    site.do("remove", article=20, how=how)
    assert newsdelta.crawl()["removed"] == 0
    assert newsdelta.crawl()["removed"] == 1
    assert newsdelta.crawl()["removed"] == 0


def test_a_removal_is_told_though_the_article_could_not_be_asked_for_when_it_left_the_listings(
    newsdelta, site
):
    newsdelta.crawl()
    site.do("remove", article=20, how="404")
    site.do("status", article=20, code=500)
    assert newsdelta.crawl(expect=1)["removed"] == 0
    site.do("recover")
    newsdelta.crawl()
    assert newsdelta.crawl()["removed"] == 1


@pytest.mark.parametrize("design", ["G1", "G2", "G3", "G4"])
def test_a_redesign_edits_nothing(newsdelta, site, design):
    newsdelta.crawl()
    site.do("redesign", to=design)
    assert newsdelta.crawl()["edited"] == 0


def test_the_mirror_and_other_addresses_lead_to_the_same_article(newsdelta, site):
    newsdelta.crawl()
    truth = site.truth(20)
    path = truth["url"].removeprefix(site.url)
    summary = newsdelta.crawl("--url", f"{site.url}BIG5/{path}", "--url", f"{truth['url']}?f41095c0")
    assert (summary["new"], summary["edited"]) == (0, 0)
    assert newsdelta.json("show", truth["url"] + "#liuyan")["article"]["revisions"] == 1


def test_a_single_page_by_its_url(newsdelta, site):
    truth = site.truth(20)
    assert newsdelta.json("crawl", "--url", truth["url"])["new"] == 1
    assert [article["title"] for article in newsdelta.lines("articles")] == [truth["title"]]


def test_a_dry_run_stores_nothing(newsdelta, site):
    assert newsdelta.crawl("--dry-run")["new"] == 24
    assert newsdelta.lines("articles") == []


def test_backfill_goes_as_deep_as_told_and_no_further_back_than_told(newsdelta):
    with Replica(seed=5, articles=200) as site:
        newsdelta.configure(site.url)
        first = newsdelta.crawl("--pages", "1")["new"]
        everything = newsdelta.crawl("--pages", "50")["new"] + first
        assert first < everything == len(site.truths())


def test_the_days_after_a_backfill_ask_for_what_listings_show_and_lose_nothing(newsdelta):
    with Replica(seed=5, articles=120) as site:
        newsdelta.configure(site.url)
        first = newsdelta.crawl("--pages", "50")
        again = newsdelta.crawl("--pages", "50")
        assert again["fetched"] == HOME_PAGES
        assert again["not_modified"] < first["fetched"]
        for _ in range(21):  # one more than a page has
            site.do("publish", column=365402, topic="traffic")
        site.do("edit", article=119, classes="number")
        newsdelta.crawl("--pages", "50")
        assert sorted(newsdelta.events()) == expected(site)


def test_since_leaves_out_what_is_older(newsdelta, site):
    newsdelta.crawl("--since", "2025-01-01")
    days = [article["published_at"][:10] for article in newsdelta.lines("articles")]
    assert days
    assert min(days) >= "2025-01-01"


def test_robots_txt_is_obeyed(newsdelta, site):
    newsdelta.crawl()
    asked = [request["path"] for request in site.requests()]
    assert asked[0] == "/robots.txt"


def test_a_robots_txt_that_fails_forbids_everything(newsdelta):
    with Replica(seed=5, articles=8, robots_status=503) as site:
        newsdelta.configure(site.url)
        newsdelta.crawl(expect=3)
        assert {request["path"] for request in site.requests()} == {"/robots.txt"}


def test_a_robots_txt_that_is_not_there_allows_everything(newsdelta):
    with Replica(seed=5, articles=8, robots_status=404) as site:
        newsdelta.configure(site.url)
        assert newsdelta.crawl()["new"] == 8


def test_a_request_budget_holds_over_several_runs(newsdelta, site):
    newsdelta.configure(site.url, "[watch]\nrequests_per_hour = 10000\n")
    newsdelta.crawl()
    before = len(site.requests())
    newsdelta.configure(site.url, "[watch]\nrequests_per_hour = 10\n")
    process = subprocess.Popen(
        newsdelta.command("crawl", "cq"), cwd=newsdelta.folder, env=newsdelta.env, stderr=subprocess.DEVNULL
    )
    while len(newsdelta.sql("SELECT id FROM runs")) < 2 and process.poll() is None:
        time.sleep(0.05)
    time.sleep(1)  # in which it would ask, if it did not know of the first run
    process.send_signal(signal.SIGINT)
    process.wait(30)
    assert len(site.requests()) - before <= 1


def test_a_crawl_that_is_killed_goes_on_where_it_was(newsdelta):
    with Replica(seed=5, articles=120) as site:
        newsdelta.configure(site.url)
        for _ in range(3):
            process = subprocess.Popen(
                newsdelta.command("crawl", "cq", "--pages", "50"),
                cwd=newsdelta.folder,
                env=newsdelta.env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            begun = len(site.requests())
            while len(site.requests()) < begun + 40 and process.poll() is None:
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        newsdelta.crawl("--pages", "50")
        assert sorted(newsdelta.events()) == expected(site)
        assert newsdelta.json("db", "check")["findings"] == []


def test_the_scrapy_way(newsdelta, site):
    root = Path(__file__).parents[2]
    env = {**newsdelta.env, "NEWSDELTA_DATABASE_URL": newsdelta.url}
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], cwd=root, env=env, capture_output=True, text=True, check=True)
    assert "channel" in listed.stdout.split()
    arguments = ["-a", "channel=cq", "-a", f"home={site.url}", "-s", "NEWSDELTA_ALLOW_PRIVATE_ADDRESSES=1"]
    subprocess.run([*scrapy, "crawl", "channel", *arguments], cwd=root, env=env, check=True, timeout=180)
    assert len(newsdelta.lines("articles")) == 24
