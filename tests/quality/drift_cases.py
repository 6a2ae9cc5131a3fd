"""Sites that are rebuilt overnight: a dress drawn from a seed, then another one, and what healing makes of it.

A `Dress` knows how a page is built, and the selectors that a person would write for it. All around the article stand
what pages have: menus, today's date, the titles and dates of other articles, a lead that repeats the first paragraph.
"""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from crawler.heal import Case, heal
from crawler.mending import reader
from crawler.sites.model import Selectors, SiteRules
from storage.records import ArticleFields, Healing
from tests.replica.makes.model import Story
from tests.replica.makes.writing import chinese

HOME = "https://www.jiangzhou.example/"
MAKES = ("blocks", "semantic", "table", "lines")
_WORDS = {
    "title": (
        "title",
        "tit",
        "headline",
        "article-title",
        "news_title",
        "biaoti",
        "hd",
        "post-title",
        "artTitle",
    ),
    "info": ("info", "meta", "article-meta", "post-info", "source-line", "xinxi", "sub", "news_info"),
    "time": ("time", "date", "pubtime", "pub-date", "post-time", "shijian", "publish"),
    "source": ("source", "from", "origin", "laiyuan", "media", "src"),
    "body": (
        "content",
        "text",
        "article-body",
        "main-text",
        "zhengwen",
        "TRS_Editor",
        "post-content",
        "detail",
    ),
    "wrap": ("wrap", "container", "main", "left", "page", "w1000", "layout", "inner"),
    "side": ("side", "sidebar", "right", "aside", "hot", "rank"),
    "lead": ("summary", "lead", "abstract", "daodu", "digest"),
}


@dataclass(frozen=True, slots=True)
class Dress:
    """How a site's pages are built. `names`: the class (or, where `by_id`, the id) of each part."""

    make: str
    names: dict[str, str]
    by_id: frozenset[str] = frozenset()
    depth: int = 1
    logo_is_heading: bool = False
    info_below: bool = False
    shows_source: bool = True
    badge: str = ""
    lead: bool = False
    cut: bool = False
    hashed: bool = False
    paragraph: str = "p"
    tail: tuple[str, ...] = field(default=())
    teasers: bool = False

    @staticmethod
    def draw(random: Random, make: str = "") -> Dress:
        """Draw a dress."""
        names = {part: random.choice(words) for part, words in _WORDS.items()}
        return Dress(
            make=make or random.choice(MAKES),
            names=names,
            by_id=frozenset(part for part in ("title", "body", "info") if random.random() < 0.2),
            depth=random.randint(0, 3),
            logo_is_heading=random.random() < 0.3,
            lead=random.random() < 0.3,
        )

    def selectors(self) -> Selectors:
        """What a person would write in the config for these pages."""
        heading = "div" if self.make == "table" else "h1"
        if self.make == "table":
            heading = "td"
        line = self._of("info", "td" if self.make == "table" else "div")
        apart = self.make in ("blocks", "semantic")
        clock = "time" if self.make == "semantic" else self._of("time", "span")
        return Selectors(
            title=self._of("title", heading),
            time=f"{line} {clock}" if apart else line,
            source=self._of("source", "span") if apart else line,
            body=self._of("body", {"semantic": "section", "table": "td"}.get(self.make, "div")),
        )

    def _of(self, part: str, tag: str) -> str:
        return f"#{self.names[part]}" if part in self.by_id else f"{tag}.{self.names[part]}"

    def named(self, part: str) -> str:
        """The attribute that names a part."""
        return f'{"id" if part in self.by_id else "class"}="{self.names[part]}"'

    def page(self, story: Story, others: Sequence[Story]) -> str:
        """One article's page."""
        hot = "".join(
            f'<li><a href="{path_of(o)}">{o.title}</a><span>{o.published_at:%Y-%m-%d %H:%M}</span></li>'
            for o in others
        )
        side = f"<div {self.named('side')}><h3>热点新闻</h3><ul>{hot}</ul></div>"
        logo = (
            "<h1><a href='/'>江州在线</a></h1>"
            if self.logo_is_heading
            else '<a class="logo" href="/">江州在线</a>'
        )
        menu = "".join(f'<li><a href="/{n}/">{n}</a></li>' for n in ("要闻", "社会", "财经", "文化"))
        top = f'<div class="top">{logo}<p>今天是2026年11月24日 星期二 来源于江州的新闻</p><ul class="nav">{menu}</ul></div>'
        trail = f'<div class="path">您的位置：<a href="/">首页</a> &gt; <a href="/{story.column}/">要闻</a> &gt; 正文</div>'
        inner = trail + self._article(story) + self._below(others)
        for _ in range(self.depth):
            inner = f"<div {self.named('wrap')}>{inner}</div>"
        return (
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{story.title}_江州在线</title></head><body>{top}{inner}{side}"
            '<div class="foot"><p>江州在线 版权所有 2026</p><p>来源：江州日报社</p></div></body></html>'
        )

    def _article(self, story: Story) -> str:
        body = self._body(story)
        if self.make == "table":
            line = f'<td align="center" {self.named("info")}>{self._line(story)}</td>'
            rows = [
                f'<tr><td align="center" {self.named("title")}>{self._title(story)}</td></tr>',
                f"<tr>{line}</tr>",
            ]
            text = f"<tr><td {self.named('body')}>{body}</td></tr>"
            rows = [rows[0], text, rows[1]] if self.info_below else [*rows, text]
            return f'<table width="760"><tbody>{"".join(rows)}</tbody></table>'
        tag = "section" if self.make == "semantic" else "div"
        parts = [
            f"<h1 {self.named('title')}>{self._title(story)}</h1>",
            f"<div {self.named('info')}>{self._line(story)}</div>",
        ]
        if self.lead:
            parts.append(f"<div {self.named('lead')}>{story.body[0]}</div>")
        text = f"<{tag} {self.named('body')}>{body}</{tag}>"
        parts = [parts[0], *parts[2:], text, parts[1]] if self.info_below else [*parts, text]
        whole = "".join(parts)
        return f"<article>{whole}</article>" if self.make == "semantic" else whole

    def _title(self, story: Story) -> str:
        return f"<span>{self.badge}</span>{story.title}" if self.badge else story.title

    def _line(self, story: Story) -> str:
        at = story.published_at
        source = story.source if self.shows_source else ""
        if self.make == "semantic":
            said = f"<span {self.named('source')}>{source}</span>" if source else ""
            return f'<time datetime="{at.isoformat()}">{at:%m-%d %H:%M}</time>{said}<a href="#c">评论</a>'
        if self.make == "blocks":
            said = f"<span {self.named('source')}>来源：{source}</span>" if source else ""
            return (
                f"<span {self.named('time')}>{at:%Y-%m-%d %H:%M}</span>{said}<span>分享到：微信 微博</span>"
            )
        said = f"　来源：{source}" if source else ""
        return f"{at:%Y年%m月%d日%H:%M}{said}　字号：大 中 小"

    def _body(self, story: Story) -> str:
        tag = self.paragraph
        kept = story.body[:1] if self.cut else story.body
        text = "".join(f"　　{one}<br><br>" if tag == "br" else f"<{tag}>{one}</{tag}>" for one in kept)
        return text + ("<p>登录后阅读全文</p>" if self.cut else "") + "".join(self.tail)

    def _below(self, others: Sequence[Story]) -> str:
        if self.teasers:
            parts = (f"<h2 {self.named('title')}>{o.title}</h2><p>{o.body[0]}</p>" for o in others[:2])
            return f'<div class="next">{"".join(parts)}</div>'.replace(' id="', ' class="')
        links = "".join(f'<li><a href="{path_of(o)}">{o.title}</a></li>' for o in others[:3])
        return (
            f'<div class="share">分享到微信</div><div class="related"><h4>相关新闻</h4><ul>{links}</ul></div>'
        )


