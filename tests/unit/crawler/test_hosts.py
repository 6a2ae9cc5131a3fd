"""What holds of a host's robots.txt while it cannot be fetched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.hosts import ROBOTS_GOOD, ROBOTS_OLDEST, Rules, not_fetched
from crawler.politeness import FIRST_PAUSE, MAX_PAUSE

READ = Rules("what it allows", until=ROBOTS_GOOD, read_at=0.0)


def test_one_that_was_never_read_forbids_everything():
    assert not_fetched(None, "answers 503", 7.0) == Rules(None, 7.0 + FIRST_PAUSE, 7.0, "answers 503", 1)


def test_it_is_asked_for_again_soon_then_ever_less_often():
    rules, waits = None, []
    for _ in range(9):
        rules = not_fetched(rules, "answers 503", 0.0)
        waits.append(rules.until)
    assert waits == [5, 10, 20, 40, 80, 160, MAX_PAUSE, MAX_PAUSE, MAX_PAUSE]


@pytest.mark.parametrize("failures", [10, 1000, 100_000])
def test_years_of_failures_are_counted_without_harm(failures: int):
    rules = replace(not_fetched(None, "answers 503", 0.0), failures=failures)
    assert not_fetched(rules, "answers 503", 1.0).until == 1.0 + MAX_PAUSE


def test_what_was_read_before_holds_for_a_day():
    after_an_hour = not_fetched(READ, "answers 503", ROBOTS_GOOD)
    assert (after_an_hour.parser, after_an_hour.failed) == ("what it allows", "")
    assert after_an_hour.until == ROBOTS_GOOD + FIRST_PAUSE
    late = not_fetched(after_an_hour, "answers 503", ROBOTS_OLDEST - 1)
    assert (late.parser, late.failed, late.failures) == ("what it allows", "", 2)
    too_late = not_fetched(late, "answers 503", ROBOTS_OLDEST)
    assert (too_late.parser, too_late.failed, too_late.failures) == (None, "answers 503", 3)


def test_what_forbade_everything_is_not_taken_for_rules_that_were_read():
    again = not_fetched(not_fetched(None, "answers 503", 0.0), "cannot be fetched: timeout", 5.0)
    assert (again.parser, again.failed) == (None, "cannot be fetched: timeout")
