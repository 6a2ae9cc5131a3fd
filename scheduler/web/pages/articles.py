"""/articles: search and list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from crawler.text.canonical import fold
from scheduler.web.gate import READ
from scheduler.web.query import Cursor, Day, day_range
from scheduler.web.render import page
from scheduler.web.site import site_of
from storage import queries
from storage.search import Facets

router = APIRouter(dependencies=READ)
PAGE = 40
LONGEST_QUERY = 200
Facet = Annotated[str, Query(max_length=LONGEST_QUERY)]


@router.get("/articles")
def show(
    request: Request,
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    channel: str = "",
    source: Facet = "",
    author: Facet = "",
    editor: Facet = "",
    section: Facet = "",
    since: Day = None,
    until: Day = None,
    after: Cursor = 0,
) -> Response:
    """The articles that fit, newest first."""
    site = site_of(request)
    first, last = day_range(site, since, until)
    found = queries.articles(
        site.database,
        channel=channel or None,
        since=first,
        until=last,
        facets=Facets(source.strip(), author.strip(), editor.strip(), section.strip()),
        search=q.strip() or None,
        limit=PAGE + 1,
        fold=fold,
        after=after or None,
    )
    return page(
        request,
        "articles.html",
        articles=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        channels=list(site.config().channels),
    )
