"""`python -m tests.replica serve|truth|events|render`: run the replica, or print what is true in it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from .cache import CACHE_BYTES
from .control import settings_of
from .pages.render import render_article
from .replica import timeline_of
from .server import Application
from .site import NoSuchArticle, Settings
from .timeline import TimelineError
from .world import World


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except (TimelineError, NoSuchArticle, ValueError, OSError) as error:
        print(f"replica: {error}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.replica", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the channels until SIGTERM or ctrl-c")
    truth = commands.add_parser("truth", help="print an article's fields, or those of all, as JSON lines")
    events = commands.add_parser("events", help="print what a perfect watcher reports by a time")
    page = commands.add_parser("render", help="put given fields (JSON) on a page, and print its bytes")
    for command in (serve, truth, events):
        _world_options(command)
    _serve_options(serve)
    truth.add_argument("--article", help="number, id or URL; without it: all of them")
    truth.add_argument("--channel")
    for command in (truth, events):
        command.add_argument("--at", type=float, default=0.0, help="seconds after the start (default 0)")
    page.add_argument("fields", type=Path, help="a JSON file, its keys as of `newsdelta extract --json`")
    page.add_argument("--generation", default="G3", choices=("G1", "G2", "G3", "G4", "unknown"))
    for command, run in ((serve, _serve), (truth, _truth), (events, _events), (page, _render)):
        command.set_defaults(run=run)
    return parser


def _world_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int)
    parser.add_argument("--articles", type=int, help="articles that exist from the start")
    parser.add_argument("--channels", type=lambda text: text.split(","), help="such as cq,sc")
    parser.add_argument("--columns", type=lambda text: [int(number) for number in text.split(",")])
    parser.add_argument("--timeline", type=Path, help="a TOML or JSON file of steps")


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=0, help="the first channel's port; further channels follow it"
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="play the timeline so many times as fast as real time; 0: only as control calls move the clock",
    )
    parser.add_argument("--parent", type=int, help="end when this process has ended")
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--cache-bytes", type=int, default=CACHE_BYTES)
    parser.add_argument(
        "--prerender", action="store_true", help="make all article pages before the first request"
    )
    parser.add_argument("--weight", type=int, default=0, help="fill article pages up to so many bytes")
    parser.add_argument(
        "--keep-etag", action="store_true", help="new furniture does not change a page's ETag"
    )
    parser.add_argument("--validators", choices=("both", "etag", "last-modified", "none"), default="both")
    parser.add_argument("--crawl-delay", type=float)


def _world(options: argparse.Namespace, settings: Settings, speed: float | None = None) -> World:
    timeline = timeline_of(options.timeline)
    chosen = settings_of(timeline, options.seed, options.articles, options.channels)
    if options.columns:
        chosen["columns"] = options.columns
    return World.build(timeline, chosen, settings, speed)


def _serve(options: argparse.Namespace) -> int:
    settings = Settings(
        weight=options.weight,
        churn_changes_etag=not options.keep_etag,
        validators=options.validators,
        crawl_delay=options.crawl_delay,
    )
    speed = options.speed or None
    asyncio.run(_run(_world(options, settings, speed), options))
    return 0


async def _run(world: World, options: argparse.Namespace) -> None:
    application = Application(world, gzipped=options.gzip, cache_bytes=options.cache_bytes)
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    if options.prerender:
        application.prerender()
    urls = await application.start(port=options.port)
    _print({"urls": urls, "seed": world.site.channel(None).plan.seed, "pid": os.getpid()})
    watcher = asyncio.create_task(_watch(options.parent, ended)) if options.parent else None
    await ended.wait()
    if watcher:
        watcher.cancel()
    await application.stop()


async def _watch(parent: int, ended: asyncio.Event) -> None:
    """Wait until a process is no longer our parent, or there at all."""
    while _lives(parent):
        await asyncio.sleep(0.5)
    ended.set()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _truth(options: argparse.Namespace) -> int:
    world = _world(options, Settings())
    world.advance(to=options.at)
    if options.article:
        article = (
            int(options.article)
            if options.article.isdigit() and len(options.article) < 8
            else options.article
        )
        _print(world.truth(article, options.channel))
        return 0
    for truth in world.truths(options.channel):
        _print(truth)
    return 0


def _events(options: argparse.Namespace) -> int:
    world = _world(options, Settings())
    world.advance(to=options.at)
    for event in world.expected_events():
        _print({name: getattr(event, name) for name in event.__slots__})
    return 0


def _render(options: argparse.Namespace) -> int:
    fields = json.loads(options.fields.read_text(encoding="utf-8"))
    sys.stdout.buffer.write(render_article(fields, options.generation))
    return 0


def _print(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
