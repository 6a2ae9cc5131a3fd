"""`newsdelta extract`: one page → its fields, from a file, standard input or the web."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import json_option, local, now, print_json, with_config
from scheduler.config import Config
from storage.errors import ConfigError

if TYPE_CHECKING:
    from storage.records import PageBody, Reading

_PEOPLE_HOSTS = ("people.com.cn", "people.cn")


@click.command("extract")
@click.argument("source", metavar="FILE|URL|-")
@click.option("--url", help="The address that the page came from, where FILE or - is read.")
@click.option("--content-type", help="The Content-Type header that came with it.")
@click.option("--generic", is_flag=True, help="Read without templates, even a page of a publisher we know.")
@json_option
@with_config
def command(
    config: Config, source: str, url: str | None, content_type: str | None, generic: bool, as_json_: bool
) -> None:
    """Read one page (HTML, or an article as text) and print its fields.

    A page of a publisher we know is read by its templates, any other without.
    """
    page = page_from(config, source, url, content_type)
    reading = read_generic(page) if generic else read_any(config, page)
    if as_json_:
        print_json(as_contract(reading))
    else:
        _print(reading)


def read_any(config: Config, page: PageBody) -> Reading:
    """Read a page by its publisher's templates or rules, or without where the publisher is unknown.

    Raises Undecodable, PageAbsent, TemplateUnknown.
    """
    from crawler.read import read_page
    from crawler.sites import PEOPLE
    from storage.errors import PageAbsent, TemplateUnknown

    known = config.registry.publisher_at(page.url) or (PEOPLE if _is_peoples(page.url) else None)
    try:
        return read_page([page], known or PEOPLE)
    except TemplateUnknown as error:
        if known:
            error.mend = f"{error.mend}; --generic reads it without templates"
            raise
    except PageAbsent:
        if known:
            raise
    return read_generic(page)


def read_generic(page: PageBody) -> Reading:
    """Read a page without templates. Raises Undecodable, TemplateUnknown where it has no text."""
    from crawler.read import read_page
    from crawler.sites.generic import UnknownPublisher
    from storage.errors import TemplateUnknown

    try:
        return read_page([page], UnknownPublisher(now=now()))
    except TemplateUnknown as error:
        raise TemplateUnknown(
            "The page holds no text that could be an article's",
            subject=page.url,
            mend="If its text is made by JavaScript, save the page from a browser and read that file",
        ) from error


def _is_peoples(url: str) -> bool:
    """Tell whether an address is one of the publisher that is built in, an article's or not."""
    from crawler.urls import host_of

    host = host_of(url)
    return any(f".{host}".endswith(f".{name}") for name in _PEOPLE_HOSTS)


def page_from(config: Config, source: str, url: str | None, content_type: str | None) -> PageBody:
    """The page that the words name. Raises ConfigError for a file that cannot be read, PageError for the web."""
    from storage.records import PageBody

    if source.startswith(("http://", "https://")):
        from crawler.run import fetch_one

        return fetch_one(source, allow_private_addresses=config.allow_private_addresses)
    content = sys.stdin.buffer.read() if source == "-" else _bytes_of(Path(source))
    return PageBody(url=url or "", content=content, content_type=content_type or _guess(source))


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError("The file cannot be read", subject=str(path), mend=str(error.strerror)) from error


def _guess(source: str) -> str:
    return "text/plain" if source.endswith(".txt") else ""


def as_contract(reading: Reading) -> dict[str, object]:
    """A reading as `extract --json` prints it."""
    from storage.records import as_json

    fields = as_json(reading.fields)
    template, article_id = fields.pop("template"), fields.pop("article_id")
    return {
        **fields,
        "encoding": reading.encoding,
        "repairs": reading.repairs,
        "template": template,
        "article_id": article_id,
        "content_hash": reading.content_hash,
    }


def _print(reading: Reading) -> None:
    from rich.markup import escape

    from scheduler.cli.paint import console, print_text

    out = console()
    fields = reading.fields
    facts = {
        "kicker": fields.kicker,
        "title": fields.title,
        "subtitle": fields.subtitle,
        "published": local(fields.published_at) if fields.published_at else "",
        "source": fields.source,
        "authors": "、".join(fields.authors),
        "editors": "、".join(fields.editors),
        "section": " > ".join(fields.section),
        "template": fields.template,
        "encoding": f"{reading.encoding.used}: {reading.encoding.why}",
        "hash": reading.content_hash,
    }
    for name, value in facts.items():
        if value:
            out.print(f"[dim]{name:>10}[/]  {escape(value)}")
    print_text(out, fields, reading.repairs)
