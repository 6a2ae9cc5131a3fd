"""Text from the web does nothing in a message: no link, mention, mark or hidden direction comes through."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scheduler.alerts import safe

#: (what it is, as a page has it, on one line, in a plain message, in Markdown)
TEXTS = [
    ("plain words", "渝北区新增3处公园", "渝北区新增3处公园", "渝北区新增3处公园", "渝北区新增3处公园"),
    ("line ends and tabs", "渝北\r\n\t江北", "渝北 江北", "渝北 江北", "渝北 江北"),
    ("a paragraph within a sentence", "渝北\u2029江北", "渝北 ¶ 江北", "渝北 ¶ 江北", "渝北 ¶ 江北"),
    ("a turned direction", "渝北\u202egnp.exe", "渝北gnp.exe", "渝北gnp.exe", "渝北gnp.exe"),
    ("an isolated direction", "渝\u2067北\u2069", "渝北", "渝北", "渝北"),
    ("controls", "渝\x00\x1b[31m北\x9b", "渝[31m北", "渝[31m北", "渝［31m北"),
    ("letters that nobody sees", "渝\u200b\ufeff\u00ad\u2060\u3164北", "渝北", "渝北", "渝北"),
    ("tags of plane 14", "渝\U000e0041\U000e007f北", "渝北", "渝北", "渝北"),
    ("no characters", "渝\ufffe\uffff\ud800\U0001ffff北", "渝北", "渝北", "渝北"),
    ("an emoji with joiners stays", "👩‍🚒到场", "👩‍🚒到场", "👩‍🚒到场", "👩‍🚒到场"),
    ("markup", "<b>重</b>&amp;", "<b>重</b>&amp;", "＜b>重＜/b>&amp;", "＜b＞重＜/b＞＆amp;"),
    ("a comparison is no markup", "3 < 5", "3 < 5", "3 < 5", "3 ＜ 5"),
    ("everyone called", "@all 注意", "@all 注意", "＠all 注意", "＠all 注意"),
    ("a user of Feishu", '<at user_id="all">', '<at user_id="all">', '＜at user_id="all">', '＜at user＿id="all"＞'),
    ("a channel of Slack", "<!channel>", "<!channel>", "＜!channel>", "＜!channel＞"),
    ("a user of Slack", "<@U123>", "<@U123>", "＜＠U123>", "＜＠U123＞"),
    ("an address of e-mail", "来信 a@b.cn", "来信 a@b.cn", "来信 a@b.cn", "来信 a＠b.cn"),
    ("a link", "[看](javascript:a(1))", "[看](javascript:a(1))", "[看](javascript:a(1))", "［看］(javascript:a(1))"),
    ("an address", "见http://x.cn/", "见http://x.cn/", "见http://x.cn/", "见http：//x.cn/"),
    ("marks of Markdown", "**重**~~删~~`码`", "**重**~~删~~`码`", "**重**~~删~~`码`", "＊＊重＊＊～～删～～｀码｀"),
    ("a list's beginning", "- 5", "- 5", "- 5", "－ 5"),
    ("a numbered one's", "1. 重", "1. 重", "1. 重", "1． 重"),
    ("a negative number", "-5℃", "-5℃", "-5℃", "-5℃"),
    ("a decimal number", "1.5亿", "1.5亿", "1.5亿", "1.5亿"),
    ("a rule", "---", "---", "---", "－－－"),
    ("a forged change", "〖12→21〗", "〖12→21〗", "【12→21】", "【12→21】"),
]  # fmt: skip


@pytest.mark.parametrize("case", TEXTS, ids=[case[0] for case in TEXTS])
def test_what_each_form_shows(case: tuple[str, str, str, str, str]) -> None:
    _, text, clean, plain, markdown = case
    assert (safe.clean(text), safe.plain(text), safe.markdown(text)) == (clean, plain, markdown)


#: (address, as a link of a message; '' where it is none)
ADDRESSES = [
    ("http://cq.people.com.cn/n2/2026/1.html?a=1&b=2#c", "http://cq.people.com.cn/n2/2026/1.html?a=1&b=2#c"),
    ("HTTPS://cq.people.com.cn/", "HTTPS://cq.people.com.cn/"),
    ("http://[::1]:8801/a", "http://[::1]:8801/a"),
    ("http://cq.people.com.cn/a%20b", "http://cq.people.com.cn/a%20b"),
    ("http://cq.people.com.cn/渝 北(1).html", "http://cq.people.com.cn/%E6%B8%9D%20%E5%8C%97%281%29.html"),
    ("http://cq.people.com.cn/\"><script>", "http://cq.people.com.cn/%22%3E%3Cscript%3E"),
    ("http://cq.people.com.cn/\u202ea", "http://cq.people.com.cn/a"),
    ("http://cq.people.com.cn/)[x](http://evil.cn", "http://cq.people.com.cn/%29%5Bx%5D%28http://evil.cn"),
    ("http://people.com.cn@evil.cn/", ""),
    ("javascript:alert(1)", ""),
    ("JavaScript:alert(1)", ""),
    ("data:text/html,x", ""),
    ("file:///etc/passwd", ""),
    ("//evil.cn/", ""),
    ("/n2/1.html", ""),
    ("http:///x", ""),
    ("http://a.cn:99999/", ""),
    ("http://[::1/", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("url", "link"), ADDRESSES)
def test_what_may_be_a_link(url: str, link: str) -> None:
    assert safe.web_address(url) == link


ODD = st.text(
    st.one_of(st.sampled_from("*_[]()<>~`#|\\!@&:/-+.=\n\u202e\u200b渝a1 "), st.characters()), max_size=80
)


@settings(max_examples=200)
@given(ODD)
def test_nothing_hidden_is_left(text: str) -> None:
    for made in (safe.clean(text), safe.plain(text), safe.markdown(text)):
        assert "\n" not in made
        assert not [c for c in made if unicodedata.category(c) in ("Cc", "Cs")]
        assert not set(made) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@settings(max_examples=200)
@given(ODD, st.sampled_from(["- {}", "> {}", "渝{}北"]))
def test_markdown_reads_it_as_nothing_but_text(text: str, place: str) -> None:
    """By the rules of CommonMark and GitHub's additions, in the places where our templates put it."""
    parser = MarkdownIt("gfm-like", {"linkify": False})
    read = parser.parse(place.format(safe.markdown(text)))
    inside = [child.type for token in read for child in token.children or []]
    blocks = [token.type for token in read if token.nesting >= 0]
    assert set(inside) <= {"text"}
    assert set(blocks) <= {
        "inline",
        "paragraph_open",
        "bullet_list_open",
        "list_item_open",
        "blockquote_open",
    }
    assert blocks.count("bullet_list_open") <= 1
