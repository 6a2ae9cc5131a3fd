"""A store with everything a page can show, and the pages over it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crawler.text.canonical import canonical_text, content_hash, fold
from scheduler.alerts.model import Answer, Verdict
from scheduler.config import Config, load
from scheduler.web.app import make_app
from scheduler.web.server import site_for
from storage import articles, queries
from storage.articles import record_channel_event
from storage.database import Database
from storage.decide import Policy
from storage.records import (
    BadByte,
    Encoding,
    EventKind,
    Image,
    Outcome,
    Reading,
    Repair,
    Sighting,
    Subscription,
)
from tests.sightings import at, seen

POLICY = Policy(removal_visits=1, removal_after=timedelta())
#: What strangers may write; it must be text wherever it is shown.
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp.exe\x1b[31m{{ 7*7 }}'
PLAIN = "山水桥路园林街区镇村河湖塔寺楼台亭阁春夏秋冬晨昏风雨雪霜花草树木鸟鱼虫人车船灯火歌舞书画琴棋茶酒米面"
HOSTILE_URL = "javascript:alert(3)"
STORY = (
    "渝北区城市管理局日前介绍，全区今年完成道路绿化提升四十二公里，新增行道树三千六百株。",
    "位于空港大道的示范段由设计师陆明远牵头改造，路侧新设休息座椅一百一十处。",
    "区城市管理局副局长何静怡表示，下一步将在老旧小区周边推广同样的做法，方便居民出行。",
    "改造期间，施工方采取夜间作业、分段围挡等办法，尽量减少对交通的影响。",
)

ORDERED = (
    "两江新区的无人快递车上月跑了一万六千公里，没有发生一起事故。",
    "江津区的花椒今年收成好，合作社把烘干线增加到了九条。",
    "黔江区的濯水古镇把灯会延长到了正月二十。",
    "万盛的登山步道修缮完毕，沿途补种了黄葛树。",
)


@dataclass(frozen=True)
class Filled:
    """The store's address, and the numbers of the articles that tests ask for."""

    url: str
    edited: int
    moved: int
    removed: int
    original: int
    copy: int
    hostile: int
    repaired: int


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A store with each kind of event and each oddity of a text."""
    return fill(f"sqlite:///{tmp_path_factory.mktemp('web')}/news.db")


def fill(url: str) -> Filled:
    """Fill a store with all that a page can show."""
    with Database.open(url) as database:
        numbers = {name: _record(database, *visits) for name, visits in _visits().items()}
        record_channel_event(
            database,
            "sc",
            EventKind.CHANNEL_BROKEN,
            at(60),
            url="http://sc.people.com.cn/",
            detail="no titles",
        )
        run = articles.start_run(database, "cq", at(0))
        articles.finish_run(database, run, at(1), queries.Run(run, "cq", at(0)).counts)
        for number in range(60):
            _record(database, made(number, f"4300{number:04d}", f"第{number}号简讯：渝北区新增口袋公园"))
    return Filled(url, **numbers)


def _visits() -> dict[str, tuple[Sighting, ...]]:
    number = "全区新增口袋公园{}处，投入资金2.5亿元。"
    later = (ORDERED[2], ORDERED[0], ORDERED[1], ORDERED[3])
    return {
        "edited": (
            made(0, "42000001", "渝北区新增12处口袋公园", (number.format(12), ORDERED[3])),
            made(5, "42000001", "渝北区新增21处口袋公园", (number.format(21), ORDERED[3])),
            made(9, "42000001", "渝北区新增21处口袋公园", (number.format(21), ORDERED[3], ORDERED[0])),
        ),
        "moved": (
            made(1, "42000002", "空港大道换新颜", ORDERED),
            made(6, "42000002", "空港大道换新颜", later),
        ),
        "removed": (
            made(
                2, "42000003", "一篇后来撤下的报道", ("记者走访了城口县的三个山村。", *own_words("42000003"))
            ),
            seen(8, "42000003", outcome=Outcome.GONE),
            seen(10, "42000003", outcome=Outcome.GONE),
        ),
        "original": (made(3, "42000004", "老城新绿", STORY),),
        "copy": (made(4, "42000005", "老城新绿（转载）", STORY, channel="sc"),),
        "hostile": (_hostile(7),),
        "repaired": (_repaired(7.5),),
    }


def made(minutes: float, key: str, title: str, body: tuple[str, ...] = (), channel: str = "cq") -> Sighting:
    """A visit to an article that says this, or something of its own, read by the rules of today."""
    body = body or own_words(key)
    sighting = seen(minutes, key, title=title, body=body, channel=channel)
    assert sighting.reading is not None
    return replace(sighting, reading=_as_read(sighting.reading))


def own_words(key: str) -> tuple[str, ...]:
    """Two sentences that no other article has."""
    chosen = random.Random(key)
    return tuple("".join(chosen.choices(PLAIN, k=40)) + "。" for _ in range(2))


def _as_read(reading: Reading) -> Reading:
    canonical = canonical_text(reading.fields)
    return replace(reading, canonical=canonical, content_hash=content_hash(canonical))


def _hostile(minutes: float) -> Sighting:
    sighting = made(minutes, "42000006", HOSTILE, (HOSTILE, "正文。"))
    assert sighting.reading is not None
    fields = replace(
        sighting.reading.fields,
        url=HOSTILE_URL,
        source=HOSTILE,
        authors=(HOSTILE,),
        section=(HOSTILE,),
        images=(Image(HOSTILE_URL, HOSTILE),),
    )
    return replace(sighting, reading=_as_read(replace(sighting.reading, fields=fields)))


def _repaired(minutes: float) -> Sighting:
    sighting = made(minutes, "42000007", "重庆软件业再上台阶", ("规模总量已突破1.2万亿元，同比增长。",))
    assert sighting.reading is not None
    fields = replace(sighting.reading.fields, authors=("记者甲",), section=("重庆频道", "绿化"))
    return replace(
        sighting,
        reading=replace(
            sighting.reading,
            fields=fields,
            encoding=Encoding("gb18030", "utf-8", "not UTF-8; valid GB18030", (BadByte(17, "ff"),)),
            repairs=(
                Repair(
                    "slip",
                    3,
                    "规?偭恳淹黄1",
                    "规模总量已突破1",
                    certain=False,
                    alternatives=("规模总量已突破",),
                ),
                Repair("narrow", 14, ",", "，", certain=True),
            ),
        ),
    )


def _record(database: Database, *visits: Sighting) -> int:
    number = None
    for visit in visits:
        number = articles.record(database, visit, POLICY, fold).article_id
    assert number is not None
    return number


@pytest.fixture(scope="session")
def config(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Two channels, a token file in a folder of its own."""
    folder: Path = tmp_path_factory.mktemp("config")
    file = folder / "newsdelta.toml"
    file.write_text(
        f'[database]\nurl = "{filled.url}"\n[[channel]]\nname = "cq"\n[[channel]]\nname = "sc"\n'
        f'[web]\ntoken_file = "{folder}/token"\nurl = "http://testserver"\n',
        encoding="utf-8",
    )
    return load(str(file), env={})


async def no_test(subscription: Subscription) -> list[tuple[str, Answer]]:
    """Nobody is written to."""
    return [("nobody", Answer(Verdict.REFUSED, "this is a test"))]


@pytest.fixture(scope="session")
def app_client(config: Config) -> Iterator[TestClient]:
    """A client without a session."""
    with Database.open(config.database_url) as database:
        app = make_app(site_for(lambda: config, database, no_test))
        yield TestClient(app, follow_redirects=False)


@pytest.fixture
def stranger(app_client: TestClient) -> TestClient:
    """Somebody who has shown nothing."""
    app_client.cookies.clear()
    app_client.headers.pop("authorization", None)
    return app_client


@pytest.fixture
def reader(stranger: TestClient, config: Config) -> TestClient:
    """A browser that is logged in."""
    token = config.web.token_file.read_text().strip()
    assert stranger.post("/login", data={"token": token}).status_code == 303
    return stranger
