"""Make docs/web.png, the picture of the overview in the README: python docs/web_picture.py

Two days of three channels, in words invented by the replica's writer; needs Chromium, and the tests beside it.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from crawler.text.canonical import fold  # noqa: E402
from scheduler.config import load  # noqa: E402
from storage import articles  # noqa: E402
from storage.database import Database  # noqa: E402
from storage.records import Outcome, RunCounts, Sighting  # noqa: E402
from tests.browser.chromium import chromium  # noqa: E402
from tests.browser.server import PageServer  # noqa: E402
from tests.integration.web.conftest import POLICY, made  # noqa: E402
from tests.replica import words  # noqa: E402
from tests.replica.prose import Writer, text_of, write_body, write_title  # noqa: E402
from tests.sightings import START, at, seen  # noqa: E402

#: A working day's end in Chongqing, and how many articles each hour of the day brings.
NOW = at(9 * 60 + 7)
BY_HOUR = (0, 0, 0, 0, 0, 0, 1, 2, 4, 6, 5, 4, 2, 2, 3, 5, 6, 5, 2, 1, 1, 1, 0, 0)
CHANNELS = {"cq": 6, "sc": 3, "gz": 2}
TOPICS = ("traffic", "farm", "eco", "school", "health", "weather", "culture", "industry", "community", "tech")
SIZE = {"width": 1200, "height": 1060}


def visits() -> list[Sighting]:
    """Everything that was seen, in the order of time."""
    drawn, found = random.Random(20), []  # noqa: S311 - invents news, keeps no secrets
    writers = {name: Writer(drawn, words.REGIONS[name], START) for name in CHANNELS}
    for back in range(48 * 60, 0, -60):
        begin = NOW - timedelta(minutes=back)
        hour = (begin + timedelta(hours=8)).hour
        for _ in range(BY_HOUR[hour]):
            found += _history(writers, drawn, (begin - START) / timedelta(minutes=1) + drawn.uniform(0, 59))
    last = (NOW - START) / timedelta(minutes=1)
    return sorted(
        (one for one in found if one.observation.at <= at(last)), key=lambda one: one.observation.at
    )


def _history(writers: dict[str, Writer], drawn: random.Random, minutes: float) -> list[Sighting]:
    """An article, now and then corrected or taken down."""
    key = str(drawn.randrange(42_000_000, 43_000_000))
    channel = drawn.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    writer, topic = writers[channel], drawn.choice(TOPICS)
    title = text_of(write_title(writer, topic))
    body = tuple(map(text_of, write_body(writer, topic, 6)))
    history = [made(minutes, key, title, body, channel)]
    later, fate = minutes + drawn.uniform(15, 240), drawn.random()
    if fate < 0.16:
        history.append(made(later, key, title, tuple(map(_corrected, body[:1])) + body[1:], channel))
    elif fate < 0.22:
        history.append(made(later, key, _corrected(title), body, channel))
    elif fate < 0.27:
        history.append(made(later, key, title, (*body, text_of(write_body(writer, topic, 1)[0])), channel))
    elif fate < 0.30:
        history += [seen(later + more, key, outcome=Outcome.GONE, channel=channel) for more in (0, 5)]
    return history


def _corrected(sentence: str) -> str:
    """The same with its first number put right."""
    return re.sub(r"\d+", lambda found: str(int(found[0]) + 7), sentence, count=1)


def fill(url: str) -> None:
    """Store two days."""
    with Database.open(url) as database:
        for visit in visits():
            articles.record(database, visit, POLICY, fold)
        for back, channel in enumerate(CHANNELS, 2):
            run = articles.start_run(database, channel, NOW - timedelta(minutes=3 * back))
            articles.finish_run(database, run, NOW - timedelta(minutes=3 * back - 1), RunCounts(fetched=12))


def main() -> None:
    """Fill a store, serve it, take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/news.db"
        fill(url)
        config = Path(folder) / "newsdelta.toml"
        channels = "".join(f'[[channel]]\nname = "{name}"\n' for name in CHANNELS)
        config.write_text(
            f'[database]\nurl = "{url}"\n{channels}[web]\nbind = "127.0.0.1:0"\ntoken_file = "{folder}/token"\n',
            encoding="utf-8",
        )
        with PageServer(load(str(config), env={}), NOW) as served, chromium() as browser:
            page = browser.new_page(viewport=SIZE, locale="zh-CN", color_scheme="light")
            page.goto(f"{served.base}/login?token={served.token}")
            page.screenshot(path=ROOT / "docs" / "web.png")


if __name__ == "__main__":
    main()
