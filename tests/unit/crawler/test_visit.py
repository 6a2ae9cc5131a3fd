"""One visit to an article of one or several parts, and what answers mean before the body is read."""

import pytest

from crawler.sites.model import ArticleAddress
from crawler.visit import Ask, Visit, judge
from storage.records import Outcome

URL = "http://cq.example/n2/2026/1105/c365411-41000001.html"
PART2 = URL.replace(".html", "-2.html")
PART3 = URL.replace(".html", "-3.html")


def visit(**known: str) -> Visit[str]:
    return Visit(ArticleAddress("41000001", 1, URL), URL, {int(n[1:]): url for n, url in known.items()})


def test_a_short_article_is_done_after_its_page():
    v = visit()
    (ask,) = v.begin()
    assert v.read(ask, "text", {}) == []
    assert (v.done, v.verdict, v.parts) == (True, Outcome.READ, {1: "text"})


def test_an_unchanged_article_costs_one_question():
    v = visit()
    (ask,) = v.begin()
    assert v.unmodified(ask) == []
    assert (v.done, v.verdict) == (True, Outcome.NOT_MODIFIED)


def test_further_parts_are_asked_for_once():
    v = visit()
    (first,) = v.begin()
    second, third = v.read(first, "one", {2: PART2, 3: PART3})
    assert (second, third) == (Ask(PART2, 2), Ask(PART3, 3))
    assert not v.done
    assert v.read(second, "two", {3: PART3}) == []
    assert v.read(third, "three", {2: PART2}) == []
    assert v.done
    assert v.parts == {1: "one", 2: "two", 3: "three"}


def test_known_parts_are_asked_for_at_once():
    assert visit(_2=PART2).begin() == [Ask(URL, 1), Ask(PART2, 2)]


def test_all_parts_unmodified_is_unmodified():
    v = visit(_2=PART2)
    first, second = v.begin()
    assert v.unmodified(first) == []
    assert v.unmodified(second) == []
    assert v.verdict is Outcome.NOT_MODIFIED


def test_one_changed_part_makes_the_unmodified_ones_be_read_again():
    v = visit(_2=PART2)
    first, second = v.begin()
    assert v.unmodified(first) == []
    (again,) = v.read(second, "new two", {})
    assert again == Ask(URL, 1, fresh=True)
    assert not v.done
    assert v.read(again, "one", {2: PART2}) == []
    assert (v.done, v.verdict, v.parts) == (True, Outcome.READ, {1: "one", 2: "new two"})


def test_a_later_part_that_fails_spoils_the_visit_but_says_nothing_of_a_removal():
    v = visit(_2=PART2)
    first, second = v.begin()
    v.read(first, "one", {})
    v.failed(second, Outcome.GONE, "the server answers 404")
    assert (v.done, v.verdict) == (True, Outcome.FAILED)
    assert v.detail == "part 2: the server answers 404"


def test_part_one_decides_even_when_a_later_part_failed_first():
    v = visit(_2=PART2)
    first, second = v.begin()
    v.failed(second, Outcome.FAILED, "reset")
    v.failed(first, Outcome.GONE, "the server answers 410")
    assert v.verdict is Outcome.GONE


class Site:
    """Addresses as the tests need them; pages are never read here."""

    def locate(self, url: str) -> ArticleAddress | None:
        name = url.rsplit("/", 1)[-1].removesuffix(".html")
        return ArticleAddress(name, 1, url) if name.isdigit() else None


@pytest.mark.parametrize(
    ("status", "answered", "size", "outcome"),
    [
        (200, "/1.html", 900, None),
        (304, "/1.html", 0, Outcome.NOT_MODIFIED),
        (404, "/1.html", 900, Outcome.GONE),
        (410, "/1.html", 0, Outcome.GONE),
        (401, "/1.html", 9, Outcome.BLOCKED),
        (403, "/1.html", 9, Outcome.BLOCKED),
        (429, "/1.html", 9, Outcome.BLOCKED),
        (500, "/1.html", 9, Outcome.FAILED),
        (503, "/1.html", 9, Outcome.FAILED),
        (200, "/1.html", 0, Outcome.FAILED),
        (200, "/", 900, Outcome.REDIRECTED_HOME),
        (200, "/GB/365411/index.html", 900, Outcome.REDIRECTED_HOME),
        (200, "/GB/365411/", 900, Outcome.REDIRECTED_HOME),
        (200, "/login.jsp", 900, Outcome.FAILED),
        (200, "/2.html", 900, Outcome.FAILED),
        (200, "/GB/1.html", 900, None),
    ],
)
def test_what_an_answer_means(status, answered, size, outcome):
    verdict = judge(status, "http://cq.example/1.html", f"http://cq.example{answered}", size, Site())
    assert (verdict and verdict[0]) == outcome
