"""`newsdelta show`: one article as a reader sees it, with what the store knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.common import find_article, json_option, print_json, reading_database, with_config
from scheduler.config import Config

if TYPE_CHECKING:
    from storage.records import Article
    from storage.stories import Retelling


@click.command("show")
@click.argument("article")
@click.option("--revision", type=click.IntRange(1), help="This revision instead of the last.")
@json_option
@with_config
def command(config: Config, article: str, revision: int | None, as_json_: bool) -> None:
    """Show one ARTICLE: its number, the publisher's id, or any of its URLs."""
    from storage import queries

    with reading_database(config) as database:
        found = find_article(config, database, article)
        shown = queries.revision(database, found.id, revision or found.revisions)
        addresses = queries.addresses(database, found.id)
        observations = queries.observations(database, found.id)
        members, retold = _story(database, found)
    if as_json_:
        print_json(
            {
                "article": found,
                "revision": shown,
                "addresses": addresses,
                "observations": observations,
                "story": _story_json(members, retold),
            }
        )
        return
    from scheduler.cli.paint import console, print_revision, story_lines

    out = console()
    print_revision(out, found, shown, [address.url for address in addresses])
    for line in story_lines(found, members, retold):
        out.print(line)


def _story(database: Any, article: Article) -> tuple[tuple[Article, ...], tuple[Retelling, ...]]:
    """The members of an article's story, the first seen first, and what each but the first made of it."""
    from storage import queries
    from storage.stories import retellings

    members = (article,) if article.story is None else queries.story_members(database, article.story)
    if len(members) < 2:
        return members, ()
    return members, retellings([queries.revision(database, member.id).reading for member in members])


def _story_json(members: tuple[Article, ...], retold: tuple[Retelling, ...]) -> dict[str, Any]:
    """One object a member; `of` is the number of the member that it is compared with, None for the first."""
    first: dict[str, Any] = {"of": None, "label": "first", "cut": (), "added": ()}
    made = [
        {"of": members[one.of].id, "label": one.label, "cut": one.cut, "added": one.added} for one in retold
    ]
    names = ("id", "publisher", "key", "channel", "url", "title", "source", "first_seen", "state")
    return {
        "id": members[0].story,
        "members": [
            {**{name: getattr(member, name) for name in names}, **what}
            for member, what in zip(members, [first, *made], strict=True)
        ],
    }
