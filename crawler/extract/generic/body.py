"""PURE: rows → which of them are the article's text, by how much of each block is text and how much is links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from crawler.extract.furniture import is_furniture_line
from crawler.extract.generic.credits import is_dateline, is_signature
from crawler.extract.generic.rows import Box, Row

#: Signs that sentences have and menus lack.
_SENTENCE = re.compile(r"[，。；！？、：”」』…]|[,.;!?](?:\s|$)")
_WORD = re.compile(r"[A-Za-z]{2,}")
#: Lines that stand below or beside an article on sites of every make.
_FURNITURE = re.compile(
    r"[\[【(（\s■◆●>》·]*(?:(?:我要?|发表|發表|查看|网友|網友|最新|热门|精彩|全部|更多)?(?:评论|評論|留言)(?:\s*[（(]?\d*[)）]?)?"
    r"|我来说两句.{0,8}|打印(?:本[页文稿])?|關閉|关闭(?:本?窗口)?|收藏(?:本文|此页)?|推荐(?:给朋友)?|转发|顶部"
    r"|返回(?:首页|顶部|列表)?|字[号体號體][：:].{0,12}|[大中小]|分享(?:到|至)?[：:]?.{0,10}|更多.{0,12}|[<>《》«»]+"
    r"|上一[篇页頁条]\s*[：:]?.{0,40}|下一[篇页頁条]\s*[：:]?.{0,40}|加入收藏|设为首页|举报|点赞|赞|阅读全文.{0,10}"
    r"|扫一扫.{0,20}|预览时标签不可点|轻触阅读原文|点击上方.{0,12}关注.{0,12}|(?:点击|阅读|浏览|閱讀|瀏覽)(?:次数|量|数)?[：:]?\s*\d*|\d{2}:\d{2}/\d{2}:\d{2}"
    r"|[Cc]omments?|[Ss]hare.{0,20}|[Aa]dvertisements?|广告|廣告|ADVERTISEMENT|Read more.{0,60}|PDF|HTML|XML)"
    r"[\]】)）\s>》：:.…]*"
)
#: Lines after which nothing more of the article comes.
_END = re.compile(
    r"[\[【(（■◆●>》·•*\-=—\s]*(?:相关(?:报道|新闻|链接|阅读|文章|专题|资讯|推荐|内容|搜索)|相關(?:報導|新聞|文章|閱讀|連結)"
    r"|延伸(?:阅读|閱讀)|推荐阅读|热点推荐|精彩推荐|猜你喜欢|为你推荐|热门(?:文章|新闻|推荐|评论)|熱門(?:新聞|文章)|新闻排行"
    r"|热点新闻|今日热点|最新(?:评论|新闻|文章)|最新新聞|网友评论|发表评论|用户评论|全部评论|评论列表|我来说两句|"
    r"版权(?:与免责)?声明|(?:免责|特别|郑重)声明|版權聲明|友情链接|责任编辑|責任編輯|责编|相关阅读|编辑推荐|更多(?:新闻|精彩|资讯)"
    r"|[Rr]elated (?:[Aa]rticles|[Ss]tories|[Nn]ews|[Ll]inks)|[Mm]ost [Rr]ead|[Yy]ou may also like|[Cc]omments?\b"
    r"|Trackback|引用地址|作者(?:其他|更多)文章|[Cc]opyright\b|©|版权所有|下一篇|上一篇)"
)
_LEGAL = re.compile(
    r"[Cc]opyright\s*(?:©|\(c\)|&copy;|\d{4})|©|All [Rr]ights [Rr]eserved|版权所有|版權所有|ICP[备備证證]"
    r"|未经.{0,20}(?:授权|许可|书面)"
    r".{0,30}(?:转载|使用|复制)|公安(?:机关)?备案|经营许可证|违法和不良信息举报|凡本(?:网|站|报)?(?:注明|刊登)|网友评论仅供"
    r"|不代表(?:本[站网]|.{2,8}(?:观点|立场))|遵守.{0,10}(?:法律|法规)|网站标识码|主办(?:单位)?[：:].{2,40}承办|提供信息存储|信息存储空间"
    r"|[Nn]otice: [Tt]he content|(?:转载|转发)(?:时)?请(?:务必)?(?:注明|标明|联系)"
    r"|(?:如有|若有)侵权.{0,12}(?:联系|删除)|侵权.{0,6}联系.{0,6}删除"
)
_LONGEST_END = 40
_BLOCKY = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "dd", "dt", "figcaption")
)
#: What a block inherits from a block inside it.
_SHARE = 0.62
_MOST_LEVELS = 6
#: Text counts more in the rows that follow a headline or a line of time and source.
_REACH, _FAVOUR = 10, 2.0
#: What stands over each comment or post: a day and a time of day, or the number of its floor.
_POSTED = re.compile(
    r"(?:19|20)\d{2}\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}日?\s{0,3}\d{1,2}:\d{2}|^\W?\s?\d{1,4}\s?(?:楼|樓|#)"
)
_FEWEST_POSTS = 4
_LEAST_POST = 0.25
_LONGEST_ROW = 600


def weigh(row: Row) -> float:
    """How much a row speaks for its block being the text: sentences do, lists of links speak against it."""
    size = len(row.text)
    plain = size - row.linked
    if row.linked * (4 if row.box.tag == "li" else 2) > size:
        return -min(size, 30) * 0.5
    if size <= 80 and is_furniture(row):
        return -3.0
    if size < 400 and _LEGAL.search(row.text):
        return -20.0
    signs = len(_SENTENCE.findall(row.text[:_LONGEST_ROW]))
    if not signs:
        words = len(_WORD.findall(row.text[:_LONGEST_ROW]))
        return min(plain, 60) * (0.3 if words < 6 else 0.6) if plain > 12 else 1.0
    return min(plain, _LONGEST_ROW) * min(1.0, 0.5 + 0.25 * signs)


def is_furniture(row: Row) -> bool:
    """Tell whether a short row is a tool or a pager's words."""
    return _FURNITURE.fullmatch(row.text) is not None or is_furniture_line(row.text)


