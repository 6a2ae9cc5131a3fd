"""`newsdelta alerts`: who is told of what, where and when; what waits, what failed, and what to do about it."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.common import (
    Moment,
    json_option,
    local,
    now,
    print_json_lines,
    reading_database,
    with_config,
)
from scheduler.config import Config
from scheduler.settings import duration
from storage.errors import ConfigError

if TYPE_CHECKING:
    from scheduler.alerts.model import Answer, Destination
    from scheduler.post import Post
    from storage.database import Database
    from storage.outbox import Place, Rehearsed
    from storage.records import Notification, Subscription


@click.group("alerts")
def command() -> None:
    """Who is told of what, where and when; what waits and what failed."""


# -- list


@command.command("list")
@json_option
@with_config
def list_(config: Config, as_json_: bool) -> None:
    """List the alerts and their destinations, with what waits, was sent and was given up.

    Reads the store: what `newsdelta watch`, `crawl` and the web page brought there.
    """
    known = _configured(config)
    with reading_database(config) as database:
        rows = list(_subscription_rows(database, known))
        places = list(_place_rows(database, known))
    if as_json_:
        print_json_lines([*rows, *places])
        return
    _print_list(rows, places)


def _configured(config: Config) -> set[str] | None:
    """The ids of the destinations that the config names; None where it cannot be said here and now."""
    from scheduler.post import read_post

    try:
        return set(read_post(config).destinations)
    except ConfigError as error:
        click.echo(f"The destinations of the config are not known: {error}", err=True)
        return None


def _subscription_rows(database: Database, known: set[str] | None) -> Iterator[dict[str, Any]]:
    """One document for each subscription and place, also for those that are gone and left rows behind."""
    from storage import outbox, subscriptions

    names = {place.id: place.name for place in outbox.destinations(database)}
    counts = outbox.counts(database)
    present = {one.name: one for one in subscriptions.all(database)}
    pairs = {(name, place) for name, one in present.items() for place in one.destinations}
    for name, place in sorted(pairs | {(name, place) for name, place, _ in counts}):
        numbers = {state.value: count for (n, p, state), count in counts.items() if (n, p) == (name, place)}
        yield {
            "alert": name,
            "state": _state(present.get(name)),
            "destination": names.get(place, place),
            "destination_id": place,
            "configured": None if known is None else place in known,
            **{state: numbers.get(state, 0) for state in ("waiting", "sent", "dead", "discarded")},
        }


def _state(subscription: Subscription | None) -> str:
    if subscription is None:
        return "gone"
    if subscription.muted_until is not None and subscription.muted_until > now():
        return f"muted until {local(subscription.muted_until)}"
    return "paused" if subscription.paused else "on"


def _place_rows(database: Database, known: set[str] | None) -> Iterator[dict[str, Any]]:
    """The destinations that are in trouble, and those that wait for nobody: no longer configured."""
    from storage import outbox

    for place in outbox.destinations(database):
        held = place.held_until is not None and place.held_until > now()
        orphan = place.waiting > 0 and known is not None and place.id not in known
        if held or place.failures or orphan:
            yield {
                "destination": place.name,
                "destination_id": place.id,
                "trouble": "not configured any more" if orphan else _last_answer(database, place),
                "failures": place.failures,
                "held_until": place.held_until if held else None,
                "waiting": place.waiting,
            }


def _last_answer(database: Database, place: Place) -> str:
    from storage import outbox
    from storage.records import NotificationState

    rows = outbox.notifications(database, states=[NotificationState.WAITING], destination=place.id)
    return next((row.answer for row in rows if row.answer), "")


def _print_list(rows: list[dict[str, Any]], places: list[dict[str, Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from scheduler.cli.paint import console

    out = console()
    if not rows:
        out.print("No alerts. Write an [[alert]] into newsdelta.toml: docs/operations/alerts.md")
        return
    table = Table("alert", "state", "destination", "waiting", "sent", "given up", box=None)
    for row in rows:
        style = "red" if row["dead"] else ("" if row["state"] == "on" else "dim")
        cells = (row["alert"], row["state"], row["destination"])
        table.add_row(
            *(escape(cell) for cell in cells),
            *(str(row[n]) for n in ("waiting", "sent", "dead")),
            style=style,
        )
    out.print(table)
    for place in places:
        until = f", tried again {local(place['held_until'])}" if place["held_until"] else ""
        words = f"\n{place['destination']}: {place['trouble']}; {place['waiting']} wait{until}"
        out.print(escape(words), style="yellow")


# -- test


@command.command("test")
@click.argument("name", required=False)
@json_option
@with_config
def test(config: Config, name: str | None, as_json_: bool) -> None:
    """Send a test message to the destinations of an alert, or of all; say what the far ends answered.

    NAME is an alert or a [[destination]]. The message says that it is a test. Exit code 1: not all took it.
    """
    from scheduler.post import read_post

    post = read_post(config)
    results = asyncio.run(_try_all(config, post, name))
    if as_json_:
        print_json_lines(results)
    else:
        for result in results:
            sign = "✓" if result["accepted"] else "✗"
            click.echo(f"{sign} {result['destination']}: {result['answer'] or result['verdict']}")
    sys.exit(0 if all(result["accepted"] for result in results) else 1)


async def _try_all(config: Config, post: Post, name: str | None) -> list[dict[str, Any]]:
    """One after another, each destination once."""
    results: list[dict[str, Any]] = []
    try:
        for destination, subscription in _wanted(config, post, name):
            answer = await _try(post, destination, subscription)
            results.append(
                {
                    "destination": destination.name,
                    "accepted": answer.verdict.value == "accepted",
                    "verdict": answer.verdict.value,
                    "answer": answer.detail,
                    "wait": answer.wait,
                }
            )
    finally:
        await post.close()
    return results


def _wanted(
    config: Config, post: Post, name: str | None
) -> Iterable[tuple[Destination, Subscription | None]]:
    found: dict[str, Subscription | None] = {}
    for subscription in post.subscriptions:
        if name in (None, subscription.name):
            found.update((place, subscription) for place in subscription.destinations if place not in found)
    if name in config.alerts.places:
        found.setdefault(post.named[name or ""], None)
    if name is None:
        found.update((place, None) for place in post.destinations if place not in found)
    if not found:
        known = [one.name for one in post.subscriptions] + list(config.alerts.places)
        what = "There is no alert or destination of this name" if name else "The config has no alerts"
        mend = f"Known: {', '.join(known)}" if known else "Write an [[alert]]: docs/operations/alerts.md"
        raise ConfigError(what, subject=name or str(config.source or ""), mend=mend)
    return [(post.destinations[place], subscription) for place, subscription in found.items()]


async def _try(post: Post, destination: Destination, subscription: Subscription | None) -> Answer:
    """Send the sample the way all alerts go, but for the outbox: nobody waits for it, so it is not kept."""
    return await destination.send(post.trial(subscription, f"nd-test-{secrets.token_hex(8)}"))


# -- failed, retry, discard


@command.command("failed")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@json_option
@with_config
def failed(config: Config, limit: int, as_json_: bool) -> None:
    """List what was given up, the newest first, with what the far end said."""
    from storage import outbox
    from storage.records import NotificationState

    with reading_database(config) as database:
        rows = outbox.notifications(database, states=[NotificationState.DEAD], limit=limit)
        documents = list(_notification_rows(database, rows))
    if as_json_:
        print_json_lines(documents)
        return
    if not documents:
        click.echo("Nothing was given up.")
    for row in documents:
        click.echo(f"{row['id']:>6}  {local(row['at'])}  {row['alert']} → {row['destination']}")
        click.echo(f"        {row['kind']}  {row['title'] or row['url']}")
        click.echo(f"        {row['attempts']} tries; {row['answer']}")


def _notification_rows(database: Database, rows: Iterable[Notification]) -> Iterator[dict[str, Any]]:
    from storage import outbox

    rows = tuple(rows)
    names = {place.id: place.name for place in outbox.destinations(database)}
    events = outbox.events(database, [row.event for row in rows])
    for row in rows:
        event = events.get(row.event)
        yield {
            "id": row.id,
            "at": row.created_at,
            "alert": row.subscription,
            "destination": names.get(row.destination, row.destination),
            "state": row.state,
            "event": row.event,
            "kind": event.kind.value if event else "",
            "title": event.title if event else "",
            "url": event.url if event else "",
            "attempts": row.attempts,
            "answer": row.answer,
            "key": row.key,
        }


@command.command("retry")
@click.argument("ids", nargs=-1, type=int, metavar="[ID]…")
@click.option("--all", "everything", is_flag=True, help="All that was given up.")
@with_config
def retry(config: Config, ids: tuple[int, ...], everything: bool) -> None:
    """Send what was given up after all: those of `alerts failed` by number, or --all.

    `newsdelta watch` sends them at once; without one, the next `crawl` or `watch --once` does.
    """
    from storage import outbox

    if bool(ids) is everything:
        raise click.UsageError("Name the numbers, or say --all.")
    with _writing(config) as database:
        done = outbox.retry(database, None if everything else ids, outbox.clock(database))
    _report(done, "will be sent again", ids)


@command.command("discard")
@click.argument("ids", nargs=-1, type=int, required=True, metavar="ID…")
@with_config
def discard(config: Config, ids: tuple[int, ...]) -> None:
    """Never send these: notifications that were given up or still wait, by number."""
    from storage import outbox

    with _writing(config) as database:
        done = outbox.discard(database, ids)
    _report(done, "will not be sent", ids)


def _report(done: int, what: str, ids: tuple[int, ...]) -> None:
    """Exit with 1 where numbers were named and none of them could be taken."""
    click.echo(f"{done} {what}.")
    sys.exit(1 if ids and not done else 0)


# -- replay


@command.command("replay")
@click.option("--since", type=Moment(), required=True, help="From then on: 2026-11-01, 12h, 7d.")
@json_option
@with_config
def replay(config: Config, since: datetime, as_json_: bool) -> None:
    """Show what the alerts of the config would have told of the stored events. Sends nothing."""
    from crawler.text.canonical import fold
    from scheduler.post import read_post
    from storage import outbox

    post = read_post(config)
    with reading_database(config) as database:
        told = (_told_row(post, one) for one in outbox.rehearse(database, post.subscriptions, since, fold))
        if as_json_:
            print_json_lines(told)
            return
        count = 0
        for row in told:
            count += 1
            click.echo(f"{local(row['due'])}  {row['alert']} → {row['destination']}")
            click.echo(f"        {row['kind']}  {row['title'] or row['url']}")
        click.echo(f"{count} alerts would have been sent. Nothing was sent.")


def _told_row(post: Post, one: Rehearsed) -> dict[str, Any]:
    return {
        "at": one.event.at,
        "due": one.due_at,
        "alert": one.subscription,
        "destination": post.destinations[one.destination].name,
        "event": one.event.id,
        "kind": one.event.kind.value,
        "channel": one.event.channel,
        "article": one.event.article,
        "title": one.event.title,
        "url": one.event.url,
        "weight": one.event.weight,
    }


# -- pause, resume, mute


@command.command("pause")
@click.argument("name")
@with_config
def pause(config: Config, name: str) -> None:
    """Keep what an alert would tell until it goes on. It stays paused over restarts."""
    from storage import subscriptions

    with _writing(config) as database:
        subscriptions.pause(database, name, now())
    click.echo(f"{name} is paused; what happens is kept for: newsdelta alerts resume {name}")


@command.command("resume")
@click.argument("name")
@with_config
def resume(config: Config, name: str) -> None:
    """Let a paused or muted alert go on; what was kept while it was paused is told now."""
    from storage import subscriptions

    with _writing(config) as database:
        subscriptions.mute(database, name, None, now())
        subscriptions.resume(database, name, now())
    click.echo(f"{name} goes on.")


class Age(click.ParamType):
    """How long: 30m, 2h, 7d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Turn the words into a timedelta, or fail with an example."""
        try:
            return value if isinstance(value, timedelta) else duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@command.command("mute")
@click.argument("name")
@click.option("--for", "span", type=Age(), default="1h", show_default=True, help="How long: 30m, 2h, 7d.")
@with_config
def mute(config: Config, name: str, span: timedelta) -> None:
    """Tell nothing for a while, and keep nothing of it."""
    from storage import subscriptions

    until = now() + span
    with _writing(config) as database:
        subscriptions.mute(database, name, until, now())
    click.echo(f"{name} is muted until {local(until)}; what happens until then is not told.")


def _writing(config: Config) -> Any:
    """The store, opened for a change that a person asked for. Raises StorageError."""
    from storage.database import Database

    return Database.open(config.database_url, create=False)
