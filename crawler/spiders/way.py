"""How a crawl came to a page of a listing, which says what the page is good for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storage.articles import Listed


class Role(StrEnum):
    """How we came to a listing, which says what it is good for."""

    HOME = "home"  # shows the channel's columns
    NAMED = "named"  # a column that the channel names, or a person
    FOUND = "found"  # a column that the home page shows: some are closed, and that is no failure of ours


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a listing page.

    page: its number. origin: the address that the way began with; known: whether that one was read in an earlier
    crawl. first: the address of its first page; before: what is known of that one; depth: how many pages earlier
    crawls read, from that one on. hops: how often a signpost sent us on.
    """

    role: Role
    page: int = 1
    origin: str = ""
    known: bool = False
    first: str = ""
    before: Listed | None = None
    hops: int = 0
    depth: int = 0
