"""PURE: generation 2, about 2016–2020: `.text_title` and `#rwb_zw`, its variants, picture galleries."""

from crawler.extract.html import compiled, with_class
from crawler.sites.people.template import Template

_EDIT = with_class("edit")
_HEAD = with_class("text_title")
_PRE, _SUB = "h3" + with_class("pre"), "h4" + with_class("sub")
_ORIGIN = (
    f".//div{with_class('box01')}//*{with_class('fl')} | .//p{with_class('sou')} | .//*{with_class('artOri')}"
    f" | .//*{with_class('page_c')}//*{with_class('fr')}"
)
_SOURCED = ".//*[not(self::script)][text()[contains(.,'来源') or contains(.,'來源')]]"
_HEADLINE = ".//h1[normalize-space()]"


def _plain(root: str, bodies: str, *hints: str) -> Template:
    return Template(
        name="G2",
        hints=hints,
        root=compiled(root),
        bodies=compiled(bodies),
        title=compiled(".//h1"),
        kicker=compiled(f".//{_PRE}"),
        subtitle=compiled(f".//{_SUB}"),
        origins=compiled(f".//div{with_class('box01')}//*{with_class('fl')}"),
        author=compiled(f".//*{with_class('author')}"),
        editors=compiled(f"following::div{_EDIT}"),
    )


def _gallery(root: str, *hints: str) -> Template:
    text = f".//div{with_class('content')}{with_class('clear')}{with_class('clearfix')}"
    return Template(
        name="gallery",
        hints=hints,
        root=compiled(root),
        bodies=compiled(f"id('picG') | {text}"),
        title=compiled(f".//div{with_class('pic_content')}//h1[normalize-space()] | {_HEADLINE}"),
        kicker=compiled(f".//{_PRE}"),
        subtitle=compiled(f".//{_SUB}"),
        origins=compiled(_ORIGIN),
        author=compiled(f".//*{with_class('author')}"),
        editors=compiled(f".//*{_EDIT}"),
    )


TEMPLATES = (
    _plain(f"id('rwb_zw')/preceding::div{_HEAD}[1]", "id('rwb_zw')"),
    _plain(f"//div{_HEAD}", f"following::div{with_class('box_con')}", "box_con"),
    _gallery("id('picG')/ancestor::body"),
    _gallery(f"//div{with_class('pic_content')}/ancestor::body", "pic_content"),
    Template(
        name="G2",
        hints=("show_text",),
        root=compiled(f"//div{with_class('text_c')}[.//div{with_class('show_text')}]"),
        bodies=compiled(f".//div{with_class('show_text')}"),
        title=compiled(f"{_HEADLINE} | .//h2[not(..//h1[normalize-space()])]"),
        kicker=compiled(f".//{_PRE} | .//h3[following-sibling::h1]"),
        subtitle=compiled(f".//{_SUB} | .//h1/following-sibling::h2[1] | .//h1/following-sibling::h4[1]"),
        origins=compiled(f".//p{with_class('sou')} | .//div{with_class('sou')}"),
        author=compiled(f".//*{with_class('author')}"),
        editors=compiled(f".//*{_EDIT} | following::*{_EDIT}"),
    ),
    Template(
        name="G2",
        hints=("artDet",),
        root=compiled(f"//*{with_class('articleCont')}"),
        bodies=compiled(f".//*{with_class('artDet')}"),
        title=compiled(f"{_HEADLINE} | .//h2 | .//*{with_class('artTitle')}"),
        kicker=compiled(f".//{_PRE}"),
        subtitle=compiled(f".//{_SUB}"),
        origins=compiled(f".//*{with_class('artOri')}"),
        author=compiled(f".//*{with_class('author')}"),
        editors=compiled(f".//*{_EDIT}"),
    ),
    Template(
        name="G2",
        hints=("box_text",),
        root=compiled(f"/html/body[.//div{with_class('gray')}{with_class('box_text')}]"),
        bodies=compiled(f".//div{with_class('gray')}{with_class('box_text')}"),
        title=compiled(_HEADLINE),
        kicker=compiled(f".//{_PRE}"),
        subtitle=compiled(f".//{_SUB}"),
        # Its line of time and source has no name: it is what holds the word for source, or what holds that.
        origins=compiled(f"{_ORIGIN} | {_SOURCED} | {_SOURCED}/parent::*[not(self::body)]"),
        author=compiled(f".//*{with_class('author')}"),
        editors=compiled(f".//*{_EDIT}"),
    ),
)
