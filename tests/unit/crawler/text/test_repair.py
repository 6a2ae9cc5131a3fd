"""What repair undoes, and what it never touches. All texts are written for these tests."""

from __future__ import annotations

import pytest

from crawler.text.repair import Repaired, repair, repair_html
from tests.quality.damage import Damage, annotate, convert, inject, narrow

NEWS = (
    "云岭新区加快建设现代农业产业园\n"
    "6月4日，云岭新区（青禾镇）举行推介会。来自八个乡镇的负责人表示，将共同建设现代农业产业园，推动农机下乡。\n"
    "“去年全年，全区粮食加工规模总量已突破12万吨。”新区农业局负责人表示：今后将强化项目对接，完善合作机制。"
    "制造业企业也将参与，后续工作由区里统筹，你们看行不行？\n"
    "（责编：林远、周禾）"
)


def kinds(repaired: Repaired) -> set[str]:
    return {one.kind for one in repaired.repairs}


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (Damage(slip=True), {"width"}),
        (Damage(script=True, annotation=True), {"annotation", "script"}),
        (Damage(injection=True), {"injection"}),
        (Damage(script=True, slip=True), {"width", "script", "slip"}),
        (Damage(script=True, annotation=True, slip=True), {"annotation", "script", "width", "slip"}),
        (
            Damage(script=True, annotation=True, slip=True, injection=True),
            {"annotation", "script", "width", "slip", "injection"},
        ),
    ],
    ids=lambda given: str(given) if isinstance(given, Damage) else "",
)
def test_each_damage_and_their_combinations_are_undone(damage: Damage, expected: set[str]) -> None:
    repaired = repair(damage(NEWS))
    assert repaired.text == NEWS
    assert repaired.proved
    assert kinds(repaired) == expected


def test_a_slip_is_undone_and_its_dropped_bytes_are_marked_as_chosen() -> None:
    found = convert(NEWS)
    slipped = narrow(found)
    assert "?偭恳淹黄12" in slipped
    [slip] = [one for one in repair(slipped).repairs if one.kind == "slip"]
    assert (slip.found, slip.repaired, slip.certain) == ("?偭恳淹黄", "模总量已突破", False)
    assert slipped[slip.at : slip.at + len(slip.found)] == slip.found
    assert slip.alternatives
    assert all(other != slip.repaired for other in slip.alternatives)


def test_every_repair_says_where_it_is_and_what_was_there() -> None:
    found = Damage(script=True, annotation=True, slip=True, injection=True)(NEWS)
    for one in repair(found).repairs:
        assert found[one.at : one.at + len(one.found)] == one.found


def test_annotations_go_where_the_page_annotates_throughout() -> None:
    page = annotate(convert(NEWS))
    assert "農(nóng)業(yè)產(chǎn)業(yè)園" in page
    assert repair(page).text == NEWS


def test_an_injected_list_is_told_and_dropped() -> None:
    repaired = repair(inject(NEWS, seed=3))
    assert repaired.text is not NEWS
    assert repaired.text == NEWS
    [line] = repaired.injected
    assert line.count("|") == 30


def test_a_reading_behind_a_dropped_byte_names_the_character() -> None:
    page = narrow(annotate(convert(NEWS.replace("加工规模总量", "加工规模可实现总量"))))
    repaired = repair(page)
    assert "加工规模可实现总量" in repaired.text
    assert "(" not in repaired.text


