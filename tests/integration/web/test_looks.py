"""A channel added on the page: looked at, shown, agreed to, written, watched, its pages checked; and all in between."""

from __future__ import annotations

import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi.testclient import TestClient

from crawler.survey import Column, Finding, Zone
from scheduler.adding import ArticleRow
from scheduler.checking import Checked, CheckedPage, ReadArticle, TriedSelector
from scheduler.config import Config, load
from scheduler.web.app import make_app
from scheduler.web.findings import PHRASES, said
from scheduler.web.looks import AT_ONCE, MOST_KEPT, MOST_OPEN, Found, Looks, LookState, SeenPage, Word
from scheduler.web.server import site_for
from scheduler.web.words import translator
from storage import keys
from storage.database import Database
from tests.integration.web.conftest import HOSTILE, no_test
from tests.replica.makes import Serving, make_site

HOME = "https://www.jz.example/"
VALUES = {
    "home": HOME,
    "label": "江州在线",
    "columns": ["/yw/"],
    "article": {"url": r"/\d+\.html$", "title": "h1.bt", "body": "div.zw-text"},
}
FINDING = Finding(
    HOME,
    label="江州在线",
    language="zh-Hans",
    values=VALUES,
    zone=Zone("Asia/Shanghai", "likely", "the domain ends in .cn"),
    columns=(Column("/yw/", "要闻", 12),),
    notes=("No authors were found: alerts by author cannot match.",),
    looked_at=((HOME, "12 headlines, 40 links"),),
)
ROWS = (
    ArticleRow(
        HOME + "101.html",
        "江州新桥通车",
        datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        "江州日报",
        (),
        "十一月二十日",
        612,
    ),
    ArticleRow(HOME + "about.html", problem="it shows no time"),
)
PAGES = (SeenPage(HOME + "robots.txt", "404"), SeenPage(HOME, "200"))
FOUND = Found(FINDING, ROWS)
OWN = "# 值班室的配置，勿删\n"


def speaker(*words: Word, then: str = "") -> tuple[str, ...]:
    """A looking process that says these words, and does something then."""
    lines = b"".join(msgspec.json.encode(word) + b"\n" for word in words)
    code = f"import sys, time; sys.stdin.readline(); sys.stdout.buffer.write({lines!r}); sys.stdout.flush(); {then}"
    return (sys.executable, "-c", code)


FINDS = speaker(*(Word(seen=page) for page in PAGES), Word(found=FOUND))
GOES_ON = speaker(*(Word(seen=page) for page in PAGES), then="time.sleep(600)")


