"""The words that edits are judged by: measures, posts, endings of names, denials, credits. Data only."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    """Return the words, the longest first, as an alternation of a pattern needs them."""
    return tuple(sorted(text.split(), key=len, reverse=True))


#: Measures of numbers, after digits and after Chinese numerals.
MEASURES = _words("""
    个百分点 个工作日 平方公里 平方千米 平方米 立方米 公里 千米 厘米 毫米 微克 毫克 公斤 千克 公顷 小时
    分钟 个月 人次 人民币 欧元 美元 港元 日元 英镑 车次 架次 班次 千瓦时 万千瓦 千瓦 人 名 位 个 家 所
    项 件 条 次 台 辆 艘 套 栋 幢 座 户 间 层 届 章 节 篇 部 册 本 页 张 枚 支 只 匹 株 棵 亩 吨 克 升
    米 元 岁 年 周 天 秒 倍 例 宗 批 期 款 类 种 处 场 轮 档 排 组 队 班 门 科 趟 杯 瓶 箱 袋 斤 版 级
    强 村 县 区 镇
""")

#: Ordinary words that look like a Chinese numeral with its measure.
NOT_NUMBERS = _words("""
    一部分 万一 一次性 一家人 一家亲 一本正经 一条龙 一门心思 一年一度 千家万户 百家 一级级 一处处
    一个个
""")

#: Days, weeks, seasons and hours said without digits.
TIME_WORDS = _words("""
    今天 今日 昨天 昨日 明天 明日 近日 日前 近期 当天 当日 次日 翌日 早上 早晨 清晨 前天 后天 前日 今年
    去年 前年 明年 后年 本月 上月 下月 上个月 下个月 本周 上周 下周 今早 今晚 昨晚 昨夜 明晚 明早 当晚
    上午 下午 凌晨 中午 傍晚 深夜 晚间 上半年 下半年 年初 年底 年末 月初 月底 月末 春季 夏季 秋季 冬季
""")

#: The surnames of well over nine tenths of the population.
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛"
    "叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔"
    "贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷"
    "祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强"
    "柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾"
    "郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬"
    "明沙伏岑习麦"
)

#: Surnames of two characters.
COMPOUND_SURNAMES = _words("""
    欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫
""")

#: What is set before a post.
RANKS = _words("""
    常务副 副 代理 代 原 前任 前 名誉 执行 候任 第一 首席 助理 常务 总
""")

#: Posts and ranks that a person holds.
POSTS = _words("""
    党组书记 党委书记 党工委书记 党总支书记 党支部书记 区委书记 县委书记 市委书记 省委书记 村支书
    支部书记 总书记 书记 部长 局长 厅长 处长 科长 股长 所长 院长 校长 园长 馆长 台长 站长 队长 政委
    总队长 支队长 大队长 总理 国务委员 省长 市长 区长 县长 镇长 乡长 村主任 主任 主席 委员长 董事长
    监事长 理事长 秘书长 会长 行长 社长 总编辑 总经理 经理 总裁 总监 总工程师 调研员 巡视员 督导员
    检察长 审判长 庭长 组长 班长 团长 连长 军长 司令员 参谋长 主任委员 委员 常委 代表 教授 研究员
    工程师 主任医师 医师 护士长 院士 博士 指导员 辅导员 发言人 负责人 法定代表人 嫌疑人 被告人
""")

#: How names of authorities, firms, schools and hospitals end.
BODY_ENDS = _words("""
    局 委员会 教委 建委 经信委 发改委 卫健委 国资委 纪委 监委 党委 区委 县委 市委 省委 厅 法院 检察院
    公司 集团 大学 学院 中学 小学 幼儿园 医院 卫生院 银行 协会 学会 商会 研究院 研究所 研究中心 办公室
    委办 总队 支队 大队 派出所 公安处 出版社 日报社 电视台 博物馆 图书馆 管委会 居委会 村委会 政府 政协
    人大 法制办 指挥部 俱乐部 基金会 联合会 工会 妇联 团委
