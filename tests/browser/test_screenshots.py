"""The pictures of README and guide; ``--screenshots`` writes them to ``docs/images``."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Page

from maps.palette import TEAM_COLORS, UNSERVED
from maps.symbols import BORDERS, THEMES
from tests.browser.conftest import Opener, Site, settle
from tests.browser.test_dashboards import checkbox, district
from tests.browser.test_route_sheets import sheets

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
MOST_BYTES = 400_000


def keep(png: bytes, name: str) -> None:
    """Write a screenshot with a palette, smaller when it would be too large."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for size in (1.0, 0.85, 0.7, 0.55):
        out = io.BytesIO()
        smaller = image.resize((round(image.width * size), round(image.height * size)), Image.Resampling.LANCZOS)
        drawn = with_palette(smaller)
        drawn.save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    assert out.tell() <= MOST_BYTES
    (IMAGES / name).write_bytes(out.getvalue())


def with_palette(image: Image.Image) -> Image.Image:
    """256 colours: the image's own most frequent ones, and every colour that means something, however rare."""
    meant = [mark.color for theme in (*THEMES, *BORDERS) for mark in theme.marks] + [*TEAM_COLORS, UNSERVED]
    fixed = sorted(set(meant))
    common = image.quantize(256 - len(fixed), dither=Image.Dither.NONE).getpalette() or []
    palette = Image.new("P", (1, 1))
    colors = common[: 3 * (256 - len(fixed))]
    for color in fixed:
        colors += ImageColor.getrgb(color)
    palette.putpalette(colors)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def shoot(page: Page, name: str) -> None:
    """Keep what the window shows."""
    settle(page)
    keep(page.screenshot(), name)


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    """Pictures differ from machine to machine in their fonts, so they are made by hand."""
    if not request.config.getoption("--screenshots"):
        pytest.skip("pictures are written only with --screenshots")


def test_picture_of_the_county(open_page: Opener) -> None:
    page, _ = open_page("/dashboards/county")
    shoot(page, "county.png")
    page.get_by_role("tab", name="班组路线").click()
    page.locator("[data-team]").nth(1).click()
    shoot(page, "county-team.png")


def test_picture_of_the_county_in_english(open_page: Opener) -> None:
    page, _ = open_page("/dashboards/county?lang=en")
    checkbox(page, "event")
    shoot(page, "county-en.png")


def test_picture_of_a_district(open_page: Opener, site: Site) -> None:
    page, _ = open_page(f"/dashboards/{district(site)}")
    shoot(page, "district.png")
    for kind in ("streetlight", "vendor_point", "illegal_building"):
        checkbox(page, kind)
    page.evaluate("() => { pianqu.map.setZoom(17, { animate: false }); }")
    shoot(page, "district-layers.png")


def test_pictures_of_findings(open_page: Opener) -> None:
    for name, tab in (("hotspots", "list"), ("returns", "rates"), ("workload", "matrix"), ("districting", "edit")):
        page, _ = open_page(f"/dashboards/{name}")
        if name == "districting":
            page.wait_for_function("() => pianqu.proposalReady")
        page.locator(f"#tab-{tab}").click()
        shoot(page, f"{name}.png")


def test_picture_without_webgl(open_page: Opener, site: Site) -> None:
    page, _ = open_page(f"/dashboards/{district(site)}", gl=False)
    checkbox(page, "streetlight")
    shoot(page, "district-raster.png")


def test_picture_of_a_route_sheet(open_page: Opener, site: Site) -> None:
    page, _ = open_page(f"/dashboards/{sheets(site)[0]}", settled=False)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1047})
    keep(page.screenshot(), "route-sheet.png")
