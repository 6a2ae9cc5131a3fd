"""The button that brings older articles: found by its words, named by what stays, never a link to another page."""

import pytest

from crawler.survey.unfold import more_button

LISTING = "<html><body><ul><li><a href='/n/1'>渝北老旧小区改造进展公布</a></li></ul>%s</body></html>"


@pytest.mark.parametrize(
    ("markup", "selector"),
    [
        ("<button class='load-more'>加载更多</button>", "button.load-more"),
        ("<button id='more'>查看更多新闻</button><button>搜索</button>", "#more"),
        ("<button>点击加载更多</button>", "//button[normalize-space()='点击加载更多']"),
        ("<button>搜索</button><button>显示更多</button>", "//button[normalize-space()='显示更多']"),
        (
            "<button>搜索</button><button class='css-1x9fa2'>Load more</button>",
            "//button[normalize-space()='Load more']",
        ),
        ("<a href='javascript:;' class='next'>更多</a>", "a.next"),
        ("<a href='#'>載入更多</a>", "//a[normalize-space()='載入更多']"),
        ("<div class='list-more'><span>展开更多</span></div>", "div.list-more"),
        ("<div role='button' id='x7'>More stories</div>", "//div[normalize-space()='More stories']"),
        ("<button class='b'>搜索</button><button class='b big'> 更多 </button>", "button.big"),
    ],
)
def test_a_button_is_named(markup: str, selector: str) -> None:
    assert more_button(LISTING % markup) == selector


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='/news/'>更多</a>",
        "<button>登录</button>",
        "<button>更多</button><button>更多</button>",
        "<p>更多精彩，请下载客户端查看更多内容。</p>",
        "",
    ],
)
def test_what_is_none_is_left_alone(markup: str) -> None:
    assert more_button(LISTING % markup) == ""
