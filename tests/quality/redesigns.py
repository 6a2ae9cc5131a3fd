"""Templates that changed overnight: a page of today → the same article in a dress that our templates half know.

One `Redesign` is drawn from a seed and changes every page of a site in the same way, as a new template does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

Mutation = Callable[[str, Random], str]

#: Names by which templates of the site are known, from the outside to the inside.
ROOTS = ("p_article", "text_title", "text_con", "text_c", "rm_txt", "articleCont", "pic_content")
BODIES = ("p_content", "rwb_zw", "show_text", "rm_txt_zw", "rm_txt_con", "box_con", "artDet")
_BODY = re.compile(
    r'<div[^>]*(?:id="(?:p_content|rwb_zw|rm_txt_zw)"|class="show_text")[^>]*>|<div class="rm_txt_con cf">'
)
_HEADLINE = re.compile(r"<h1([^>]*)>(.*?)</h1>", re.S)
_TIME = re.compile(r"(\d{4})年(\d{2})月(\d{2})日(\d{2}:\d{2})")
_DAY = re.compile(r"(?<=>)(\d{4})-(\d{1,2})-(\d{1,2})(?=&nbsp;| \||<)")


def _name(rng: Random) -> str:
    return "nx-" + "".join(rng.choice("abcdefghkmnprstvwxyz") for _ in range(6))


def _renamed(names: tuple[str, ...]) -> Mutation:
    def mutate(html: str, rng: Random) -> str:
        for name in names:
            html = re.sub(rf'(?<=["\s]){name}(?=["\s])', _name(rng), html)
        return html

    return mutate


def everything_renamed(html: str, rng: Random) -> str:
    prefix = _name(rng)
    return re.sub(r'\b(class|id)="([^"]+)"', rf'\1="{prefix}-\2"', html)


def headline_is_no_heading(html: str, rng: Random) -> str:
    return _HEADLINE.sub(rf'<div class="{_name(rng)}">\2</div>', html)


def headline_is_the_sites(html: str, rng: Random) -> str:
    return _HEADLINE.sub(rf'<h1\1>人民网重庆频道</h1><div class="{_name(rng)}">\2</div>', html)


def headline_with_a_badge(html: str, rng: Random) -> str:
    badge = rng.choice(("重庆要闻", "渝见", "独家"))
    return _HEADLINE.sub(rf"<h1\1><span>{badge}</span>｜\2</h1>", html)


def time_in_an_attribute(html: str, rng: Random) -> str:
    name = _name(rng)
    html = _TIME.sub(rf'<i class="{name}" data-at="\1\2\3T\4"></i>', html)
    return _DAY.sub(rf'<i class="{name}" data-at="\1\2\3"></i>', html)


def no_source(html: str, rng: Random) -> str:
    return re.sub(r"来源：<a[^>]*>.*?</a>", "", html)


def _first_in_body(html: str, inner: str) -> str:
    return _BODY.sub(lambda match: match[0] + inner, html)


def player_in_text(html: str, rng: Random) -> str:
    words = rng.choice(("智能播报 全文约需三分钟", "点击收听本篇报道的语音版本", "调整字号后阅读更舒适"))
    return _first_in_body(html, f"<p>{words}</p>")


def client_in_text(html: str, rng: Random) -> str:
    words = rng.choice(("扫一扫下方图案，在手机上接着看这篇报道", "安装新版客户端，参与话题抢先看"))
    return _first_in_body(html, f'<section class="{_name(rng)}"><p>{words}</p></section>')


def related_in_text(html: str, rng: Random) -> str:
    titles = re.findall(r'<li><a href="/n[^"]*">([^<]{8,})</a>', html)[:3]
    return _first_in_body(html, "".join(f"<p>{title}</p>" for title in titles))


def cut_after_first(html: str, rng: Random) -> str:
    found = _BODY.search(html)
    end = html.find("</p>", found.end()) + 4 if found else 0
    return html[:end] + f'</div><div class="{_name(rng)}">' + html[end:] if end > 4 else html


def told_twice(html: str, rng: Random) -> str:
    found = _BODY.search(html)
    end = html.find('<div class="zdfy', found.end()) if found else -1
    return html[:end] + html[found.end() : end] + html[end:] if found and end > 0 else html


def text_in_a_script(html: str, rng: Random) -> str:
    found = _BODY.search(html)
    end = html.find('<div class="zdfy', found.end()) if found else -1
    if not found or end < 0:
        return html
    held = re.sub(r"<[^>]+>", "", html[found.end() : end]).replace('"', "")
    return f'{html[: found.end()]}<script>window.__A="{held!r}"</script>{html[end:]}'


MUTATIONS: dict[str, Mutation] = {
    "body renamed": _renamed(BODIES),
    "root renamed": _renamed(ROOTS),
    "everything renamed": everything_renamed,
    "headline is no heading": headline_is_no_heading,
    "headline is the site's": headline_is_the_sites,
    "headline with a badge": headline_with_a_badge,
    "time in an attribute": time_in_an_attribute,
    "no source": no_source,
    "player in the text": player_in_text,
    "client in the text": client_in_text,
    "related in the text": related_in_text,
    "cut after the first paragraph": cut_after_first,
    "told twice": told_twice,
    "text in a script": text_in_a_script,
}


@dataclass(frozen=True, slots=True)
class Redesign:
    """A template's change: its mutations, and the seed from which they draw their names."""

    seed: int
    names: tuple[str, ...]

    @classmethod
    def draw(cls, seed: int) -> Redesign:
        rng = Random(f"redesign {seed}")
        count = rng.choice((1, 1, 1, 2, 3))
        return cls(seed, tuple(rng.sample(list(MUTATIONS), count)))

    def __call__(self, html: str) -> str:
        for name in self.names:
            html = MUTATIONS[name](html, Random(f"{self.seed} {name}"))
        return html
