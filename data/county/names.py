"""Invented names: streets, places, people. Any likeness to a real one is chance."""

from __future__ import annotations

import numpy as np

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
    "姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷"
)
GIVEN = (
    "建国志强海燕春梅文博佳宁晓峰雨桐永福桂芳明辉秀英俊杰丽娟伟东玉兰振华小红国庆梦瑶立新慧敏大勇雪琴清平思远长林巧云"
)


def _words(text: str) -> list[str]:
    return text.split()


STREET_WORDS = _words(
    "朝阳 新华 文昌 青年 团结 胜利 和平 育才 翠屏 锦绣 凤凰 龙泉 望江 紫薇 桂花 金桥 银杏 广场 站前 康宁 体育 "
    "滨湖 松林 梅园 竹溪 兰亭 荷塘 柳岸 枫林 石桥 书院 学府 科技 创业 兴业 振兴 富民 安康 永安 太平 长寿 同心 "
    "丰收 锦江 秀水 云台 天宁 东风 红星 光明 向阳 北辰 南屏 西岭 玉泉 清源 金鼎 银河 瑞祥 祥云 福田 稻香 麦浪 "
    "杨柳 樟树 丹桂 海棠 芙蓉 茶园 果园 苗圃 渔湾 渡口 码头 盐仓 米市 布市 铁匠 染坊 油坊 酒坊 鼓楼 钟楼 城隍 "
    "文庙 武庙 县前 学前 府前 井头 塘边 桥头 水门 南门 北门 东门 西门 棋盘 剪刀 灯笼 状元 进士 秀才 牌坊 祠堂"
)
LANE_WORDS = _words(
    "槐树 大井 小井 石板 青石 豆腐 打铁 竹器 箍桶 糖坊 磨坊 纸马 银匠 草席 米行 鱼市 柴市 猪行 牛行 菜园 花园 莲池 "
    "月塘 半边 三元 五福 七星 八卦 九曲 仁和 义门 礼让 智渊 信义 忠孝 廉泉 耕读 崇文 尚武 敬老 兴贤 聚奎 登科 "
    "及第 元宝 金钩 银锭 铜锣 铁拐 玉带 珍珠 翡翠 琵琶 胭脂 梳子 扇子 灯芯 油纸 笔架 砚台 墨池 画眉 鹦哥 白鹤 "
    "黄鹂 乌衣 红枣 绿竹 紫藤 甜水 苦水 冷水 温泉 上街 下街 前街 后街 横街 直街 斜街 弯街 高坡 低岸 城根 濠上"
)
VILLAGE_WORDS = _words(
    "上坂 下坂 杨家坞 李家坪 大塘边 石鼓岭 樟树下 溪口 渡头 塘尾 枫树坞 黄泥坳 白沙洲 青山底 桃源 后垄 前畈 "
    "周家店 吴村 郑坊 高岭 竹林坑 茶亭 梅溪 沙湾 瓦窑 大屋里 新屋下 桥亭 官田 水南 排楼 双溪 石门 横山 "
    "莲塘 蓝田 岭背 洋墩 叶坑 排上 里田 外田 湖西 大路边 石灰窑 清水塘 长坑 童坊 汪家坂"
)
ESTATE_WORDS = _words(
    "锦绣花园 翡翠城 江畔人家 公租房一期 公租房二期 阳光水岸 文昌华府 金桂苑 春江名邸 书香门第 御景湾 城南新村 "
    "和谐家园 桃李春风 世纪花城 东方名城 凤凰苑 南苑小区 教师新村 水岸星城 紫云府 龙泉小区 平安里 福临门 "
    "香樟园 幸福里 丽景天成 北苑小区 安置小区一期 安置小区二期 望江楼 兰亭序 绿洲家园 金色港湾"
)


PAIRED = [a + b for a in "锦秀和瑞永福景云龙凤金银玉清明德" for b in "华阳园泉湖林江岭峰苑康泰"]
FAMILY = [a + b for a in SURNAMES[:60] for b in ("家", "氏", "家井", "家塘")]


class Names:
    """Hands out invented names, each once, in an order drawn from the seed."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._decks: dict[str, list[str]] = {}
        self._turns: dict[str, int] = {}

    def draw(self, deck: str, words: list[str]) -> str:
        """The next word of a shuffled deck; when it is used up, the words come again with 新, 东, 西, 南, 北…"""
        if deck not in self._decks:
            self._decks[deck] = [words[i] for i in self._rng.permutation(len(words))]
        turn = self._turns[deck] = self._turns.get(deck, -1) + 1
        lap, place = divmod(turn, len(words))
        suffix = "" if lap == 0 else "新东西南北中上下"[(lap - 1) % 8] + ("" if lap < 9 else str(lap // 8))
        return self._decks[deck][place] + suffix

    def street(self) -> str:
        """A road: 朝阳路."""
        return self.draw("street", [*STREET_WORDS, *PAIRED]) + "路"

    def lane(self) -> str:
        """A lane: 豆腐巷."""
        return self.draw("lane", [*LANE_WORDS, *FAMILY]) + str(self._rng.choice(["巷", "巷", "弄", "里"]))

    def person(self) -> str:
        """A person of two or three characters."""
        surname = SURNAMES[self._rng.integers(len(SURNAMES))]
        pairs = [GIVEN[i : i + 2] for i in range(0, len(GIVEN) - 1, 2)]
        given = pairs[self._rng.integers(len(pairs))]
        return surname + (given[0] if self._rng.random() < 0.2 else given)
