"""Characters of personal names: where a lost character stands in one, words are no guide to what it was."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The characters beyond GB2312 that given names use; any other is a rarity there.
GIVEN = frozenset(
    "喆堃玥祎旸垚翀珺珅琤琎琛琨瑀瑄瑆瑨瑱璟璠璟璐昉昕昳晞晅晟晢暐暄曈曦煊煜焜焱燊燚炘炜炆烜烨淏淼湉湦溁滢澍澔濛瀚"
    "彧彣弢弘翊翎翙翾骁骉骐骕龑龢奭奡奕妤妘姝姞婳婍媖嬛嫄孖宸寯峄峣崟嵘嵚嶷巍帆廙忻恺悫愔慜懿扆抃攸旻杲枟栩桉桢桤"
    "楒楠榕槿橦檬欣歆殷毓沅沄沣泓泠泺洸洢浠浥涓淇淳渌渟湜溆滪漪潇潼濬烔焘熠熹犇玎玘玙玚玟玠珩珮琇琬琰瑗瑢瑭璇璘璩"
    "甯畅皓皞睿瞻砚祉祺禛禤秾稷竑笙筠箫簃絜綦缨罡羿翚耘聿肜脩芃芊芮苒苡茉茗荃荞菡萁菁萱葳蒨蓁蔚蕙蕴薇蘅虓蠡衎衡袆裎"
    "觐訚訢詠謦讠谌谞贇赟轩轶辰逯遐邈郃郢郗鄢钊钧钰铖铠铮锜锟锴镕镛闳闿阊陞雯霁霄霆霈韡韪頔顗颀颉颢飏馡馥骅魁鹍麒黻"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易"
    "乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴"
    "蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞"
    "姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_BEFORE = re.compile(
    rf"(?:^|[^\u4e00-\u9fff]|记者|编辑|责编|作者|通讯员|编审|校对)[{_SURNAMES}][\u4e00-\u9fff]?$"
)
_AFTER = re.compile(r"[\u4e00-\u9fff]?(?:[^\u4e00-\u9fff]|$)")
_REACH = 8  # characters on either side that say whether a name stands there


def stands_in_name(before: str, after: str) -> bool:
    """Tell whether a character between these two is one of a given name: behind a surname, and closed soon."""
    return _BEFORE.search(before[-_REACH:]) is not None and _AFTER.match(after[:_REACH]) is not None


def given_name_character(choices: Iterable[str]) -> str | None:
    """Return the only one of some characters that given names use, None where it is none or not the only one."""
    usual = [char for char in choices if char in GIVEN]
    return usual[0] if len(usual) == 1 else None
