"""A diff as one HTML file that needs nothing else: inline and side by side, for reading, printing, sending."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from storage.diff import PARAGRAPH_BREAK, Diff
from storage.records import Article, Revision


def diff_page(article: Article, old: Revision, new: Revision, diff: Diff) -> str:
    """Render the page. All text of the article is escaped."""
    return _template().render(article=article, old=old, new=new, diff=diff, pilcrow=PARAGRAPH_BREAK)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("diff.html")
