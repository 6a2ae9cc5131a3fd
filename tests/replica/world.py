"""The replica at work: site, clock, timeline, faults and request log in one object; the servers and controls
call it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from . import edits
from .articles import Article, truth_of
from .faults import Fault, Faults
from .prose import Writer, plain, write_sentence, write_title
from .site import Channel, Settings, Site
from .timeline import FAULTS, Step, Timeline, TimelineError
from .timeline import step as make_step

LOG_LENGTH = 200_000


@dataclass(frozen=True, slots=True)
class Request:
    """One answered request. `at` is the replica's clock, `size` counts the body's bytes as sent."""

    at: float
    channel: str
    method: str
    path: str
    status: int
    size: int
    user_agent: str
    conditional: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """Something that a perfect watcher has to report."""

    at: float
    kind: str
    channel: str
    article_id: str
    path: str
    title: str
    classes: tuple[str, ...] = ()
    story: str = ""


class World:
    """Everything of a replica but its sockets. Not thread-safe: one thread at a time may call it."""

    def __init__(self, site: Site, timeline: Timeline | None = None, speed: float | None = None) -> None:
        """With a `speed` the clock follows real time, so many times as fast; without, `advance` moves it."""
        self.site = site
        self.faults = Faults()
        self.log: deque[Request] = deque(maxlen=LOG_LENGTH)
        self._steps = deque(timeline.steps if timeline else ())
        self._events: list[Expected] = []
        self._speed = speed
        self._started = time.monotonic()
        self._now = 0.0
        self.revision = 0
        self._check_timeline()

    @classmethod
    def build(
        cls,
        timeline: Timeline,
        site: Mapping[str, Any],
        settings: Settings | None = None,
        speed: float | None = None,
    ) -> World:
        """Make a world of `Site.build`'s arguments; the timeline is rehearsed first, so that no step of it
        can fail.

        Raises TimelineError for a step that cannot be taken, ValueError for a site that cannot be made.
        """
        World(Site.build(**site), timeline).rehearse()
        return cls(Site.build(**site, settings=settings), timeline, speed)

    def rehearse(self) -> None:
        """Play the whole timeline. Raises TimelineError naming the step that cannot be taken."""
        while self._steps:
            step = self._steps[0]
            try:
                self._play(step.at)
            except (ValueError, LookupError) as error:
                raise TimelineError(f"{step.do} at {step.at:g}: {error}") from error

    def _check_timeline(self) -> None:
        for step in self._steps:
            for key in ("channel", "to") if step.do == "republish" else ("channel",):
                if step.options.get(key) not in (None, *self.site.channels):
                    raise TimelineError(
                        f"{step.do} at {step.at:g}: the replica does not serve {step.options[key]!r}"
                    )
            ref = step.options.get("article")
            if isinstance(ref, int) and not self.site.channel(step.options.get("channel")).exists(ref):
                raise TimelineError(f"{step.do} at {step.at:g}: there is no article {ref}")

    # Time

    def start_clock(self) -> None:
        """Begin to count real time, where the clock follows it."""
        self._started = time.monotonic()

    def now(self) -> float:
        """Seconds on the replica's clock; steps that are due by then have been taken."""
        real = self._now if self._speed is None else (time.monotonic() - self._started) * self._speed
        self._play(real)
        return self._now

    def advance(self, to: float | None = None, by: float = 0.0) -> float:
        """Move the clock forward, and take the steps that fall due. Raises ValueError for a step back in
        time.
        """
        if self._speed is not None and (to or by):
            raise ValueError("this replica's clock follows real time")
        target = self._now + by if to is None else to
        if target < self._now:
            raise ValueError(f"the clock stands at {self._now:g} and cannot go back to {target:g}")
        self._play(target)
        return self._now

    def _play(self, until: float) -> None:
        while self._steps and self._steps[0].at <= until:
            step = self._steps.popleft()
            self._now = max(self._now, step.at)
            self.take(step)
        self._now = max(self._now, until)

    # Steps

    def do(self, what: str, **options: Any) -> None:
        """Take one step now, with the options that a timeline gives it. Raises TimelineError."""
        self.take(make_step(self.now(), what, options))

    def take(self, step: Step) -> None:
        """Change the world by one step."""
        options = dict(step.options)
        self.revision += 1
        if step.do in FAULTS:
            self._fault(step, options)
            return
        _STEPS[step.do](self, step.at, options)

    def _tell(
        self, at: float, kind: str, article: Article, classes: Sequence[str] = (), story: str = ""
    ) -> None:
        self._events.append(
            Expected(
                at,
                kind,
                article.channel,
                article.id,
                article.path,
                article.title_text,
                tuple(classes),
                story or article.id,
            )
        )

    def _publish(self, at: float, options: dict[str, Any]) -> None:
        channel = self.site.channel(options.pop("channel", None))
        name = options.pop("name", None)
        given: dict[str, Any] = options
        if "title" in given:
            given["title"] = plain(given["title"])
        if "body" in given:
            given["body"] = tuple(plain(text) for text in given["body"])
            given.update(_BARE)
        article = channel.publish(self.site.time(at), **given)
        if name:
            self.site.names[name] = (article.channel, article.number)
        self._tell(at, "new", article)

    def _edit(self, at: float, options: dict[str, Any]) -> None:
        channel, number = self._present(options)
        classes = options["classes"]
        classes = [classes] if isinstance(classes, str) else list(classes)
        if "find" in options:
            changed = edits.replace_text(channel.article(number), options["find"], options["replace"])
            channel.touch(number, self.site.time(at)).article = changed
        else:
            self.site.edit(channel, number, classes, at)
        self._tell(at, "edited", channel.article(number), classes)

    def _retitle(self, at: float, options: dict[str, Any]) -> None:
        channel, number = self._present(options)
        if "title" in options:
            changed = edits.retitle(channel.article(number), options["title"])
            channel.touch(number, self.site.time(at)).article = changed
        else:
            self.site.edit(channel, number, ["headline"], at)
        self._tell(at, "edited", channel.article(number), ["headline"])

    def _present(self, options: Mapping[str, Any]) -> tuple[Channel, int]:
        channel, number = self.site.find(options["article"], options.get("channel"))
        if channel.is_gone(number):
            raise TimelineError(f"article {options['article']!r} is removed; restore it first")
        return channel, number

    def _remove(self, at: float, options: dict[str, Any]) -> None:
        channel, number = self._present(options)
        changes = channel.touch(number, self.site.time(at))
        changes.gone = options.get("how", "404")
        changes.listed = options.get("listed", False)
        self._tell(at, "removed", channel.article(number))

    def _restore(self, at: float, options: dict[str, Any]) -> None:
        channel, number = self.site.find(options["article"], options.get("channel"))
        if not channel.is_gone(number):
            raise TimelineError(f"article {options['article']!r} is not removed")
        channel.touch(number, self.site.time(at)).gone = ""
        self._tell(at, "restored", channel.article(number))

    def _republish(self, at: float, options: dict[str, Any]) -> None:
        source_channel, source_number = self._present(options)
        source = source_channel.article(source_number)
        target = self.site.channel(options["to"])
        writer = Writer(
            target.plan.random(len(target.later), "republish"), target.plan.region, self.site.time(at)
        )
        body = source.body
        if options.get("local"):
            body = (*body[:1], write_sentence(writer, source.topic or "general"), *body[1:])
        title = write_title(writer, source.topic or "community") if options.get("retitle") else source.title
        article = target.publish(
            self.site.time(at), title=title, body=body, pictures=source.pictures, authors=source.authors,
            byline=source.byline, source=f"人民网-{source_channel.plan.region.label}",
        )  # fmt: skip
        if options.get("name"):
            self.site.names[options["name"]] = (article.channel, article.number)
        self._tell(at, "republished", article, story=source.id)

    def _redesign(self, at: float, options: dict[str, Any]) -> None:
        channel = self.site.channel(options.get("channel"))
        channel.design = options["to"]
        channel.refurnish(self.site.time(at))

    def _churn(self, at: float, options: dict[str, Any]) -> None:
        wanted = options.get("articles", "all")
        channel = self.site.channel(options.get("channel"))
        if wanted == "all":
            channel.churn += 1
            if channel.settings.churn_changes_etag:
                channel.refurnish(self.site.time(at))
            return
        for ref in [wanted] if isinstance(wanted, str) else wanted:
            place, number = self.site.find(ref, options.get("channel"))
            changes = place.changed(number)
            changes.churn += 1
            changes.markup += bool(options.get("markup"))
            if place.settings.churn_changes_etag:
                changes.modified = self.site.time(at)

    def _recode(self, at: float, options: dict[str, Any]) -> None:
        channel, number = self._present(options)
        article = channel.article(number)
        changed = replace(article, charset=options["charset"], label=options.get("label", article.label))
        channel.touch(number, self.site.time(at)).article = changed

    def _fault(self, step: Step, options: dict[str, Any]) -> None:
        channel, path = options.pop("channel", None), options.pop("path", "*")
        if "article" in options:
            place, number = self.site.find(options.pop("article"), channel)
            channel, path = place.plan.channel, place.article(number).path
        length = options.pop("for", None)
        until = None if length is None else step.at + length
        self.faults.add(Fault(step.do, channel, path, options.pop("times", None), until, options))

    def _recover(self, at: float, options: dict[str, Any]) -> None:
        self.faults.recover(options.get("kind"), options.get("channel"))

    # What is true

    def expected_events(self, initial: bool = True) -> Iterator[Expected]:
        """All that a perfect watcher has reported by now, in order of time; `initial`: the articles there at
        the start too.

        Faults, redesigns and churn cause none: they change no article.
        """
        self.now()
        if initial:
            for name, channel in self.site.channels.items():
                for number in range(channel.plan.count):
                    item, key = channel.first_item(number), channel.plan.id_of(number)
                    yield Expected(0.0, "new", name, key, item.path, item.title, (), key)
        yield from self._events

    def truth(self, article: int | str, channel: str | None = None) -> dict[str, Any]:
        """The fields that a reader sees on an article's page now, with `gone` telling how it was removed."""
        self.now()
        place, number = self.site.find(article, channel)
        return {**truth_of(place.article(number), place.base), "gone": place.is_gone(number)}

    def truths(self, channel: str | None = None) -> Iterator[dict[str, Any]]:
        """The truth of every article of a channel that is published now, oldest first."""
        self.now()
        place = self.site.channel(channel)
        for number in reversed(list(place.numbers())):
            if not place.is_gone(number):
                yield truth_of(place.article(number), place.base)

    def requests(self) -> list[dict[str, Any]]:
        """The answered requests since the start or the last `forget_requests`."""
        return [asdict(request) for request in self.log]

    def forget_requests(self) -> None:
        """Empty the request log."""
        self.log.clear()


#: What an article with a given text does not have: all of it would speak of the text that was drawn.
_BARE: dict[str, Any] = {
    "authors": (),
    "byline": "",
    "kicker": "",
    "subtitle": "",
    "hidden_title": "",
    "pictures": (),
    "parts": 1,
}
_STEPS: dict[str, Callable[[World, float, dict[str, Any]], None]] = {
    "publish": World._publish,
    "edit": World._edit,
    "retitle": World._retitle,
    "remove": World._remove,
    "restore": World._restore,
    "republish": World._republish,
    "redesign": World._redesign,
    "churn": World._churn,
    "recode": World._recode,
    "recover": World._recover,
}
