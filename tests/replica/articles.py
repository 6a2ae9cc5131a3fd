"""Make the replica's articles: article `number` of a channel is computed when asked for, and never kept.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from random import Random
from typing import Any

from . import words
from .prose import Paragraph, Part, Writer, plain, text_of, write_body, write_title

CHINA = timezone(timedelta(hours=8))
#: Generations with the share of a channel's articles up to them, and the days they cover.
ERAS = (
    ("G1", 0.15, datetime(2012, 3, 1, tzinfo=CHINA), datetime(2015, 12, 20, tzinfo=CHINA)),
    ("G2", 0.40, datetime(2016, 2, 1, tzinfo=CHINA), datetime(2020, 12, 20, tzinfo=CHINA)),
    ("G3", 0.65, datetime(2021, 1, 5, tzinfo=CHINA), datetime(2024, 12, 20, tzinfo=CHINA)),
    ("G4", 1.00, datetime(2025, 1, 5, tzinfo=CHINA), datetime(2026, 11, 5, 9, 0, tzinfo=CHINA)),
)
#: The publisher's name, which every path of crumbs begins with.
PUBLISHER = "人民网"
GENERATIONS = ("G1", "G2", "G3", "G4")
FIRST_ID = 20_000_000
ID_ROOM = 21_000_000
CHANNEL_SLOTS = 16
#: Distance between the ids of articles published after the start.
LATER_STRIDE = CHANNEL_SLOTS * 4
#: How a page's bytes and its declared charset go together: (share, real codec, label in the page).
CHARSETS = (
    (0.78, "gb18030", "GB2312"),
    (0.86, "utf-8", "GB2312"),
    (0.91, "gb18030", "utf-8"),
    (0.96, "gb18030", "gbk"),
    (1.00, "utf-8", "utf-8"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image by its path on the channel's host, and the caption under it."""

    path: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """All that decides an article's page. `byline` stands in the author line under the title, '' where there
    is none;
    `hidden_title` is in the page but hidden by its style sheet; `parts` is the number of its pages.
    """

    channel: str
    number: int
    id: str
    column: int
    published_at: datetime
    title: Paragraph
    body: tuple[Paragraph, ...]
    kicker: str = ""
    subtitle: str = ""
    source: str = ""
    source_url: str = ""
    source_note: str = ""
    byline: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    generation: str = "G4"
    kind: str = "text"
    charset: str = "gb18030"
    label: str = "GB2312"
    hidden_title: str = ""
    date_only: bool = False
    parts: int = 1
    short_address: bool = False
    topic: str = field(default="", compare=False)

    @property
    def title_text(self) -> str:
        """The headline as a reader sees it."""
        return text_of(self.title)

    @property
    def path(self) -> str:
        """The article's address on its channel's host, in the form of its years."""
        return address(self.column, self.id, self.published_at, self.short_address)

    def part_path(self, part: int) -> str:
        """The address of one page of a long article; part 1 is the article's own."""
        return self.path if part == 1 else self.path.removesuffix(".html") + f"-{part}.html"


def address(column: int, article_id: str, when: datetime, short: bool) -> str:
    """Build an article's path: `/GB/COLUMN/cID.html`, or with the day in the folder of its years."""
    if short:
        return f"/GB/{column}/c{article_id}.html"
    folder = "n" if when.year < 2016 else "n2"
    return f"/{folder}/{when:%Y/%m%d}/c{column}-{article_id}.html"


def is_pictorial(column: int, generation: str) -> bool:
    """Whether a column held galleries, and articles under short addresses, in those years."""
    return column == 365409 and generation == "G2"


