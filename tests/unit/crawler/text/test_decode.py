"""How bytes become text: which evidence wins, what bad bytes cost, what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text.decode import decode
from storage.errors import Undecodable

NEWS = (
    "重庆市渝北区今天举行新闻发布会，介绍全区经济运行情况。今年前三季度，全区地区生产总值同比增长5.6%，"
    "新增就业三万余人，群众的获得感不断增强。区长李建国表示，下一步将继续推进城市更新和乡村振兴。"
)
TRADITIONAL = (
    "重慶市今天舉行新聞發布會，介紹全區經濟運行情況。今年以來，群眾的生活不斷改善，城市面貌煥然一新。"
)


def page(text: str, label: str | None = None, late: bool = False) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={label}">' if label else ""
    filler = "<!--" + "-" * 3000 + "-->" if late else ""
    return f"<html><head>{filler}{meta}<title>{text[:12]}</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("codec", ["gb2312", "gbk", "gb18030", "utf-8"])
@pytest.mark.parametrize("label", ["gb2312", "x-gbk", "utf-8", "big5", "iso-8859-1", "no-such-thing", None])
@pytest.mark.parametrize("place", ["header", "meta", "late meta"])
def test_the_bytes_outweigh_every_label_in_every_place(codec: str, label: str | None, place: str) -> None:
    text = page(NEWS, label if place != "header" else None, late=place == "late meta")
    header = f"text/html; charset={label}" if label and place == "header" else None
    decoded = decode(text.encode(codec), header)
    assert decoded.text == text
    assert decoded.encoding.used == ("utf-8" if codec == "utf-8" else "gb18030")
    assert decoded.encoding.declared == label
    assert decoded.encoding.replaced == ()


@pytest.mark.parametrize("label", ["big5", "big5-hkscs", "gb2312", "utf-8", None])
def test_the_big5_mirror_is_read_as_big5_whatever_it_says(label: str | None) -> None:
    text = page(TRADITIONAL, label)
    decoded = decode(text.encode("big5"))
    assert (decoded.text, decoded.encoding.used) == (text, "big5-hkscs")


@pytest.mark.parametrize("title", ["重庆", "联通", "渝北新闻", "中国", "新闻", "人民网重庆频道"])
@pytest.mark.parametrize("codec", ["gb18030", "utf-8", "big5"])
def test_titles_of_a_few_characters(title: str, codec: str) -> None:
    body = title.encode(codec, "xmlcharrefreplace")
    assert decode(body).text == body.decode(codec)


@pytest.mark.parametrize("name", ["朱镕基", "李喆", "张䶮", "王\U0002c799", "刘旸"])
def test_a_gb2312_label_means_gb18030(name: str) -> None:
    text = page(f"{name}出席会议。" + NEWS, "gb2312")
    assert decode(text.encode("gb18030"), "text/html; charset=gb2312").text == text


@pytest.mark.parametrize("sign", ["\u2015\u2015", "\u2014\u2014", "\u00b7", "\u30fb", "€", "⑴", "\ue5c2"])
def test_signs_that_the_codecs_of_gb2312_and_gbk_disagree_on(sign: str) -> None:
    text = page(f"会议{sign}指出，{sign}" + NEWS * 5, "gb2312")
    assert decode(text.encode("gb18030")).text == text


def test_the_trace_says_what_spoke_for_and_against() -> None:
    encoding = decode(page(NEWS * 5, "gb2312").encode("gbk"), "text/html; charset=UTF-8").encoding
    assert encoding.declared == "UTF-8"
    assert encoding.why.startswith("likeliest as gb18030") or encoding.why.startswith("valid GB18030")
    assert "the header says UTF-8, which the bytes are not" in encoding.why
    assert "the meta says gb2312" in encoding.why


@pytest.mark.parametrize(
    ("mark", "codec"), [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
)
def test_a_byte_order_mark_is_evidence_and_no_text(mark: bytes, codec: str) -> None:
    decoded = decode(mark + NEWS.encode(codec), "text/html; charset=gb2312")
    assert (decoded.text, decoded.encoding.used) == (NEWS, codec)


def test_a_byte_order_mark_can_lie() -> None:
    assert decode(b"\xef\xbb\xbf" + NEWS.encode("gbk")).text == NEWS


def test_utf_16_without_a_mark_is_known_by_its_zero_bytes() -> None:
    assert decode(page(NEWS).encode("utf-16-le")).text == page(NEWS)


@pytest.mark.parametrize(
    ("codec", "label", "text"),
    [
        ("cp1252", "iso-8859-1", "<p>Le café où l’on a déjà dîné à Paris</p>"),
        ("shift_jis", "shift_jis", "<p>重慶市の新しい空港が開港しました。とても便利です。</p>"),
        ("euc-kr", "euc-kr", "<p>충칭시의 새로운 공항이 문을 열었습니다.</p>"),
        ("koi8-r", "koi8-r", "<p>В городе Чунцин открылся новый аэропорт.</p>"),
        ("utf-8", None, "<p>Copyright © 2024</p>"),
    ],
)
def test_pages_in_other_languages(codec: str, label: str | None, text: str) -> None:
    assert decode(text.encode(codec), f"text/html; charset={label}" if label else None).text == text


def test_ascii_says_so() -> None:
    assert decode(b"<p>News</p>").encoding.used == "ascii"
    assert decode(b"").text == ""


class TestBadBytes:
    """Each costs at most one character, is recorded where it stood, and never shifts what follows."""

    HEAD = "<p>今天上午，重庆市"

    @pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
    def test_a_stray_byte_in_a_paragraph_leaves_the_rest_alone(self, codec: str) -> None:
        body = self.HEAD.encode(codec) + b"\xff" + (NEWS + "</p>").encode(codec)
        decoded = decode(body)
        assert decoded.text == f"{self.HEAD}\ufffd{NEWS}</p>"
        assert [(bad.at, bad.found) for bad in decoded.encoding.replaced] == [
            (len(self.HEAD.encode(codec)), "ff")
        ]

    @pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
    def test_a_lost_byte_costs_its_own_character(self, codec: str) -> None:
        whole = f"{self.HEAD}渝北区{NEWS}</p>"
        at = len(f"{self.HEAD}渝".encode(codec)) + 1
        body = whole.encode(codec)
        decoded = decode(body[: at - 1] + body[at:])
        assert decoded.text == whole.replace("渝北区", "渝\ufffd区", 1)
        assert len(decoded.encoding.replaced) == 1

    @pytest.mark.parametrize("at", [20, 33, 46, 51, 70])
    def test_a_byte_lost_in_big5_costs_its_own_character(self, at: int) -> None:
        body = f"<p>{TRADITIONAL}</p>".encode("big5")
        text = decode(body[:at] + body[at + 1 :]).text
        lost = next(place for place in range(60) if len(f"<p>{TRADITIONAL}"[:place].encode("big5")) > at) - 4
        assert text.startswith(f"<p>{TRADITIONAL[:lost]}")
        assert text.endswith(f"{TRADITIONAL[lost + 2 :]}</p>")

    def test_two_lost_bytes_whose_run_is_valid_again(self) -> None:
        body = f"<p>{NEWS}</p>".encode("gbk")
        first, second = body.index("新闻".encode("gbk")), body.index("经济".encode("gbk"))
        text = decode(body[:first] + body[first + 1 : second] + body[second + 1 :]).text
        assert "发布会，介绍全区" in text
        assert "运行情况。今年前三季度" in text

    def test_one_broken_character_is_one_sign(self) -> None:
        body = NEWS.encode().replace("闻".encode(), b"\xe9\x97", 1)
        assert decode(body).text == NEWS.replace("闻", "\ufffd", 1)

    @pytest.mark.parametrize("codec", ["gb18030", "utf-8", "big5"])
    def test_a_body_cut_short(self, codec: str) -> None:
        text = TRADITIONAL if codec == "big5" else NEWS
        decoded = decode(text.encode(codec)[:-1])
        assert decoded.text == text[:-1] + "\ufffd"
        assert "cut short" in decoded.encoding.why

    def test_zero_bytes_are_bad_bytes(self) -> None:
        decoded = decode(NEWS[:8].encode("gbk") + b"\0" + NEWS[8:].encode("gbk") + b" " * 200)
        assert decoded.text.strip() == f"{NEWS[:8]}\ufffd{NEWS[8:]}"
        assert decoded.encoding.replaced[0].at == 16

    def test_a_paragraph_in_another_encoding(self) -> None:
        body = f"<p>{NEWS}</p>".encode("gbk") * 3 + f"<p>{TRADITIONAL}</p>".encode()
        assert decode(body).text == f"<p>{NEWS}</p>" * 3 + f"<p>{TRADITIONAL}</p>"

    def test_private_characters_are_kept_and_named(self) -> None:
        text = f"<p>参加会议的有李\ue4c6同志。{NEWS}</p>"
        decoded = decode(text.encode("gb18030"))
        assert decoded.text == text
        assert "U+E4C6 ×1" in decoded.encoding.why


class TestEncodedTwice:
    @pytest.mark.parametrize("wrong", ["latin-1", "cp1252 as browsers know it"])
    def test_utf8_read_as_latin(self, wrong: str) -> None:
        def read(byte: int) -> str:
            data = bytes([byte])
            return (
                data.decode("latin-1") if wrong == "latin-1" else data.decode("cp1252", "ignore") or chr(byte)
            )

        decoded = decode("".join(map(read, NEWS.encode())).encode())
        assert decoded.text == NEWS
        assert "undone exactly" in decoded.encoding.why

    def test_gbk_read_as_latin(self) -> None:
        assert decode(NEWS.encode("gbk").decode("latin-1").encode()).text == NEWS

    def test_utf8_read_as_gbk_where_nothing_was_lost(self) -> None:
        whole = "".join(char for char in NEWS if char > "\u3000")[:40]
        assert decode(whole.encode().decode("gb18030").encode()).text == whole

    def test_what_was_lost_is_not_guessed(self) -> None:
        damaged = ("<p>" + NEWS[:7] + "</p>").encode().decode("gbk", "replace")
        assert decode(damaged.encode()).text == damaged

    def test_real_letters_stay(self) -> None:
        text = NEWS + "Édouard、José、Ångström……“”——"
        assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"GIF89a\1\0", "GIF"),
        (b"PK\x03\x04\x14\0", "ZIP"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WebP"),
        (b"\0\0\0\x18ftypmp42", "MP4"),
        (bytes(range(256)) * 20, "binary"),
        (b"\0" * 5000, "binary"),
    ],
)
def test_what_is_no_text_is_refused_by_name(body: bytes, kind: str) -> None:
    with pytest.raises(Undecodable, match=kind):
        decode(body)


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_undecodable(body: bytes) -> None:
    try:
        decoded = decode(body)
    except Undecodable:
        return
    decoded.text.encode("utf-8", "surrogatepass")
    assert all(0 <= bad.at < len(body) and bytes.fromhex(bad.found) for bad in decoded.encoding.replaced)
    assert decoded.encoding.why


@settings(max_examples=40)
@given(
    st.text(st.sampled_from(NEWS + "ABC 123<>/"), min_size=20, max_size=200),
    st.sampled_from(["gb18030", "utf-8"]),
)
def test_news_comes_back_as_it_was(text: str, codec: str) -> None:
    body = f"<p>{NEWS}</p>{text}".encode(codec)
    assert decode(body).text == f"<p>{NEWS}</p>{text}"


def test_bad_bytes_between_the_parts_that_are_looked_at():
    body = b"<p>" + b"plain words <br> " * 40_000 + b"\xff\xfe\xff" + b"more words <br> " * 9_000 + b"</p>"
    decoded = decode(body, None)
    assert decoded.text.startswith("<p>plain words")
    assert decoded.encoding.replaced
