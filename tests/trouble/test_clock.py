"""The clock jumps: nothing waits for the old time to come round, nothing is told or counted twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.sites import channel
from scheduler.config import load
from scheduler.doctor import State
from scheduler.doctor.work import channels
from scheduler.plan import HostPlan
from storage import orders, outbox, subscriptions
from storage.articles import record, start_run
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.records import OrderState, Subscription
from tests.sightings import at, seen

LEASE = timedelta(minutes=1)
DAY = 24 * 60.0


@pytest.fixture
def database(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/news.db") as opened:
        yield opened


@pytest.mark.parametrize("jump", [-DAY, DAY], ids=["a day back", "a day on"])
def test_a_message_in_hand_is_marked_by_who_holds_it_whatever_the_clock_says(database, jump):
    subscriptions.sync_config(database, [Subscription("all", ("d1",))], at(0), width_fold)
    record(database, seen(0, "1"), Policy(), width_fold)
    [claim] = outbox.claim(database, "d1", at(1), LEASE)
    assert outbox.delivered(database, [claim], at(1 + jump)) == 1
    assert outbox.claim(database, "d1", at(2 * DAY), LEASE) == ()


def test_a_claim_that_a_jump_ends_is_taken_anew_with_the_same_key(database):
    subscriptions.sync_config(database, [Subscription("all", ("d1",))], at(0), width_fold)
    record(database, seen(0, "1"), Policy(), width_fold)
    [first] = outbox.claim(database, "d1", at(1), LEASE)
    [second] = outbox.claim(database, "d1", at(1 + DAY), LEASE)
    assert second.key == first.key
    assert outbox.delivered(database, [first], at(1 + DAY)) == 0, "only its last holder is heard"
    assert outbox.delivered(database, [second], at(1 + DAY)) == 1


def test_an_edit_seen_under_a_clock_put_back_is_told_once_when_the_time_has_come_round(database):
    edit = {"body": ("今年新增口袋公园五处。",)}
    record(database, seen(DAY, "1"), Policy(), width_fold)
    assert record(database, seen(0, "1"), Policy(), width_fold).event is None
    assert record(database, seen(1, "1", **edit), Policy(), width_fold).event is None, (
        "older than what is known"
    )
    told = record(database, seen(DAY + 1, "1", **edit), Policy(), width_fold).event
    assert told is not None
    assert told.kind == "edited"
    assert record(database, seen(DAY + 2, "1", **edit), Policy(), width_fold).event is None


def test_doctor_names_a_channel_that_was_crawled_in_the_future(database, tmp_path):
    file = tmp_path / "newsdelta.toml"
    file.write_text(f'[database]\nurl = "{database.url}"\n', encoding="utf-8")
    start_run(database, "cq", at(DAY))
    findings = {one.about: one for one in channels(load(str(file), env={}), database, at(0))}
    assert findings["channel cq"].state is State.FAILED
    assert "Set the clock right" in findings["channel cq"].mend


def test_an_order_under_way_outlives_a_clock_put_back(database):
    order = orders.ask(database, "cq", (), at(0))
    orders.take(database, at(0))
    assert orders.bury(database, at(-DAY)) == 0
    assert orders.end(database, order.id, at(-DAY)).state is OrderState.DONE


@pytest.mark.parametrize("jump", [-DAY, -30 * DAY], ids=["a day", "a month"])
def test_a_plan_waits_for_no_time_that_was_when_the_clock_is_put_back(database, jump):
    plan = HostPlan("cq.people.com.cn", [channel("cq")], 120.0, Policy())
    plan.load(database, at(0))
    first = plan.take(at(0))
    assert first
    for batch in first:
        plan.lost(batch, at(0))
    assert plan.wait(at(jump)) < 60, "seconds to the next visit"
    assert plan.take(at(jump + 5))


def test_a_plan_makes_up_for_no_more_than_an_hour_when_the_clock_is_put_on(database):
    plan = HostPlan("cq.people.com.cn", [channel("cq")], 120.0, Policy())
    plan.load(database, at(0))
    for batch in plan.take(at(0)):
        plan.lost(batch, at(0))
    taken = sum(len(batch.pages) for batch in plan.take(at(365 * DAY)))
    assert taken <= 120
