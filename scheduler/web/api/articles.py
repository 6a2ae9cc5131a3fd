"""Articles: the list, one with its last text, a revision, a difference, the visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from crawler.text.canonical import fold
from scheduler.web.api.model import PROBLEMS, READ, After, Limit, Page, answer, cut
from scheduler.web.query import Moment
from scheduler.web.site import site_of
from storage import queries
from storage.diff import Change, ChangeKind, Part, compare
from storage.records import Article, EditClass, Observation, Revision
from storage.search import Facets

router = APIRouter(prefix="/articles", tags=["articles"], dependencies=READ, responses=PROBLEMS)
Number = Annotated[int, Path(ge=1, lt=2**63)]
RevisionNumber = Annotated[int, Path(ge=1, lt=2**31)]
Facet = Annotated[str, Query(max_length=200)]
Since = Annotated[Moment, Query(description="First seen since then, with offset.")]


@dataclass(frozen=True, slots=True)
class Whole:
    """An article with its last revision and its addresses."""

    article: Article
    revision: Revision
    addresses: tuple[queries.Address, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands: its paragraph and its number in the whole body, both from 0."""

    paragraph: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text: "=" stands in both revisions, "-" in the old one only, "+" in the new one only."""

    op: Literal["=", "-", "+"]
    text: str


@dataclass(frozen=True, slots=True)
class ChangedText:
    """One sentence of the body, or one other part, before and after; "" and null where it did not stand."""

    kind: ChangeKind
    where: Part
    old: str
    new: str
    old_at: Place | None
    new_at: Place | None
    runs: tuple[Stretch, ...]
    classes: tuple[EditClass, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two revisions, in reading order; `weight` is 0 to 100."""

    article: int
    from_revision: int
    to_revision: int
    classes: tuple[EditClass, ...]
    weight: int
    changes: tuple[ChangedText, ...]


@router.get("", response_model=Page[Article])
def list_articles(
    request: Request,
    search: Annotated[str, Query(max_length=200, description="Words, “phrases”, -without.")] = "",
    channel: str = "",
    source: Facet = "",
    author: Facet = "",
    editor: Facet = "",
    section: Facet = "",
    since: Since = None,
    until: Annotated[Moment, Query(description="First seen before then, with offset.")] = None,
    limit: Limit = 50,
    after: After = 0,
) -> Response:
    """List articles, the newest first."""
    found = queries.articles(
        site_of(request).database,
        channel=channel or None,
        since=since,
        until=until,
        facets=Facets(source, author, editor, section),
        search=search.strip() or None,
        limit=limit + 1,
        fold=fold,
        after=after or None,
    )
    return answer(request, cut(found, limit, lambda article: article.id))


@router.get("/{number}", response_model=Whole)
def show_article(request: Request, number: Number) -> Response:
    """One article with its last text."""
    database = site_of(request).database
    article = queries.find_article(database, str(number))
    revision = queries.revision(database, article.id)
    return answer(request, Whole(article, revision, queries.addresses(database, article.id)))


@router.get("/{number}/revisions/{revision}", response_model=Revision)
def show_revision(request: Request, number: Number, revision: RevisionNumber) -> Response:
    """One revision of an article."""
    return answer(request, queries.revision(site_of(request).database, number, revision))


@router.get("/{number}/diff", response_model=Difference)
def show_difference(
    request: Request,
    number: Number,
    from_: Annotated[int | None, Query(alias="from", ge=1, lt=2**31)] = None,
    to: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> Response:
    """What changed between two revisions, the last two where none are named."""
    database = site_of(request).database
    article = queries.find_article(database, str(number))
    old, new = queries.two_revisions(database, article.id, from_, to)
    diff = compare(old.reading.fields, new.reading.fields, fold=fold)
    changes = tuple(map(_changed_text, diff.changes))
    return answer(request, Difference(article.id, old.number, new.number, diff.classes, diff.weight, changes))


@router.get("/{number}/observations", response_model=Page[Observation])
def list_observations(request: Request, number: Number, limit: Limit = 50) -> Response:
    """What the visits to an article brought, the latest first."""
    database = site_of(request).database
    article = queries.find_article(database, str(number))
    return answer(request, Page(queries.observations(database, article.id, limit)))


def _changed_text(change: Change) -> ChangedText:
    old_at = Place(*change.old_at) if change.old_at else None
    new_at = Place(*change.new_at) if change.new_at else None
    runs = tuple(Stretch(*run) for run in change.runs)
    return ChangedText(
        change.kind, change.where, change.old, change.new, old_at, new_at, runs, change.classes
    )
