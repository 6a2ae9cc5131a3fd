"""What came of a crawl, as an exit code and as figures."""

import pytest

from crawler.task import LISTED, CrawlResult, PageVisit, Problem, Tally, exit_code
from storage.records import RunCounts


def result(answered: int = 5, *problems: Problem) -> CrawlResult:
    return CrawlResult(1, "cq", RunCounts(), 1.0, answered, problems)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], 0),
        ([result()], 0),
        ([result(5, Problem("u", "no links", page_failed=False))], 0),
        ([result(5, Problem("u", "500"))], 1),
        ([result(0, Problem("u", "refused"))], 3),
        ([result(0, Problem("u", "refused")), result(5)], 1),
        ([result(), result(5, Problem("u", "500"))], 1),
    ],
)
def test_exit_codes(results, code):
    assert exit_code(results) == code


def test_the_tally_counts_answers_by_what_they_are_worth():
    tally = Tally()
    for status in (200, 304, 404, 403, 500):
        tally.requested()
        tally.answer(status, 100 if status != 304 else 0)
    tally.requested()
    tally.unanswered()
    assert (tally.queued, tally.done, tally.answered) == (6, 6, 3)
    counts = tally.counts()
    assert (counts.fetched, counts.not_modified, counts.bytes) == (2, 1, 400)


def test_the_tally_shows_changes_and_keeps_quiet_of_the_rest():
    tally = Tally()
    for change in ("new", "edited", "unchanged", "suspected", "failed", "removed"):
        tally.changed(change, "url", "title")
    assert [seen.change for seen in tally.seen] == ["new", "edited", "removed"]
    assert (tally.counts().new, tally.counts().edited, tally.counts().unchanged) == (1, 1, 1)


def test_of_many_changes_the_first_are_told_and_all_are_counted():
    tally = Tally()
    for number in range(LISTED + 5):
        tally.changed("new", f"url {number}", "title")
    assert [seen.url for seen in tally.seen] == [f"url {number}" for number in range(LISTED)]
    assert (tally.changed_articles, tally.counts().new) == (LISTED + 5, LISTED + 5)


def test_a_listener_hears_of_every_step():
    heard = []
    tally = Tally(listener=lambda tally: heard.append(tally.done))
    tally.requested()
    tally.answer(200, 1)
    tally.changed("new", "url", "title")
    assert heard == [0, 1, 1]


def test_what_each_visit_came_to_is_kept_for_a_plan_alone():
    planned, whole = Tally(), Tally(for_plan=False)
    for tally in (planned, whole):
        tally.visited(PageVisit("41000001", 0.0))
    assert (len(planned.visits), len(whole.visits)) == (1, 0)
