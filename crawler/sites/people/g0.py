"""PURE: generation 0, to about 2010: tables with `td.ftitle` and `font#zoom`."""

from crawler.extract.html import compiled, with_class
from crawler.sites.people.template import Template

TEMPLATES = (
    Template(
        name="G0",
        root=compiled("id('zoom')/ancestor::body[.//td" + with_class("ftitle") + "]"),
        bodies=compiled("id('zoom')"),
        title=compiled(".//td" + with_class("ftitle")),
        kicker=compiled(".//td" + with_class("fpretitle")),
        subtitle=compiled(".//td" + with_class("fsubtitle")),
        origins=compiled(".//td" + with_class("ly_red")),
        author=compiled(".//td" + with_class("fwriter")),
    ),
)
