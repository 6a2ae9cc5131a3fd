"""The vocabulary of the replica's prose: real districts, invented places, people and firms. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """What differs from one regional channel to the next. `label` is the channel's name in the crumbs."""

    name: str
    label: str
    city: str
    daily: str
    districts: tuple[str, ...]


_CQ = (
    "渝中区 大渡口区 江北区 沙坪坝区 九龙坡区 南岸区 北碚区 渝北区 巴南区 涪陵区 綦江区 大足区 长寿区 江津区 "
    "合川区 永川区 南川区 璧山区 铜梁区 潼南区 荣昌区 开州区 梁平区 武隆区 万州区 黔江区 城口县 丰都县 "
    "垫江县 忠县 云阳县 奉节县 巫山县 巫溪县 石柱县 秀山县 酉阳县 彭水县"
)
_SC = "成都 绵阳 德阳 广安 达州 泸州 宜宾 南充 遂宁 内江 自贡 乐山 眉山 资阳 雅安 巴中 广元 攀枝花"
_GZ = "贵阳 遵义 安顺 毕节 铜仁 六盘水 凯里 都匀 兴义 仁怀 赤水 桐梓 习水 道真"
_YN = "昆明 曲靖 玉溪 昭通 大理 丽江 普洱 临沧 楚雄 保山 腾冲 宣威"

REGIONS: dict[str, Region] = {
    "cq": Region("cq", "重庆频道", "重庆", "山城日报", tuple(_CQ.split())),
    "sc": Region("sc", "四川频道", "四川", "蜀江日报", tuple(f"{name}市" for name in _SC.split())),
    "gz": Region("gz", "贵州频道", "贵州", "黔岭日报", tuple(f"{name}市" for name in _GZ.split())),
    "yn": Region("yn", "云南频道", "云南", "滇池早报", tuple(f"{name}市" for name in _YN.split())),
}

PLACE_FIRST = tuple(
    "龙石柏青金双桃白黄大新永太长清云凤鹿松竹梅杨麻沙回高马观兴福礼和同万天铁铜水茶花月灯仙洪燕荷古鱼"
)
PLACE_LAST = tuple("溪坝湾桥坪沟岭滩冲坡井庙堡林田塘河岩洞山场门垭寨丰泉渡石亭池")
PLACE_KIND = ("街道", "镇", "社区", "村", "片区", "小区")

SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯董程曹袁邓许傅曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙段雷"
)
GIVEN = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红春梅文建国志海燕宇婷浩雪晨思远家豪佳怡子涵梓轩欣悦"
    "雨桐若溪嘉俊晓东立新光永康永健世广义良海山仁波宁福生龙元全胜学祥才发武利清飞彬富顺信成"
)
#: Given-name characters that GB2312 lacks and GBK has.
GBK_ONLY = tuple("喆堃镕玥瑢祎赟犇")
#: Given-name characters that only GB18030 has (four bytes each).
GB18030_ONLY = tuple("䶮㛃㙓䴖")

POSTS = (
    "区委副书记",
    "副区长",
    "街道办事处主任",
    "项目负责人",
    "村党支部书记",
    "综合科科长",
    "派驻干部",
    "总工程师",
    "镇长",
    "社区网格长",
    "办公室副主任",
    "工会主席",
)
SPEAKERS = (
    "当地有关部门负责人",
    "轮值的工作人员",
    "现场值班人员",
    "区政府新闻发言人",
    "牵头单位负责人",
    "行业协会人士",
    "几位在场的居民",
    "市级主管部门相关人士",
)
#: How a source is credited, and how people begin to speak.
TELLS = ("介绍", "透露", "通报")
OPENINGS = ("说实话", "讲真的", "我看", "老实讲")
BRAND_FIRST = tuple("渝蜀巴江山云岭峡雾桥缆星禾谷竹")
BRAND_LAST = tuple("礼韵集里光味约声纪匠牧帆舟屿野")
FIRM_FIRST = tuple("渝川峡江嘉恒科瑞腾致合启盛联捷方")
FIRM_MIDDLE = tuple("源达远拓创航衡信泰和元驰诚润星杰")
FIRM_KIND = ("机电", "新材料", "农业开发", "物流", "智能装备", "建设", "生物", "文化传播", "能源", "光电")
ROADS = tuple("福禄寿嘉鸿锦学府渔樵耕读星月春秋朝阳晚霞")
SCHOOL_KIND = ("小学", "中学", "实验学校", "职业教育中心", "大学", "理工学院")
RIVERS = ("溪河", "江", "河", "水库", "湖")
ANIMALS = ("中华秋沙鸭", "黑鹳", "猕猴", "水獭", "白鹭", "彩鹮", "豹猫", "红腹锦鸡", "鸳鸯", "林麝")

#: Where reports come from; the first is the channel itself, written as `人民网-重庆频道`.
SOURCES = ("人民网-{label}", "{daily}", "{city}晨报网", "两江新闻网", "{city}发布", "巴渝都市报", "华龙在线")
COLUMN_NAMES = {
    365401: "本网聚焦",
    367673: "原创",
    365402: "新闻",
    365403: "国内",
    365405: "社会",
    365408: "评论",
    365411: "区县",
    365409: "图片",
    367640: "文旅",
    367737: "视频",
}
#: Sub-columns and the column in whose folder they lie.
PARENTS = {367673: 365401}
TOPICS_OF = {
    367673: ("industry", "traffic", "culture", "eco", "farm", "tech", "community"),
    365402: ("traffic", "weather", "industry", "health", "school", "tech", "safety", "eco"),
    365403: ("tech", "industry", "culture", "health"),
    365405: ("court", "safety", "community", "weather", "health"),
    365408: ("opinion",),
    365411: ("farm", "community", "culture", "industry", "eco", "school", "traffic"),
    365409: ("culture", "farm", "eco"),
}
EDITORS_PER_CHANNEL = 12
#: What editors put before a headline.
HEADLINE_TAGS = ("现场丨", "关注丨", "一线见闻丨", "山城观察丨", "百姓身边丨")
#: Series that give an article its kicker.
SERIES = ("民生观察", "记者走基层", "重点项目巡礼", "身边故事")
