"""Make republications of news, and pages of one template that tell different news. Pure, and seeded.

Two sets: the thresholds of `storage.stories` were chosen on *tuned*, none on *held back*: other templates, other
topics, and other ways to republish (characters replaced at random, sentences written anew).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from tests.replica import words
from tests.replica.prose import Part, Writer, text_of, write_body, write_title

TEMPLATES = Path(__file__).with_name("same_template.txt")
TOPICS = {
    "tuned": ("industry", "culture", "eco", "farm", "health", "school", "traffic"),
    "held-back": ("tech", "community", "court", "safety", "weather"),
}
#: Words that mean the same in a report, one of which an editor puts for another.
SYNONYMS = (
    ("介绍说", "表示", "说", "告诉记者"),
    ("目前", "现在", "眼下"),
    ("此外", "另外", "同时"),
    ("获悉", "了解到", "得知"),
    ("下一步", "接下来", "今后"),
    ("预计", "有望"),
    ("居民", "群众", "市民"),
    ("共", "总共", "一共"),
    ("已经", "已"),
    ("正在", "正"),
    ("提醒", "提示"),
    ("为了", "为"),
    ("因为", "由于"),
    ("以及", "和"),
    ("开展", "组织"),
    ("完成", "做完"),
    ("提高", "提升"),
    ("进行", "开展"),
    ("附近", "周边"),
    ("投入", "动用"),
)
#: What a paper prints under each of its articles.
HOUSE_NOTES = {
    "tuned": (
        "本报新闻热线全天有人接听，欢迎读者提供线索，线索一经采用即付稿酬。",
        "凡本报注明原创的稿件，版权归本报所有，任何媒体、网站或个人未经书面授权不得转载、摘编。",
        "已经取得授权的，应当在授权范围内使用，并注明来源和作者，违反上述声明者将追究其法律责任。",
        "本报转载其他媒体的稿件，目的在于传递更多信息，并不代表赞同其观点，也不对其真实性负责。",
        "如稿件涉及版权等问题，请作者在两周内与本报联系，我们将在核实后及时处理。",
    ),
    "held-back": (
        "看本地新闻，查公交时刻，交水电气费，都可以在客户端里完成，请到各大应用商店搜索下载。",
        "注册成为会员，可以参加每周的读者见面会，还有机会获得景区门票、电影票和图书等礼品。",
        "本栏目长期征集好故事，来稿请写明真实姓名和联系方式，图片要求清晰，未经后期合成。",
        "编辑部会在十个工作日内回复，请勿一稿多投，来稿恕不退还，文责由作者自负。",
        "对报道内容有疑问或者发现差错，请拨打读者服务热线，我们会尽快核查并公开更正。",
    ),
}
_DATELINES = (
    "本报讯（记者{name}）",
    "{city}晨报讯 记者{name}报道 ",
    "新华社{city}电 ",
    "本网{city}消息，",
    "",
)
_CREDITS = (
    "（来源：{daily}）",
    "更多新闻请关注本网。",
    "版权归原作者所有，侵权请联系删除。",
    "（编辑：{name}）",
    "",
)
_FILLERS = ("据介绍，", "值得一提的是，", "记者注意到，", "与此同时，", "在现场，")
_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+$")


@dataclass(frozen=True, slots=True)
class Story:
    """A written article: its title, and its paragraphs. `region` and `topic` are what it is about."""

    title: str
    body: tuple[str, ...]
    region: words.Region
    topic: str

    @property
    def canonical(self) -> str:
        """The article in the form of `crawler.text.canonical`: title, subtitle, body, a line each."""
        return f"{self.title}\n\n{''.join(self.body)}".replace(" ", "")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and the truth: how the second came from the first, and whether they are one story."""

    kind: str
    first: str
    second: str
    same: bool


Way = Callable[[Story, Random], Story]


def report(random: Random, topic: str) -> Story:
    """Write an article on a topic, of 4 to 9 paragraphs."""
    writer = _writer(random)
    title = text_of(write_title(writer, topic))
    body = write_body(writer, topic, random.randint(4, 9))
    return Story(title, tuple(text_of(paragraph) for paragraph in body), writer.region, topic)


def notice(random: Random, template: str, writer: Writer | None = None) -> Story:
    """Fill in a template."""
    writer = writer or _writer(random)
    lines = ["".join(part.text for part in writer.write(line)) for line in templates()[template]]
    return Story(lines[0], tuple(lines[1:]), writer.region, template)


def notices(random: Random, template: str, alike: float) -> tuple[Story, Story]:
    """Fill in a template twice, as one office does on two days: this part of the entries is the same."""
    first = _Clerk(random, alike)
    story = notice(random, template, first)
    return story, notice(random, template, first.next_day())


