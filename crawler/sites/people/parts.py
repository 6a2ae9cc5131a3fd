"""PURE: the addresses of an article's further pages, as its own page shows them."""

from __future__ import annotations

from lxml import etree

from crawler.extract.html import compiled, nodes, with_class
from crawler.sites.people.address import locate, part_order
from crawler.urls import absolute

#: The links below a long text, and the numbers and "next" of a gallery.
_PAGERS = compiled(
    f"//*{with_class('zdfy')}//a[@href] | //*{with_class('page_n')}//a[@href] | id('next')[@href]"
    " | id('picG')//a[@href] | id('p_content')//a[@href] | id('zoom')//a[@href]"
)


def further_parts(tree: etree._Element, html: str, url: str) -> tuple[str, ...]:
    """Return the addresses of all parts of this article but the first and this one, by number."""
    here = locate(url)
    # Nearly every page has one part only: no other address of the article stands on it.
    if here is None or f"{here.key}-" not in html:
        return ()
    found: dict[int, str] = {}
    for link in nodes(_PAGERS, tree):
        target = absolute(link.get("href"), url)
        address = locate(target) if target else None
        if target and address and address.key == here.key and address.part not in (1, here.part):
            found.setdefault(address.part, target.split("#")[0].split("?")[0])
    return tuple(sorted(found.values(), key=part_order))
