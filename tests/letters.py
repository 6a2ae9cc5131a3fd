"""Invented letters, for tests of the places that they are sent to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from scheduler.alerts.model import Answer, Destination, Form, Item, Letter, Message
from storage.records import Event, EventKind
from tests.sightings import START, url_of

TITLE = "渝北：新增三处口袋公园"
TEXT = "渝北区新增口袋公园三处，其中一处面积为1200平方米。"


def letter(
    text: str = TEXT, *, key: str = "nd-1", title: str = TITLE, subscription: str = "district", html: str = "",
    thread: str = "article-1", write: Callable[[Message, Form], str] | None = None,
) -> Letter:  # fmt: skip
    """A letter about one new article, whose text is the same in plain and in Markdown."""
    event = Event(7, START, EventKind.NEW, 1, url_of("41000001"), title, "cq", to_revision=1)
    message = Message(key, subscription, "zh", START, (Item(event),), thread)

    def words(_: Message, form: Form) -> str:
        return (html or f"<p>{text}</p>") if form is Form.HTML else text

    return Letter(message, write or words, title)


def send(destination: Destination, *letters: Letter, parts_done: int = 0) -> Answer:
    """Send letters, one after the other, and return the last answer."""
    return send_all(destination, letters, parts_done)[-1]


def send_all(destination: Destination, letters: Sequence[Letter], parts_done: int = 0) -> list[Answer]:
    """Send letters, one after the other, and return all answers."""

    async def work() -> list[Answer]:
        answers = [await destination.send(one, parts_done) for one in letters]
        await destination.close()
        return answers

    return asyncio.run(work())