class _Clerk(Writer):
    """Fills in forms, and copies a part of the entries from the form of the day before."""

    def __init__(self, random: Random, alike: float, before: Sequence[Part] = ()) -> None:
        base = _writer(random)
        super().__init__(random, base.region, base.when)
        self._alike, self._before, self._entries = alike, before, list[Part]()

    def next_day(self) -> _Clerk:
        """The clerk of the next form; region and month stay."""
        clerk = _Clerk(self.random, self._alike, self._entries)
        clerk.region, clerk.when = self.region, self.when + timedelta(days=self.random.randint(1, 7))
        return clerk

    def slot(self, name: str) -> Part:
        number = len(self._entries)
        copied = number < len(self._before) and self.random.random() < self._alike and name != "date"
        part = self._before[number] if copied and "#" not in name else super().slot(name)
        self._entries.append(part)
        return part


@cache
def templates(which: str = "") -> dict[str, tuple[str, ...]]:
    """The templates by name, all or those of one set."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in TEMPLATES.read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            name, of = line[1:].split()
            if not which or of == which:
                found[name] = []
        elif name in found and not line.startswith("#"):
            found[name].append(line.removeprefix("T "))
    return {name: tuple(lines) for name, lines in found.items()}


def _writer(random: Random) -> Writer:
    region = random.choice(tuple(words.REGIONS.values()))
    return Writer(random, region, datetime(2026, random.randint(1, 12), random.randint(3, 28)))  # noqa: DTZ001


def one_house(random: Random, which: str) -> tuple[Story, Story]:
    """Two short reports, each with the same long notes about the paper behind it."""
    reports = [report(random, random.choice(TOPICS[which])) for _ in range(2)]
    notes = HOUSE_NOTES[which]
    first, second = (Story(r.title, (*r.body[:2], *notes), r.region, r.topic) for r in reports)
    return first, second


# -- ways to republish: tuned


def light(story: Story, random: Random) -> Story:
    """A new headline and dateline, some words changed, a credit at the end."""
    return _dressed(story, tuple(_reworded(p, random, 0.3) for p in story.body), random)


def abridged(story: Story, random: Random) -> Story:
    """The lead and four to seven tenths of the other sentences."""
    share = random.uniform(0.4, 0.7)
    first, *rest = (s for p in story.body for s in sentences(p))
    kept = [first, *(s for s in rest if random.random() < share)]
    return _dressed(story, tuple(_reworded(s, random, 0.3) for s in kept), random)


def extended(story: Story, random: Random) -> Story:
    """All of it, and two to five sentences of the editor's own region between."""
    other = report(random, story.topic if story.topic in sum(TOPICS.values(), ()) else TOPICS["tuned"][0])
    own = [s for p in other.body for s in sentences(p)][1:]
    body = [_reworded(p, random, 0.2) for p in story.body]
    for sentence in random.sample(own, min(len(own), random.randint(2, 5))):
        body.insert(random.randint(1, len(body)), sentence)
    return _dressed(story, tuple(body), random)


def corrected(story: Story, random: Random) -> Story:
    """A light edit in which one number in ten is another, dates apart: a slip, a new count, a rounding."""

    def other(match: re.Match[str]) -> str:
        return str(random.randint(1, 99)) if random.random() < 0.1 else match[0]

    body = tuple(re.sub(r"(?<![年月\d])\d+(?![年月日\d])", other, p) for p in story.body)
    return light(Story(story.title, body, story.region, story.topic), random)


def reordered(story: Story, random: Random) -> Story:
    """Paragraphs in another order, three to four tenths of the sentences put in other words."""
    share = random.uniform(0.3, 0.4)
    lead, *rest = story.body
    random.shuffle(rest)
    body = [
        "".join(_rewritten(s, random) if random.random() < share else s for s in sentences(p))
        for p in (lead, *rest)
    ]
    return _dressed(story, tuple(body), random)


# -- ways to republish: held back


def noisy(story: Story, random: Random) -> Story:
    """A new headline, one character in fifty another."""
    return _dressed(story, tuple(_noise(p, random, 0.02) for p in story.body), random)


def localised(story: Story, random: Random) -> Story:
    """A fifth of the sentences dropped, a local paragraph added, one character in twenty another."""
    kept = [s for p in story.body for s in sentences(p) if random.random() < 0.8] or list(story.body)
    own = report(random, random.choice(TOPICS["held-back"])).body[1]
    body = [_noise(s, random, 0.05) for s in kept]
    body.insert(random.randint(0, len(body)), own)
    return _dressed(story, tuple(body), random)


