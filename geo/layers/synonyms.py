"""Words under which bureaus and open data deliver a layer's choices, in Chinese and English.

What pages call a choice stands in the message catalogue and is understood here too.
"""

from __future__ import annotations

from functools import cache

CHOICE_WORDS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("admin_area", "level"): {
        "county": ("县区", "county", "县", "区", "县级市", "区县"),
        "town": ("镇街", "town", "乡镇街道", "镇", "乡", "街道", "乡镇", "街道办事处"),
        "village": ("村居", "village", "村社区", "村", "社区", "居委会", "村委会", "community"),
    },
    ("road", "tier"): {
        "main": ("主干道", "main road", "main street", "主干路", "primary", "trunk", "快速路"),
        "secondary": ("次干道", "secondary road", "secondary street", "次干路"),
        "branch": ("支路", "branch road", "branch street", "tertiary"),
        "lane": ("小街巷", "lane", "街巷", "背街小巷", "巷道", "residential"),
    },
    ("turn_restriction", "rule"): {
        "no_left_turn": ("禁止左转", "no left turn", "禁左"),
        "no_right_turn": ("禁止右转", "no right turn", "禁右"),
        "no_straight_on": ("禁止直行", "no straight on", "禁直"),
        "no_u_turn": ("禁止掉头", "no turning round", "禁止调头", "no u turn"),
        "only_left_turn": ("只准左转", "left turn only", "只左转"),
        "only_right_turn": ("只准右转", "right turn only", "只右转"),
        "only_straight_on": ("只准直行", "straight on only", "只直行"),
        "only_u_turn": ("只准掉头", "turning round only"),
    },
    ("hotspot_zone", "kind"): {
        "school": ("学校", "school", "校园", "中小学", "幼儿园", "大学", "kindergarten", "college", "university"),
        "hospital": ("医院", "hospital", "诊所", "clinic", "卫生院"),
        "market": ("农贸市场", "market", "市场", "菜市场", "集市", "marketplace"),
        "construction": ("工地", "construction site", "建筑工地", "在建工地"),
        "transit": ("车站", "station", "客运站", "火车站", "公交枢纽", "bus_station"),
        "estate": ("小区", "residential estate", "housing estate", "住宅小区", "居民区"),
        "night_market": ("夜市", "night market"),
    },
    ("illegal_building", "status"): {
        "suspected": ("疑似", "suspected", "疑似违建", "待核实"),
        "verified": ("已核实", "verified", "已认定", "属实"),
        "existing": ("存量", "existing stock", "存量违建", "存量在册"),
        "new": ("新增", "new", "新增违建", "新增在册", "new, on the books"),
        "stopped": ("已叫停", "stopped", "叫停", "叫停抢建", "停建"),
        "ordered": ("限期拆除", "demolition ordered", "ordered down", "责令拆除", "限期拆"),
        "appealed": ("复议诉讼中", "under appeal", "复议中", "诉讼中"),
        "announced": ("已公告强拆", "demolition announced", "已公告", "强拆公告", "announced"),
        "revoked": ("决定撤销", "decision revoked", "order revoked", "待重新处置"),
        "demolished": ("已拆除", "demolished", "拆除", "已拆待销"),
        "written_off": ("已销账", "written off", "销账", "销号"),
        "confiscated": ("已没收", "confiscated", "没收"),
        "regularised": ("已补办", "regularised", "补办", "补办手续", "regularized"),
        "dismissed": ("查否", "dismissed", "不属实", "非违建"),
        "overbuilt": ("停后续建", "built on after the stop", "抢建续建"),
        "struck": ("误登更正", "entered by mistake", "误登"),
    },
    ("illegal_building", "entered_as"): {
        "existing": ("存量", "existing stock", "存量违建"),
        "new": ("新增", "new", "新增违建"),
        "stopped": ("叫停抢建", "stopped", "叫停"),
    },
    ("estate", "status"): {
        "candidate": ("创建中", "candidate", "申报"),
        "held": ("无违建小区", "free of illegal buildings", "已创建", "达标"),
        "lost": ("已失去", "standing lost", "取消"),
        "withdrawn": ("已退出", "withdrawn", "退出"),
    },
    ("frontage", "status"): {
        "signed": ("责任书有效", "agreement in force", "已签订", "有效", "已签", "signed"),
        "expired": ("责任书过期", "agreement expired", "已过期", "过期", "逾期", "expired"),
        "missing": ("未签责任书", "no agreement", "未签订", "未签", "缺", "missing"),
    },
    ("worksite", "site_type"): {
        "site": ("在建工地", "building site", "在建", "建筑工地"),
        "demolition": ("拆迁工地", "demolition", "拆迁", "拆除"),
        "idle_land": ("闲置地块", "idle land", "闲置", "闲置土地"),
        "batching": ("自拌混凝土工地", "concrete mixed on site", "自拌混凝土", "搅拌"),
    },
    ("worksite", "works"): {
        "not_begun": ("未开工", "not begun", "待开工"),
        "working": ("在施", "working", "施工中", "开工"),
        "paused": ("停工", "paused", "暂停"),
        "completed": ("完工撤场", "completed", "完工", "竣工"),
    },
    ("site_gate", "washing"): {
        "washed": ("有冲洗设施", "wheels are washed", "有", "是", "true"),
        "unwashed": ("无冲洗设施", "wheels are not washed", "无", "否", "false"),
    },
    ("waste_site", "kind"): {
        "dump": ("消纳场", "dump", "消纳点", "填埋"),
        "stockpile": ("临时堆放点", "temporary stockpile", "堆放点", "临时堆场"),
        "concession": ("特许经营点", "concession", "资源化利用厂"),
        "transfer_station": ("转运站", "transfer station", "垃圾转运站", "中转站"),
        "collection_point": ("垃圾收集点", "collection point", "垃圾点", "收集点"),
    },
    ("posture", "kind"): {
        "exam": ("两考保障", "examinations", "两考", "考试"),
        "festival": ("节日保障", "festival", "节日"),
        "inspection": ("迎检保障", "inspection", "迎检", "文明测评"),
        "storm": ("防汛防风", "storm", "暴雨", "大风"),
        "snow": ("扫雪除冰", "snow and ice", "扫雪", "除冰"),
        "fire": ("防火禁炮", "fire and fireworks", "防火", "禁炮"),
        "event": ("重大活动", "great event", "活动"),
    },
    ("posture", "status"): {
        "draft": ("拟定", "draft", "草案"),
        "approved": ("批准", "approved", "已批准"),
        "withdrawn": ("撤销", "called off", "已撤销", "已退出"),
    },
    ("permit", "kind"): {
        "occupation": ("占道审批", "street occupation", "占道", "占用"),
        "excavation": ("开挖审批", "excavation", "开挖", "挖掘", "掘路"),
        "signboard": ("门头招牌", "shop sign", "门头", "店招", "招牌"),
        "haulage": ("拉运备案", "haulage filing", "渣土拉运", "混凝土拉运"),
        "batching": ("自拌混凝土备案", "concrete mixing filing", "自拌混凝土"),
    },
    ("permit", "status"): {
        "valid": ("有效", "in force", "已批"),
        "revoked": ("决定撤销", "decision revoked", "已撤销", "revoked", "撤销", "注销"),
    },
    ("firework_zone", "rule"): {
        "banned": ("禁放", "fireworks banned", "禁燃", "禁止燃放", "禁炮"),
        "limited": ("限放", "fireworks limited", "限制燃放", "限炮"),
    },
    ("parking", "kind"): {
        "bike_bay": ("非机动车停放区", "bicycle bay", "非机动车", "非机动车停放点", "自行车"),
        "car_bay": ("机动车泊位", "car bay", "机动车", "停车泊位", "停车场"),
        "shared_bike": ("共享单车停放区", "shared-bike zone", "共享单车", "电子围栏"),
    },
    ("contact_point", "kind"): {
        "community": ("进社区", "in a community", "社区"),
        "enterprise": ("进企业", "in an enterprise", "企业"),
        "site": ("进工地", "on a building site", "工地"),
    },
    ("restaurant", "device"): {
        "none": ("未安装净化设施", "no fume device", "未安装", "无", "没有"),
        "electrostatic": ("静电式净化", "electrostatic device", "静电式", "静电"),
        "mechanical": ("机械式净化", "mechanical device", "机械式", "机械"),
        "wet": ("湿式净化", "wet device", "湿式", "水洗"),
        "composite": ("复合式净化", "composite device", "复合式", "复合"),
    },
    ("ad", "kind"): {
        "billboard": ("大型户外广告", "billboard", "户外广告", "墙面广告", "大型广告"),
        "rooftop": ("楼顶广告", "rooftop ad", "屋顶广告"),
        "pole": ("高立柱广告", "pole ad", "高炮", "立柱广告", "高杆广告"),
        "screen": ("电子屏", "screen", "LED屏", "电子显示屏"),
        "signboard": ("门头招牌", "shop sign", "门头广告", "店招", "招牌", "店招标牌", "牌匾"),
        "light_box": ("灯箱", "light box", "灯箱广告"),
        "banner": ("条幅", "banner", "横幅", "布幅"),
    },
    ("ad", "status"): {
        "standing": ("在设", "standing", "现存"),
        "removed": ("移除", "removed", "已拆除", "拆除"),
    },
    ("suspicion", "status"): {
        "waiting": ("待核", "waiting", "待核查", "未处理"),
        "confirmed": ("已转台账", "handed to the ledger", "属实"),
        "dismissed": ("查否", "dismissed", "排除", "误报"),
    },
    ("suspicion", "change"): {
        "new": ("疑似新增", "suspected new", "新增", "新建"),
        "enlarged": ("疑似扩建", "suspected enlarged", "扩建", "加建"),
    },
    ("open_problem", "stage"): {
        "desk": ("待派遣", "at the desk"),
        "handling": ("处置中", "being handled"),
        "checking": ("核查中", "being checked"),
        "disputed": ("职责争议", "in dispute"),
        "suspended": ("挂账", "put aside"),
    },
    ("streetlight", "status"): {
        "on": ("正常", "working", "完好", "亮", "良好", "ok", "good", "normal"),
        "fault": ("故障", "faulty", "不亮", "损坏", "坏", "out", "broken"),
        "off_by_plan": ("按计划关闭", "off by plan", "计划关闭", "节能关闭", "停用"),
    },
    ("streetlight", "night_part"): {
        "whole": ("全夜灯", "all night", "全夜"),
        "half": ("半夜灯", "half the night", "半夜"),
    },
    ("component", "status"): {
        "intact": ("完好", "intact", "正常", "good"),
        "broken": ("破损", "broken", "损坏", "damaged"),
        "absent": ("丢失", "missing from its place", "缺失", "missing"),
        "abandoned": ("废弃", "abandoned", "停用"),
        "removed": ("移除", "removed", "拆除"),
    },
    ("component", "accuracy"): {
        "A": ("±0.5 米", "±0.5 m", "一级", "a类"),
        "B": ("±1 米", "±1 m", "二级", "b类"),
        "C": ("±10 米", "±10 m", "三级", "c类"),
    },
    ("hazard", "category"): {
        "advertising": ("户外广告", "outdoor advertising"),
        "sanitation": ("环卫作业", "sanitation"),
        "works": ("市政施工", "municipal works"),
        "bike_charging": ("电动车充电", "bike charging"),
        "waste": ("生活垃圾", "household waste"),
        "construction_waste": ("渣土", "construction waste"),
        "illegal_building": ("违法建设", "illegal building"),
        "gas": ("燃气", "gas"),
        "bridge": ("桥梁", "bridge"),
        "river_rail": ("沿河护栏", "river rail"),
        "tree": ("树木", "tree", "行道树"),
        "low_point": ("低洼积水点", "low point", "易涝点"),
    },
    ("hazard", "level"): {
        "major": ("重大隐患", "major", "重大"),
        "general": ("一般隐患", "general", "一般"),
    },
    ("hazard", "status"): {
        "reported": ("待核实", "to be verified"),
        "open": ("整改中", "being put right"),
        "fixed": ("待复查", "to be looked at again"),
        "checked": ("待签批", "to be signed off"),
        "closed": ("已销号", "closed"),
        "unfounded": ("不属实", "unfounded"),
    },
    ("gas_user", "kind"): {
        "restaurant": ("餐饮场所", "restaurant", "餐饮", "饭店"),
        "business": ("其他商业用户", "other business", "商业"),
        "industry": ("工业用户", "industrial user", "工业"),
        "public_body": ("学校医院等单位", "school, hospital or office", "单位", "学校", "医院"),
        "station": ("燃气场站", "gas station", "场站"),
    },
    ("gas_user", "supply"): {
        "piped": ("管道气", "piped", "管道"),
        "bottled": ("瓶装气", "bottled", "瓶装", "液化气"),
    },
    ("supply_point", "kind"): {
        "depot": ("物资库房", "depot", "库房", "仓库"),
        "vehicle": ("应急车", "emergency vehicle"),
        "post": ("前置点", "forward post"),
    },
    ("green_space", "kind"): {
        "green_line": ("绿线范围", "ground inside the green line", "绿线", "绿地"),
        "pocket_park": ("口袋公园", "pocket park"),
    },
    ("vendor_point", "kind"): {
        "regulated": ("规范经营点", "regulated point", "便民疏导点", "疏导点", "经营点"),
        "seasonal_market": ("季节性市场", "seasonal market", "临时市场", "季节性临时市场"),
        "hawker_spot": ("流动摊点", "hawker spot", "流动摊贩", "流动摊点聚集处", "hawker"),
    },
    ("event", "origin"): {
        "complaint": ("投诉", "complaint", "12345", "热线", "市民投诉", "公众举报", "举报", "hotline"),
        "patrol": ("巡查", "patrol", "巡查发现", "采集员上报", "自行发现"),
        "camera": ("视频", "camera", "监控", "视频抓拍", "视频智能识别"),
        "transfer": ("移交", "transfer", "转办", "交办", "督办"),
        "unknown": ("不详", "unknown", "未知", "来源不明", "unknown source"),
    },
}


@cache
def spoken_choices(kind: str, field: str, choices: tuple[str, ...]) -> dict[str, str]:
    """Lower-case word → choice, the choices themselves included.

    Examples
    --------
    >>> spoken_choices("streetlight", "status", ("on", "fault", "off_by_plan"))["损坏"]
    'fault'
    """
    words = CHOICE_WORDS.get((kind, field), {})
    spoken = {word.casefold(): choice for choice, listed in words.items() for word in listed}
    return spoken | {choice.casefold(): choice for choice in choices}