CLEAN = {
    "a news text": NEWS,
    "a page in Traditional script": (
        "市政府昨日宣佈，新的製造業園區將於年底啟用。負責人表示，園區後續工程進展順利，里民可於周末參觀。"
    ),
    "a lesson that prints pinyin": "第一课：你(nǐ)好(hǎo)，我(wǒ)是(shì)学(xué)生(shēng)。请跟着老师读三遍。",
    "a lesson in Traditional script": "第三課：學(xué)習(xí)漢(hàn)語(yǔ)，會(huì)話(huà)練(liàn)習(xí)。",
    "single characters glossed": "“產(chǎn)”字在古文中讀作上聲，與“業(yè)”字連用，請同學們注意。會(huì)意字另見下冊。",
    "a character that is hard to read": "他姓缪(miào)，祖籍江苏，曾在龘(dá)字碑前留影。",
    "code": 'if (a,b) == ("中文",1): print("你好?世界",a?b:c)',
    "a table": "区县|面积|人口\n渝北区|1452|219\n江北区|221|93",
    "a question mark between characters": "去还是不去?他想了很久。真的?真的!",
    "English names in parentheses": "世界卫生组织(WHO)总干事谭德塞(Tedros)表示，情况好转,但仍需谨慎。",
    "places that belong to the article": (
        "本次活动覆盖渝北区、江北区、垫江县和四川省广安市。\n渝北区| 江北区| 垫江县| 广安市| 四川省| 重庆市| "
        "渝北区| 江北区| 垫江县| 广安市| 四川省| 重庆市|"
    ),
    "a footer of links": (
        "关于我们| 联系我们| 招聘启事| 版权声明| 网站地图| 广告服务| 法律顾问| 举报热线| 意见反馈| 投稿| 通联| 发行|"
    ),
    "a chat in half-width signs": "好的,明天见!你几点到?",
    "a poem": "蒹葭苍苍,白露为霜。所谓伊人,在水一方。",
    "rare characters after a sign": "参加者有:喆堃、玥珺和昇燊;他们来自:犍为、郫都、綦江。",
    "digits and times": "8:30出发,9:15到达,比分3:2,共1,234人(含12名儿童)。",
    "nothing": "",
    "white space": " \n\t\u3000\n",
    "Japanese": "これはテストです。「漢字」と,かな?",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_clean_text_comes_back_as_the_same_object(text: str) -> None:
    repaired = repair(text)
    assert repaired.text is text
    assert repaired == Repaired(text)


def test_damage_beyond_proof_is_left_as_found_and_told() -> None:
    beyond = "新区规?偭恳淹黄1.4万," * 20_000
    repaired = repair(beyond)
    assert repaired.text is beyond
    assert not repaired.proved
    assert [(one.kind, one.found, one.repaired) for one in repaired.repairs] == [("too-dear", "", "")]


def test_lost_bytes_with_nothing_to_find_them_by_stay() -> None:
    assert repair("这里是一段说明,\ufffd\ufffd以及后面的文字。").repairs == ()


def test_html_is_repaired_between_its_tags_only() -> None:
    title, *paragraphs = NEWS.split("\n")
    page = "<html><head><title>{}</title><script>var a='?偭恳,中(x)';</script></head><body>{}</body></html>"
    damage = Damage(script=True, annotation=True, slip=True)
    body = "".join(f'<p class="a,b:c">{damage(text)}&nbsp;&#20013;</p>' for text in paragraphs)
    whole = "".join(f'<p class="a,b:c">{text}&nbsp;&#20013;</p>' for text in paragraphs)
    repaired = repair_html(page.format(damage(title), body))
    assert repaired.text == page.format(title, whole)
    assert repaired.proved


def test_places_in_html_count_from_the_beginning_of_the_source() -> None:
    source = f"<p>{narrow(convert(NEWS))}</p>"
    for one in repair_html(source).repairs:
        assert source[one.at : one.at + len(one.found)] == one.found


def test_clean_html_is_the_same_object() -> None:
    source = f"<html><body><p>{NEWS}</p><!-- 你?我 --></body></html>"
    assert repair_html(source).text is source


def test_bytes_that_gb2312_lacks_are_found_again() -> None:
    clean = "新区将在年内完成改造。（记者林远、周禾、胡喆、侯文坤）"
    found = clean.encode("gbk").decode("gb2312", "replace")
    assert found.endswith("胡�础⒑钗睦ぃ�")
    repaired = repair(found)
    [one] = repaired.repairs
    assert repaired.text.endswith("、侯文坤）")
    assert (one.kind, one.certain, repaired.proved) == ("resaved", False, True)
    assert repaired.text[:-6] == clean[:-6]


@pytest.mark.parametrize(
    ("given", "rivals"),
    [
        ("溁", ("溁", "澔")),  # two characters of given names end in its second byte
        ("佺", ("佺", "傜")),  # no character of given names does: the first rarities are told
    ],
)
def test_a_lost_character_of_a_name_stays_lost_where_given_names_do_not_settle_it(
    given: str, rivals: tuple[str, ...]
) -> None:
    clean = f"新区将在年内完成改造。（记者林远、周禾、胡{given}、侯文坤）"
    repaired = repair(clean.encode("gbk").decode("gb2312", "replace"))
    assert repaired.text == clean.replace(given, "\ufffd")  # what was shifted behind it is certain
    assert not repaired.proved
    mended, left = repaired.repairs
    assert mended.alternatives[:2] == tuple(f"{rival}、侯文坤）" for rival in rivals)
    assert (mended.repaired, mended.certain) == ("\ufffd、侯文坤）", False)
    assert (left.found, left.repaired, left.certain) == ("\ufffd", "\ufffd", False)


#: Kinds of slips: what stood there, and what is left of it.
SLIPS = {
    "a word whose first character lost its first byte": ("代表团向全体教师祝贺节日", "教师:亟谌,"),
    "the same before a quotation": ("负责人说：“向获奖的师生祝贺。”", "师生:亍！"),
    "a sign before a word": ("这条路通车以来车流不断。看来规划是对的", "不断?蠢垂婊是对的"),
    "a word and the sign of a narrowed one": ("逾期不交造成重大危害的，依法处理", "重大:Φ,"),
}


@pytest.mark.parametrize(("sentence", "trace"), SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_in_a_sentence_is_undone(sentence: str, trace: str) -> None:
    page = f"{NEWS}\n青禾镇的干部介绍，{sentence}，大家都很高兴。"
    found = narrow(page)
    assert trace in found
    assert repair(found).text == page


def test_parentheses_on_lines_of_their_own_are_widened() -> None:
    page = NEWS.replace("（责编：林远、周禾）", "（\n责编：林远、周禾\n）\n“又是一年丰收时。”")
    assert repair(narrow(page)).text == page


def test_a_colon_in_a_number_is_widened_with_the_wide_sign_behind_it() -> None:
    page = NEWS.replace("（责编", "比分停在45：6－7：大家都没有想到。\n（责编")
    assert repair(narrow(page)).text == page


@pytest.mark.parametrize("times", [1, 2])
def test_few_annotations_of_rare_characters_are_left(times: int) -> None:
    text = (
        "碑文漫漶，館中學者辨認出贔(bì)屭(xì)二字，游客多不識。" * times
    ) + "展覽持續到月底，歡迎市民參觀。" * 6
    assert repair(text).text is text
