"""Trouble that goes on is said when it begins, when it changes, and when it is over."""

from __future__ import annotations

import logging

from crawler.faults import Faults
from crawler.task import CrawlResult, Problem, Tally
from scheduler.report import Reports
from scheduler.trouble import Trouble
from storage.errors import DatabaseBusy
from storage.records import RunCounts

FULL = Problem("/srv/newsdelta.db", "The disk is full", "Make room")
GONE = Problem("http://cq.people.com.cn/1.html", "the server answers 500")


def test_said_once_while_it_lasts_and_when_it_is_over(caplog):
    trouble = Trouble(logging.getLogger("here"), "Events cannot be told")
    for words in ("locked", "locked", "gone"):
        trouble.met(OSError(words))
    trouble.over()
    trouble.over()
    assert caplog.messages == [
        "Events cannot be told now, and it is tried again: locked",
        "Events cannot be told now, and it is tried again: gone",
        "Events are told again",
    ]


def test_a_problem_that_the_crawl_before_had_is_not_said_again(caplog):
    reports = Reports()
    for problems in ((FULL,), (FULL, GONE), (), (FULL,)):
        reports(CrawlResult(1, "cq", RunCounts(), 0.1, 0, problems))
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert ["full" in words for words in said] == [True, False, True]


def test_a_fault_is_one_problem_of_its_crawl_however_many_pages_it_befalls():
    tally = Tally()
    faults = Faults(tally, "http://cq.people.com.cn/")
    for error in (DatabaseBusy("It is held", subject="news.db", mend="Wait"),) * 3 + (KeyError("a"),) * 2:
        faults.note(error)
    assert [(one.url, one.what) for one in tally.problems] == [
        ("news.db", "It is held"),
        ("http://cq.people.com.cn/", "A fault of ours: KeyError"),
    ]
