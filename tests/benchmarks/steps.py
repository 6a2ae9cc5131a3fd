"""CPU milliseconds per page of each step from bytes to the store."""

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.archive import Archive, ArchivePlace
from crawler.pipeline import TOGETHER
from crawler.read import join, read_part
from crawler.sites import PEOPLE
from crawler.text.canonical import canonical_text, content_hash, fold
from crawler.text.decode import decode
from crawler.text.repair import is_suspicious
from storage import articles
from storage.database import Database
from storage.decide import Policy
from storage.records import Observation, Outcome, PageBody, Sighting
from storage.warc import Fetch
from tests.benchmarks._rows import row
from tests.replica import Replica

PAGES = 200
WEIGHT = 45_000


def run() -> list[dict[str, Any]]:
    """Measure on replica pages of 45 KB; about ten seconds."""
    pages = _pages()
    texts = [decode(page.content, page.content_type).text for page in pages]
    read = [PEOPLE.read_article(text, page.url) for text, page in zip(texts, pages, strict=True)]
    fields = [page.fields for page in read if page is not None]
    steps = {
        "decode": _each(pages, lambda page: decode(page.content, page.content_type)),
        "look for damage": _each(fields, lambda one: is_suspicious("\n".join((one.title, *one.body)))),
        "extract": _each(
            list(zip(texts, pages, strict=True)), lambda pair: PEOPLE.read_article(pair[0], pair[1].url)
        ),
        "canonical text and hash": _each(fields, lambda one: content_hash(canonical_text(one))),
        "archive a page": _archive(pages),
        "store a new article": _store(pages),
    }
    total = sum(steps.values())
    rows = [row(f"step: {name}", ms, "ms CPU/page", "all steps", total) for name, ms in steps.items()]
    return [*rows, row("step: all", total, "ms CPU/page")]


def _pages() -> list[PageBody]:
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with Replica(articles=PAGES, weight=WEIGHT) as replica:
        found = []
        for truth in replica.truths():
            with opener.open(truth["url"]) as answer:
                found.append(PageBody(truth["url"], answer.read(), answer.headers["Content-Type"]))
    return found


def _each(items: Sequence[Any], work: Callable[[Any], Any]) -> float:
    """CPU ms per item, the best of five rounds, after one to warm up."""
    rounds = []
    for _ in range(6):
        started = time.process_time()
        for item in items:
            work(item)
        rounds.append(time.process_time() - started)
    return min(rounds[1:]) * 1000 / len(items)


def _archive(pages: Sequence[PageBody]) -> float:
    """CPU ms to write a page into the archive, safe and in the index in groups of sixteen."""
    headers = (("Content-Type", "text/html"), ("Server", "nginx"))
    fetches = [Fetch(page.url, datetime.now(UTC), 200, headers, page.content) for page in pages]
    with tempfile.TemporaryDirectory() as folder, Database.open(f"sqlite:///{folder}/n.db") as database:
        archive = Archive(database, ArchivePlace(folder), "benchmark")
        started = time.process_time()
        for at in range(0, len(fetches), TOGETHER):
            for fetch in fetches[at : at + TOGETHER]:
                archive.add(fetch, "")
            archive.settle()
        spent = time.process_time() - started
        archive.close()
    return spent * 1000 / len(fetches)


def _store(pages: Sequence[PageBody]) -> float:
    readings = [(page, join([read_part(page, PEOPLE)])) for page in pages]
    sightings = [
        Sighting(
            channel="cq",
            publisher=PEOPLE.name,
            key=reading.fields.article_id or page.url,
            observation=Observation(page.url, datetime.now(UTC), Outcome.READ, 200, len(page.content)),
            reading=reading,
            pages=(page,),
        )
        for page, reading in readings
    ]
    with tempfile.TemporaryDirectory() as folder, Database.open(f"sqlite:///{Path(folder)}/n.db") as database:
        started = time.process_time()
        for sighting in sightings:
            articles.record(database, sighting, Policy(), fold)
        return (time.process_time() - started) * 1000 / len(sightings)
