"""The second process that reads pages: it reads as the first does, and its death costs one page and no more."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import pickle
import re
import signal
import urllib.request

import pytest

from crawler import readers
from crawler.bounded import Bounded
from crawler.deadline import within
from crawler.helper import ReaderDied
from crawler.read import join, read_part
from crawler.readers import Readers
from crawler.sites import PEOPLE
from storage.errors import PageAbsent, TemplateUnknown
from storage.records import Outcome, PageBody
from storage.stories import signature
from tests.replica import Replica


@pytest.fixture(scope="module")
def pages() -> list[PageBody]:
    with Replica(seed=4, articles=12) as site:
        return [PageBody(truth["url"], fetched(truth["url"]), "text/html") for truth in site.truths()]


def fetched(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url) as answer:
        return answer.read()


@pytest.fixture(autouse=True)
def always_fast(monkeypatch):
    monkeypatch.setattr(readers, "FAST_PAGES", 1)


async def with_helper(reader: Readers, page: PageBody) -> None:
    """Read until the second process is at work."""
    while reader.helper is None:
        await reader.read(page, PEOPLE)
        await asyncio.sleep(0.01)


def test_both_processes_read_the_same(pages):
    async def read() -> list[object]:
        reader = Readers(processes=1)
        await with_helper(reader, pages[0])
        read = await asyncio.gather(*(reader.read(page, PEOPLE) for page in pages))
        await reader.close()
        return read

    assert asyncio.run(read()) == [read_part(page, PEOPLE) for page in pages]


GONE = PageBody("http://cq.people.com.cn/n2/2026/0101/c365402-40000001.html", b"<html><body>404 Not Found")


def test_what_the_second_process_read_comes_with_its_reading_made(pages):
    async def read():
        reader = Readers(processes=1)
        await with_helper(reader, pages[0])
        part = await reader.read(pages[1], PEOPLE)
        await reader.close()
        return part

    part = asyncio.run(read())

    assert join([part]) is part.whole
    assert part.whole == join([read_part(pages[1], PEOPLE)])
    assert part.whole.signature == signature(part.whole.canonical)


def who_reads(page: PageBody) -> int:
    return os.getpid()


def test_listings_are_read_there_too_so_that_one_process_alone_loads_what_reading_needs(pages):
    async def read():
        reader = Readers(processes=1)
        here = await reader.do(who_reads, pages[0])
        await with_helper(reader, pages[0])
        there, helper = await reader.do(who_reads, pages[0]), reader.helper.pid
        await reader.close()
        return here, there, helper

    here, there, helper = asyncio.run(read())

    assert (here, there) == (os.getpid(), helper)


def test_errors_cross_the_border_whole(pages):
    async def read() -> list[object]:
        reader = Readers(processes=1)
        await with_helper(reader, pages[0])
        read = await asyncio.gather(reader.read(GONE, PEOPLE), return_exceptions=True)
        await reader.close()
        return read

    with pytest.raises((PageAbsent, TemplateUnknown)) as here:
        read_part(GONE, PEOPLE)
    (there,) = asyncio.run(read())
    assert (type(there), str(there), vars(there)) == (type(here.value), str(here.value), vars(here.value))


def test_an_absence_keeps_its_outcome_when_it_is_copied():
    copied = pickle.loads(pickle.dumps(PageAbsent("it is gone", Outcome.SOFT_GONE, subject="u")))
    assert (copied.message, copied.outcome, copied.subject) == ("it is gone", Outcome.SOFT_GONE, "u")


def test_a_death_fails_the_page_in_hand_and_the_others_are_read(pages):
    async def read() -> list[object]:
        reader = Readers(processes=1)
        await with_helper(reader, pages[0])
        assert reader.helper is not None
        os.kill(reader.helper.pid, signal.SIGSTOP)
        asked = [asyncio.ensure_future(reader.read(page, PEOPLE)) for page in pages]
        await asyncio.sleep(0)
        os.kill(reader.helper.pid, signal.SIGKILL)
        read = await asyncio.gather(*asked, return_exceptions=True)
        await with_helper(reader, pages[0])
        await reader.close()
        return read

    first, *others = asyncio.run(read())
    assert isinstance(first, ReaderDied)
    assert others == [read_part(page, PEOPLE) for page in pages[1:]]


def test_slow_pages_start_nothing(pages, monkeypatch):
    monkeypatch.setattr(readers, "FAST_PAGES", 64)

    async def read() -> Readers:
        reader = Readers(processes=1)
        for page in pages:
            await reader.read(page, PEOPLE)
        return reader

    assert asyncio.run(read()).helper is None


def test_without_a_second_core_all_is_read_here(pages):
    async def read() -> Readers:
        reader = Readers(processes=0)
        for page in pages:
            await reader.read(page, PEOPLE)
            await asyncio.sleep(0)
        return reader

    assert asyncio.run(read()).helper is None


def endless() -> None:
    while True:
        pass


def greedy() -> list[bytes]:
    return [bytes(2**20) for _ in range(4096)]


def two() -> int:
    return 1 + 1


def refuses() -> None:
    raise TemplateUnknown("no template", subject="u")


@pytest.mark.parametrize("work", [endless, greedy])
def test_what_takes_more_time_or_memory_than_a_page_may_is_ended_and_the_next_is_done(work):
    async def do() -> list[object]:
        bounded = Bounded(seconds=1.0)
        found = await asyncio.gather(bounded.do(work), bounded.do(two), return_exceptions=True)
        await bounded.close()
        return found

    died, done = asyncio.run(do())
    assert isinstance(died, ReaderDied)
    assert done == 2


def test_large_pages_are_read_elsewhere_with_the_same_result(pages):
    large = dataclasses.replace(pages[0], content=pages[0].content + b" " * readers.LARGE)

    async def read() -> object:
        reader = Readers(processes=0)
        found = await reader.read(large, PEOPLE)
        await reader.close()
        return found

    assert asyncio.run(read()) == read_part(large, PEOPLE)


def test_errors_of_large_pages_cross_the_border():
    async def do() -> None:
        bounded = Bounded()
        try:
            await bounded.do(refuses)
        finally:
            await bounded.close()

    with pytest.raises(TemplateUnknown, match="no template"):
        asyncio.run(do())


def test_a_crawl_whose_large_pages_go_beyond_the_limits_again_and_again_reads_no_more_of_them(pages):
    large = PageBody("http://cq.example/", b" " * (readers.LARGE + 1))

    async def do() -> list[object]:
        bounded = Bounded(seconds=1.0)
        reader = Readers(bounded, processes=0)
        found = [
            (await asyncio.gather(reader.do(work, large), return_exceptions=True))[0]
            for work in [*[endless_page] * readers.TOO_MANY, len_of_page]
        ]
        found.append(await reader.read(pages[0], PEOPLE))
        await reader.close()
        await bounded.close()
        return found

    *died, refused, small = asyncio.run(do())
    assert all(isinstance(one, ReaderDied) for one in died)
    assert "no more are tried" in str(refused)
    assert small == read_part(pages[0], PEOPLE)


def endless_page(page: PageBody) -> None:
    endless()


def len_of_page(page: PageBody) -> int:
    return len(page.content)


# -- small pages that take too long


def blowing_up(page: PageBody) -> None:
    re.match(r"(?:a|aa)+$", page.content.decode())


def stubborn(page: PageBody) -> None:
    for _ in range(5):
        with contextlib.suppress(BaseException):
            endless()


@pytest.mark.parametrize("work", [endless_page, blowing_up, stubborn])
def test_a_small_page_that_takes_too_long_is_ended_and_the_next_is_read(pages, monkeypatch, work):
    monkeypatch.setattr(readers, "HERE_SECONDS", 0.2)
    small = PageBody("http://cq.example/", b"a" * 1000 + b"b")

    async def do() -> list[object]:
        bounded = Bounded(seconds=0.5)
        reader = Readers(bounded, processes=0)
        found = await asyncio.gather(reader.do(work, small), return_exceptions=True)
        found.append(await reader.read(pages[0], PEOPLE))
        await bounded.close()
        return found

    died, read = asyncio.run(do())
    assert died is None if work is stubborn else isinstance(died, ReaderDied)
    assert read == read_part(pages[0], PEOPLE)


def slow_here(page: PageBody, asker: int) -> int:
    if os.getpid() == asker:
        endless()
    return os.getpid()


def test_it_is_read_where_large_pages_are_and_after_three_all_pages_of_the_crawl_are(monkeypatch):
    monkeypatch.setattr(readers, "HERE_SECONDS", 0.2)
    small = PageBody("http://cq.example/", b"a")

    async def do() -> list[int]:
        bounded = Bounded()
        reader = Readers(bounded, processes=0)
        read = [await reader.do(slow_here, small, os.getpid()) for _ in range(readers.TOO_MANY)]
        read.append(await reader.do(slow_here, small, 0))
        await bounded.close()
        return read

    read = asyncio.run(do())
    assert os.getpid() not in read


def test_what_is_in_time_leaves_no_timer_behind():
    assert within(60.0, two) == 2
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
