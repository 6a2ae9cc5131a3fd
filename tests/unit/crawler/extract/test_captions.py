"""Which line under a picture is its caption, and which is the article's text."""

from __future__ import annotations

import pytest

from crawler.extract.captions import split_captions
from crawler.extract.flow import Line, Picture
from storage.records import Image

BASE = "http://cq.people.com.cn/n2/2021/0605/c365411-34762345.html"
PICTURE = Picture("/NMediaFile/2021/0605/LOCAL1.jpg")
URL = "http://cq.people.com.cn/NMediaFile/2021/0605/LOCAL1.jpg"


@pytest.mark.parametrize(
    ("line", "is_caption"),
    [
        (Line("汽车行驶在“挂壁公路”上。杨敏摄"), True),
        (Line("汽车行驶在“挂壁公路”上。杨敏 摄影"), True),
        (Line("步道夜景。（南岸区融媒体中心供图）"), True),
        (Line("步道夜景。图片来源：南岸发布"), True),
        (Line("步道夜景", centred=True), True),
        (Line("步道夜景", caption=True), True),
        (Line("一条船 两代人", centred=True, bold=True), False),
        (Line("步道长三公里，沿线设坡道十一处。"), False),
        (Line("很长的一段话。" * 40 + "杨敏摄"), False),
        (Line("很长的一段话。" * 20, centred=True), False),
    ],
)
def test_a_line_right_under_a_picture(line, is_caption):
    content = split_captions([Line("首段。"), PICTURE, line, Line("末段。")], BASE)
    assert content.images == (Image(URL, line.text if is_caption else ""),)
    assert content.body == (("首段。", "末段。") if is_caption else ("首段。", line.text, "末段。"))


def test_a_line_that_is_not_right_under_a_picture_is_text():
    content = split_captions([PICTURE, Line("正文。"), Line("张三摄", centred=True)], BASE)
    assert content.body == ("正文。", "张三摄")
    assert content.images == (Image(URL),)


def test_of_several_pictures_in_a_row_the_last_has_the_caption():
    other = Picture("http://pic.example.com/b.jpg")
    content = split_captions([PICTURE, other, Line("两张。李四摄")], BASE)
    assert content.images == (Image(URL), Image("http://pic.example.com/b.jpg", "两张。李四摄"))


@pytest.mark.parametrize(
    "src",
    [
        "/img/next_page.jpg",
        "http://counter.people.cn:8000/f.gif?id=1",
        "data:image/gif;base64,R0",
        "",
        "about:blank",
    ],
)
def test_the_pages_own_pictures_are_not_the_articles(src):
    content = split_captions([Picture(src), Line("不是说明", centred=True)], BASE)
    assert content.images == ()
    assert content.body == ("不是说明",)
