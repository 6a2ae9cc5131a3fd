"""PURE: skip the menus above an article, which are most of a page's elements, before the page is parsed."""

from __future__ import annotations

#: The path of columns: it stands below the menus and above the article.
_PATHS = ('id="rwb_navpath"', 'id="p_navigator"')
#: What may hide a path that is no element: where one of these is still open, nothing is skipped.
_COVERS = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<textarea", "</textarea"))


def without_menu(html: str) -> str:
    """Return the page from its path of columns on; the very same text where that cannot be told for sure.

    The rest must be read by itself and be found complete; else the whole page has to be read.
    """
    at = next((found for found in map(html.find, _PATHS) if found >= 0), -1)
    start = html.rfind("<", 0, at) if at > 0 else -1
    if start <= 0 or html.find(">", start, at) >= 0:
        return html
    if any(html.rfind(opened, 0, start) > html.rfind(closed, 0, start) for opened, closed in _COVERS):
        return html
    return html[start:]
