"""Pages that take without end to look at hold no crawl: nothing is concluded from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from crawler import inspection, reread
from crawler.quarantine import Quarantine
from crawler.sites import BUILT_IN
from storage import articles
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import PageError
from storage.records import PageBody
from tests.sightings import seen

CQ = BUILT_IN.channel("cq")
PAGE = PageBody(
    "http://cq.people.com.cn/n2/2026/1124/c365401-41000001.html", "<p>没有这一页。".encode(), "text/html"
)


@pytest.fixture
def judge(tmp_path) -> Iterator[Quarantine]:
    database = Database.open(f"sqlite:///{tmp_path}/looking.db")
    yield Quarantine(database, "cq", CQ.publisher, Policy(), lambda sighting, change: None, home=CQ.home)
    database.close()


def endless(*_: Any) -> Any:
    while True:
        pass


def test_a_page_of_an_address_that_never_was_is_remembered_by_what_it_shows(judge):
    judge.probed(PAGE)
    assert len(judge._gone_pages) == 1


@pytest.mark.parametrize("step", ["shown", "sketch"])
def test_a_page_that_takes_without_end_to_look_at_shows_nothing(judge, monkeypatch, step):
    monkeypatch.setattr(inspection, "LOOKING", 0.05)
    monkeypatch.setattr(inspection, step, endless)
    judge.probed(PAGE)
    assert judge._gone_pages == []


def test_kept_pages_that_take_without_end_to_be_read_again_are_an_error_of_the_page(monkeypatch):
    monkeypatch.setattr(reread, "PAGE_SECONDS", 0.05)
    monkeypatch.setattr(reread, "read_page", endless)
    with pytest.raises(PageError, match="take too long to be read again"):
        reread.read_again((PAGE,), CQ.publisher)


def test_reextract_leaves_a_revision_that_takes_without_end_as_it_is_and_goes_on(tmp_path, monkeypatch):
    database = Database.open(f"sqlite:///{tmp_path}/older.db")
    for key in ("41000001", "41000002"):
        articles.record(database, seen(key=key), Policy(), width_fold)
    monkeypatch.setattr(reread, "PAGE_SECONDS", 0.05)
    monkeypatch.setattr(reread, "read_page", endless)
    found = list(reread.reread(database, lambda article: CQ.publisher, apply=True))
    assert [(one.outcome, one.after) for one in found] == [(reread.Outcome.UNREADABLE, None)] * 2
    assert all("take too long to be read again" in one.reason for one in found)
    database.close()
