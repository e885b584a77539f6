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
