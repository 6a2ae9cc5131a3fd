"""PURE: lines and pictures → body paragraphs and captioned images, as a reader would tell them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extract.flow import Line, Picture
from crawler.urls import absolute
from storage.records import Image

#: Captions end in the photographer's credit (`张三摄`, `（市文旅委供图）`).
_CREDIT = re.compile(
    r"(?:摄|摄影|供图|制图|绘图|资料图片?|图片来源.{0,20}|图源.{0,20})[\s。]*[）)】\]]?[\s。]*$"
)
_LONGEST_CREDITED, _LONGEST_CENTRED = 240, 120
#: Pictures that belong to the page and not to the article: its own icons, counters, "next page".
_FURNITURE = re.compile(r"/img/|//counter\.|/next_page|/prev_page|\.gif\?id=|^data:", re.I)


@dataclass(frozen=True, slots=True)
class Content:
    """The body's paragraphs and its images."""

    body: tuple[str, ...]
    images: tuple[Image, ...]


def is_caption(line: Line) -> bool:
    """Tell whether a line that stands under a picture is its caption.

    It is where the markup says so, where it ends in a credit, or where it is short and centred without being
    bold, as a sub-heading is.
    """
    if line.caption:
        return True
    if len(line.text) <= _LONGEST_CREDITED and _CREDIT.search(line.text):
        return True
    return line.centred and not line.bold and len(line.text) <= _LONGEST_CENTRED


def split_captions(
    blocks: Sequence[Line | Picture], base: str, furniture: re.Pattern[str] = _FURNITURE
) -> Content:
    """Sort blocks in reading order into paragraphs and images; addresses become absolute against `base`.

    Pictures whose address matches `furniture` are the page's and not the article's.
    """
    body: list[str] = []
    images: list[Image] = []
    under_picture = False
    for block in blocks:
        if isinstance(block, Picture):
            url = absolute(block.src, base)
            if url and not furniture.search(url):
                images.append(Image(url))
                under_picture = True
            continue
        if under_picture and is_caption(block):
            images[-1] = Image(images[-1].url, block.text)
        else:
            body.append(block.text)
        under_picture = False
    return Content(tuple(body), tuple(images))
