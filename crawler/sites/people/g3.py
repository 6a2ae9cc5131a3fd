"""PURE: generations 3 (2021–2024) and 4 (2025–): `.rm_txt` with `.rm_txt_con`, and the theory pages of 4.

Generation 4 nests the text in `#rm_txt_zw`, behind an often empty `.bza`. The whole container is read, not
its first child, so that neither the text nor an editor's note in `.bza` is lost.
"""

from lxml import etree

from crawler.extract.html import compiled, with_class
from crawler.sites.people.template import Template

_ROOT = f"//div{with_class('rm_txt')}"


def _generation(name: str, hints: tuple[str, ...], root: etree.XPath) -> Template:
    return Template(
        name=name,
        hints=hints,
        root=root,
        bodies=compiled(f".//div{with_class('rm_txt_con')}"),
        title=compiled(".//h1"),
        kicker=compiled(f".//h3{with_class('pre')}"),
        subtitle=compiled(f".//h4{with_class('sub')}"),
        origins=compiled(
            f".//*[@id='newstime'][not(ancestor::div{with_class('col-1-1')})] | .//div{with_class('col-1-1')}"
        ),
        author=compiled(f".//div{with_class('author')}"),
        editors=compiled(f".//*{with_class('edit')}"),
    )


TEMPLATES = (
    _generation(
        "G4",
        ("rm_txt_zw", "newstime"),
        compiled(f"{_ROOT}[.//*[@id='rm_txt_zw' or @id='newstime']][.//div{with_class('rm_txt_con')}]"),
    ),
    _generation("G3", ("rm_txt_con",), compiled(_ROOT)),
    Template(
        name="G4-theory",
        hints=("rm_txt_zw",),
        root=compiled("id('rm_txt_zw')/ancestor::*[.//h1[normalize-space()]][1]"),
        bodies=compiled("id('rm_txt_zw')"),
        title=compiled(".//h1[normalize-space()]"),
        kicker=compiled(f".//h3{with_class('pre')} | .//h3[following-sibling::h1]"),
        subtitle=compiled(
            f".//h4{with_class('sub')} | .//h1/following-sibling::h2[1] | .//h1/following-sibling::h4[1]"
        ),
        origins=compiled(f".//*[@id='newstime'] | .//*{with_class('sou')} | .//*{with_class('col-1-1')}"),
        author=compiled(f".//*{with_class('author')}"),
        editors=compiled(f".//*{with_class('edit')} | following::*{with_class('edit')}"),
    ),
)
