"""The browser, on pages that their scripts write: what is read, what is not asked for, and what trouble costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from lxml import html

from crawler.render.ask import Ask, Limits
from crawler.render.find import find_chromium
from tests.integration.browsing import ROOT, Answer, browse
from tests.replica.scripted import CONFIG, ScriptedPaper, text_of, title_of

pytest.importorskip("scrapy_playwright", reason="needs the extra: javascript")
if find_chromium() is None:
    pytest.skip("there is no Chromium here", allow_module_level=True)

#: Seconds after which what has not happened does not happen.
PATIENCE = 90.0
ARTICLES, KILLED_ARTICLES = 40, 24
#: The pages of TROUBLE whose telling needs no more than their address.
PLAIN = (
    "slow", "never", "popup", "dialog", "leave", "polling", "counters", "frame", "shadow", "time", "worker",
    "broken-data", "hang",
)  # fmt: skip


@pytest.fixture(scope="module")
def paper() -> Iterator[ScriptedPaper]:
    with ScriptedPaper(ARTICLES) as serving:
        yield serving


class Told:
    """All that one run over every kind of page brought; the run is made once."""

    def __init__(self, paper: ScriptedPaper) -> None:
        self.paper = paper
        asks = [(paper.article(number), Ask("div.text")) for number in (1, 2)]
        asks += [(paper.article(99), Ask("div.text"))]
        asks += [(paper.url, Ask(more="button", depth=2)), (f"{paper.url}?scroll", Ask(depth=2))]
        asks += [(f"{paper.url}?deep", Ask(more="//button", depth=50))]
        asks += [(paper.trouble(name), Ask()) for name in PLAIN]
        asks += [(paper.trouble("slow", "waited"), Ask("h1")), (f"{paper.url}nothing", Ask("h1"))]
        asks += [(f"{paper.url}moved?to=/news/5.html", Ask("h1")), (f"{paper.url}paper.pdf", Ask())]
        self.browsed = browse(asks, Limits(context_pages=5, settle_seconds=8, answer_seconds=15))

    def __getitem__(self, where: str) -> Answer:
        return self.browsed.answers[f"{self.paper.url}{where}"]

    def trouble(self, name: str, query: str = "") -> Answer:
        return self.browsed.answers[self.paper.trouble(name, query)]

    def shown(self, name: str) -> str:
        """What a page of trouble came to show as its heading."""
        return str(html.fromstring(self.trouble(name).html).findtext(".//h1"))


@pytest.fixture(scope="module")
def told(paper: ScriptedPaper) -> Told:
    return Told(paper)


def links(answer: Answer) -> int:
    return len(html.fromstring(answer.html).findall(".//li/a"))


def test_an_article_that_its_script_writes_is_read_as_a_reader_sees_it(told: Told) -> None:
    page = told["news/1.html"]
    tree = html.fromstring(page.html)
    assert (page.status, tree.findtext(".//h1")) == (200, title_of(1))
    assert [line.text for line in tree.findall(".//div[@class='text']/p")] == text_of(1)


def test_the_answer_says_that_it_is_utf8_and_nothing_that_speaks_of_the_frame_alone(told: Told) -> None:
    headers = told["news/1.html"].headers
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert not {"Etag", "ETag", "Content-Length", "Content-Encoding"} & set(headers)


def test_an_article_whose_data_is_gone_is_handed_on_as_the_site_shows_it(told: Told) -> None:
    page = told["news/99.html"]
    assert (page.status, page.problem) == (200, "")
    assert html.fromstring(page.html).find(".//h1") is None


def test_a_more_button_is_pressed_as_often_as_is_said(told: Told) -> None:
    assert links(told[""]) == 36


def test_a_listing_is_scrolled_as_often_as_is_said(told: Told) -> None:
    assert links(told["?scroll"]) == 36


def test_unfolding_ends_where_nothing_new_comes(told: Told) -> None:
    assert links(told["?deep"]) == ARTICLES


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("slow", "五秒之后"),
        ("popup", "弹窗之后"),
        ("dialog", "对话框之后"),
        ("polling", "滚动播报"),
        ("counters", "计数"),
        ("time", "8时"),
        ("frame", title_of(3)),
    ],
)
def test_what_pages_do_is_no_hindrance(told: Told, name: str, shown: str) -> None:
    assert told.shown(name) == shown


def test_text_in_open_shadow_roots_is_part_of_the_page_in_its_order(told: Told) -> None:
    words = html.fromstring(told.trouble("shadow").html).find(".//news-text").text_content()
    assert words == "影中之文槽中之文"


def test_a_redirect_of_the_server_and_one_of_a_script_look_alike(told: Told) -> None:
    assert told["moved?to=/news/5.html"].url == told.paper.article(5)
    assert told.trouble("leave").url == told.paper.article(2)


def test_an_error_of_the_server_is_its_answer(told: Told) -> None:
    assert told["nothing"].status == 404


def test_a_page_whose_data_fails_is_no_page(told: Told) -> None:
    page = told.trouble("broken-data")
    assert page.problem == "a part of the page did not come: the server answers 503"


def test_a_page_that_hangs_is_tried_twice_and_costs_no_other_page(told: Told) -> None:
    page = told.trouble("hang")
    assert (page.problem, page.tries) == ("the page hung in the browser", 2)
    others = [
        other for other in told.browsed.answers.values() if not other.problem.startswith("it is no page")
    ]
    assert not [other for other in others if other.problem and other.tries == 1]


def test_a_download_is_no_page(told: Told) -> None:
    assert told["paper.pdf"].problem


def test_pictures_films_fonts_and_counters_are_not_asked_for(told: Told) -> None:
    asked = {path for path in told.paper.requests if path.startswith("/static/")}
    assert asked <= {"/static/paper.js", "/static/paper.css", "/static/film.mp4"}
    assert told.paper.requests["/static/film.mp4"] <= 1  # a page that is left at once may slip through
    assert "/static/worker.js" not in asked


def test_scripts_come_from_the_cache(told: Told) -> None:
    contexts = len(told.browsed.answers) // 5 + 2
    assert told.paper.requests["/static/paper.js"] <= contexts


def test_the_browser_says_who_asks(told: Told) -> None:
    assert all("newsdelta" in agent for agent in told.paper.agents)


def test_nothing_is_left_running(told: Told) -> None:
    assert told.browsed.left == []
    assert told.browsed.lives == 1


def test_the_browser_begins_anew_after_its_share_of_pages_and_by_its_memory(paper: ScriptedPaper) -> None:
    asks = [(paper.article(number), Ask("div.text")) for number in range(1, 7)]
    by_count = browse(asks, Limits(tabs=2, life_pages=3))
    by_memory = browse(asks, Limits(tabs=2, context_pages=3, megabytes=1))
    assert [browsed.lives for browsed in (by_count, by_memory)] == [2, 2]
    assert not [answer for answer in by_count.answers.values() if answer.problem]
    assert by_count.left == by_memory.left == []


@pytest.mark.parametrize("private", [False, True])
def test_what_a_page_asks_for_and_where_it_is_sent_pass_the_address_guard(
    paper: ScriptedPaper, private: bool
) -> None:
    """The paper has a public name here, which the proxy of the environment knows: it is the paper itself."""
    with ScriptedPaper(3) as inside:
        peek = f"http://paper.invalid/trouble/peek.html?at={inside.url}data/article/1"
        sent = f"http://paper.invalid/moved?to={inside.article(2)}"
        ways = {"http_proxy": paper.url, "no_proxy": "127.0.0.1"}
        browsed = browse([(peek, Ask()), (sent, Ask())], Limits(settle_seconds=5), private=private, **ways)
        asked = set(inside.requests)
    if private:
        assert asked >= {"/data/article/1", "/news/2.html"}
        return
    assert asked == set()
    assert browsed.answers[peek].problem == "" or "ERR_" in browsed.answers[peek].problem
    assert browsed.answers[sent].problem == "127.0.0.1 has the private address 127.0.0.1"


# -- whole crawls


class Crawl:
    """`newsdelta crawl` of a paper, under way."""

    def __init__(self, folder: Path, paper: ScriptedPaper) -> None:
        self.config = folder / "newsdelta.toml"
        self.config.write_text(CONFIG.format(folder=folder, home=paper.url, depth=10), encoding="utf-8")
        self.process = subprocess.Popen(
            self._command("crawl", "lamp", "--json"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def _command(self, *words: str) -> list[str]:
        return [
            sys.executable, "-c", "from scheduler.cli import main; main()", *words, "--config", str(self.config),
        ]  # fmt: skip

    def below(self) -> list[psutil.Process]:
        """The processes below it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def browser(self) -> psutil.Process | None:
        """Chromium's first process, while it runs."""
        for child in self.below():
            try:
                if "--remote-debugging-pipe" in child.cmdline() and "--type=" not in " ".join(
                    child.cmdline()
                ):
                    return child
            except psutil.Error:
                continue
        return None

    def end(self) -> dict[str, int]:
        """Wait for it; its summary."""
        out, err = self.process.communicate(timeout=240)
        assert self.process.returncode == 0, err.decode()
        return json.loads(out)

    def lines(self, *words: str) -> list[dict[str, object]]:
        done = subprocess.run(self._command(*words, "--json"), cwd=ROOT, capture_output=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


def wait_until(true: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def test_a_channel_that_needs_javascript_is_crawled_and_every_page_is_stored_once_though_its_browser_is_killed(
    tmp_path: Path,
) -> None:
    with ScriptedPaper(KILLED_ARTICLES) as paper:
        crawl = Crawl(tmp_path, paper)
        for number in (5, 14):
            wait_until(lambda number=number: sum(map(is_data, paper.requests.elements())) >= number)
            if browser := crawl.browser():
                browser.kill()
        summary = crawl.end()
        assert (summary["new"], summary["failed"]) == (KILLED_ARTICLES, 0)
        stored = [article["title"] for article in crawl.lines("articles", "--limit", "1000")]
        assert sorted(stored) == sorted(map(title_of, range(1, KILLED_ARTICLES + 1)))
        again = Crawl(tmp_path, paper).end()
        assert (again["new"], again["edited"], again["unchanged"]) == (0, 0, KILLED_ARTICLES)


def is_data(path: str) -> bool:
    return path.startswith("/data/article/")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_crawl_that_is_ended(tmp_path: Path, ending: signal.Signals) -> None:
    with ScriptedPaper(ARTICLES) as paper:
        crawl = Crawl(tmp_path, paper)
        wait_until(lambda: any(map(is_data, paper.requests)))
        below = crawl.below()
        assert below
        os.kill(crawl.process.pid, ending)
        crawl.process.communicate(timeout=PATIENCE)
        wait_until(lambda: not [child for child in below if is_running(child)])


def is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