def is_gallery(number: int) -> bool:
    """Which of a pictorial column's articles are galleries."""
    return number % 2 == 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a channel's articles are computed from. `count` of them exist before the clock starts."""

    seed: int
    channel: str
    count: int
    slot: int
    columns: tuple[int, ...]
    epoch: datetime

    @property
    def region(self) -> words.Region:
        """The vocabulary of the channel's province."""
        return words.REGIONS[self.channel]

    def random(self, number: int, purpose: str) -> Random:
        """A random stream of its own for each article and purpose."""
        return Random(f"{self.seed}/{self.channel}/{number}/{purpose}")

    @property
    def stride(self) -> int:
        """How far apart the ids of two neighbouring articles are, on the average."""
        return max(LATER_STRIDE, ID_ROOM // max(1, self.count) // CHANNEL_SLOTS * CHANNEL_SLOTS)

    def id_of(self, number: int) -> str:
        """The publisher's id of an article: eight digits, rising with time, one channel's never another's."""
        later = number - self.count
        stride = self.stride if later < 0 else LATER_STRIDE
        start = number * stride if later < 0 else self.count * self.stride + later * stride
        jitter = self.random(number, "id").randrange(stride // CHANNEL_SLOTS) * CHANNEL_SLOTS
        return str(FIRST_ID + start + jitter + self.slot)

    def number_of(self, article_id: str) -> int | None:
        """The article that has an id, or None where no article of the channel can have it."""
        if not article_id.isascii() or not article_id.isdigit() or len(article_id) > 9:
            return None
        room = int(article_id) - FIRST_ID
        later = room - self.count * self.stride
        number = room // self.stride if later < 0 else self.count + later // LATER_STRIDE
        return number if number >= 0 and self.id_of(number) == article_id else None

    def column_of(self, number: int) -> int:
        """The column of an article: each block of articles gives one to each column."""
        block, place = divmod(number, len(self.columns))
        return self._block(block)[place]

    def in_column(self, column: int, index: int) -> int:
        """The number of a column's article `index`, counted from the oldest."""
        return index * len(self.columns) + self._block(index).index(column)

    def column_size(self, column: int) -> int:
        """How many of the articles that exist from the start are in a column."""
        blocks, rest = divmod(self.count, len(self.columns))
        return blocks + (column in self._block(blocks)[:rest])

    def _block(self, block: int) -> tuple[int, ...]:
        return _block(self.seed, self.channel, self.columns, block)

    def era_of(self, number: int) -> tuple[str, datetime]:
        """The template generation and publication time of an article that exists from the start."""
        share = (number + 0.5) / self.count
        low = 0.0
        for name, high, since, until in ERAS:
            if share < high:
                end = min(until, self.epoch - timedelta(minutes=20))
                at = since + (end - since) * ((share - low) / (high - low))
                return name, at.replace(second=0, microsecond=0)
            low = high
        raise ValueError(f"article {number} is not among the first {self.count}")


@lru_cache(maxsize=1024)
def _block(seed: int, channel: str, columns: tuple[int, ...], block: int) -> tuple[int, ...]:
    order = list(columns)
    Random(f"{seed}/{channel}/block{block}").shuffle(order)
    return tuple(order)


def make_title(plan: Plan, number: int) -> Paragraph:
    """Write only the headline of an article: what a listing needs."""
    return write_title(_writer(plan, number, plan.epoch), _topic(plan, number))


def _topic(plan: Plan, number: int) -> str:
    return plan.random(number, "topic").choice(words.TOPICS_OF[plan.column_of(number)])


def _writer(plan: Plan, number: int, when: datetime) -> Writer:
    return Writer(plan.random(number, "text"), plan.region, when)


def make_article(plan: Plan, number: int, *, at: datetime | None = None, **given: Any) -> Article:
    """Compute an article. `at` is its publication time where it is published later than the start; `given`
    replaces what would be drawn (generation, column, parts …).
    """
    generation, when = ("G4", at) if at is not None else plan.era_of(number)
    generation = given.pop("generation", None) or generation
    column = given.pop("column", None) or plan.column_of(number)
    topic = given.pop("topic", None) or plan.random(number, "topic").choice(words.TOPICS_OF[column])
    drawn = plan.random(number, "page")
    parts = given.pop("parts", None) or (drawn.choice((2, 3)) if drawn.random() < 0.08 else 1)
    writer = _writer(plan, number, when)
    pictorial = is_pictorial(column, generation)
    gallery = given.pop("kind", "text") == "gallery" or (pictorial and is_gallery(number))
    charset, label = _charset(drawn)
    article = Article(
        channel=plan.channel, number=number, id=plan.id_of(number), column=column, published_at=when,
        title=write_title(writer, topic), body=write_body(writer, topic, drawn.randint(6, 10) * parts),
        generation=generation, topic=topic, parts=parts, charset=charset, label=label,
        short_address=pictorial and not gallery,
    )  # fmt: skip
    article = _dressed(article, plan, writer, drawn, gallery)
    return replace(article, **given) if given else article


def _dressed(article: Article, plan: Plan, writer: Writer, drawn: Random, gallery: bool) -> Article:
    """Add to a bare text all that stands around it: crumbs, editors, source, reporters, pictures."""
    article = replace(
        article,
        section=(PUBLISHER, plan.region.label, words.COLUMN_NAMES[article.column]),
        editors=tuple(drawn.sample(_staff(plan), drawn.choice((1, 2, 2)))),
        date_only=article.generation == "G2" and drawn.random() < 0.1,
    )
    article = _with_lines(article, plan, drawn)
    if gallery:
        return _as_gallery(article, writer)
    return _with_pictures(_with_reporter(article, writer, drawn), writer, drawn)


def _charset(drawn: Random) -> tuple[str, str]:
    share = drawn.random()
    return next((codec, label) for high, codec, label in CHARSETS if share < high)


@lru_cache(maxsize=64)
def _staff(plan: Plan) -> tuple[str, ...]:
    staff = Random(f"{plan.seed}/{plan.channel}/staff")
    writer = Writer(staff, plan.region, plan.epoch)
    names = [writer.name() for _ in range(words.EDITORS_PER_CHANNEL)]
    return (*names[1:], writer.name(rare="祎"))


def _with_lines(article: Article, plan: Plan, drawn: Random) -> Article:
    """Add kicker, subtitle, source and the hidden original title, each as often as the site has them."""
    other = Writer(plan.random(article.number, "lines"), plan.region, article.published_at)
    region = plan.region
    source = drawn.choice(words.SOURCES).format(label=region.label, daily=region.daily, city=region.city)
    home = source.startswith("人民网-")
    return replace(
        article,
        kicker=f"{drawn.choice(words.SERIES)}·第{drawn.randint(2, 40)}期"
        if drawn.random() < 0.15 else "",
        subtitle=f"——{text_of(write_title(other, article.topic))}" if drawn.random() < 0.12 else "",
        source=source,
        source_url=f"http://{plan.channel}.people.com.cn/" if home else "http://paper.example.com/n/",
        source_note=" 原创稿" if home and drawn.random() < 0.4 else "",
        hidden_title=text_of(write_title(other, article.topic))
        if article.generation in ("G3", "G4") and drawn.random() < 0.3 else "",
    )  # fmt: skip


def _with_reporter(article: Article, writer: Writer, drawn: Random) -> Article:
    """Name the reporters in one of the ways seen: author line, dateline, end of the last paragraph, a line of
    its own.
    """
    form = drawn.choice(("line", "own", "end", "end", "pair", "dateline", "dateline", "none"))
    rare = _rare(drawn)
    first, second = writer.name(rare), writer.name()
    day = f"{article.published_at.month}月{article.published_at.day}日"
    head, last = article.body[0], article.body[-1]
    if form == "line":
        return replace(article, byline=f"本报记者 {first} {second}", authors=(first, second))
    if form == "own":
        body = (*article.body, plain(f"□ 本报记者 {first}"))
        return replace(article, body=body, authors=(first,))
    if form == "end":
        body = (*article.body[:-1], (*last, Part("text", f"（记者 {first}）")))
        return replace(article, body=body, authors=(first,))
    if form == "pair":
        body = (*article.body, plain(f"（记者 {first} 通讯员 {second}）"))
        return replace(article, body=body, authors=(first, second))
    if form == "dateline":
        city = writer.region.city
        start = Part("text", f"人民网{city}{day}电 （{first}、{second}）")
        return replace(article, body=((start, *head), *article.body[1:]), authors=(first, second))
    return article


def _rare(drawn: Random) -> str:
    """A character that GB2312 lacks, for about every sixth reporter."""
    share = drawn.random()
    if share < 0.12:
        return drawn.choice(words.GBK_ONLY)
    return drawn.choice(words.GB18030_ONLY) if share < 0.17 else ""


def _with_pictures(article: Article, writer: Writer, drawn: Random) -> Article:
    count = drawn.choice((0, 0, 1, 1, 2))
    return replace(article, pictures=tuple(_picture(article, writer, index) for index in range(count)))


def _picture(article: Article, writer: Writer, index: int) -> Picture:
    scene = writer.random.choice(("现场", "一角", "全景", "夜色", "工作间隙", "航拍画面"))
    caption = f"{writer.slot('place').text}{scene}。{writer.name()}摄"
    day = article.published_at
    if day.year < 2017:
        return Picture(
            f"/mediafile/pic/{day:%Y%m%d}/{article.number % 90 + 1}/{article.id}{index:02d}.jpg", caption
        )
    return Picture(f"/NMediaFile/{day:%Y/%m%d}/LOCAL{day:%Y%m%d%H%M}00{article.id}{index:02d}.jpg", caption)


def _as_gallery(article: Article, writer: Writer) -> Article:
    """Turn an article into a gallery: a page for each picture, with a paragraph and no caption."""
    count = 3 + article.number % 3
    pictures = tuple(replace(_picture(article, writer, index), caption="") for index in range(count))
    return replace(
        article,
        kind="gallery",
        generation="G2",
        pictures=pictures,
        body=article.body[:count],
        parts=count,
        kicker="",
        subtitle="",
        hidden_title="",
        date_only=False,
    )


def truth_of(article: Article, base: str = "") -> dict[str, Any]:
    """Tell the fields a reader sees, ready for JSON. `base` is the channel's address without the last slash.

    `section` is the path of columns below the publisher's front page. Captions stand under `images` and not
    in `body`; reporters' lines are in `body` where the page prints them
    there.
    """
    when: str = article.published_at.isoformat()
    if article.date_only:
        when = article.published_at.replace(hour=0, minute=0).isoformat()
    return {
        "url": base + article.path,
        "article_id": article.id,
        "number": article.number,
        "channel": article.channel,
        "column": article.column,
        "template": article.kind if article.kind == "gallery" else article.generation,
        "title": article.title_text,
        "kicker": article.kicker,
        "subtitle": article.subtitle,
        "published_at": when,
        "source": article.source,
        "authors": list(article.authors),
        "editors": list(article.editors),
        "section": list(article.section[1:]),
        "body": [text_of(paragraph) for paragraph in article.body],
        "images": [{"url": base + p.path, "caption": p.caption} for p in article.pictures],
        "charset": {"used": article.charset, "declared": article.label},
        "parts": article.parts,
    }
