"""What the calls share: pages of a list, problems as RFC 9457 has them, ETags."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, HTTPException, Query, Request, Security
from fastapi.responses import Response
from fastapi.security import HTTPBearer

from scheduler.web.access import Scope
from scheduler.web.gate import demand, needs
from scheduler.web.render import visitor_of
from storage.records import as_json

Item = TypeVar("Item")

#: For the document alone: the guard in front of every page and call knows who asks.
BEARER = Security(HTTPBearer(auto_error=False, description="The token of the page, or a key."))
READ = [BEARER, Depends(needs(Scope.READ))]


def calls(scope: Scope) -> list[Any]:
    """Dependencies of calls that change something: a browser's session will not do, other pages could use it."""

    async def check(request: Request) -> None:
        demand(request, scope)
        if not visitor_of(request).program:
            raise HTTPException(403, "Calls that change something need a token or key, not a session.")

    return [BEARER, Depends(check)]


Limit = Annotated[int, Query(ge=1, le=200, description="So many at most.")]
After = Annotated[
    int, Query(ge=0, lt=2**63, description="The `next` of the page before; 0 for the first page.")
]


@dataclasses.dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list, newest first; `next` is the cursor of the next page, null on the last."""

    items: tuple[Item, ...]
    next: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong (RFC 9457)."""

    title: str
    status: int
    detail: str = ""


PROBLEM = "application/problem+json"
#: What every call may answer, for the document of the API.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "content": {PROBLEM: {}}, "description": words}
    for code, words in {
        400: "The request cannot be read",
        401: "No token or key, or an unknown one",
        403: "The key lacks the scope",
        404: "There is no such thing",
        422: "The question is wrong",
        503: "The store is not available",
    }.items()
}


def name_problems(document: dict[str, Any]) -> dict[str, Any]:
    """The document of the API with each problem under the media type that it is sent with; FastAPI puts it under
    the one of what is no problem.
    """
    for path in document["paths"].values():
        for call in path.values():
            for said in (one.get("content", {}) for one in call["responses"].values()):
                if PROBLEM in said:
                    said[PROBLEM] = said.pop("application/json", said[PROBLEM])
    return document


def cut(found: tuple[Item, ...], limit: int, number: Any) -> Page[Item]:
    """A page of what was found with one more than `limit`; `number` gives an item's cursor."""
    return Page(found[:limit], number(found[limit - 1]) if len(found) > limit else None)


def problem(status: int, title: str, detail: str = "") -> Response:
    """A problem as an answer."""
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    return Response(_json(Problem(title, status, detail)), status, headers, PROBLEM)


def refused(error: ValueError) -> HTTPException:
    """What to raise where the asker wants what cannot be."""
    return HTTPException(422, str(error))


def answer(request: Request, value: Any, status: int = 200) -> Response:
    """A value as JSON, with an ETag; 304 where the asker has it already, and none but 200 is due."""
    made = with_etag(request, _json(value), "application/json")
    if status != 200:
        made.status_code = status
    return made


def _json(value: Any) -> bytes:
    """A value in UTF-8; half a character (a lone surrogate), which UTF-8 cannot hold, becomes '?'."""
    return _encoder.encode(value).encode("utf-8", "replace")


#: What only `as_json` knows how to say: everything but texts, numbers and collections, one level at a time.
_encoder = json.JSONEncoder(default=lambda value: _said(value), ensure_ascii=False, separators=(",", ":"))
_names: dict[type[Any], tuple[str, ...]] = {}


def _said(value: Any) -> Any:
    kind = type(value)
    names = _names.get(kind)
    if names is None:
        if not dataclasses.is_dataclass(kind):
            return as_json(value)
        names = _names[kind] = tuple(one.name for one in dataclasses.fields(kind))
    return {name: getattr(value, name) for name in names}


def with_etag(request: Request, body: bytes, media_type: str) -> Response:
    """A body with the ETag of its content; 304 where the asker has it already."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    given = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if etag in given or "*" in given:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
