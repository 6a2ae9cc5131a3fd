"""PURE: what a listing shows, and what is known of it → which of its articles to visit, and how far to follow it.

A known article is visited because it is young, or because its absence is in doubt (`storage.frontier.revisitable`), or
for what is decided here: it stands on the first page of a listing that is alive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from storage.frontier import Listed
from storage.records import Link

#: So many articles, those that come first, make a first page; a feed may go on with years of them.
FRONT = 200
#: The depth of a listing that was followed to its last page, and of one that had no other.
WHOLE, ALONE = 10**6, 10**6 + 1


def front(links: Sequence[Link]) -> tuple[str, ...]:
    """The keys of the articles that a first page shows, each once."""
    return tuple(dict.fromkeys(link.key for link in links))[:FRONT]


def is_alive(shows: Collection[str], before: Listed | None, now: datetime, watched_for: timedelta) -> bool:
    """Tell whether a first page shows other articles than it did, or began to within `watched_for`.

    One that has shown the same for longer says nothing of today: its articles are left in peace, as those that no
    listing shows.
    """
    return before is None or before.shows != set(shows) or now - before.changed_at < watched_for


def to_visit(links: Sequence[Link], unknown: Collection[str], again: Collection[str]) -> list[Link]:
    """Of a page's articles those that are not known yet, and those with the keys `again`, in their order."""
    wanted = {*unknown, *again}
    return [link for link in links if link.key in wanted]


def touched(changes: Mapping[str, datetime], visits: Mapping[str, datetime]) -> set[str]:
    """The articles that a sitemap says were changed since they were visited last; both by key."""
    return {key for key, visited_at in visits.items() if key in changes and changes[key] > visited_at}


def read_before(depth: int, *, ends: bool) -> int:
    """How far earlier crawls read a listing, seen from a page of it: that there was no other page, and now is one,
    may be the site's doing or our reading's, and so says nothing of what stands there.
    """
    return 1 if depth == ALONE and not ends else depth


def is_followed(page: int, depth: int, pages: int, links: Sequence[Link], unknown: Collection[str]) -> bool:
    """Tell whether a listing that is to be read `pages` deep goes on after this page.

    `depth`: how far it was read before. What is new pushes what is old onto deeper pages: where a page has nothing
    unknown any more, the pages behind it are those that were read then.
    """
    return page < pages and bool(links) and (depth < pages or bool(unknown))


def depth_after(page: int, depth: int, links: Sequence[Link], unknown: Collection[str], *, ends: bool) -> int:
    """How many pages, from the first on, have nothing that is not kept, once this page is.

    `depth`: the same before this crawl. `ends`: the listing has no further page. Where the page's last article was
    known before, what was read then begins at it; else there may be a gap behind this page, until the next is read.
    """
    if ends:
        return WHOLE if page > 1 else ALONE
    reaches_known = bool(links) and links[-1].key not in unknown
    return max(page, depth) if reaches_known else page
