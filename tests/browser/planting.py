"""Records for the pages of cases to show, sent as people of the bureau would send them: by HTTP."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from PIL import Image

from geo.uids import uuid7

if TYPE_CHECKING:
    from geo.db.engine import Database

CALLER = {"caller_name": "王小明", "caller_phone": "13800138000"}
"""Must never appear on a page."""


@contextlib.contextmanager
def signed_in(url: str, login: str, password: str) -> Iterator[httpx.Client]:
    """A client with a session and the token its writes need."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        assert client.post("/session", json={"login": login, "password": password}).status_code == 200
        client.headers["X-CSRF-Token"] = client.get("/session").json()["csrf"]
        yield client


def plant(client: httpx.Client) -> dict[str, Any]:
    """Complaints due, overdue, repeated and without a place; pictures of a problem; checks of fronts.

    Returns
    -------
    dict
        ``problem`` (uid of the one with pictures) and ``fronts`` checked, of which one failed.
    """
    now = dt.datetime.now(dt.UTC)
    [spot, *_] = client.get("/problems?open=true").json()["problems"]
    at = {"lon": spot["lon"], "lat": spot["lat"]}
    said: tuple[tuple[dict[str, Any], float], ...] = (
        ({**at, "topic": "占道经营", "channel": "12345"}, -5),
        ({**at, "topic": "占道经营", "channel": "12345"}, 6),
        ({**at, "topic": "油烟", "channel": "web"}, 60),
        ({"topic": "噪声", "channel": "phone", "place_text": "不知道哪里的巷子"}, 30),
    )
    for fields, hours in said:
        sent = client.post("/complaints", json={
            "uid": str(uuid7()), "content": f"{fields['topic']},请处理", **CALLER,
            "received_at": (now - dt.timedelta(hours=30)).isoformat(),
            "due_at": (now + dt.timedelta(hours=hours)).isoformat(), **fields,
        })  # fmt: skip
        assert sent.status_code == 201, sent.text
    for kind, shade in (("before", 60), ("after", 190)):
        sent = client.put(
            f"/problems/{spot['uid']}/pictures/{uuid7()}",
            params={"kind": kind, "taken_at": now.isoformat()},
            content=picture(shade),
            headers={"Content-Type": "image/jpeg"},
        )
        assert sent.status_code == 200, sent.text
    fronts = client.get("/frontages?standing=signed&limit=3").json()["frontages"]
    for front, failed in zip(fronts, ([], [], ["order"]), strict=True):
        sent = client.post("/frontages/checks", json={
            "uid": str(uuid7()), "frontage_id": front["id"], "at": now.isoformat(), "failed": failed,
        })  # fmt: skip
        assert sent.status_code == 201, sent.text
    return {"problem": spot["uid"], "fronts": [front["code"] for front in fronts]}


def picture(shade: int) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, 120, 150)).save(out, "JPEG")
    return out.getvalue()


def plant_waiting(database: Database, tenant: str, folder: Path) -> None:
    """Two lamps that say their place in words, one by a crossing of the county; a local frame from four points."""
    from geo.cases.places.actions import build_names
    from geo.layers.actions import import_layer
    from geo.layers.control.actions import set_control
    from geo.layers.reports import ImportOptions

    key = uuid7()
    rows = f"灯杆号,经度,纬度,地址\n{key}-1,,,人民东路与解放路交叉口\n{key}-2,,,不知道哪里的巷子\n"
    (folder / "路灯台账.csv").write_text(rows, encoding="utf-8")
    corners = ((0, 0, 118.00, 28.30), (0, 2200, 118.00, 28.31986), (1960, 0, 118.02, 28.30))
    points = [f"K{n},{x},{y},{lon},{lat}" for n, (x, y, lon, lat) in enumerate(corners, 1)]
    (folder / "控制点.csv").write_text("\n".join(["点名,独立东坐标,独立北坐标,经度,纬度", *points]), encoding="utf-8")
    with database.begin(tenant) as session:
        build_names(session, tenant, actor="test")
        set_control(session, tenant, "城关", folder / "控制点.csv", limit_m=20.0, actor="test")
    options = ImportOptions(mapping={"address": "地址"}, key="灯杆号", source="台账")
    import_layer(database, tenant, folder / "路灯台账.csv", "streetlight", options)