def halved(story: Story, random: Random) -> Story:
    """The first half only, one character in twelve another."""
    every = [s for p in story.body for s in sentences(p)]
    kept = every[: max(2, len(every) // 2)]
    return _dressed(story, tuple(_noise(s, random, 0.08) for s in kept), random)


def renewed(story: Story, random: Random) -> Story:
    """Three to four tenths of the sentences are the editor's own, and the order is another."""
    own = [s for p in report(random, random.choice(TOPICS["held-back"])).body for s in sentences(p)]
    every = [s for p in story.body for s in sentences(p)]
    share = random.uniform(0.3, 0.4)
    body = [random.choice(own) if random.random() < share else s for s in every]
    random.shuffle(body)
    return _dressed(story, tuple(body), random)


TUNED: tuple[Way, ...] = (light, abridged, extended, reordered, corrected)
HELD_BACK: tuple[Way, ...] = (noisy, localised, halved, renewed)


def sentences(paragraph: str) -> list[str]:
    """Cut a paragraph into its sentences."""
    return _SENTENCE.findall(paragraph)


def _dressed(story: Story, body: Sequence[str], random: Random) -> Story:
    """Give a text another headline, dateline and credit line."""
    names = {"name": _writer(random).name(), "city": story.region.city, "daily": story.region.daily}
    first, *rest = body
    credit = random.choice(_CREDITS).format(**names)
    paragraphs = (random.choice(_DATELINES).format(**names) + first, *rest, *([credit] if credit else []))
    return Story(_headline(story, random), paragraphs, story.region, story.topic)


def _headline(story: Story, random: Random) -> str:
    """The old headline turned round or cut, or a clause of the lead."""
    halves = story.title.split(" ")
    lead = re.split("[，。；：]", story.body[0])
    return random.choice((" ".join(reversed(halves)), halves[0], lead[-2] if len(lead) > 2 else lead[0]))


def _reworded(text: str, random: Random, share: float) -> str:
    for group in SYNONYMS:
        for word in group:
            if word in text and random.random() < share:
                text = text.replace(word, random.choice([w for w in group if w != word]), 1)
                break
    return text


def _rewritten(sentence: str, random: Random) -> str:
    """Turn clauses round, drop one, or lead in with a phrase; and change words."""
    end = sentence[-1:]
    clauses = sentence[:-1].split("，")
    if len(clauses) > 2 and random.random() < 0.5:
        clauses[1:] = reversed(clauses[1:])
    if len(clauses) > 2 and random.random() < 0.4:
        clauses.pop()
    return random.choice((*_FILLERS, "")) + _reworded("，".join(clauses), random, 0.8) + end


def _noise(text: str, random: Random, share: float) -> str:
    common = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面"
    return "".join(random.choice(common) if c.isalnum() and random.random() < share else c for c in text)


# -- labelled pairs


def pairs(which: str, count: int, seed: int = 1) -> Iterator[Pair]:
    """Yield `count` republications of each way and half as many pairs of each template; each template is also
    republished, and articles on one topic and on two are set against each other.
    """
    random = Random(f"{which} {seed}")
    ways = TUNED if which == "tuned" else HELD_BACK
    names = tuple(templates(which))
    for way in ways:
        for number in range(count):
            story = report(random, random.choice(TOPICS[which]))
            if number % 4 == 3:
                story = notice(random, random.choice(names))
            yield Pair(way.__name__, story.canonical, way(story, random).canonical, True)
    for name in names:
        for _ in range(count // 2):
            first, second = notices(random, name, random.uniform(0, 0.5))
            yield Pair(f"template {name}", first.canonical, second.canonical, False)
    for _ in range(count):
        first, second = one_house(random, which)
        yield Pair("one house", first.canonical, second.canonical, False)
    for _ in range(count):
        topic = random.choice(TOPICS[which])
        yield Pair("same topic", report(random, topic).canonical, report(random, topic).canonical, False)
        other = random.choice([t for t in TOPICS[which] if t != topic])
        yield Pair("two topics", report(random, topic).canonical, report(random, other).canonical, False)


def stream(which: str, count: int, seed: int = 1) -> Iterator[tuple[int, str]]:
    """Yield `count` articles as they come in from many sites: the true story's number, and the canonical text.

    Half are new reports, a third republish one of the last hundred, the rest are forms of few offices filled in.
    """
    random = Random(f"stream {which} {seed}")
    ways, forms = (TUNED if which == "tuned" else HELD_BACK), tuple(templates(which))
    recent: list[tuple[int, Story]] = []
    for number in range(count):
        kind = random.random()
        if kind < 0.33 and recent:
            of, story = random.choice(recent)
            yield of, random.choice(ways)(story, random).canonical
            continue
        story = (
            notice(random, random.choice(forms))
            if kind > 0.83
            else report(random, random.choice(TOPICS[which]))
        )
        recent = [*recent[-99:], (number, story)]
        yield number, story.canonical
