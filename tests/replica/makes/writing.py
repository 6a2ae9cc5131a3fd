"""The stories of the small sites: Chinese by the replica's prose, Traditional by conversion, English by
patterns. Pure.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from random import Random

from opencc import OpenCC

from ..prose import Part, Writer, patterns, text_of, write_body, write_title
from ..words import Region
from .model import EPOCH, Story

TOPICS = (
    ("traffic", "community", "safety", "weather"),
    ("industry", "tech", "farm"),
    ("culture", "eco", "health", "school"),
    ("court", "opinion"),
)
MAINLAND = Region(
    "mk",
    "江州在线",
    "江州",
    "江州日报",
    tuple(["临江区", "城东区", "北岸区", "岚山县", "清溪县", "石门县", "平湖区"]),
)
ISLAND = Region(
    "tw",
    "海岸新報",
    "新北",
    "海岸新報",
    tuple(["板橋區", "淡水區", "三峽區", "瑞芳區", "新店區", "鶯歌區", "汐止區"]),
)
_GAPS = (17, 43, 68, 121, 214, 377)


def times(random: Random, count: int, until: datetime = EPOCH) -> list[datetime]:
    """So many publication times, newest first, in whole minutes and within about a fortnight."""
    found, at = [], until - timedelta(minutes=random.randint(5, 50))
    for _ in range(count):
        found.append(at)
        at -= timedelta(minutes=random.choice(_GAPS) + random.randint(0, 30))
    return found


def chinese(seed: str, count: int, columns: int, source: str, region: Region = MAINLAND) -> list[Story]:
    """Write stories in Simplified Chinese; their columns take turns."""
    random = Random(seed)
    found: dict[str, Story] = {}
    for number, at in enumerate(times(random, count)):
        story = _chinese(seed, number, number % columns, at, source, region)
        while story.title in found:
            seed += "+"
            story = _chinese(seed, number, number % columns, at, source, region)
        found[story.title] = story
    return list(found.values())


def _chinese(seed: str, number: int, column: int, at: datetime, source: str, region: Region) -> Story:
    random = Random(f"{seed}/{number}")
    writer = Writer(random, region, at)
    topic = random.choice(TOPICS[column % len(TOPICS)])
    title = text_of(write_title(writer, topic))
    body = tuple(text_of(paragraph) for paragraph in write_body(writer, topic, random.randint(5, 9)))
    authors = tuple(writer.name() for _ in range(random.choice((1, 1, 2))))
    credited = random.choice((source, source, region.daily))
    return Story(
        number,
        column,
        title,
        at,
        body,
        credited,
        authors,
        (writer.name(),),
        body[0][:60].rstrip("，、") + "…",
    )


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


def traditional(seed: str, count: int, columns: int) -> list[Story]:
    """Write stories in Traditional Chinese, with the dateline of their reporter in front."""
    convert = _converter().convert
    found = []
    for story in chinese(seed, count, columns, "", ISLAND):
        authors = tuple(convert(name) for name in story.authors[:1])
        body = [convert(paragraph) for paragraph in story.body]
        place = Random(f"{seed}/{story.number}/place").choice(("台北", "新北", "基隆", "宜蘭"))
        body[0] = f"〔記者{authors[0]}／{place}報導〕{body[0]}"
        found.append(
            Story(story.number, story.column, convert(story.title), story.published_at, tuple(body),
                  "", authors, (), body[0][:60] + "…")
        )  # fmt: skip
    return found


_NAMES = "Alice Ben Clara Daniel Erin Frank Grace Henry Iris Jack Kate Liam Mary Noel Owen Paula"
_FAMILIES = "Ashby Barlow Carter Dunne Ellis Foster Grant Hale Irving Joyce Keane Lowell Marsh Price"
FIRST, LAST = tuple(_NAMES.split()), tuple(_FAMILIES.split())
TOWNS = (
    "Harlow Bay",
    "Millbrook",
    "Port Elden",
    "Kingsford",
    "Ashton Ferry",
    "West Dunmore",
    "Greyhill",
    "Saltmarsh",
)
_ENGLISH_SLOTS = {
    "name": lambda r: f"{r.choice(FIRST)} {r.choice(LAST)}",
    "town": lambda r: r.choice(TOWNS),
    "n": lambda r: str(r.randint(3, 97)),
    "big": lambda r: f"{r.randint(2, 98)},{r.randint(100, 999)}",
    "money": lambda r: f"${r.randint(2, 480)} million",
    "day": lambda r: r.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
    "pct": lambda r: f"{r.randint(2, 60)}.{r.randint(1, 9)} percent",
}


class EnglishWriter(Writer):
    """Fills the slots of the English patterns."""

    def slot(self, name: str) -> Part:
        """Make an entity; one with a mark is made once and kept."""
        if name in self._kept:
            return self._kept[name]
        plain_name, _, mark = name.partition("#")
        part = Part("text", _ENGLISH_SLOTS[plain_name](self.random))
        if mark:
            self._kept[name] = part
        return part


def english(seed: str, count: int, columns: int, source: str, until: datetime) -> list[Story]:
    """Write stories in English."""
    random, found = Random(seed), dict[str, Story]()
    bank = patterns("english")
    for number, at in enumerate(times(random, count, until)):
        writer = EnglishWriter(random, MAINLAND, at)
        title = ""
        while not title or title in found:
            writer = EnglishWriter(random, MAINLAND, at)
            title = text_of(tuple(writer.write(random.choice(bank["T"]))))
        body = _english_body(writer, random, bank)
        authors = (text_of((writer.slot("name"),)),) + (
            (text_of((writer.slot("name"),)),) * (random.random() < 0.2)
        )
        found[title] = Story(
            number,
            number % columns,
            title,
            at,
            body,
            source,
            tuple(dict.fromkeys(authors)),
            (),
            body[0][:110] + "…",
        )
    return list(found.values())


def _english_body(writer: Writer, random: Random, bank: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    sentences = random.sample(bank["S"], len(bank["S"]))
    body = [text_of(tuple(writer.write(random.choice(bank["L"]))))]
    for index in range(random.randint(6, 9)):
        said = [text_of(tuple(writer.write(sentences.pop()))) for _ in range(random.choice((1, 2)))]
        if index % 3 == 1:
            said.insert(0, text_of(tuple(writer.write(random.choice(bank["Q"])))))
        body.append(" ".join(said))
    return tuple(body)
