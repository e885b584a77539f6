"""A made-up town's names, and addresses in it as people write them, wrong letters included."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

from geo.cases.places.match import Name, crossing_of
from geo.cases.places.words import spoken

STREETS = "朝阳 新华 文昌 青年 团结 胜利 和平 育才 翠屏 锦绣 凤凰".split()
CROSS_STREETS = "龙泉 望江 紫薇 桂花 金桥 银杏 广场 站前 康宁 体育 滨湖".split()
ESTATES = (
    *("锦绣花园", "翡翠城", "江畔人家", "公租房一期", "公租房二期", "阳光水岸"),
    *("文昌华府", "金桂苑", "春江名邸", "书香门第", "御景湾", "城南新村"),
)
SHOPS = ("老王烧烤", "幸福超市", "便民早餐", "小雨理发", "大福酒楼", "川味火锅", "三元药房", "米香面馆")
RIGHT_LETTERS, WRONG_LETTERS = (
    "阳新文青胜和育翠锦凤龙望紫桂金广康体滨花园",
    "杨心昌清圣合玉脆绵风笼忘子贵今厂糠休宾化圆",
)
WRONG = dict(zip(RIGHT_LETTERS, WRONG_LETTERS, strict=True))


def make_names(rng: random.Random) -> list[Name]:
    """A grid of streets with crossings and houses, estates beside them, and shops of few names."""
    names: list[Name] = []

    def add(
        kind: str, name: str, lon: float, lat: float, radius_m: int, said: str = "", street: str | None = None
    ) -> None:
        names.append(Name(len(names) + 1, kind, name, said or spoken(name), lon, lat, radius_m, None, street))

    down = [(f"{word}路", 118.0 + 0.004 * at) for at, word in enumerate(STREETS)]
    over = [(f"{word}街", 28.3 + 0.004 * at) for at, word in enumerate(CROSS_STREETS)]
    for name, lon in down:
        add("road", name, lon, 28.32, 2300)
        for number in range(2, 80, 6):
            add("house", f"{name}{number}号", lon, 28.3 + 0.0005 * number, 20, street=name)
    for name, lat in over:
        add("road", name, 118.02, lat, 2000)
    for (one, lon), (other, lat) in product(down, over):
        pair = crossing_of(one, other)
        add("crossing", f"{one}与{other}交叉口", lon, lat, 30, pair, pair.partition("|")[0])
    for name in ESTATES:
        add("estate", name, 118.0 + 0.04 * rng.random(), 28.3 + 0.04 * rng.random(), 90)
    for number in range(60):
        add("shop", rng.choice(SHOPS) + rng.choice(["", "", "总店", "二店"]), 118.0 + 0.04 * rng.random(),
            28.3 + 0.04 * rng.random(), 15 + number % 3)  # fmt: skip
    return names


def say_place(rng: random.Random, names: Sequence[Name]) -> tuple[str, Name]:
    """An address, a third of them with a wrong letter, and the place it means."""
    truth = rng.choice([one for one in names if one.kind != "road"])
    said = truth.name
    if truth.kind == "crossing":
        one, other = truth.name.removesuffix("交叉口").split("与")
        said = rng.choice([truth.name, f"{other}{one}路口", f"{one}和{other}交汇处", f"{one}、{other}十字路口"])
    elif truth.kind == "house":
        said = rng.choice([truth.name, truth.name.replace("号", " 号"), full_width(truth.name)])
    elif truth.kind == "shop":
        roads = [one for one in names if one.kind == "road"]
        near = min(roads, key=lambda road: min(abs(road.lon - truth.lon), abs(road.lat - truth.lat)))
        said = rng.choice([near.name, ""]) + truth.name
    if rng.random() < 1 / 3:
        at = rng.choice([i for i, letter in enumerate(said) if letter in WRONG] or [0])
        said = said[:at] + WRONG.get(said[at], said[at]) + said[at + 1 :]
    return rng.choice(["", "示例县城关镇", "位于"]) + said + rng.choice(["", "门口", "附近", "对面太吵"]), truth


def full_width(text: str) -> str:
    """Digits as an old input method writes them."""
    return "".join(chr(ord(letter) + 0xFEE0) if letter.isascii() and letter.isdigit() else letter for letter in text)
