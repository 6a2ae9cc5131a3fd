"""From an article to the bytes of one of its pages: choose the template, fill it, encode it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from ..articles import CHINA, PUBLISHER, Article, Picture
from ..prose import plain
from . import early, middle, modern
from .furniture import Shared, Surroundings

Renderer = Callable[[Article, int, Surroundings], list[str]]
RENDERERS: dict[str, Renderer] = {
    "G1": early.render,
    "G2": middle.render,
    "G3": modern.render,
    "G4": modern.render,
    "unknown": modern.render_unknown,
    "gallery": middle.render_gallery,
}


@lru_cache(maxsize=512)
def _encode_shared(text: str, codec: str) -> bytes:
    return text.encode(codec, "xmlcharrefreplace")


def encode(chunks: list[str], codec: str) -> bytes:
    """Encode a page; characters that the codec lacks become references, as publishing systems do.

    The furniture comes from the same string objects on every page, so it is encoded once.
    """
    return b"".join(
        _encode_shared(chunk, codec)
        if isinstance(chunk, Shared)
        else chunk.encode(codec, "xmlcharrefreplace")
        for chunk in chunks
    )


def render(article: Article, part: int = 1, around: Surroundings | None = None) -> bytes:
    """Return the bytes of page `part` of an article. Raises ValueError where it has no such page."""
    return encode(chunks_of(article, part, around), article.charset)


def chunks_of(article: Article, part: int, around: Surroundings | None = None) -> list[str]:
    """Return the text of a page in pieces."""
    if not 1 <= part <= article.parts:
        raise ValueError(f"article {article.id} has {article.parts} pages, not {part}")
    name = (
        article.kind if article.kind == "gallery" and article.generation != "unknown" else article.generation
    )
    return RENDERERS[name](article, part, around or Surroundings(host=article.channel))


def article_from(fields: Mapping[str, Any], generation: str = "G3", **given: Any) -> Article:
    """Make an article of given fields, named as `newsdelta extract --json` names them; only `title` and
    `body` are needed.

    Authors whom the body does not name are put into the author line. `given` sets further attributes of
    `Article`.
    """
    when = datetime.fromisoformat(fields.get("published_at") or "2021-06-05T08:29:00+08:00").astimezone(CHINA)
    body = tuple(plain(text) for text in fields["body"])
    authors = tuple(fields.get("authors") or ())
    named = "".join(fields["body"])
    article = Article(
        channel="cq",
        number=0,
        id=str(fields.get("article_id") or "34762345"),
        column=365411,
        published_at=when,
        title=plain(fields["title"]),
        body=body,
        kicker=fields.get("kicker") or "",
        subtitle=fields.get("subtitle") or "",
        source=fields.get("source") or "",
        source_url="http://paper.example.com/n/",
        authors=authors,
        byline=" ".join(name for name in authors if name not in named),
        editors=tuple(fields.get("editors") or ()),
        section=(PUBLISHER, *(fields.get("section") or ("重庆频道", "区县"))),
        pictures=tuple(
            Picture(item["url"], item.get("caption") or "") for item in fields.get("images") or ()
        ),
        generation=generation,
    )
    return replace(article, **given)


def render_article(
    fields: Mapping[str, Any], generation: str = "G3", *, part: int = 1, **given: Any
) -> bytes:
    """Put a given article on a page of any generation: G1, G2, G3, G4, or `unknown`.

    `given` sets attributes of `Article`, such as parts=2, charset="utf-8", label="GB2312", kind="gallery".
    """
    return render(article_from(fields, generation, **given), part)