def path_of(story: Story) -> str:
    """A story's path."""
    return f"/news/{story.published_at:%Y%m%d}/{910000 + story.number}.html"


Rebuild = Callable[[Dress, Random], Dress]


def renamed(dress: Dress, random: Random) -> Dress:
    return replace(dress, names=Dress.draw(random).names, by_id=Dress.draw(random).by_id)


def wrapped(dress: Dress, random: Random) -> Dress:
    return replace(renamed(dress, random), depth=dress.depth + random.randint(1, 3), lead=True)


def moved(dress: Dress, random: Random) -> Dress:
    return replace(renamed(dress, random), info_below=True, logo_is_heading=not dress.logo_is_heading)


def one_part_renamed(dress: Dress, random: Random) -> Dress:
    part = random.choice(("title", "body", "info"))
    return replace(
        dress, names=dress.names | {part: f"new-{random.choice(_WORDS[part])}"}, by_id=dress.by_id - {part}
    )


def another_system(dress: Dress, random: Random) -> Dress:
    return Dress.draw(random, random.choice([make for make in MAKES if make != dress.make]))


def names_of_machines(dress: Dress, random: Random) -> Dress:
    def digest() -> str:
        return "".join(random.choice("abcdefghkmnpqrstuvwxyzABCDEFGHJK0123456789") for _ in range(5))

    other = another_system(dress, random)
    if random.random() < 0.5:
        return replace(
            other, names={part: f"css-{digest()}{random.randint(0, 9)}" for part in _WORDS}, by_id=frozenset()
        )
    return replace(other, names={part: f"Article_{part}__{digest()}" for part in _WORDS}, by_id=frozenset())