def ends_text(row: Row) -> bool:
    """Tell whether a row announces what follows an article."""
    return len(row.text) <= _LONGEST_END and _END.match(row.text) is not None


def _container(row: Row) -> Box:
    """The block whose text a row is: a paragraph is its parent's."""
    box = row.box
    while box.tag in _BLOCKY and box.parent is not None:
        box = box.parent
    return box


def _scored(rows: Sequence[Row], weights: Sequence[float], after: int) -> list[Box]:
    """Give each block its score, and return the blocks that have one."""
    seen: dict[int, Box] = {}
    favoured = after + _REACH if after else 0
    for number, row in enumerate(rows):
        weight = weights[number]
        if is_dateline(row.text):
            favoured = number + _REACH
        elif number < favoured and weight > 0:
            weight *= _FAVOUR
        if row.zone:
            weight *= 0.2
        if number < after:
            weight *= 0.4
        box: Box | None = _container(row)
        for _ in range(_MOST_LEVELS):
            if box is None:
                break
            box.score += weight
            seen[id(box)] = box
            weight *= _SHARE
            box = box.parent
    return list(seen.values())


def find_body(rows: Sequence[Row], title_at: int | None) -> tuple[int, ...]:
    """Find the rows that are the article's text: their numbers, in order; () where the page has no text.

    `title_at` is the number of the headline's row, if known: what stands above it counts less.
    """
    if not rows:
        return ()
    weights = [weigh(row) for row in rows]
    _drop_zones_of_all(rows, weights)
    posts = _posts(rows)
    boxes = _scored(rows, weights, title_at or 0)
    box = max(boxes, key=lambda box: box.score)
    if box.score <= 0:
        return ()
    if _is_thread(box, posts):
        box = _first_post(boxes, posts, box, title_at or 0)
    elif signed := _signatures(rows):
        box = _first_signed(boxes, box, signed)
    box = _widened(box, posts, weights)
    start = title_at + 1 if title_at is not None and box.start <= title_at < box.end - 1 else box.start
    return tuple(_trimmed(range(start, box.end), rows, weights))


