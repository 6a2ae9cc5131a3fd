"""PURE: words → personal names, strictly: what is surely no name is left out."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.extract.words import words
from crawler.text.script import simplify

HAN = r"\u3400-\u9fff\U00020000-\U0003134f"
_DOTS = "·・•‧．"
_NAME = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]{{1,9}}(?:[{_DOTS}][{HAN}]{{1,9}}){{1,4}}")
_SPLIT = re.compile(r"[\s\u3000、，,；;|/／&]+")
_PADDED = re.compile(rf"(?<![{HAN}{_DOTS}])([{HAN}])[ \u3000\u00a0]+([{HAN}])(?![{HAN}{_DOTS}])")

#: The family names of nearly all people in China: the "Hundred Family Surnames" and later ones.
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤"
    "花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄"
    "米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万"
    "支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井"
    "段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从"
    "鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎"
    "充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殴沃利蔚越夔隆师巩聂晁勾敖融冷訾辛阚那简饶"
    "曾沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公仉督岳帅缑亢况有琴商牟佘佴伯赏墨哈谯笪年爱阳佟言福闫肖代付覃涂"
    "邸仝苑么原楚卿隋种伦苟央揭占冼矫展员尉植庆隽邝迟雒亓揣眭晋初木风但鹿战税旷信仁母青幺占郄生鲜芦蹇粟来税邬"
)
COMPOUND = words(
    """
    欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 宇文 长孙 司徒 司空 夏侯 轩辕 端木
    南宫 独孤 澹台 呼延 完颜 百里 东郭 西门 闻人 赫连 公羊 鲜于 太史 申屠 钟离 濮阳 淳于
    单于 公冶 宗政 拓跋
    """
)
#: Words of two to four characters that stand where a name could, and the endings that no name has.
_WORDS = words(
    """
    手记 调查 走访 观察 连线 来信 提问 现场 编辑 编者 记者 通讯员 摄影 报道 文字 图片 视频
    整合 文图 图文 综合 整理 采写 供稿 单位 实习 实习生 见习 制图 制作 校对 来源 作者 本报 本网
    本刊 特约 全文 节选 下同 摘要 原创 转载 发自 获悉 了解 高见 感言 点评 如是说 同题 帮忙
    帮办 专访 对话 同期 责编 主编 监制 策划 统筹 导演 编导 剪辑 设计 翻译 通讯 消息 快讯
    全文完 高清图 方言 相关报道 有删节 有删改 化名 均为化名 不具名 文中 图表 资料 资料图
    连载 何去何从 国内 国际 时政
    易信 来往 花瓣 关注 关闭 关于 查看 应用 支持 相关 相册 时间 时评 时尚 时事 房产 房地产 经济
    金融 文化 文旅 文艺 文史 高考 高校 高清 党建 党史 车市 家居 家电 家园 明星 国家 国防 农业 农村
    应急 通知 通告 居民 全球 全国 全部 全媒体 项目 方案 解读 解放 简介 简历 简体 简讯 范文 万象
    成长 安全 平台 卫生 卫视 康养 能源 单身 常识 常见 游记 温馨 后台 公示 和谐 幸福 民生 民族 万家
    金融界 明天 明日 居家 平安 安徽 安庆 江西 江苏 江津 云南 云阳 常州 常德 温州 宁波 宁夏 金华
    沈阳 武汉 武隆 连云港 石家庄 石柱 柳州 梅州 高雄 海南 青岛 青海 新疆 毛里求斯 甘肃 郑州 郴州
    邯郸 桂林 梁平 荣昌 万州 黄石 黄冈 衡阳 洛阳 邵阳 乐山 乐至 向日葵 上海 台湾 香港 澳门 广东
    欧洲 非洲 美洲 华人 华东 华南 华北 华中
    """
)
#: What a dotted word holds that is no foreign name but a paper's: `新华日报·交汇点`.
_MEDIA = words("报 网 新闻 客户端 频道 电视")
_NO_END = "完图版报社网讯稿略载电站台局委院校司部处科室厅组队员者"


def normalise(text: str) -> str:
    """Join names that were padded to the width of three characters: `夏　元` → `夏元`."""
    return _PADDED.sub(r"\1\2", text)


def has_surname(name: str) -> bool:
    """Tell whether a name of Han characters begins with a known family name and has a usual length."""
    if any(dot in name for dot in _DOTS):
        return True
    name = simplify(name)
    if name[:2] in COMPOUND:
        return 3 <= len(name) <= 4
    return name[0] in SURNAMES and len(name) in (2, 3)


def is_name(word: str) -> bool:
    """Tell whether a word in a name's place can be a name: 2–4 Han characters, or foreign with `·`."""
    return _NAME.fullmatch(word) is not None and _may_be_name(word)


@lru_cache(maxsize=4096)
def _may_be_name(word: str) -> bool:
    plain = simplify(word)
    if any(dot in plain for dot in _DOTS):
        return not any(word in plain for word in _MEDIA)
    return plain not in _WORDS and (len(plain) < 3 or plain[-1] not in _NO_END)


def listed(text: str) -> list[str]:
    """Split a list of names at the signs that part them, padded names joined."""
    return [word for word in _SPLIT.split(normalise(text)) if word]


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in a list such as `宋晨、田中全 李 明`, in order, each once; other words go."""
    return tuple(dict.fromkeys(word for word in listed(text) if is_name(word)))


def only_names(text: str) -> tuple[str, ...]:
    """Return the names of a list that holds nothing but names with known family names, else ()."""
    found = listed(text)
    return tuple(found) if all(is_name(word) and has_surname(word) for word in found) else ()
