"""`newsdelta channels check NAME --pages`: what a channel's rules read on its real pages, said and as JSON."""

from __future__ import annotations

from typing import Any

import click

from scheduler.checking import Checked, CheckedPage
from storage.records import as_json


def document_of(found: Checked) -> dict[str, Any]:
    """What was looked at as one JSON document."""
    pages = [
        {
            "kind": page.kind,
            "url": page.url,
            "failed": page.failed,
            "selectors": [
                {
                    "name": one.name,
                    "selector": one.selector,
                    "matches": one.matches,
                    "text": one.text,
                    "nearest": one.nearest,
                }
                for one in page.selectors
            ],
            "read": _read(page),
            "problem": page.problem,
        }
        for page in found.pages
    ]
    return {"channel": found.channel, "pages": pages, "failed": found.failed}


def _read(page: CheckedPage) -> dict[str, Any]:
    """What was read of a page, by name; nothing of one that could not be read."""
    if page.article is not None:
        return dict(as_json(page.article))
    return {} if page.articles is None else {"articles": page.articles}


def print_look(found: Checked) -> None:
    """Print what was looked at, for people."""
    for page in found.pages:
        click.echo(f"{page.kind}  {page.url}")
        if page.problem:
            click.echo(f"  ✗ {page.problem}")
        for one in page.selectors:
            mark = "✓" if one.matches else "✗"
            said = f"{one.matches} × {one.text}" if one.matches else "matches nothing"
            near = f"; nearest: {one.nearest}" if one.nearest else ""
            click.echo(f"  {mark} {one.name} = {one.selector}: {said}{near}")
        for name, value in _read(page).items():
            click.echo(f"    {name}: {value}")
    if not found.has_articles:
        click.echo("No articles were found from here", err=True)
