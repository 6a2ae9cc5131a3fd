"""PURE: the regional channels of people.com.cn, as its own navigation bar lists them."""

from __future__ import annotations

from crawler.sites.model import Channel
from crawler.sites.people import PEOPLE

#: Host, region, and the region's one-character name in the publisher's navigation bar.
_REGIONS = """
bj 北京 京|tj 天津 津|he 河北 冀|sx 山西 晋|nm 内蒙古 蒙|ln 辽宁 辽|jl 吉林 吉|hlj 黑龙江 黑
sh 上海 沪|js 江苏 苏|zj 浙江 浙|ah 安徽 皖|fj 福建 闽|jx 江西 赣|sd 山东 鲁|henan 河南 豫
hb 湖北 鄂|hn 湖南 湘|gd 广东 粤|gx 广西 桂|hi 海南 琼|cq 重庆 渝|sc 四川 川|gz 贵州 黔
yn 云南 滇|xz 西藏 藏|sn 陕西 陕|gs 甘肃 甘|qh 青海 青|nx 宁夏 宁|xj 新疆 新|sz 深圳 鹏
"""
#: Columns known to hold articles, visited whether the home page links to them or not:
#: 原创, 新闻, 国内, 社会, 评论, 区县. The columns of the other channels are found from their home pages.
_COLUMNS = {
    "cq": (
        "/GB/365401/367673/index.html",
        "/GB/365402/index.html",
        "/GB/365403/index.html",
        "/GB/365405/index.html",
        "/GB/365408/index.html",
        "/GB/365411/index.html",
    )
}


def _channel(entry: str) -> Channel:
    name, region, short = entry.split()
    return Channel(
        name=name,
        label=f"{region}频道",
        home=f"http://{name}.people.com.cn/",
        publisher=PEOPLE,
        columns=_COLUMNS.get(name, ()),
        short=short,
    )


REGIONAL = tuple(_channel(entry) for line in _REGIONS.split("\n") if line for entry in line.split("|"))
