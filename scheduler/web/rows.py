"""The rows of long lists as HTML, written out in Python: a page has dozens, and a template takes ten times as long.

All that comes from outside goes through `text`; nothing else here may put a string into markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from markupsafe import Markup

from storage.records import Article, Event, EventKind, Run, State

#: Says a phrase in a language, and a channel's name: words.Translator and render.channel_name.
Say = Callable[..., str]
#: Characters that turn the direction of text around, or cannot be seen: shown as a sign, not obeyed.
_UNSEEN = {code: "\ufffd" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x61C)}
_UNSEEN |= {code: None for code in (*range(9), 11, 12, *range(14, 32), 127)}
_HIDES = re.compile(f"[{re.escape(''.join(map(chr, _UNSEEN)))}]")


def shown(text: str) -> str:
    """A scraped text without what would turn its neighbours around or hide in it."""
    if text.isprintable():  # none of them is; and this is found out fastest
        return text
    return text.translate(_UNSEEN) if _HIDES.search(text) else text


def text(value: str) -> str:
    """A text from outside, fit to stand in markup and in attributes."""
    return escape(shown(value))


def size(count: int) -> str:
    """Bytes as people say them."""
    amount = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError


class Rows:
    """Writes rows in one language and one time zone."""

    def __init__(self, say: Say, channel_name: Callable[[str], str], zone: ZoneInfo) -> None:
        self._ = say
        self._channel_name = channel_name
        self._zone = zone

    def stamp(self, moment: datetime | None, seconds: bool = False) -> Markup:
        """A moment in local time, to the minute or second; "–" for none."""
        return Markup(self._stamp(moment, 19 if seconds else 16))  # noqa: S704 - digits only

    def event(self, event: Event, channel: bool = True) -> Markup:
        """The cells of an event: when, what kind, what; the weight of an edit; with `channel`, where."""
        _, kind = self._, event.kind.value
        what = text(event.title or event.detail) or text(self._channel_name(event.channel))
        marks = "".join(_class(_(f"class {one.value}")) for one in event.classes)
        if event.returned_to:
            marks += _class(_("back to revision {number}", number=event.returned_to))
        cells = (
            f'<span class="at">{self._stamp(event.at, 16)}</span>\n'
            f'<span class="kind {kind}">{text(_(f"kind {kind}"))}</span>\n'
            f'<span class="what"><a href="{_address(event)}">{what}</a> {marks}</span>\n'
        )
        if event.kind is EventKind.EDITED:
            cells += self._weight(event.weight)
        if channel:
            cells += f'<span class="where">{text(self._channel_name(event.channel))}</span>\n'
        return Markup(cells)  # noqa: S704 - every text went through `text`

    def article(self, article: Article) -> Markup:
        """An article of a list: its title, and when, where, from whom, how often changed, whether still there."""
        _, link = self._, f"/articles/{article.id}"
        facts = [
            self._stamp(article.published_at or article.first_seen, 16),
            text(self._channel_name(article.channel)),
        ]
        if article.source:
            facts.append(text(article.source))
        if article.revisions > 1:
            count = text(_("{count} revisions", count=article.revisions))
            facts.append(f'<a href="{link}/diff">{count}</a>')
        meta = "".join(f"<span>{fact}</span>" for fact in facts)
        if article.state is not State.PRESENT:
            state = article.state.value
            meta += f'<span class="state {state}">{text(_(f"state {state}"))}</span>'
        title = f'<h3><a href="{link}">{text(article.title)}</a></h3>'
        return Markup(f'{title}\n<p class="meta">{meta}</p>')  # noqa: S704 - as above

    def run(self, run: Run) -> Markup:
        """A crawl as the cells of a table."""
        _, counts = self._, run.counts
        if run.finished_at is None:
            took = text(_("not ended"))
        else:
            took = f"{(run.finished_at - run.started_at).total_seconds():.1f}"
        figures = (took, counts.fetched, counts.not_modified, size(counts.bytes), counts.new, counts.edited)
        cells = "".join(f'<td class="number">{one}</td>' for one in (*figures, counts.removed, counts.failed))
        begun = f'<td><a href="/runs/{run.id}">{self._stamp(run.started_at, 19)}</a></td>'
        name = text(self._channel_name(run.channel))
        return Markup(f"{begun}<td>{name}</td>{cells}")  # noqa: S704 - as above

    def _stamp(self, moment: datetime | None, length: int) -> str:
        if moment is None:
            return "–"
        local = moment.astimezone(self._zone).isoformat(timespec="seconds")
        return f'<time datetime="{local}">{local[:10]} {local[11:length]}</time>'

    def _weight(self, weight: int) -> str:
        how = "heavy" if weight >= 60 else "middling" if weight >= 30 else "light"
        _ = self._
        title = text(_("Weight {weight} of 100", weight=weight))
        return f'<span class="weight {how}" title="{title}">{weight}</span>\n'


def _class(words: str) -> str:
    return f'<span class="class">{text(words)}</span>'


def _address(event: Event) -> str:
    """Where an event leads: its article, what an edit changed, or its channel."""
    if event.article is None:
        return f"/channels/{text(event.channel)}"
    if event.kind is EventKind.EDITED:
        return f"/articles/{event.article}/diff?from={event.from_revision}&amp;to={event.to_revision}"
    return f"/articles/{event.article}"
