"""The page on which anybody reports something: two languages, no foreign request, nothing lost, nothing sent twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.gates import attend, axe_faults

ROOT = Path(__file__).resolve().parents[2]
URL = "http://127.0.0.1:8000"
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "svg": "image/svg+xml"}


class Desk:
    """What the page asks for: its files, and a desk that can be out of reach or refuse."""

    def __init__(self, page: Page) -> None:
        self.page, self.taken, self.mood = page, list[dict[str, Any]](), "takes"
        page.route("**", self.answer)

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(URL)
        if path == "/intake/public":
            self.taken.append(json.loads(route.request.post_data or ""))
            if self.mood == "away":
                route.abort()
            else:
                status, body = (201, {"complaint": 7}) if self.mood == "takes" else (413, {"detail": "今日已满"})
                route.fulfill(status=status, json=body)
            return
        name = {"/report": "templates/report.html", "/report.js": "templates/report.js"}.get(path, "static/icon.svg")
        file = ROOT / "maps" / name
        route.fulfill(status=200, content_type=TYPES[file.suffix[1:]], body=file.read_text(encoding="utf-8"))


@pytest.fixture(params=["zh-CN", "en-GB"])
def desk(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Desk]:
    context = browser.new_context(locale=request.param, viewport={"width": 390, "height": 844})
    yield Desk(context.new_page())
    context.close()


def test_a_report_is_written_by_keyboard_sent_and_thanked_for(desk: Desk) -> None:
    page = desk.page
    watch = attend(page, URL)
    page.goto(f"{URL}/report")
    assert axe_faults(page) == []
    english = page.evaluate("document.documentElement.lang") == "en"
    assert ("Report a problem" if english else "反映问题") in page.inner_text("h1")
    page.focus("#content")
    page.keyboard.type("路灯不亮")
    page.keyboard.press("Tab")
    page.keyboard.type("实验小学门口")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('said').textContent.includes('7')")
    (sent,) = desk.taken
    assert {name: sent[name] for name in sent if name != "uid"} == {"content": "路灯不亮", "place_text": "实验小学门口"}
    assert page.input_value("#content") == "" and axe_faults(page) == []
    watch.clean()


def test_what_cannot_be_sent_stays_and_goes_again_under_its_number(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{URL}/report")
    page.fill("#content", "路灯不亮")
    page.fill("#place", "实验小学门口")
    for mood, told in (("away", ""), ("full", "今日已满"), ("takes", "7")):
        desk.mood = mood
        page.click("#go")
        page.wait_for_function(f"document.getElementById('said').textContent.includes({told or ' '!r}) "
                               "|| document.getElementById('said').className === 'bad'")  # fmt: skip
        if mood != "takes":
            assert page.input_value("#content") == "路灯不亮" and axe_faults(page) == []
        page.wait_for_function("!document.getElementById('go').disabled")
    assert len({one["uid"] for one in desk.taken}) == 1 and len(desk.taken) == 3
    page.fill("#content", "又一处")
    page.fill("#place", "别处")
    page.click("#go")
    page.wait_for_function("document.getElementById('content').value === ''")
    assert desk.taken[-1]["uid"] != desk.taken[0]["uid"]
