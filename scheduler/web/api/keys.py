"""Keys of programs: made, listed, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

from scheduler.web.access import Scope
from scheduler.web.api.model import BEARER, PROBLEMS, Page, answer, calls, refused
from scheduler.web.gate import needs
from scheduler.web.keyring import LONGEST, make
from scheduler.web.site import site_of
from storage import keys

router = APIRouter(prefix="/keys", tags=["keys"], responses=PROBLEMS)
MANAGE = calls(Scope.MANAGE)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """What is known of a key; the key itself is not kept."""

    name: str
    scopes: tuple[Scope, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class WantedKey:
    """A key to be made."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)] = (Scope.READ,)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key, given this once."""

    name: str
    scopes: tuple[Scope, ...]
    key: str


@router.get("", response_model=Page[KnownKey], dependencies=[BEARER, Depends(needs(Scope.MANAGE))])
def list_keys(request: Request) -> Response:
    """List the keys, by name."""
    known = (
        KnownKey(key.name, _scopes(key.scopes), key.made_at) for key in keys.every(site_of(request).database)
    )
    return answer(request, Page(tuple(known)))


@router.post("", response_model=MadeKey, status_code=201, dependencies=MANAGE)
def make_key(request: Request, wanted: WantedKey) -> Response:
    """Make a key. A name that another key has is refused."""
    site = site_of(request)
    try:
        key = make(site.database, wanted.name, wanted.scopes, site.now())
    except ValueError as error:
        raise refused(error) from error
    made = answer(request, MadeKey(wanted.name, _scopes(wanted.scopes), key))
    made.status_code, made.headers["cache-control"] = 201, "no-store"
    return made


@router.delete("/{name:path}", status_code=204, dependencies=MANAGE)
def remove_key(request: Request, name: str) -> None:
    """Let a key open nothing any more."""
    keys.remove(site_of(request).database, name)


def _scopes(names: frozenset[str] | tuple[Scope, ...]) -> tuple[Scope, ...]:
    return tuple(scope for scope in Scope if scope in names)