def without_source(dress: Dress, random: Random) -> Dress:
    return replace(renamed(dress, random), shows_source=False)


def headline_with_a_badge(dress: Dress, random: Random) -> Dress:
    return replace(renamed(dress, random), badge=random.choice(("独家｜", "江州要闻 | ", "原创·")))


def tools_in_the_text(dress: Dress, random: Random) -> Dress:
    tools = (
        '<div class="tools"><a href="#">点赞</a> <a href="#">收藏</a></div>',
        "<p>扫一扫，在手机上阅读本文，还可以分享给朋友</p>",
    )
    return replace(renamed(dress, random), tail=(random.choice(tools),))


def paragraphs_are_blocks(dress: Dress, random: Random) -> Dress:
    return replace(another_system(dress, random), paragraph="div")


def text_behind_a_door(dress: Dress, random: Random) -> Dress:
    return replace(renamed(dress, random), cut=True)


def lines_with_breaks(dress: Dress, random: Random) -> Dress:
    return replace(another_system(dress, random), paragraph="br")


def teasers_in_the_same_dress(dress: Dress, random: Random) -> Dress:
    return replace(renamed(dress, random), teasers=True)


#: Kinds on which the method was developed, kinds that were kept apart until it stood, and kinds kept to the end.
TUNED: tuple[Rebuild, ...] = (renamed, wrapped, moved, one_part_renamed)
APART: tuple[Rebuild, ...] = (
    another_system,
    names_of_machines,
    without_source,
    headline_with_a_badge,
    tools_in_the_text,
    paragraphs_are_blocks,
    text_behind_a_door,
)
LAST: tuple[Rebuild, ...] = (lines_with_breaks, teasers_in_the_same_dress)
#: Kinds that show no longer what is known, or nowhere by itself: to propose nothing is right, or less than all.
HOPELESS = frozenset(("without_source", "headline_with_a_badge", "text_behind_a_door"))
#: How many pages show the new dress: all, or half, as where two are tried; then both must be read.
SHARES = (1.0, 0.5)
#: Pages that healing gets, and pages that it never sees.
SEEN, UNSEEN = 8, 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one rebuilt site.

    `harmed`: the old selectors no longer read all pages. `healed`: the new ones give every field of every page as it
    was known. `missing`: they give nothing in place of some. `wrong`: they give other words somewhere.
    """

    kind: str
    seed: int
    harmed: bool
    healing: Healing | None
    healed: bool
    missing: bool
    wrong: bool


def play(kind: Rebuild, seed: int, share: float = 1.0) -> Outcome:
    """Build a site, rebuild it, heal it, and read pages by what was proposed."""
    random = Random(f"{kind.__name__} {seed}")
    stories = chinese(f"drift {seed}", SEEN + UNSEEN + 6, 2, "江州日报")
    stories = [replace_source(story, random) for story in stories]
    old = Dress.draw(random)
    new = kind(old, random)
    site = SiteRules(name="jiangzhou", home=HOME, article=old.selectors())
    read = reader(site)
    cases = []
    for number, story in enumerate(stories[: SEEN + UNSEEN]):
        others = random.sample(stories[SEEN + UNSEEN :], 5)
        url = HOME.rstrip("/") + path_of(story)
        known = read(site.article, old.page(story, others), url)
        assert known is not None
        assert (known.title, known.body) == (story.title, story.body)
        dress = new if random.random() < share or number == 0 else old
        cases.append(Case(dress.page(story, others), url, known))
    healing = heal("jiangzhou", site.article, cases[:SEEN], read)
    harmed = any(_compare(read(site.article, case.html, case.url), case.known) != "same" for case in cases)
    chosen = site.article
    if healing is not None:
        chosen = replace(chosen, **{change.key: change.new for change in healing.changes})
    seen = {_compare(read(chosen, case.html, case.url), case.known) for case in cases}
    proposed = healing is not None and bool(healing.changes)
    return Outcome(
        kind.__name__,
        seed,
        harmed,
        healing,
        seen == {"same"},
        "missing" in seen,
        proposed and "wrong" in seen,
    )


def replace_source(story: Story, random: Random) -> Story:
    """Stories come from several papers."""
    return replace(story, source=random.choice(("江州日报", "江州晚报", "江州在线", "新华社", "城东融媒")))


def _compare(found: ArticleFields | None, known: ArticleFields) -> str:
    """ "same", "missing" where nothing is read in place of something, "wrong" where something else is."""
    if found is None:
        return "missing"
    verdicts = set()
    for name in ("title", "subtitle", "published_at", "source", "authors", "editors", "body"):
        now, then = getattr(found, name), getattr(known, name)
        verdicts.add("same" if now == then else "missing" if not now else "wrong")
    return "wrong" if "wrong" in verdicts else "missing" if "missing" in verdicts else "same"
