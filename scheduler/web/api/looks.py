"""Channels added: a site looked at, what was found, the channel written into the config and watched; and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from crawler.survey import Column, Zone
from scheduler.adding import ArticleRow
from scheduler.checking import Checked
from scheduler.web import additions
from scheduler.web.access import Scope
from scheduler.web.additions import Proposal
from scheduler.web.api.channels import ChannelState, states
from scheduler.web.api.model import BEARER, PROBLEMS, Problem, answer, calls
from scheduler.web.gate import needs
from scheduler.web.looks import Look, LookState, SeenPage
from scheduler.web.pages.looks import (
    add_built_in,
    add_found,
    changes,
    check_channel,
    look_at,
    look_of,
)
from scheduler.web.site import Site, site_of
from storage.errors import ConfigError

_LATER: dict[int | str, dict[str, Any]] = {
    409: {**PROBLEMS[422], "model": Problem, "description": "It cannot be now, or not any more"}
}
router = APIRouter(prefix="/channels", tags=["channels"], responses=PROBLEMS | _LATER)
MANAGE = calls(Scope.MANAGE)
LOOK = [BEARER, Depends(needs(Scope.MANAGE))]


@dataclass(frozen=True, slots=True)
class WantedSite:
    """A site to be looked at: the address of its home page."""

    url: Annotated[str, Field(min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True)
class WantedChannel:
    """A built-in channel to be watched."""

    name: Annotated[str, Field(min_length=1, max_length=60)]


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is agreed to: the proposal of this mark ('': whatever is now proposed), by this name ('': as proposed)."""

    mark: Annotated[str, Field(max_length=100)] = ""
    name: Annotated[str, Field(max_length=60)] = ""


@dataclass(frozen=True, slots=True)
class ProposedChannel:
    """What would be written: the [[channel]] as TOML, and the change to the file as a unified diff.

    `exists`: the config has the channel, and `difference` changes it; '' where nothing differs.
    """

    name: str
    toml: str
    difference: str
    exists: bool
    mark: str


@dataclass(frozen=True, slots=True)
class LookNow:
    """A look at a site, as it is now, with what was found once it is done; `declined` says why there is no channel.

    `channel`: the watched channel whose pages are checked, '' where a site is looked at to add it. `checked`: what its
    rules read there, once that is done.
    """

    id: str
    home: str
    asked_at: datetime
    state: LookState
    finished_at: datetime | None
    seen: tuple[SeenPage, ...]
    error: str
    declined: str = ""
    label: str = ""
    language: str = ""
    time_zone: Zone | None = None
    columns: tuple[Column, ...] = ()
    articles: tuple[ArticleRow, ...] = ()
    notes: tuple[str, ...] = ()
    proposed: ProposedChannel | None = None
    channel: str = ""
    checked: Checked | None = None


@router.post("", response_model=ChannelState, status_code=201, dependencies=MANAGE)
async def watch_built_in(request: Request, wanted: WantedChannel) -> Response:
    """Watch a built-in channel: its lines are written into the config."""
    site = site_of(request)
    try:
        proposal, _ = await add_built_in(site, wanted.name)
    except ConfigError as error:
        raise _wrong(error) from error
    return _added(request, site, proposal)


@router.post("/looks", response_model=LookNow, status_code=202, dependencies=MANAGE)
def look(request: Request, wanted: WantedSite) -> Response:
    """Look at a site, to add it: some thirty requests at the pace of a crawl. Nothing is written."""
    site = site_of(request)
    return answer(request, _now(site, look_at(site, wanted.url)), 202)


@router.post("/{name}/check", response_model=LookNow, status_code=202, dependencies=MANAGE)
def check(request: Request, name: str) -> Response:
    """Check the pages of a watched channel: its home, a listing and three articles are fetched, its rules tried."""
    site = site_of(request)
    return answer(request, _now(site, check_channel(site, name)), 202)


@router.get("/looks/{number}", response_model=LookNow, dependencies=LOOK)
def show_look(request: Request, number: str) -> Response:
    """A look at a site, as it is now."""
    site = site_of(request)
    return answer(request, _now(site, look_of(site, number)))


@router.get(
    "/looks/{number}/events",
    dependencies=LOOK,
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Each page seen, until it has ended"}
    },
)
async def follow_look(request: Request, number: str) -> Response:
    """Follow a look by server-sent events."""
    site = site_of(request)
    return StreamingResponse(changes(site, look_of(site, number)), media_type="text/event-stream")


@router.post("/looks/{number}/cancel", response_model=LookNow, dependencies=MANAGE)
def cancel_look(request: Request, number: str) -> Response:
    """Stop a look, at once."""
    site = site_of(request)
    site.looks.cancel(look_of(site, number).id)
    return answer(request, _now(site, look_of(site, number)))


@router.post("/looks/{number}/add", response_model=ChannelState, status_code=201, dependencies=MANAGE)
async def add_channel(request: Request, number: str, agreed: Agreed) -> Response:
    """Write what was found into the config, and watch it."""
    site = site_of(request)
    try:
        proposal, _ = await add_found(site, look_of(site, number), agreed.name or None, agreed.mark)
    except ConfigError as error:
        raise _wrong(error) from error
    return _added(request, site, proposal)


def _wrong(error: ConfigError) -> HTTPException:
    return HTTPException(422, str(error))


def _added(request: Request, site: Site, proposal: Proposal) -> Response:
    if proposal.plan.name not in site.config().channels:
        raise HTTPException(409, "It is written, and watched once newsdelta reads the config again.")
    return answer(request, states(site, (proposal.plan.name,))[0], 201)


def _now(site: Site, look: Look) -> LookNow:
    now = (look.id, look.home, look.asked_at, look.state, look.finished_at, look.seen, look.error)
    if look.found is None:
        name = look.channel.name if look.channel else ""
        return LookNow(*now, channel=name, checked=look.checked)
    finding = look.found.finding
    return LookNow(
        *now,
        finding.decline,
        finding.label,
        finding.language,
        finding.zone,
        finding.columns,
        look.found.articles,
        finding.notes,
        None if finding.decline else _proposed(site, look),
    )


def _proposed(site: Site, look: Look) -> ProposedChannel | None:
    """What would be written; None while the config is such that nothing can be."""
    if look.found is None:
        return None
    try:
        made = additions.propose(site.config(), look.found)
    except ConfigError:
        return None
    plan = made.plan
    return ProposedChannel(plan.name, plan.toml, plan.difference(made.file.name), plan.exists, made.mark)
