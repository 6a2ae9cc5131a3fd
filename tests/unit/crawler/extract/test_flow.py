"""What a reader sees of an element: lines and pictures, in reading order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.flow import Line, Picture, read_flow, text_of, tidy
from crawler.extract.html import parse


def body(html: str):
    tree = parse(f"<html><body>{html}</body></html>")
    assert tree is not None
    return tree.find("body")


def shown(html: str) -> list[str]:
    return [item.text if isinstance(item, Line) else item.src for item in read_flow(body(html))]


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>　　首段</p>\n<p>&nbsp;&nbsp;次段&nbsp;</p>", ["首段", "次段"]),
        ("　　一<br>　　二<BR/><br />三", ["一", "二", "三"]),
        ("容器里的字<p>段落</p>尾巴", ["容器里的字", "段落", "尾巴"]),
        ("<div><div><section><p>深处</p></section></div></div>", ["深处"]),
        ("<blockquote>引文<p>引文段</p></blockquote>", ["引文", "引文段"]),
        ("<ul><li>甲<ul><li>乙</li></ul></li><li>丙</li></ul>", ["甲", "乙", "丙"]),
        ("<dl><dt>词</dt><dd>义</dd></dl>", ["词", "义"]),
        ("<table><tr><td>一月</td>\n  <td>\n 3.5 </td></tr><tr><td>二月</td></tr></table>", ["一月 3.5", "二月"]),
        ("<table><tr><td><p>格一段</p><p>格二段</p></td><td>旁</td></tr></table>", ["格一段", "格二段", "旁"]),
        ("<p>加<b>粗</b>与<a href='/x'>链<i>接</i></a>之后</p>", ["加粗与链接之后"]),
        ("<p>前<!-- 注释 -->后<script>坏()</script>末</p>", ["前后末"]),
        ("<p>源码里\n换行</p><p>word\nwrap</p><p>数 字 1 2</p>", ["源码里换行", "word wrap", "数 字 1 2"]),
        ("<p>内　部　全角</p><p>两&nbsp;&nbsp;格</p><p>a  b</p>", ["内　部　全角", "两  格", "a b"]),
        ("<p>零\u200b宽\ufeff与&shy;软连字符</p>", ["零宽与软连字符"]),
        ("<p>&#37011;&#23567;平 &amp; &lt;3&gt; &mdash;&hellip;</p>", ["邓小平 & <3> —…"]),
        ("<p style='display:none'>藏</p><p hidden>藏</p><p style='visibility : hidden'>藏</p>见", ["见"]),
        ("一<div style='DISPLAY:NONE'>藏</div>二<span style='display:none'>藏</span>三", ["一", "二三"]),
        ("<video>不支持</video><iframe>x</iframe><noscript>y</noscript><select><option>z</option></select>字", ["字"]),
        ("<p>前<img src='/a.jpg'>后</p>", ["前后", "/a.jpg"]),
        ("<p><img src='/a.jpg'>图下</p>", ["/a.jpg", "图下"]),
        ("<img src='data:image/gif;base64,R0' data-src='/lazy.jpg'>", ["/lazy.jpg"]),
        ("<p>未闭<p>合的<div>标签<b>", ["未闭", "合的", "标签"]),
        ("<h2>小标题</h2>", ["小标题"]),
        ("", []),
    ],
)  # fmt: skip
def test_lines_are_those_a_reader_sees(html, lines):
    assert shown(html) == lines


@pytest.mark.parametrize(
    ("html", "centred", "bold"),
    [
        ("<p>平</p>", False, False),
        ("<p align='center'>中</p>", True, False),
        ("<p style='text-indent:2em;text-align: center'>中</p>", True, False),
        ("<center><p>中</p></center>", True, False),
        ("<div align='center'><p align='left'>左</p></div>", False, False),
        ("<table align='center'><tr><td>表在中间，字不是</td></tr></table>", False, False),
        ("<p><b>粗</b> <strong>也粗</strong></p>", False, True),
        ("<p><b>粗</b>细</p>", False, False),
        ("<h3>题</h3>", False, True),
    ],
)
def test_lines_know_whether_they_are_centred_or_bold(html, centred, bold):
    (line,) = read_flow(body(html))
    assert isinstance(line, Line)
    assert (line.centred, line.bold) == (centred, bold)


def test_a_figures_caption_is_marked():
    picture, caption = read_flow(body("<figure><img src='/a.jpg'><figcaption>说明</figcaption></figure>"))
    assert picture == Picture("/a.jpg")
    assert isinstance(caption, Line)
    assert caption.caption


def test_text_of_joins_lines_with_a_space():
    assert text_of(body("<h1>上行<br>下行</h1>").find("h1")) == "上行 下行"
    assert text_of(None) == ""


TEXTS = st.text(alphabet="渝北Aa1 \u3000\u00a0\n。", max_size=30)


@given(st.lists(TEXTS, max_size=8))
@settings(max_examples=60)
def test_paragraphs_come_out_in_order_tidied_and_none_is_lost(texts):
    assert shown("".join(f"<p>{text}</p>" for text in texts)) == [tidy(t) for t in texts if tidy(t)]


@given(st.text(alphabet="渝北Aa1 \u3000\u200b\t\n。", max_size=30))
@settings(max_examples=60)
def test_tidying_is_stable(text):
    assert tidy(tidy(text)) == tidy(text)
