"""PURE: what there is to say of an event in whole sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from crawler.sites import CHANNELS
from scheduler.alerts.marks import GUESSED
from scheduler.alerts.model import Item
from scheduler.alerts.words import Words, detail, happened
from scheduler.healing import config_diff
from scheduler.mended import places
from storage.records import EventKind, Healing, Repair

#: Guessed places that are named; the others are counted.
_NAMED = 3
#: How a quiet channel's event says since when (see storage/quiet.py).
_QUIET = re.compile(r"nothing new since (\S+); (\d+) visits since, (\d+) failed")


def sentences(item: Item, words: Words, time: Callable[[datetime], str]) -> Iterator[str]:
    """Yield what a reader must know beyond the changed text: how it is gone, where it came from, what is guessed."""
    yield from _of_kind(item, words, time)
    if item.first is not None:
        yield words.said["first"].format(channel=channel_name(item.first.channel), title=item.first.title)
    if item.event.kind is EventKind.NEW and item.edits:
        yield words.said["edited_since"].format(item.edits)
    elif is_same_again(item):
        yield words.said["same_again"]
    else:
        if item.event.returned_to:
            yield words.said["returned"].format(item.event.returned_to)
        if item.edits > 1:
            yield words.said["edits"].format(item.edits)
    guesses = [guess for guess in item.guesses if guess.found and guess.repaired]
    if guesses:
        yield _of_guesses(guesses, bool(marked_guesses(item)), words)


def what_happened(item: Item, words: Words) -> str:
    """What happened in a few words: "新发表", "标题、数字改了"."""
    if is_same_again(item):
        return words.said["put_back"]
    return happened(words, item.event.kind, item.event.classes)


def channel_name(name: str, labels: Mapping[str, str] | None = None) -> str:
    """What people call a channel: as `labels` of the config say, else its label where it is built in, else its name."""
    if labels and name in labels:
        return labels[name]
    return CHANNELS[name].label if name in CHANNELS else name


def title_of(item: Item) -> str:
    """The title of the article an event is about; where it has none, its address."""
    title = item.fields.title if item.fields else ""
    return title or item.event.title or urlsplit(item.event.url).path or item.event.url


def is_same_again(item: Item) -> bool:
    """Whether the edits told together left the text as it was before them."""
    return item.event.kind is EventKind.EDITED and item.edits > 1 and not item.changes


def marked_guesses(item: Item) -> list[str]:
    """The guessed pieces of text of which there is no doubt where in the article they stand."""
    return [] if item.fields is None else list(places(item.fields, item.guesses))


def _of_kind(item: Item, words: Words, time: Callable[[datetime], str]) -> Iterator[str]:
    said, event, seen = words.said, item.event, detail(words, item.event.detail)
    if event.kind is EventKind.REMOVED:
        why = said["why"].format(seen) if seen else ""
        seen_at = item.article.last_seen if item.article else event.at
        last = said["last"].format(time(seen_at)) if seen_at < event.at else ""
        yield said["removed"].format(why=why, last=last)
    elif event.kind is EventKind.RESTORED:
        yield said["restored"]
    elif event.kind is EventKind.CHANNEL_BROKEN:
        yield said["broken"]
        if seen:
            yield said["reason"].format(seen)
        if event.healing is not None:
            yield from _of_healing(event.healing, words)
    elif event.kind is EventKind.CHANNEL_RECOVERED:
        yield said["recovered"]
    elif event.kind is EventKind.CHANNEL_QUIET and (found := _QUIET.match(event.detail)):
        since = time(datetime.fromisoformat(found[1]))
        yield said["quiet"].format(since=since, visits=found[2], failed=found[3])


def _of_healing(healing: Healing, words: Words) -> Iterator[str]:
    """What would mend the channel, as lines of its config, or that nothing sure was found."""
    if not healing.changes:
        yield words.said["no_healing"].format(channel=healing.channel, notes="; ".join(healing.notes))
        return
    yield words.said["healing"].format(pages=healing.pages, channel=healing.channel)
    yield from config_diff(healing).splitlines()[1:]


def _of_guesses(guesses: list[Repair], are_marked: bool, words: Words) -> str:
    said = words.said
    pieces = dict.fromkeys((guess.found, guess.repaired) for guess in guesses)
    named = [said["guess"].format(found=found, repaired=repaired) for found, repaired in pieces]
    listed = words.and_.join(named[:_NAMED])
    if len(named) > _NAMED:
        listed += said["more_guesses"].format(len(named))
    sign = said["guess_sign"].format(GUESSED) if are_marked else ""
    return said["guesses"].format(sign=sign, list=listed)