@dataclass
class Desk:
    """The pages over a config file of their own, and a browser that is logged in."""

    file: Path
    config: Config
    looks: Looks
    client: TestClient
    database: Database
    everywhere: bool = True

    def reread(self) -> bool:
        self.config = self.config.read_again()
        return self.everywhere

    def send(self, page: str, address: str, **fields: Any) -> Any:
        """Send a form of a page, as its button does."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.client.get(page).text)
        assert found
        return self.client.post(address, data={"csrf": found[1], **fields})

    def look(self, url: str = HOME) -> str:
        """Ask for a look, and wait for its end; the address of its page."""
        address = self.send("/channels", "/channels/looks", url=url).headers["location"]
        self.wait(address)
        return str(address)

    def wait(self, address: str, until: Callable[[LookState], bool] | None = None) -> None:
        number = address.rsplit("/", 1)[1]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            look = self.looks.get(number)
            if look is None or (until(look.state) if until else look.finished_at is not None):
                return
            time.sleep(0.02)
        raise AssertionError("the look did not end")

    def agree(self, address: str, **fields: str) -> Any:
        """Press the button under a proposal; the fields are what a person changed in the form."""
        form = dict(re.findall(r'name="(mark|name)" value="([^"]*)"', self.client.get(address).text))
        return self.send(address, f"{address}/add", **form | fields)

    def speak(self, *words: Word) -> None:
        self.looks.command = speaker(*words)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    file = tmp_path / "newsdelta.toml"
    file.write_text(
        f'{OWN}[database]\nurl = "sqlite:///{tmp_path}/news.db"\n[[channel]]\nname = "cq"\n'
        f'[web]\ntoken_file = "{tmp_path}/token"\nurl = "http://testserver"\n',
        encoding="utf-8",
    )
    config = load(str(file), env={})
    with Database.open(config.database_url) as database:
        made = Desk(file, config, Looks(lambda: datetime.now(UTC), FINDS), None, database)  # type: ignore[arg-type]
        site = replace(site_for(lambda: made.config, database, no_test, made.reread), looks=made.looks)
        made.client = TestClient(make_app(site), follow_redirects=False)
        made.client.post("/login", data={"token": config.web.token_file.read_text().strip()})
        yield made
        made.looks.stop()


# -- what a person does


def test_a_site_is_looked_at_shown_agreed_to_and_watched(desk: Desk) -> None:
    address = desk.look("jz.example/")
    page = desk.client.get(desk.look()).text
    for shown in (
        "江州在线",
        "要闻",
        "/yw/",
        "江州新桥通车",
        "江州日报",
        "612",
        "div.zw-text",
        "没有找到作者",
    ):
        assert shown in page
    assert "未采用" in page
    assert "很可能" in page
    answer = desk.agree(address)
    assert answer.headers["location"] == "/channels/jz?added=here"
    written = desk.file.read_text(encoding="utf-8")
    assert written.startswith(OWN)
    assert tomllib.loads(written)["channel"] == [{"name": "cq"}, {"name": "jz", **VALUES}]
    shown = desk.client.get("/channels/jz?added=here").text
    assert "从现在起关注" in shown
    assert ">江州在线</a>" in desk.client.get("/channels").text


def test_it_gets_the_name_that_was_typed(desk: Desk) -> None:
    assert (
        desk.agree(desk.look(), name="江州").headers["location"] == "/channels/%E6%B1%9F%E5%B7%9E?added=here"
    )
    assert [one["name"] for one in tomllib.loads(desk.file.read_text("utf-8"))["channel"]] == ["cq", "江州"]


def test_what_is_shown_is_what_is_written(desk: Desk) -> None:
    address = desk.look()
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", desk.client.get(address).text, re.DOTALL)
    assert shown
    desk.agree(address)
    lines = shown[1].replace("&#34;", '"').replace("&#39;", "'").strip()
    assert f'[[channel]]\nname = "jz"\n{lines}' in desk.file.read_text(encoding="utf-8")


def test_another_process_that_watches_has_to_be_told(desk: Desk) -> None:
    desk.everywhere = False
    address = desk.agree(desk.look()).headers["location"]
    assert "SIGHUP" in desk.client.get(address).text.partition("<h2")[0]


def test_a_site_that_is_there_is_changed_in_what_differs_alone(desk: Desk) -> None:
    desk.agree(desk.look(), name="jiangzhou")
    address = desk.look()
    assert "没有差别" in desk.client.get(address).text
    values = VALUES | {"columns": ["/yw/", "/ms/"], "label": "另一个名字"}
    desk.speak(Word(found=Found(replace(FINDING, values=values))))
    address = desk.look()
    assert "+columns = [&#34;/yw/&#34;, &#34;/ms/&#34;]" in desk.client.get(address).text
    assert desk.agree(address).status_code == 303
    section = tomllib.loads(desk.file.read_text("utf-8"))["channel"][1]
    assert (section["name"], section["label"], section["columns"]) == (
        "jiangzhou",
        "江州在线",
        ["/yw/", "/ms/"],
    )


def test_a_channel_that_was_watched_without_a_line_is_watched_further(desk: Desk) -> None:
    text = desk.file.read_text("utf-8").replace('[[channel]]\nname = "cq"\n', "")
    desk.file.write_text(text, encoding="utf-8")
    desk.reread()
    assert list(desk.config.channels) == ["cq"]
    address = desk.look()
    assert "继续关注" in desk.client.get(address).text
    desk.agree(address)
    assert list(desk.config.channels) == ["cq", "jz"]


def test_a_built_in_channel_is_watched_by_a_button(desk: Desk) -> None:
    assert (
        desk.send("/channels", "/channels/known", name="sc").headers["location"] == "/channels/sc?added=here"
    )
    assert list(desk.config.channels) == ["cq", "sc"]
    assert desk.send("/channels", "/channels/known", name="sc").status_code == 409
    assert desk.send("/channels", "/channels/known", name="nowhere").status_code == 404


# -- how it goes on


def test_it_is_seen_as_it_goes_on_and_stopped(desk: Desk) -> None:
    desk.looks.command = GOES_ON
    address = desk.send("/channels", "/channels/looks", url=HOME).headers["location"]
    number = address.rsplit("/", 1)[1]
    end = time.monotonic() + 60
    while len(desk.looks.get(number).seen) < len(PAGES) and time.monotonic() < end:  # type: ignore[union-attr]
        time.sleep(0.02)
    page = desk.client.get(address).text
    assert "<noscript><meta http-equiv" in page
    assert f"{HOME}robots.txt" in page
    assert "进行中" in desk.client.get("/channels").text
    assert desk.send(address, f"{address}/cancel").status_code == 303
    assert "已取消" in desk.client.get(address).text
    assert "已取消" in desk.client.get("/channels").text, "what is kept of the page is thrown away"


def test_it_is_followed_by_events_to_its_end(desk: Desk) -> None:
    address = desk.look()
    told = desk.client.get(f"{address}/events")
    assert told.headers["content-type"].startswith("text/event-stream")
    assert f"{HOME}robots.txt" in told.text
    assert told.text.endswith("event: end\ndata: {}\n\n")


def test_it_ends_in_time(desk: Desk) -> None:
    desk.looks.command, desk.looks.longest = GOES_ON, 0.3
    assert "It took longer than" in desk.client.get(desk.look()).text


@pytest.mark.parametrize(
    "command",
    [("false",), ("/nowhere/at-all",), ("echo", "no JSON"), speaker(), speaker(then="sys.exit(3)")],
    ids=["fails", "is not there", "speaks another language", "says nothing", "dies"],
)
def test_a_looking_process_that_fails_is_told_of(desk: Desk, command: tuple[str, ...]) -> None:
    desk.looks.command = command
    page = desk.client.get(desk.look()).text
    assert "失败" in page
    assert "再看一次" in page


def test_the_same_site_is_looked_at_once_and_so_many_at_most(desk: Desk) -> None:
    desk.looks.command = GOES_ON
    first = [desk.send("/channels", "/channels/looks", url=HOME).headers["location"] for _ in range(2)]
    assert first[0] == first[1]
    for number in range(MOST_OPEN - 1):
        asked = desk.send("/channels", "/channels/looks", url=f"https://{number}.example/")
        assert asked.status_code == 303
    assert desk.send("/channels", "/channels/looks", url="https://one-too-many.example/").status_code == 409
    assert sum(look.state is LookState.RUNNING for look in desk.looks.latest()) <= AT_ONCE
    for look in desk.looks.latest():
        desk.looks.cancel(look.id)


def test_old_looks_are_forgotten(desk: Desk) -> None:
    desk.looks.command = ("true",)
    first = desk.look()
    for number in range(MOST_KEPT):
        desk.look(f"https://{number}.example/")
    assert desk.client.get(first).status_code == 404


# -- what is refused


@pytest.mark.parametrize(
    "url",
    ["", "ftp://jz.example/", "javascript:alert(1)", "http://[::1", "http://a:b/", "x\x1b.example", " "],
)
def test_what_is_no_address_is_refused(desk: Desk, url: str) -> None:
    assert desk.send("/channels", "/channels/looks", url=url).status_code == 422
    assert desk.looks.latest() == ()


def test_a_built_in_site_needs_no_look(desk: Desk) -> None:
    answer = desk.send("/channels", "/channels/looks", url="http://sc.people.com.cn/")
    assert answer.status_code == 422
    assert "内置" in answer.text


def test_a_file_that_was_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    address = desk.look()
    form = dict(re.findall(r'name="(mark|name)" value="([^"]*)"', desk.client.get(address).text))
    desk.file.write_text(desk.file.read_text("utf-8") + "# another hand\n", encoding="utf-8")
    answer = desk.send(address, f"{address}/add", **form)
    assert answer.status_code == 409
    assert "被改动过" in answer.text
    assert "jz.example" not in desk.file.read_text("utf-8")
    assert desk.agree(address).status_code == 303, "seen again and agreed to, it is written"


@pytest.mark.parametrize("name", ["cq", "sc", "two words", "a/b", "x" * 80])
def test_a_name_that_cannot_be_is_refused_and_nothing_written(desk: Desk, name: str) -> None:
    before, address = desk.file.read_text("utf-8"), desk.look()
    answer = desk.agree(address, name=name)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f'value="{name}"' in answer.text, "what was typed is not lost"
    assert desk.file.read_text("utf-8") == before


def test_a_file_that_cannot_be_written_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    address = desk.look()
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.mkstemp", full)
        answer = desk.agree(address)
    assert answer.status_code == 422
    assert "No space left on device" in answer.text


def test_a_config_that_would_be_wrong_with_it_stays_as_it_was(desk: Desk) -> None:
    address = desk.look()
    text = desk.file.read_text("utf-8") + "[nonsense]\nx = 1\n"  # somebody is in the middle of something
    desk.file.write_text(text, encoding="utf-8")
    answer = desk.agree(address)
    assert answer.status_code == 422
    assert "nonsense" in answer.text
    assert desk.file.read_text("utf-8") == text
    desk.file.write_text("[[channel", encoding="utf-8")
    assert desk.client.get(address).status_code == 422


def test_a_site_that_is_declined_cannot_be_added(desk: Desk) -> None:
    desk.speak(Word(found=Found(Finding(HOME, decline="the home page cannot be read: 503"))))
    address = desk.look()
    assert "首页读不到：503" in desk.client.get(address).text
    assert desk.send("/channels", f"{address}/add").status_code == 409


def test_hostile_words_of_a_site_are_text(desk: Desk) -> None:
    hostile = replace(
        FINDING,
        label=HOSTILE,
        values=VALUES | {"label": HOSTILE, "article": {"url": HOSTILE, "title": HOSTILE}},
        columns=(Column(HOSTILE, HOSTILE, 3),),
        zone=Zone(HOSTILE, "guess", HOSTILE),
        notes=(HOSTILE, f"The feed {HOSTILE} lists other pages than the listings do; it is left out."),
        looked_at=(("javascript:alert(3)", HOSTILE),),
    )
    rows = (ArticleRow("javascript:alert(3)", HOSTILE, None, HOSTILE, (HOSTILE,), HOSTILE, 1, ""),)
    seen = Word(seen=SeenPage("javascript:alert(3)", HOSTILE))
    for found in (Found(hostile, rows), Found(replace(hostile, decline=HOSTILE))):
        desk.speak(seen, Word(found=found))
        for page in (desk.client.get(desk.look()).text, desk.client.get("/channels").text):
            assert "<script>alert" not in page
            assert "<img" not in page
            assert 'href="javascript' not in page
            assert "\u202e" not in page
    assert "49" not in said(HOSTILE, translator("zh"))


def test_nobody_without_the_scope_sees_or_does_anything(desk: Desk) -> None:
    address = desk.look()
    desk.client.cookies.clear()
    for page in (address, f"{address}/events"):
        assert desk.client.get(page).status_code == 303
    from scheduler.web.access import digest_of

    keys.add(desk.database, "reader", digest_of("nd_reader"), frozenset(("read", "run")), datetime.now(UTC))
    reader = {"authorization": "Bearer nd_reader"}
    before = desk.file.read_text("utf-8")
    for method, path in (
        ("GET", address),
        ("GET", f"{address}/events"),
        ("POST", "/channels/looks"),
        ("POST", "/channels/cq/check"),
        ("POST", f"{address}/add"),
        ("POST", f"{address}/cancel"),
        ("POST", "/channels/known"),
    ):
        assert desk.client.request(method, path, headers=reader).status_code == 403
        if path != "/channels/known":
            assert desk.client.request(method, f"/api/v1{path}", headers=reader, json={}).status_code == 403
    assert "/channels/looks" not in desk.client.get("/channels", headers=reader).text
    assert "/check" not in desk.client.get("/channels/cq", headers=reader).text
    assert desk.file.read_text("utf-8") == before


def test_a_form_of_another_page_is_refused(desk: Desk) -> None:
    address = desk.look()
    for path in (
        "/channels/looks", "/channels/cq/check", f"{address}/add", f"{address}/cancel", "/channels/known",
    ):  # fmt: skip
        assert desk.client.post(path, data={"url": HOME, "name": "sc", "csrf": "x"}).status_code == 403


# -- a channel's pages, checked

TRIED = (
    TriedSelector("title", "h1.bt", 1, "江州新桥通车", "", failed=False),
    TriedSelector("body", "div.zw-txt", 0, "", "div.zw-text", failed=True),
    TriedSelector("editors", "p.bj", 0, "", "", failed=False),
)
NINE = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
GOOD = CheckedPage(
    "article", HOME + "101.html", False, TRIED[:1], article=ReadArticle("江州新桥通车", NINE, "", (), 612)
)
CHECKED = Checked(
    "cq",
    (
        CheckedPage("listing", "http://cq.people.com.cn/", failed=False, articles=20),
        CheckedPage("source", HOME + "feed.xml", failed=False, articles=30),
        GOOD,
        CheckedPage(
            "article",
            HOME + "102.html",
            True,
            TRIED,
            problem=f"The page could not be fetched, the server answers 503: {HOME}102.html",
        ),
    ),
    failed=True,
)
CHECKS = speaker(*(Word(seen=page) for page in PAGES), Word(checked=CHECKED))


def watch(desk: Desk, home: str, lines: str) -> None:
    """Watch the site at `home`, by a look as it is really made."""
    channel = f'[[channel]]\nname = "jz"\nlabel = "江州在线"\nhome = "{home}"\n{lines}\n'
    text = f"{desk.file.read_text('utf-8')}{channel}[network]\nallow_private_addresses = true\n"
    desk.file.write_text(text, encoding="utf-8")
    desk.reread()
    desk.looks.command = Looks(lambda: NINE).command


def check(desk: Desk, name: str) -> str:
    """Press the button on a channel's page, and wait for the end; the address of the look's page."""
    asked = desk.send(f"/channels/{name}", f"/channels/{name}/check")
    assert asked.status_code == 303
    desk.wait(asked.headers["location"])
    return str(asked.headers["location"])


def test_a_channels_pages_are_fetched_and_what_its_rules_read_is_shown(desk: Desk) -> None:
    with Serving(make_site("table")) as site:
        watch(desk, site.url, 'article = { title = "font[size=\'5\'] b", source = "p.nowhere" }')
        address = check(desk, "jz")
        page = desk.client.get(address).text
        assert len([path for path in site.requests if path.startswith("/html/")]) == 3, "three articles"
        truths = {truth["url"]: truth for truth in site.truth()["articles"]}
    assert "页面都能读取" in page
    look = desk.looks.get(address.rsplit("/", 1)[1])
    assert look is not None
    assert look.checked is not None
    assert [(one.what, one.url) for one in look.seen] == [("200", one.url) for one in look.checked.pages]
    for one in look.checked.pages[1:]:
        truth = truths[one.url]
        assert one.article is not None
        assert (one.article.title, one.article.characters) == (truth["title"], sum(map(len, truth["body"])))
        assert truth["title"] in page
        assert [(tried.matches, tried.failed) for tried in one.selectors] == [(1, False), (0, False)]


def test_a_selector_that_fails_is_marked_with_what_is_nearest(desk: Desk) -> None:
    with Serving(make_site("table")) as site:
        watch(desk, site.url, 'listing = { links = "td.nowhere a" }')
        page = desk.client.get(check(desk, "jz")).text
    assert "没有找到任何文章" in page
    home = page[page.index('id="page-1"') :]
    assert "失败" in home
    assert re.search(r"<code>td.nowhere a</code>.*没有匹配.*最接近且能匹配的.*<code>a</code>", home)


def test_each_page_says_what_failed_there(desk: Desk) -> None:
    desk.looks.command = CHECKS
    page = desk.client.get(check(desk, "cq")).text
    assert "4 个页面中有 1 个没有读对" in page
    parts = re.split(r'<section class="checked', page)[1:]
    assert [" broken" in part.partition(">")[0] for part in parts] == [False, False, False, True]
    assert [re.findall(r"首页|订阅源|文章 <", part)[:1] for part in parts] == [
        ["首页"],
        ["订阅源"],
        *[["文章 <"]] * 2,
    ]
    assert "通向 30 篇文章" in parts[1]
    assert "2026-11-20 09:30 +0000" in parts[2]
    assert "页面取不到：服务器返回 503<" in parts[3]
    assert parts[3].count("✗") == 1, "editors may be missing"


def test_a_channel_shows_its_last_check_and_can_be_checked_again(desk: Desk) -> None:
    desk.looks.command = CHECKS
    address = check(desk, "cq")
    shown = desk.client.get("/channels/cq").text
    assert f'href="{address}"' in shown
    assert "有内容没有读对" in shown
    assert address not in desk.client.get("/channels").text, "no site is to be added"
    desk.looks.command = speaker(Word(checked=Checked("cq", (GOOD,), failed=False)))
    again = desk.send(address, "/channels/cq/check").headers["location"]
    desk.wait(again)
    assert again != address
    assert "有内容没有读对" not in desk.client.get("/channels/cq").text


def test_a_check_is_seen_as_it_goes_on_and_stopped(desk: Desk) -> None:
    desk.looks.command = GOES_ON
    asked = [desk.send("/channels/cq", "/channels/cq/check").headers["location"] for _ in range(2)]
    assert asked[0] == asked[1]
    address = asked[0]
    desk.wait(address, lambda state: state is LookState.RUNNING)
    page = desk.client.get(address).text
    assert "<noscript><meta http-equiv" in page
    assert f'data-follow="{address}/events"' in page
    assert desk.send(address, f"{address}/cancel").status_code == 303
    stopped = desk.client.get(address).text
    assert "已取消" in stopped
    assert "再检查一次" in stopped


def test_a_check_by_other_rules_is_another_one(desk: Desk) -> None:
    desk.looks.command = GOES_ON
    first = desk.send("/channels/cq", "/channels/cq/check").headers["location"]
    home = desk.config.channels["cq"].home
    file = desk.file.read_text("utf-8").replace(
        'name = "cq"', f'name = "cq"\nhome = "{home}"\ncolumns = ["/x/"]'
    )
    desk.file.write_text(file, encoding="utf-8")
    desk.reread()
    assert desk.send("/channels/cq", "/channels/cq/check").headers["location"] != first


def test_checks_take_their_turn_with_the_looks_at_sites(desk: Desk) -> None:
    desk.looks.command = GOES_ON
    for number in range(MOST_OPEN):
        desk.send("/channels", "/channels/looks", url=f"https://{number}.example/")
    assert desk.send("/channels/cq", "/channels/cq/check").status_code == 409


def test_a_check_that_fails_says_why(desk: Desk) -> None:
    desk.speak(Word(error="There is no browser"))
    page = desk.client.get(check(desk, "cq")).text
    assert "There is no browser" in page
    assert "再检查一次" in page


@pytest.mark.parametrize("name", ["sc", "nowhere", "looks"])
def test_a_channel_that_is_not_watched_is_not_checked(desk: Desk, name: str) -> None:
    bearer = {"authorization": f"Bearer {desk.config.web.token_file.read_text().strip()}"}
    assert desk.send("/channels/cq", f"/channels/{name}/check").status_code == 404
    assert desk.client.post(f"/api/v1/channels/{name}/check", headers=bearer).status_code == 404
    assert desk.looks.latest() == ()


def test_there_is_nothing_to_add_of_a_check(desk: Desk) -> None:
    desk.looks.command = CHECKS
    address, before = check(desk, "cq"), desk.file.read_text("utf-8")
    assert desk.send(address, f"{address}/add").status_code == 409
    assert desk.file.read_text("utf-8") == before


def test_hostile_words_of_a_channels_pages_are_text(desk: Desk) -> None:
    tried = (
        TriedSelector(HOSTILE, HOSTILE, 1, HOSTILE, "", False),
        TriedSelector("body", "p", 0, "", HOSTILE, True),
    )
    read = ReadArticle(HOSTILE + "字" * 10_000, None, HOSTILE, (HOSTILE,), 1)
    url = "javascript:alert(3)"
    pages = (
        CheckedPage("article", url, True, tried, article=read),
        CheckedPage(HOSTILE, url, True, problem=HOSTILE),
    )
    desk.speak(Word(seen=SeenPage(url, HOSTILE)), Word(checked=Checked(HOSTILE, pages, failed=True)))
    page = desk.client.get(check(desk, "cq")).text
    assert "alert(1)" in page
    for markup in ("<script>alert", "<img", 'href="javascript', "\u202e", "字" * 1000):
        assert markup not in page


# -- programs


def test_a_program_checks_a_channel(desk: Desk) -> None:
    bearer = {"authorization": f"Bearer {desk.config.web.token_file.read_text().strip()}"}
    desk.looks.command = CHECKS
    asked = desk.client.post("/api/v1/channels/cq/check", headers=bearer)
    assert asked.status_code == 202
    assert (asked.json()["channel"], asked.json()["checked"]) == ("cq", None)
    look = f"/api/v1/channels/looks/{asked.json()['id']}"
    desk.wait(look)
    found = desk.client.get(look, headers=bearer).json()
    assert (found["state"], found["proposed"], found["checked"]["failed"]) == ("done", None, True)
    home, _, good, bad = found["checked"]["pages"]
    assert (home["kind"], home["articles"], home["article"]) == ("listing", 20, None)
    assert good["article"]["published_at"] == NINE.isoformat()
    assert [(one["matches"], one["nearest"], one["failed"]) for one in bad["selectors"]] == [
        (1, "", False), (0, "div.zw-text", True), (0, "", False),
    ]  # fmt: skip


def test_a_program_adds_a_channel(desk: Desk) -> None:
    bearer = {"authorization": f"Bearer {desk.config.web.token_file.read_text().strip()}"}
    api = "/api/v1/channels"
    asked = desk.client.post(f"{api}/looks", json={"url": HOME}, headers=bearer)
    assert asked.status_code == 202
    look = f"{api}/looks/{asked.json()['id']}"
    desk.wait(look)
    found = desk.client.get(look, headers=bearer).json()
    assert found["state"] == "done"
    assert found["articles"][0]["title"] == "江州新桥通车"
    assert (found["proposed"]["name"], found["proposed"]["exists"]) == ("jz", False)
    assert "+[[channel]]" in found["proposed"]["difference"]
    assert desk.client.post(f"{look}/add", json={"mark": "old"}, headers=bearer).status_code == 409
    added = desk.client.post(
        f"{look}/add", json={"mark": found["proposed"]["mark"], "name": "jiangzhou"}, headers=bearer
    )
    assert (added.status_code, added.json()["name"]) == (201, "jiangzhou")
    assert desk.client.post(api, json={"name": "sc"}, headers=bearer).status_code == 201
    assert [one["name"] for one in desk.client.get(api, headers=bearer).json()["items"]] == [
        "cq",
        "jiangzhou",
        "sc",
    ]


# -- words


@pytest.mark.parametrize("phrase", PHRASES)
def test_all_that_a_survey_says_is_said_in_chinese(phrase: str) -> None:
    chinese = translator("zh")
    assert phrase in chinese.phrases
    spoken = re.sub(r"\{\w+\}", "7", phrase)
    assert said(spoken, chinese) == re.sub(r"\{\w+\}", "7", chinese.phrases[phrase])
    assert said(spoken, translator("en")) == spoken