def _drop_zones_of_all(rows: Sequence[Row], weights: Sequence[float]) -> None:
    """Where nearly the whole page stands inside a block named furniture, the name says nothing."""
    total = sum(weight for weight in weights if weight > 0)
    zoned = sum(weight for weight, row in zip(weights, rows, strict=True) if weight > 0 and row.zone)
    if zoned > 0.85 * total:
        for row in rows:
            row.zone = False


def _posts(rows: Sequence[Row]) -> list[int]:
    """For each row, and the end, how many rows before it carry the day and time of a post."""
    return list(accumulate(map(_is_post, rows), initial=0))


def _is_post(row: Row) -> bool:
    size = len(row.text)
    return size <= 120 and row.linked * 2 <= size and _POSTED.search(row.text) is not None


def _is_thread(box: Box, posts: Sequence[int]) -> bool:
    """Tell whether a block is a list of comments or posts: each of them has its time."""
    return posts[box.end] - posts[box.start] >= _FEWEST_POSTS


def _first_post(boxes: Sequence[Box], posts: Sequence[int], thread: Box, title_at: int) -> Box:
    """The first block of some text that is no thread, below the headline; the thread itself where there is none."""
    enough = max(100.0, 0.03 * thread.score)
    found = [
        box for box in boxes if box.score >= enough and box.end > title_at and not _is_thread(box, posts)
    ]
    return min(found, key=lambda box: (box.start, -box.score), default=thread)


def _signatures(rows: Sequence[Row]) -> list[int]:
    """The rows that say who posted something and when, where there are several: the page shows several posts."""
    found = [number for number, row in enumerate(rows) if is_signature(row.text)]
    return found if len(found) > 1 else []


def _first_signed(boxes: Sequence[Box], best: Box, signed: Sequence[int]) -> Box:
    """The first of several posts: above the first signature where text stands there, else below it."""
    for limit in signed[:2]:
        above = [box for box in boxes if box.end <= limit + 1 and box.score >= _LEAST_POST * best.score]
        if above:
            return max(above, key=lambda box: box.score)
    return best


def _widened(box: Box, posts: Sequence[int], weights: Sequence[float]) -> Box:
    """Take the parent instead, as long as it adds text and hardly anything against it."""
    for _ in range(3):
        parent = box.parent
        if parent is None or parent.parent is None:
            return box
        own = sum(weight for weight in weights[box.start : box.end] if weight > 0)
        added = [*weights[parent.start : box.start], *weights[box.end : parent.end]]
        gain = sum(weight for weight in added if weight > 0)
        loss = -sum(weight for weight in added if weight < 0)
        if loss > 0.3 * gain or _is_thread(parent, posts):
            return box
        if gain >= 0.1 * own:
            box = parent
            continue
        box = parent if gain == 0 == loss else box
        if box is not parent:
            return box
    return box


def _trimmed(span: Sequence[int], rows: Sequence[Row], weights: Sequence[float]) -> list[int]:
    """Cut a container's rows to the stretch of greatest weight, and drop the furniture within it."""
    total, seen = sum(weights[n] for n in span if weights[n] > 0), 0.0
    kept: list[int] = []
    for number in span:
        if seen > 0.4 * total and (ends_text(rows[number]) or is_signature(rows[number].text)):
            break
        seen += max(weights[number], 0.0)
        kept.append(number)
    kept = _densest(kept, weights)
    return [number for number in kept if _is_text(rows[number], weights[number])]


def _is_text(row: Row, weight: float) -> bool:
    if row.zone and weight < 40:
        return False
    return weight > 0 or (
        row.linked * 2 > len(row.text) and bool(_SENTENCE.search(row.text)) and len(row.text) > 30
    )


def _densest(numbers: Sequence[int], weights: Sequence[float]) -> list[int]:
    """The contiguous stretch with the greatest sum (Kadane)."""
    best = total = 0.0
    start, bounds = 0, (0, 0)
    for at, number in enumerate(numbers):
        if total <= 0:
            total, start = 0.0, at
        total += weights[number]
        if total > best:
            best, bounds = total, (start, at + 1)
    return list(numbers[bounds[0] : bounds[1]])
