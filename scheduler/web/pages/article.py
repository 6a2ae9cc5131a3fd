"""/articles/NUMBER: one article: its text and revisions, what changed between two, the evidence, its story."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from crawler.text.canonical import fold
from scheduler.evidence import file_name, write_evidence
from scheduler.mended import places, split
from scheduler.web.gate import READ
from scheduler.web.render import page
from scheduler.web.site import site_of
from storage import articles, browse, queries
from storage.database import Database
from storage.diff import PARAGRAPH_BREAK, compare
from storage.records import Article, Repair, Revision

router = APIRouter(prefix="/articles/{number}", dependencies=READ)
Number = Annotated[int, Path(ge=1, lt=2**63)]
RevisionNumber = Annotated[int | None, Query(ge=1, lt=2**31)]
OBSERVATIONS = 200
#: Other articles of the story that are listed, the first seen.
MEMBERS = 5
#: A file of evidence larger than this, in bytes, is made on the disk.
IN_MEMORY = 2**23


@router.get("")
def show(request: Request, number: Number, revision: RevisionNumber = None) -> Response:
    """The text of a revision, the last one where none is named."""
    database = site_of(request).database
    article = _article(database, number)
    shown = queries.revision(database, article.id, revision)
    return page(
        request,
        "article.html",
        tab="text",
        article=article,
        revision=shown,
        revisions=_revisions(database, article),
        others=_others(database, article),
        mended=_mender(shown),
        events=browse.find_events(database, browse.EventFilter(article=article.id)),
    )


@router.get("/diff")
def show_diff(
    request: Request,
    number: Number,
    from_: Annotated[int | None, Query(alias="from", ge=1, lt=2**31)] = None,
    to: RevisionNumber = None,
    view: str = "inline",
) -> Response:
    """What changed between two revisions, the last two where none are named."""
    database = site_of(request).database
    article = _article(database, number)
    old, new = queries.two_revisions(database, article.id, from_, to)
    return page(
        request,
        "difference.html",
        tab="diff",
        article=article,
        old=old,
        new=new,
        diff=compare(old.reading.fields, new.reading.fields, fold=fold),
        view="sides" if view == "sides" else "inline",
        revisions=_revisions(database, article),
        others=_others(database, article),
        pilcrow=PARAGRAPH_BREAK,
    )


@router.get("/evidence")
def show_evidence(request: Request, number: Number, revision: RevisionNumber = None) -> Response:
    """How we know: visits, addresses, how the bytes were read and mended."""
    database = site_of(request).database
    article = _article(database, number)
    shown = queries.revision(database, article.id, revision)
    return page(
        request,
        "evidence.html",
        tab="evidence",
        article=article,
        revision=shown,
        revisions=_revisions(database, article),
        others=_others(database, article),
        pages=articles.stored_pages(database, article.id, shown.number),
        addresses=queries.addresses(database, article.id),
        observations=queries.observations(database, article.id, OBSERVATIONS),
    )


@router.get("/bytes/{revision}/{part}")
def send_bytes(
    request: Request,
    number: Number,
    revision: Annotated[int, Path(ge=1, lt=2**31)],
    part: Annotated[int, Path(ge=1, lt=2**15)],
) -> Response:
    """The bytes of a page as they came, as a file: never shown as a page of ours."""
    database = site_of(request).database
    for stored in articles.stored_pages(database, _article(database, number).id, revision):
        if stored.part == part:
            name = f"article-{number}-revision-{revision}-part-{part}.html"
            headers = {"content-disposition": f'attachment; filename="{name}"'}
            return Response(stored.content, media_type="application/octet-stream", headers=headers)
    raise HTTPException(404, "These bytes are not kept.")


@router.get("/evidence.warc.gz")
def send_evidence(request: Request, number: Number) -> Response:
    """All that speaks for the article, in one file that `newsdelta verify` checks."""
    site = site_of(request)
    article = _article(site.database, number)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is closed when it was sent
    made = write_evidence(site.database, site.config().registry, article, file, site.now())
    headers = {
        "content-disposition": f'attachment; filename="{file_name(article)}"',
        "content-length": str(file.tell()),
        "newsdelta-seal": made.seal,
    }
    return StreamingResponse(_pieces(file), media_type="application/octet-stream", headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file from its beginning, piece by piece."""
    with file:
        file.seek(0)
        while piece := file.read(2**18):
            yield piece


def _article(database: Database, number: int) -> Article:
    return queries.find_article(database, str(number))


def _revisions(database: Database, article: Article) -> tuple[queries.RevisionTime, ...]:
    return queries.revision_times(database, article.id)


def _mender(revision: Revision) -> Callable[[str], list[tuple[str, Repair | None]]]:
    """What takes a text of a revision apart into pieces, those that were repaired with their repair."""
    known = places(revision.reading.fields, revision.reading.repairs)
    return lambda text: list(split(text, known))


def _others(database: Database, article: Article) -> tuple[Article, ...]:
    """The first of the other articles that tell the same story."""
    return browse.others_of_story(database, article, limit=MEMBERS)
