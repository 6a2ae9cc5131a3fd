"""What the mutations start from: pages of the replica, feeds, settings, files of evidence; all written for tests."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from storage import warc
from storage.database import Database
from tests.integration.test_verify import told
from tests.reference import REFERENCE
from tests.replica.site import Channel
from tests.replica.timeline import Timeline
from tests.replica.world import World
from tests.unit.crawler.sources.samples import SAMPLES

#: Bytes of the largest reference page that is mutated, and how many are.
MOST_BYTES, MOST_PAGES = 100_000, 20
DAMAGED = (
    "规模总量已突破1.2万亿元，同比增长。",
    "规?偭恳淹黄1.2万亿元",
    "重庆市渝北区å\x8f£è¢\x8bå\x85¬å\x9b\xad新增12处",
    "涓浗浜烘皯閲嶅簡棰戦亾锛岃鑰呬粠娓濆寳鍖鸿幏鎮?",
    "记者从渝(yú)北(běi)区获悉，今年新增口袋公园。",
    "&#28189;&#21271;&amp;nbsp;12&#65294;5億元",
)
ONE_MACHINE = """\
[database]
url = "sqlite:///news.db"
[watch]
requests_per_hour = 120
every = "30m"
removal_visits = 3
removal_after = "1h"
time_zone = "Asia/Shanghai"
[network]
allow_private_addresses = true
[[channel]]
name = "cq"
columns = ["/GB/365402/"]
[[channel]]
name = "yuzhou"
home = "https://yuzhou.example/"
article = { url = '/news/(?P<id>\\d+)\\.html$', title = "h1", body = "//div[@id='text']", time = ".when" }
feeds = ["/rss.xml"]
javascript = true
[[alert]]
name = "district"
to = ["desk", "mailto://user:word@mail.example/?to=a@b.example", "wecom://key"]
words = ["渝北"]
expression = "重庆 & (轨道 | 地铁) & !广告"
classes = ["number"]
digest = "09:00,18:00"
quiet = "22:00-07:00"
wait = "10m"
[[destination]]
name = "desk"
url = "json://127.0.0.1:9/hook"
[alerts]
tries = 25
[archive]
warc = true
size = "1G"
[retention]
observations = "90d"
[web]
bind = "127.0.0.1:8470"
url = "http://news.example/"
"""
MANY_MACHINES = (
    ONE_MACHINE.replace("sqlite:///news.db", "postgresql://db/news")
    + '[queue]\nurl = "postgresql://db/news"\n'
)
SETTINGS = (ONE_MACHINE, MANY_MACHINES)
ROBOTS = (
    b"User-agent: *\nDisallow: /private/\nAllow: /private/open$\nCrawl-delay: 2.5\nSitemap: /sitemap.xml\n",
    "User-agent: newsdelta\nRequest-rate: 1/5s 0900-1730\nVisit-time: 0600-0845\nDisallow: /*?*页=\n".encode(),
)
ALERT = (
    '{"name": "a", "destinations": ["desk"], "words": ["渝北"], "expression": "重庆 & (轨道", "kinds": ["new"], '
    '"quiet": "22:00-07:00", "digest": "30m", "min_weight": 20, "time_zone": "Asia/Shanghai", "wait": 600}'
).encode()
CALLS = (
    b"GET /?channel=cq&q=%E6%B8%9D%E5%8C%97&page=2\n",
    b"GET /articles/1\n",
    b"GET /articles/1/diff?from=1&to=2\n",
    b"GET /articles/1/evidence\n",
    b"GET /articles/1/bytes/1/0\n",
    b"GET /articles/6.atom\n",
    b"GET /feeds/channels/cq.json?limit=3\n",
    b"GET /feeds/alerts.atom?words=%E9%87%8D&min_weight=3\n",
    b"GET /feeds/stories/1.json\n",
    b"GET /channels/cq?page=2\n",
    b"GET /runs/1\n",
    b"GET /api/v1/articles?search=%E9%87%8D%E5%BA%86&limit=5&cursor=abc&since=2026-11-24\n",
    b"GET /api/v1/articles/1/revisions/1\n",
    b"GET /api/v1/articles/1/diff?from=1&to=2\n",
    b"GET /api/v1/articles/1/observations?limit=2\n",
    b"GET /api/v1/events?after=5&limit=100&kind=edited&class=number&min_weight=20\n",
    b"GET /api/v1/events?since=2026-11-24T08:00:00%2B08:00\n",
    b"GET /api/v1/removed?channel=cq\n",
    b"GET /api/v1/stories/1\n",
    b"GET /api/v1/channels/cq/plan\n",
    b"GET /api/v1/deliveries?state=dead\n",
    b"GET /api/v1/openapi.json\n",
    b"GET /metrics\n",
    b'POST /api/v1/orders\n{"channel": "cq", "urls": ["http://cq.people.com.cn/n2/2026/1124/c365401-41000001.html"]}',
    b"POST /api/v1/orders/1/cancel\n{}",
    b"POST /api/v1/alerts\n" + ALERT,
    b"POST /api/v1/alerts/preview\n" + ALERT,
    b"PUT /api/v1/alerts/a\n" + ALERT,
    b'POST /api/v1/alerts/a/mute\n{"until": "2026-11-25T08:00:00+08:00", "for": "2h"}',
    b"DELETE /api/v1/alerts/a\n",
    b'POST /api/v1/deliveries/retry\n{"ids": [1, 2]}',
    b'POST /api/v1/keys\n{"name": "k", "scopes": ["read"], "expires": "30d"}',
    b'POST /api/v1/channels/cq/pause\n{"reason": "x"}',
    b"POST /login\ntoken=abc",
)


def article_pages() -> Iterator[bytes]:
    """Articles in every generation of templates, and the reference pages."""
    for site in _sites():
        for number in site.numbers():
            yield site.page(site.article(number).path).make()
    yield from _reference()


def listing_pages() -> Iterator[bytes]:
    """Home, columns and their further pages, and the reference pages."""
    for site in _sites():
        for path in ("/", "/GB/367673/index.html", "/GB/365402/index.html", "/GB/365402/index2.html"):
            yield site.page(path).make()
    yield from _reference()


def feeds() -> Iterator[bytes]:
    """Feeds of every make."""
    for sample in SAMPLES:
        yield sample.encode()
    for site in _sites():
        yield site.page("/rss/news.xml").make()


def sitemaps() -> Iterator[bytes]:
    """Sitemaps and their indexes."""
    for site in _sites():
        for path in ("/sitemap_index.xml", f"/sitemap/cn/{site.plan.channel}/news_sitemap.xml"):
            yield site.page(path).make()
    yield from (sample.encode() for sample in SAMPLES if "sitemap" in sample)
    yield b"https://yuzhou.example/news/1.html\nhttps://yuzhou.example/news/2.html\n"


def evidence() -> Iterator[bytes]:
    """A file of evidence, as the records in it stand one after another, unpacked."""
    with tempfile.TemporaryDirectory() as folder, Database.open(f"sqlite:///{folder}/news.db") as store:
        content = told(store, Path(folder) / "warc").export()
    yield b"".join(member.raw for member in warc.members(io.BytesIO(content)))


def _sites() -> list[Channel]:
    world = World.build(Timeline(), {"seed": 7, "articles": 12, "channels": ("cq",)})
    for channel in world.site.channels.values():
        channel.base = "http://cq.people.com.cn"
    return list(world.site.channels.values())


def _reference() -> Iterator[bytes]:
    pages = sorted(REFERENCE.glob("corpus/**/*.html")) if REFERENCE.is_dir() else []
    small = [page for page in pages if page.stat().st_size <= MOST_BYTES]
    yield from (page.read_bytes() for page in small[:MOST_PAGES])
