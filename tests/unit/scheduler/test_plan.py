"""The plan of a host: what it takes out, what it does with what comes back. No network: the test answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.sites import channel
from crawler.task import CrawlResult, PageVisit
from scheduler.plan import BORROW, Batch, HostPlan, section_of
from storage import articles
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.records import Link, RunCounts
from tests.sightings import seen

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CQ = channel("cq")
LISTINGS = 1 + len(CQ.columns)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(f"sqlite:///{tmp_path}/news.db") as opened:
        yield opened


def plan_of(database: Database, per_hour: float = 120, at: datetime = NOW) -> HostPlan:
    plan = HostPlan("cq.people.com.cn", [CQ], per_hour, Policy(3, timedelta(hours=1)))
    plan.load(database, at)
    return plan


def link(number: int) -> Link:
    return Link(f"{CQ.home}n2/2026/1124/c365402-{number}.html", "people.com.cn", str(number), listed_at=NOW)


def result(*visits: PageVisit, sent: int | None = None, **more) -> CrawlResult:
    answered = sum(visit.change != "failed" for visit in visits)
    count = len(visits) if sent is None else sent
    return CrawlResult(1, "cq", RunCounts(), 0.1, answered, visits=visits, sent=count, **more)


def visits(batch: Batch, at: datetime, change: str = "unchanged", **more) -> list[PageVisit]:
    return [PageVisit(str(page).rsplit(" ", 1)[-1], at.timestamp(), change, **more) for page in batch.pages]


def play(plan: HostPlan, database: Database, start: datetime, hours: float, answer=None) -> list[tuple]:
    """Let time pass second by second where something is due; returns (seconds, url) of every visit."""
    at, made = start, []
    while at < start + timedelta(hours=hours):
        for batch in plan.take(at):
            made += [((at - start).total_seconds(), url) for url in batch.urls]
            answers = [answer(page, at) for page in batch.pages] if answer else visits(batch, at)
            if plan.learn(batch, result(*answers), at):
                plan.find_unread(database)
        at += timedelta(seconds=max(1.0, plan.wait(at)))
    return made


def test_the_listings_come_first_then_the_budget_is_kept(database):
    made = play(plan_of(database), database, NOW, 2)
    assert {url for _, url in made[: 2 * LISTINGS]} == {
        CQ.home,
        *(CQ.home + path.lstrip("/") for path in CQ.columns),
    }
    assert 0.9 * 240 <= len(made) <= 241


def test_a_paused_channel_is_left_out_until_it_goes_on(database):
    plan = plan_of(database)
    play(plan, database, NOW, 1)
    articles.discover(database, "cq", [link(41000000)], NOW)
    plan.find_unread(database)
    plan.rest({"cq"}, NOW + timedelta(hours=1))
    assert play(plan, database, NOW + timedelta(hours=1), 1) == []
    assert plan.unread == 0
    assert plan.foresee(NOW + timedelta(hours=2), 5) == []
    plan.rest(set(), NOW + timedelta(hours=2))
    made = play(plan, database, NOW + timedelta(hours=2), 0.5)
    assert link(41000000).url in {url for _, url in made}
    assert 0.9 * 60 <= len(made) <= 61


def test_the_other_channels_of_the_host_get_the_whole_budget(database):
    other = replace(CQ, name="sc", home=f"{CQ.home}sc/")
    plan = HostPlan("cq.people.com.cn", [CQ, other], 120, Policy(3, timedelta(hours=1)))
    plan.load(database, NOW)
    plan.rest({"sc"}, NOW)
    made = play(plan, database, NOW, 1)
    assert not [url for _, url in made if url.startswith(other.home)]
    assert len(made) >= 0.9 * 120


def test_what_was_found_is_read_at_once_and_then_visits_go_on_at_half_the_pace(database):
    plan = plan_of(database)
    play(plan, database, NOW, 1)
    found = [link(41000000 + number) for number in range(5)]
    articles.discover(database, "cq", found, NOW)
    plan.find_unread(database)
    later = NOW + timedelta(hours=1, seconds=30)
    urls = {url for batch in plan.take(later) for url in batch.urls}
    assert urls >= {one.url for one in found}
    assert len(urls) <= BORROW * 120 + 1
    made = play(plan, database, later, 1)
    assert [seconds for seconds, _ in made][:4] == pytest.approx([60, 120, 180, 240], abs=2)
    assert len(urls) + len(made) <= 121


def test_an_article_found_late_is_read_before_a_backlog(database):
    plan = plan_of(database)
    articles.discover(database, "cq", [link(41000000 + number) for number in range(200)], NOW)
    plan.find_unread(database)
    late = link(49000000)

    def answer(page, at):
        if at >= NOW + timedelta(minutes=10) and late.key not in {one.key for one in found}:
            articles.discover(database, "cq", [late], at)
            found.append(late)
            return PageVisit(page.rsplit(" ", 1)[-1], at.timestamp(), discovered=1)
        return PageVisit(page.rsplit(" ", 1)[-1], at.timestamp())

    found: list[Link] = []
    made = play(plan, database, NOW, 0.5, answer)
    when = next(seconds for seconds, url in made if url == late.url)
    assert when <= 600 + 5 * 40


def test_no_article_of_the_store_is_visited_as_if_it_were_new(database):
    articles.record(database, seen(0), Policy(), width_fold)
    plan = plan_of(database, at=NOW)
    assert plan.unread == 0
    assert len(plan) == LISTINGS + 1


def test_a_seeming_removal_is_looked_at_again_so_that_it_can_be_told_in_time(database):
    articles.discover(database, "cq", [link(41000001)], NOW)
    plan = plan_of(database)
    play(plan, database, NOW, 3)
    gone = NOW + timedelta(hours=3)
    looked: list[float] = []
    decided: list[float] = []

    def answer(page, at):
        if not page.endswith(" 41000001"):
            return PageVisit(page, at.timestamp())
        looked.append((at - gone).total_seconds() / 60)
        told = len(looked) >= 3 and looked[-1] - looked[0] >= 60
        change = "suspected" if not told else "unchanged" if decided else "removed"
        decided.extend([looked[-1] - looked[0]] * (change == "removed"))
        return PageVisit("41000001", at.timestamp(), change, absent=True)

    play(plan, database, gone, 30, answer)
    assert 60 <= decided[0] <= 62


def test_what_was_learned_comes_back_and_downtime_is_spread(database):
    plan = plan_of(database)
    play(plan, database, NOW, 3)
    plan.save(database, NOW + timedelta(hours=3))
    back = NOW + timedelta(hours=12)
    again = plan_of(database, at=back)
    made = play(again, database, back, 1)
    assert len(made) <= 121  # nine hours without a visit are not made up for


def test_a_state_that_cannot_be_read_is_left_aside(database, caplog):
    from storage.plans import save_plan

    save_plan(database, "cq.people.com.cn", {"planner": {"version": 99}}, NOW)
    assert len(plan_of(database)) == LISTINGS
    assert "starts anew" in caplog.text


@pytest.mark.parametrize("hours", [-24, -1])
def test_a_clock_that_is_put_back_stops_no_visits(database, hours):
    plan = plan_of(database)
    play(plan, database, NOW, 1)
    made = play(plan, database, NOW + timedelta(hours=1 + hours), 1)
    assert len(made) >= 100


def test_a_state_from_the_future_stops_no_visits(database):
    plan = plan_of(database)
    play(plan, database, NOW, 1)
    plan.save(database, NOW + timedelta(hours=1))
    back = NOW - timedelta(days=30)
    assert len(play(plan_of(database, at=back), database, back, 1)) >= 100


def test_a_host_that_refuses_is_left_alone_and_then_asked_less(database):
    plan = plan_of(database)
    play(plan, database, NOW, 1)
    at = NOW + timedelta(hours=1, seconds=30)
    [batch] = plan.take(at)
    refused = [PageVisit(str(page), at.timestamp(), "failed") for page in batch.pages]
    plan.learn(batch, result(*refused, pause=600.0), at)
    assert plan.wait(at) >= 600 - 1
    assert plan.take(at + timedelta(seconds=590)) == []
    assert plan.rate == 60
    play(plan, database, at + timedelta(seconds=601), 3)
    assert plan.rate == 120


def test_crawl_delay_limits_the_budget(database):
    plan = plan_of(database)
    [batch] = plan.take(NOW)
    plan.learn(batch, result(*visits(batch, NOW), gap=60.0), NOW)
    assert plan.rate == 60


def test_requests_beyond_one_a_page_are_counted(database):
    plan = plan_of(database)
    [batch] = plan.take(NOW)
    plan.learn(batch, result(*visits(batch, NOW), sent=len(batch.pages) + 4), NOW)
    made = play(plan, database, NOW, 1)
    assert 0.9 * 120 <= len(batch.pages) + 4 + len(made) <= 121


def test_a_host_that_is_down_costs_few_requests_and_is_back_soon(database):
    plan = plan_of(database)
    play(plan, database, NOW, 1)

    def nothing(page, at):
        return PageVisit(page, at.timestamp(), "failed")

    down = play(plan, database, NOW + timedelta(hours=1), 3, nothing)
    assert len(down) <= 24
    back = play(plan, database, NOW + timedelta(hours=4), 0.5)
    assert back[0][0] <= 15 * 60
    assert len({url for _, url in back}) >= LISTINGS - 3


def test_visits_that_were_lost_are_made_again(database):
    plan = plan_of(database)
    taken = plan.take(NOW)
    plan.lost(taken[0], NOW)
    again = play(plan, database, NOW + timedelta(minutes=1), 0.5)
    assert set(taken[0].urls) <= {url for _, url in again}


def test_columns_that_the_home_page_shows_are_watched_and_kept(database):
    plan = plan_of(database)
    [batch] = plan.take(NOW)
    column = f"{CQ.home}GB/999999/index.html"
    plan.learn(batch, result(*visits(batch, NOW), columns=(column,)), NOW)
    plan.save(database, NOW)
    later = plan_of(database, at=NOW + timedelta(minutes=5))
    assert column in {url for _, url in play(later, database, NOW + timedelta(minutes=5), 1)}


def test_more_budget_buys_less_delay(database):
    articles.discover(database, "cq", [link(41000000 + number) for number in range(20)], NOW)
    plan = plan_of(database)
    play(plan, database, NOW, 2)
    half, now, twice = plan.delays(NOW + timedelta(hours=2), [60, 120, 240])
    assert half.new > now.new > twice.new > 0
    assert half.edit > now.edit > twice.edit > 0
    foreseen = plan.foresee(NOW + timedelta(hours=2), 5)
    assert [one.at for one in foreseen] == sorted(one.at for one in foreseen)
    assert all(one.url.startswith(CQ.home) for one in foreseen)


@pytest.mark.parametrize(
    ("url", "section"),
    [
        ("http://cq.people.com.cn/n2/2026/1124/c365402-41000001.html", "c365402"),
        ("https://paper.example/sport/2026/11/1.html", "sport"),
        ("https://paper.example/1.html", ""),
        ("https://paper.example/", ""),
    ],
)
def test_the_section_of_an_article_is_seen_in_its_address(url, section):
    assert section_of(url) == section
