"""Make 8: a paper in English with a time zone of its own, `By …` lines and a feed that gives offsets. Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from .look import Look
from .model import EPOCH, Maker, Reply, Story
from .sections import Sections, columns_of
from .writing import english

FORMS = (
    "/{column}/{day:%Y/%m/%d}/{slug}",
    "/news/{slug}-{id}",
    "/{column}/article{id}.html",
    "/{day:%Y}/{day:%b}/{day:%d}/{slug}",
)
ZONES = (
    "America/Chicago",
    "Pacific/Auckland",
    "Europe/London",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Singapore",
)


class Harbor(Sections):
    """Local times without an offset on the pages; the feed has it."""

    make, title, language = "harbor", "The Harlow Bay Courier", "en"

    def draw(self) -> None:
        """Draw the time zone, addresses, the form of times and class names."""
        self.time_zone = ZONES[0] if self.variant == 0 else self.drawn.choice(ZONES)
        self.form = FORMS[0] if self.variant == 0 else self.drawn.choice(FORMS).lower()
        self.look = Look(self.drawn)
        self.depth = self.drawn.randint(0, 3)
        self.upper = self.drawn.random() < 0.5
        self.names = ["local", "business", "opinion"]
        self.columns = columns_of(
            "Local Business Opinion", self.names, self.drawn.choice(("/{}/", "/section/{}", "/category/{}"))
        )

    def write(self, count: int) -> list[Story]:
        """Stories of a local paper, in its own time zone."""
        return english(
            f"harbor{self.variant}", count, len(self.columns), "", EPOCH.astimezone(ZoneInfo(self.time_zone))
        )

    def path_of(self, story: Story) -> str:
        """A slug of the headline."""
        slug = (
            "-".join("".join(c for c in word if c.isalnum()) for word in story.title.lower().split()[:7])
            .strip("-")
            .replace("--", "-")
        )
        day = story.published_at
        return self.form.format(
            column=self.names[story.column], slug=slug, day=day, id=30711400 - story.number * 13
        ).lower()

    def page_path(self, column: int, page: int) -> str:
        """`page/2/`."""
        return f"{self.columns[column].path.rstrip('/')}/page/{page}/"

    def clock(self, at: datetime) -> str:
        """`Nov. 23, 2026, 4:59 p.m.` or `November 23, 2026 4:59 PM`."""
        hour, half = (at.hour + 11) % 12 + 1, "am" if at.hour < 12 else "pm"
        if self.upper:
            return f"{at:%B} {at.day}, {at.year} {hour}:{at.minute:02d} {half.upper()}"
        return f"{at:%b}. {at.day}, {at.year}, {hour}:{at.minute:02d} {half[0]}.m."

    def _frame(self, title: str, inner: str) -> str:
        menu = "".join(f'<li><a href="{c.path}">{c.label}</a></li>' for c in self.columns)
        top = "".join(f'<li><a href="{self.path_of(s)}">{s.title}</a></li>' for s in self.newest()[4:10])
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            '<link rel="alternate" type="application/rss+xml" title="Courier RSS" href="/rss"></head><body>'
            f'<header><a href="/">The Harlow Bay Courier</a><ul class="{self.look["menu"]}">{menu}<li><a href="/obituaries">Obituaries</a></li>'
            '<li><a href="/subscribe">Subscribe</a></li><li><a href="/login">Log in</a></li></ul></header>'
            f'{self.look.nested(inner, self.depth)}<div class="{self.look["side"]}"><h4>Most read</h4><ol>{top}</ol></div>'
            f'<footer class="{self.look["foot"]}"><a href="/about">About us</a> <a href="/contact">Contact</a> <a href="/terms">Terms of use</a>'
            "<p>Copyright 2026 The Harlow Bay Courier. All rights reserved.</p></footer></body></html>"
        )

    def _items(self, stories: list[Story]) -> str:
        return "".join(
            f'<li class="{self.look["item"]}"><h3><a href="{self.path_of(s)}">{s.title}</a></h3><p>{s.summary}</p></li>\n'
            for s in stories
        )

    def home(self, base: str) -> str:
        """A list for each column."""
        parts = "".join(
            f'<h2><a href="{c.path}">{c.label}</a></h2><ul>{self._items(self.newest(n)[:4])}</ul>'
            for n, c in enumerate(self.columns)
        )
        return self._frame("The Harlow Bay Courier", parts)

    def listing(self, column: int, page: int, base: str) -> str:
        """Headlines with summaries, "Older stories" below."""
        older = (
            f'<a class="{self.look["page"]}" href="{self.page_path(column, page + 1)}">Older stories</a>'
            if page < self.count(column)
            else ""
        )
        items = f'<ul class="{self.look["list"]}">{self._items(self.shown(column, page))}</ul>'
        return self._frame(
            f"{self.columns[column].label} | The Harlow Bay Courier",
            f"<h1>{self.columns[column].label}</h1>{items}{older}",
        )

    def article(self, story: Story, base: str) -> str:
        """Headline, byline, local time, text."""
        look = self.look
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in story.body)
        related = "".join(f'<li><a href="{self.path_of(s)}">{s.title}</a></li>' for s in self.related(story))
        inner = (
            f'<h1 class="{look["title"]}">{story.title}</h1><p class="{look["author"]}">By {" and ".join(story.authors)}</p>'
            f'<p class="{look["time"]}">{self.clock(story.published_at)}</p><div class="{look["body"]}">{text}</div>'
            f'<div class="{look["share"]}"><a href="#f">Share</a> <a href="#m">Email</a></div><div class="{look["related"]}"><h4>Related stories</h4><ul>{related}</ul></div>'
        )
        return self._frame(f"{story.title} | The Harlow Bay Courier", inner)

    def others(self) -> dict[str, str]:
        """Service pages and notices."""
        terms = "By using this site you agree to these terms. You may not copy, sell or change what you find here without written permission from us. "
        found = {
            f"/obituaries/{n}": self._frame(
                "Obituary", f"<h1>Obituary notice {n}</h1><p>Services are private.</p>"
            )
            for n in (81, 82)
        }
        found["/obituaries"] = self._frame(
            "Obituaries",
            '<a href="/obituaries/81">A notice from the Ashby family of Millbrook</a> <a href="/obituaries/82">A notice from the Reid family</a>',
        )
        found |= {
            p: self._frame(t, f"<h1>{t}</h1><p>{terms * 5}</p><p>{terms * 3}</p>")
            for p, t in (("/about", "About us"), ("/terms", "Terms of use"))
        }
        return found | {
            p: self._frame(p, "<form><input name=mail><input type=password name=p></form>")
            for p in ("/login", "/subscribe", "/contact")
        }

    def files(self) -> dict[str, Maker]:
        """The feed: the newest ten, with offsets."""
        return {"/rss": lambda base: Reply(self._rss(base).encode(), "application/rss+xml")}

    def _rss(self, base: str) -> str:
        items = "".join(
            f"<item><title>{s.title.replace('&', '&amp;')}</title><link>{base}{self.path_of(s)}</link><pubDate>{format_datetime(s.published_at)}</pubDate>"
            f"<guid>{base}{self.path_of(s)}</guid></item>"
            for s in self.newest()[:10]
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Harlow Bay Courier</title><link>{base}/</link>{items}</channel></rss>'