""")

#: How names of places end.
PLACE_ENDS = _words("""
    省 市 自治区 自治州 自治县 新区 区 县 镇 乡 街道 村 社区 大道 路 街 巷 广场 大桥 桥 隧道 立交 水库
    机场 火车站 车站 站 码头 公园 景区 小区 花园 高速 大厦 山 江 河 湖 岛 港 湾
""")

#: Ordinary words that end like a place.
NO_PLACES = _words("""
    一路 上山 上市 下山 两江 乡 乡村 住宅区 保税区 全区 全县 全市 全村 全省 全社区 全镇 公园 公路 农村
    出站 出路 功能区 区 县 各区 各县 各村 各社区 各镇 商业区 园区 地区 城区 城市 夜市 大厦 大桥 大街
    大道 小区 居民区 山 山区 山河 岛 工业园区 巷 市 市区 广场 库区 开发区 思路 我区 我县 我市 新区 新村
    景区 服务区 本区 本市 机场 村 校区 桥 楼市 水库 江 江河 河 沿江 港 湖 湾 火车站 灾区 爬山 片区 牧区
    生活区 电站 登山 直辖市 省 码头 示范区 社区 立交 站 线路 网站 网路 老区 股市 自治区 自治县 自治州
    自贸区 花园 街 街道 试验区 该区 该县 该市 该村 该镇 超市 跨江 路 车站 辖区 过江 进站 逛街 道路 郊区
    都市 铁路 镇 门市 隧道 马路 高新区 高速
""")

#: Newsrooms that a dateline or credit names.
AGENCIES = _words("""
    新华社 新华网 人民网 人民日报 中新社 中新网 中国新闻网 央视新闻 央视 央广网 光明网 光明日报
    重庆日报 本报 本网 本台 华龙网 上游新闻
""")

#: Words that open a line of credits.
CREDITS = _words("""
    来源 稿源 责任编辑 责编 编辑 作者 撰文 撰稿 文字 文图 图文 文 图 图片 摄影 摄 供图 制图 海报 设计
    策划 统筹 审核 校对 监制 初审 复审 终审 出品 采写 记者 通讯员 实习生
""")

#: Words that hold a character of denial and deny nothing.
NO_DENIALS = _words("""
    不断 不仅 不但 不过 不管 不论 不同 不少 不久 不锈钢 不动产 不料 不愧 不禁 不已 不妨 不只 不光 不单
    不懈 不朽 不凡 差不多 了不起 对不起 不得了 不约而同 不一而足 不经意 不由得 必不可少 源源不断
    川流不息 未来 未成年人 未婚 无人机 无人驾驶 无线 无锡 无障碍 无数 无论 无疑 无比 无缝 无形 无私
    无限 毫无疑问 非常 非洲 非遗 非物质文化遗产 非凡 是非 除非 莫非 是否 能否 可否 否则 没收 没落 淹没
    埋没 沉没 出没 吞没
""")

#: Words that deny or forbid.
DENIALS = _words("""
    没有 尚未 并未 从未 未曾 不再 不得 不能 不会 不予 不可 严禁 禁止 无法 无需 无须 毫无 并非 绝非 否认
    否决 不 未 没 无 非 否 勿
""")

#: Words that say how sure, how binding or how far along something is; those of one line say the same.
QUALIFIERS = (
    "涉嫌",
    "疑似 疑",
    "可能 或许 也许 或 或将",
    "已 已经 业已",
    "将 将会 即将 将要",
    "拟 拟于",
    "应当 应 应该",
    "必须 须 务必",
    "可以 可",
    "预计 预期",
    "有望",
    "据称",
    "基本",
    "初步",
    "正在 正",
    "曾 曾经",
    "仍 仍然 仍旧",
    "全部 全都",
    "部分",
    "至少",
    "约 大约",
)

#: Parts of speech (ICTCLAS) that names are made of.
NOUN_TAGS = frozenset(_words("n ns nr nz nt nrt nrfg j vn b an s f x zg ng i l a"))
