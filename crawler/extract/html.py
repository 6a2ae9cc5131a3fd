"""PURE: decoded HTML → a tree, and the few ways in which the templates look at it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawler.extract.bounds import bounded

#: Characters that HTML does not allow; libxml2 would end the page at some of them.
_FORBIDDEN = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0C, 0x0D})


def parse(html: str) -> etree._Element | None:
    """Parse a decoded page; None where there is nothing in it.

    The declared charset is ignored: the text is decoded already. libxml2 cuts nesting beyond 2,048 levels; of a
    page with more markup than any page of news has, the beginning is read (`bounds`).
    """
    if not html or html.isspace():
        return None
    # A parser per page: threads must not share one, and a new one costs microseconds.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return etree.fromstring(bounded(html).encode("utf-8", "replace").translate(None, _FORBIDDEN), parser)
    except etree.XMLSyntaxError:
        return None


def with_class(name: str) -> str:
    """Write the XPath predicate for "has the class `name`"."""
    # The plain contains() first: it is cheap, and false for nearly every element.
    return f"[contains(@class,'{name}') and contains(concat(' ',normalize-space(@class),' '),' {name} ')]"


def compiled(expression: str) -> etree.XPath:
    """Compile an XPath once; strings come out as plain `str`."""
    return etree.XPath(expression, smart_strings=False)


def nodes(xpath: etree.XPath, node: etree._Element) -> list[etree._Element]:
    """Return the elements that `xpath` finds below `node`, in document order."""
    found = xpath(node)
    return [item for item in found if isinstance(item, etree._Element)] if isinstance(found, list) else []


def first(xpath: etree.XPath | None, node: etree._Element) -> etree._Element | None:
    """Return the first element that `xpath` finds below `node`, or None."""
    return next(iter(nodes(xpath, node)), None) if xpath is not None else None


_METAS = compiled("/html/head/meta[@name and @content] | /html/body/meta[@name and @content]")


def words_in(node: etree._Element) -> str:
    """The words in an element, on one line."""
    return " ".join("".join(map(str, node.itertext())).split())


def meta_of(tree: etree._Element, name: str) -> str:
    """Return the content of the page's first `<meta name="…">` of this name (in lower case), or ''."""
    for meta in nodes(_METAS, tree):
        if (meta.get("name") or "").lower() == name:
            return (meta.get("content") or "").strip()
    return ""


def anchors(tree: etree._Element) -> Iterator[etree._Element]:
    """Yield the links of a tree that have an address, in document order."""
    return (anchor for anchor in tree.iter("a") if anchor.get("href"))
