"""PURE: generation 1, about 2012–2015: everything has an id that begins with `p_`."""

from crawler.extract.html import compiled, with_class
from crawler.sites.people.template import Template

TEMPLATES = (
    Template(
        name="G1",
        root=compiled("id('p_content')/ancestor::body"),
        bodies=compiled("id('p_content')"),
        title=compiled("id('p_title')"),
        kicker=compiled("id('jtitle')"),
        subtitle=compiled("id('ftitle')"),
        origins=compiled("id('p_publishtime') | id('p_origin')"),
        source=compiled("id('p_origin')//a"),
        author=compiled(f".//p{with_class('author')} | .//div{with_class('author')}"),
        editors=compiled("id('p_editor')"),
    ),
)
