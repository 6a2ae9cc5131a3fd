"""PURE: pages that say of themselves that the article is not there."""

from __future__ import annotations

import re

from lxml import etree

from crawler.extract.flow import Line, read_flow, text_of
from crawler.extract.html import compiled, first, nodes
from storage.records import Outcome

#: A page that says so says little else.
_LONGEST = 1500
_GONE = re.compile(
    r"(?:(?:页面|網頁|网页|文章|内容|内容页|稿件|新闻|頁面|信息|地址)[^。，！]{0,12}(?:不存在|未找到|没有找到|找不到|已被?删除|已经删除|已被移除|已下线|已失效)"
    r"|(?:找不到|未找到|没有找到|无法找到)[^。，！]{0,14}(?:页面|网页|文章|内容|稿件|頁面)"
    r"|\b404\b[^。]{0,20}(?:not found|错误|页面|找不到|error)|\bnot found\b"
    r"|page (?:can(?:no|')t be|was not) found)",
    re.I,
)
_BARRED = re.compile(
    r"(?:访问(?:过于)?频繁|请求过于频繁|访问被(?:拒绝|阻断|拦截|禁止)|禁止访问|拒绝访问|请输入验证码|安全验证"
    r"|人机验证|拖动滑块|滑动验证|请先?登录|用户登录|登录后(?:查看|继续)|access denied|\bforbidden\b|captcha|"
    r"checking your browser|unusual traffic)",
    re.I,
)
_PASSWORD = compiled("//input[@type='password']")
_HEADLINES = compiled("//h1 | //h2")
_TITLE = compiled("//title")


def says_gone(text: str) -> bool:
    """Tell whether a short text is the site's "not found", in the words of news sites."""
    return len(text) <= _LONGEST and _GONE.search(text) is not None


def judge(tree: etree._Element) -> Outcome | None:
    """Judge a page without article: SOFT_GONE, BLOCKED, or None where it says nothing of the kind."""
    title = text_of(first(_TITLE, tree))
    body = tree.find("body")
    lines = read_flow(body) if body is not None else ()
    text = " ".join([title, *(block.text for block in lines if isinstance(block, Line))])
    if first(_PASSWORD, tree) is not None and len(text) <= _LONGEST:
        return Outcome.BLOCKED
    if len(text) > _LONGEST:
        # A full page in the site's dress: only its headlines speak for it.
        text = " ".join([title, *map(text_of, nodes(_HEADLINES, tree))])[:_LONGEST]
    if _GONE.search(text):
        return Outcome.SOFT_GONE
    return Outcome.BLOCKED if _BARRED.search(text) else None
