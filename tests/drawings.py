"""A small drawing: a block with an attribute, a closed polyline and a text, each on its layer."""

from __future__ import annotations


def drawing() -> str:
    """DXF of AutoCAD 2000 in code page 936; metres, zone of 117° E."""
    header = [0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, "AC1015", 9, "$DWGCODEPAGE", 3, "ANSI_936", 0, "ENDSEC"]
    block = [
        0,
        "SECTION",
        2,
        "BLOCKS",
        0,
        "BLOCK",
        8,
        0,
        2,
        "LAMP",
        70,
        2,
        10,
        0.0,
        20,
        0.0,
        3,
        "LAMP",
        0,
        "CIRCLE",
        8,
        0,
    ]
    block += [10, 0.0, 20, 0.0, 40, 0.5, 0, "ENDBLK", 8, 0, 0, "ENDSEC"]
    spot = [10, 500_100.0, 20, 3_130_200.0]
    lamp = [0, "INSERT", 8, "路灯", 66, 1, 2, "LAMP", *spot]
    lamp += [0, "ATTRIB", 8, "路灯", *spot, 40, 1.0, 1, "L-001", 2, "编号", 0, "SEQEND", 8, "路灯"]
    corners = ((500_000, 3_130_000), (500_100, 3_130_000), (500_100, 3_130_100), (500_000, 3_130_100))
    ground = [0, "LWPOLYLINE", 8, "宗地", 90, 4, 70, 1]
    for x, y in corners:
        ground += [10, x, 20, y]
    text = [0, "TEXT", 8, "注记", 10, 500_050.0, 20, 3_130_050.0, 40, 2.5, 1, "朝阳小区"]
    parts = [*header, *block, 0, "SECTION", 2, "ENTITIES", *lamp, *ground, *text, 0, "ENDSEC", 0, "EOF"]
    return "\n".join(map(str, parts)) + "\n"
