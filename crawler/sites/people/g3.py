"""PURE: generations 3 (2021–2024) and 4 (2025–): `.rm_txt` with `.rm_txt_con`, and the theory pages of 4.

Generation 4 nests the text in `#rm_txt_zw`, behind an often empty `.bza`. The whole container is read, not
its first child, so that neither the text nor an editor's note in `.bza` is lost.
"""

from crawler.extract.html import compiled, with_class
from crawler.sites.people.template import Template

_PRE, _SUB = f".//h3{with_class('pre')}", f".//h4{with_class('sub')}"
_EDIT = with_class("edit")

TEMPLATES = (
    Template(
        name="G3",
        hints=("rm_txt_con",),
        root=compiled(f"//div{with_class('rm_txt')}"),
        bodies=compiled(f".//div{with_class('rm_txt_con')}"),
        title=compiled(".//h1"),
        kicker=compiled(_PRE),
        subtitle=compiled(_SUB),
        origins=compiled(f"id('newstime') | .//div{with_class('col-1-1')}"),
        author=compiled(f".//div{with_class('author')}"),
        editors=compiled(f".//div{_EDIT}"),
        newer=("G4", compiled("id('rm_txt_zw') | id('newstime')")),
    ),
    Template(
        name="G4",
        hints=("rm_txt_zw",),
        root=compiled("id('rm_txt_zw')/ancestor::*[.//h1[normalize-space()]][1]"),
        bodies=compiled("id('rm_txt_zw')"),
        title=compiled(".//h1[normalize-space()]"),
        kicker=compiled(f"{_PRE} | .//h3[following-sibling::h1]"),
        subtitle=compiled(f"{_SUB} | .//h1/following-sibling::h2[1] | .//h1/following-sibling::h4[1]"),
        origins=compiled(f"id('newstime') | .//*{with_class('sou')} | .//*{with_class('col-1-1')}"),
        author=compiled(f".//*{with_class('author')}"),
        editors=compiled(f".//*{_EDIT} | following::*{_EDIT}"),
    ),
)
