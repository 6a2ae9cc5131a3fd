"""/stories: what several articles tell; and one story with what each member cut or added."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from scheduler.web.gate import READ
from scheduler.web.query import Cursor
from scheduler.web.render import page
from scheduler.web.site import site_of
from storage import browse, queries
from storage.errors import NotFound
from storage.stories import retellings

router = APIRouter(prefix="/stories", dependencies=READ)
PAGE = 30
#: Members that are compared; a story has seldom more than a few.
COMPARED = 40


@router.get("")
def show_all(request: Request, after: Cursor = 0) -> Response:
    """The stories, the last retold first."""
    found = browse.stories(site_of(request).database, limit=PAGE + 1, before=after)
    older = found[PAGE - 1].last if len(found) > PAGE else None
    return page(request, "stories.html", stories=found[:PAGE], older=older)


@router.get("/{number}")
def show(request: Request, number: Annotated[int, Path(ge=1, lt=2**63)]) -> Response:
    """One story, its articles side by side with the one each is nearest to."""
    database = site_of(request).database
    members = queries.story_members(database, number)
    if not members:
        raise NotFound("There is no such story", subject=str(number))
    compared = members[:COMPARED]
    retold = retellings([queries.revision(database, member.id).reading for member in compared])
    rows = list(zip(compared, (None, *retold), strict=True))
    return page(request, "story.html", number=number, rows=rows, members=members)
