"""When the watcher counts as well, and what it says where it is not."""

from __future__ import annotations

import pytest

from scheduler.wellness import PATIENCE, TRIES, InHand, Look, ills
from storage.records import OrderProgress

LONG = PATIENCE + 60


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Look(), []),
        (Look(overdue={"visit cq.people.com.cn": -30.0, "crawl sc": 5.0}), []),
        (Look(overdue={"crawl sc": LONG}), ["crawl sc is due for 16 minutes and was not begun"]),
        (Look(silent={"cq": 60.0}), []),
        (Look(silent={"cq": LONG}), ["a crawl of cq makes no step for 16 minutes"]),
        (Look(silent={"cq": LONG}, gaps={"cq": 3600.0}), []),  # its budget allows a request an hour
        (
            Look(silent={"cq": 4 * 3600.0}, gaps={"cq": 3600.0}),
            ["a crawl of cq makes no step for 240 minutes"],
        ),
        (Look(failures={"desk": TRIES - 1}), []),
        (Look(failures={"desk": TRIES}), [f"alerts to desk do not arrive: {TRIES} tries in a row failed"]),
        (Look(stuck=("desk",)), ["alerts to desk are due for 15 minutes and nobody sends them"]),
    ],
)
def test_what_is_not_well_is_named(look, words):
    assert list(ills(look)) == words


def test_a_crawl_is_silent_from_its_last_step_on():
    hand = InHand()
    hand.begin("cq", 0.0)
    assert hand.silent(10.0) == {"cq": 10.0}
    hand.hear("cq", OrderProgress(5, 1), 20.0)
    hand.hear("cq", OrderProgress(5, 1), 30.0)  # the same again
    assert hand.silent(40.0) == {"cq": 20.0}
    hand.hear("cq", OrderProgress(5, 2), 45.0)
    assert hand.silent(50.0) == {"cq": 5.0}
    hand.end("cq")
    assert hand.silent(60.0) == {}


def test_what_comes_after_the_end_is_no_crawl():
    hand = InHand()
    hand.hear("cq", OrderProgress(1, 1), 5.0)
    hand.end("cq")
    assert hand.silent(9.0) == {}
