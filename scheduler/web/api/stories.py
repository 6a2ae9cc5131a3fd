"""Stories: what several articles tell."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from scheduler.web.api.model import PROBLEMS, READ, After, Limit, Page, answer, cut
from scheduler.web.site import site_of
from storage import browse, queries
from storage.errors import NotFound

router = APIRouter(prefix="/stories", tags=["stories"], dependencies=READ, responses=PROBLEMS)


@router.get("", response_model=Page[browse.Story])
def list_stories(request: Request, limit: Limit = 50, after: After = 0) -> Response:
    """List stories with more than one article, the last retold first."""
    found = browse.stories(site_of(request).database, limit=limit + 1, before=after)
    return answer(request, cut(found, limit, lambda story: story.last))


@router.get("/{number}", response_model=browse.Story)
def show_story(request: Request, number: Annotated[int, Path(ge=1, lt=2**63)]) -> Response:
    """One story with its articles, the first seen first."""
    members = queries.story_members(site_of(request).database, number)
    if not members:
        raise NotFound("There is no such story", subject=str(number))
    return answer(request, browse.Story(number, members, members[-1].id))
