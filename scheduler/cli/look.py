"""`newsdelta channels check NAME --pages`: what a channel's rules read on its real pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.probe import Probe, probe_article, probe_listing
from scheduler.config import Config
from storage.errors import PageError

if TYPE_CHECKING:
    from crawler.run import Fetch
    from crawler.sites.model import Channel

#: So many articles are looked at.
ARTICLES = 3


def look_at(config: Config, name: str) -> dict[str, Any]:
    """Fetch the home, a listing and some articles of a channel; one JSON document of what was read there.

    `failed`: whether a page could not be read, or a selector that must match does not. Raises ConfigError.
    """
    from crawler.run import fetching

    channel = config.channel(name)

    async def work(fetch: Fetch) -> dict[str, Any]:
        return await _look(channel, fetch)

    return fetching(work, allow_private_addresses=config.allow_private_addresses, rendering=channel.rendering)


async def _look(channel: Channel, fetch: Fetch) -> dict[str, Any]:
    pages: list[dict[str, Any]] = []
    articles: dict[str, None] = {}
    for url in channel.listings[:2]:
        row, links = await _listing(channel, fetch, url)
        pages.append(row)
        articles.update(dict.fromkeys(links))
    pages.extend([await _article(channel, fetch, url) for url in list(articles)[:ARTICLES]])
    return {
        "channel": channel.name,
        "pages": pages,
        "failed": any(page["failed"] for page in pages) or not articles,
    }


async def _listing(channel: Channel, fetch: Fetch, url: str) -> tuple[dict[str, Any], list[str]]:
    from crawler.offered import links_of
    from crawler.read import decode_page
    from crawler.sources import read_source
    from scheduler.cli.common import now

    try:
        page = await fetch(url, listing=True)
        source = read_source(
            page.content, page.content_type or None, url, now=now(), time_zone=channel.publisher.time_zone
        )
        if source is not None:
            links = [link.url for link in links_of(source, channel.publisher, url)]
            return _row("source", url, (), articles=len(links)), links
        html = decode_page(page, channel.publisher).text
    except PageError as error:
        return _failed("listing", url, error), []
    listing = channel.publisher.read_listing(html, url, now=now())
    site = channel.publisher.site if isinstance(channel.publisher, ConfiguredPublisher) else None
    probes = probe_listing(site, html) if site is not None else ()
    return _row("listing", url, probes, articles=len(listing.links)), [link.url for link in listing.links]


async def _article(channel: Channel, fetch: Fetch, url: str) -> dict[str, Any]:
    from crawler.read import decode_page, read_page

    probes: tuple[Probe, ...] = ()
    try:
        page = await fetch(url)
        if isinstance(channel.publisher, ConfiguredPublisher):
            probes = probe_article(channel.publisher.site, decode_page(page, channel.publisher).text)
        fields = read_page([page], channel.publisher).fields
    except PageError as error:
        return _failed("article", url, error, probes)
    return _row(
        "article",
        url,
        probes,
        title=fields.title,
        published_at=fields.published_at.isoformat() if fields.published_at else None,
        source=fields.source,
        authors=list(fields.authors),
        characters=sum(map(len, fields.body)),
    )


def _row(kind: str, url: str, probes: tuple[Probe, ...], **read: Any) -> dict[str, Any]:
    selectors = [
        {
            "name": one.name,
            "selector": one.selector,
            "matches": one.count,
            "text": one.text,
            "nearest": one.nearest,
        }
        for one in probes
    ]
    failed = any(one.has_failed for one in probes)
    return {"kind": kind, "url": url, "failed": failed, "selectors": selectors, "read": read, "problem": ""}


def _failed(kind: str, url: str, error: PageError, probes: tuple[Probe, ...] = ()) -> dict[str, Any]:
    return {**_row(kind, url, probes), "failed": True, "problem": str(error)}


def print_look(found: dict[str, Any]) -> None:
    """Print what was looked at, for people."""
    for page in found["pages"]:
        click.echo(f"{page['kind']}  {page['url']}")
        if page["problem"]:
            click.echo(f"  ✗ {page['problem']}")
        for one in page["selectors"]:
            mark = "✓" if one["matches"] else "✗"
            said = f"{one['matches']} × {one['text']}" if one["matches"] else "matches nothing"
            near = f"; nearest: {one['nearest']}" if one["nearest"] else ""
            click.echo(f"  {mark} {one['name']} = {one['selector']}: {said}{near}")
        for name, value in page["read"].items():
            click.echo(f"    {name}: {value}")
    if not any(page["kind"] == "article" for page in found["pages"]):
        click.echo("No articles were found from here", err=True)
