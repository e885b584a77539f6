"""Every page: nothing foreign, nothing refused, nothing blank, readable to everybody, in one language at a time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page
from shapely.geometry import box, shape

from api.pages import folder_of, read_index
from geo.settings import Settings
from maps.style import groups
from maps.symbols import THEMES
from tests.browser.conftest import Opener, Site, settle
from tests.browser.gates import axe_faults, blank_faults
from tests.browser.pictures import changed_share, map_pixels

KINDS = tuple(theme.kind for theme in THEMES)
HIDE_THE_PLAN = """() => {
  for (const pane of ["markerPane", "overlayPane"]) { pianqu.map.getPane(pane).style.opacity = 0; }
}"""
"""Stops and routes lie over the layers, and may cover the only dot of one."""

ONE_DOT = 15
"""Pixels that a single small dot changes at least."""
CHINESE = re.compile(r"[\u3400-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
NOT_WORDS = {"CGCS", "Tab", "Esc"}
"""A frame of reference and keys of the keyboard have no other name."""

WORDS_OF_THE_PAGE = """() => {
  const found = [];
  const skip = node => node.closest("bdi, text[lang], script, style, option, [hreflang], .mark-name");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.textContent.trim();
    if (text && !skip(node.parentElement)) { found.push(text); }
  }
  for (const node of document.querySelectorAll("[title], [aria-label]")) {
    if (!skip(node)) { found.push(node.title || "", (node.getAttribute("aria-label") || "").split(": ")[0]); }
  }
  return found;
}"""


def district(site: Site) -> str:
    """Code of the first 片区 that a team comes to."""
    index = read_index(folder_of(Settings(site.home, site.tenant), site.tenant))
    assert index is not None
    return next(name for name, page in index.pages.items() if page.areas == (name,))


@pytest.fixture(params=["county", "district"])
def path(request: pytest.FixtureRequest, site: Site) -> str:
    """Both kinds of page."""
    return "/dashboards/county" if request.param == "county" else f"/dashboards/{district(site)}"


def checkbox(page: Page, group: str) -> None:
    """Switch a group of the layer tree by its place in the page's own list, as a reader would by its label."""
    page.evaluate(
        """group => {
          const found = pianqu.groups.find(one => one.kind === group).layer;
          for (const input of document.querySelectorAll(".leaflet-control-layers input")) {
            if (input.layerId === L.stamp(found)) { input.click(); return; }
          }
          throw new Error("no checkbox for " + group);
        }""",
        group,
    )


def test_page_is_drawn_from_local_tiles_without_an_error(open_page: Opener, path: str) -> None:
    page, watch = open_page(path)
    assert blank_faults(page) == []
    assert watch.tiles.get("hotspot_zone", 0) >= 1
    assert max(count for name, count in watch.tiles.items() if name.startswith("landuse")) >= 1
    watch.clean()


def test_page_and_script_are_small_however_many_features(site: Site, open_page: Opener, path: str) -> None:
    page, _ = open_page(path, settled=False)
    html = page.request.get(site.url + path).body()
    script = page.request.get(f"{site.url}{path}.js").body()
    assert len(html) + len(script) < 100_000
    assert b"<script>" not in html


def bring_into_view(page: Page, site: Site, kind: str) -> None:
    """Move the map to a feature of the layer unless one lies in what :func:`map_pixels` looks at."""
    items = f"{site.url}/collections/{kind}/items?limit=50"
    seen = page.evaluate(
        """() => {
          const size = pianqu.map.getSize(), at = (x, y) => pianqu.map.containerPointToLatLng([x, y]);
          const low = at(120, size.y - 110), high = at(size.x - 360, 70);
          return [low.lng, low.lat, high.lng, high.lat];
        }"""
    )
    near = page.request.get(f"{items}&bbox={','.join(map(str, seen))}").json()["features"]
    if any(shape(feature["geometry"]).intersects(box(*seen)) for feature in near):
        return
    parts = shape(page.request.get(items).json()["features"][0]["geometry"])
    middle = getattr(parts, "geoms", [parts])[0].representative_point()
    page.evaluate("at => { pianqu.map.setView(at, 16.25, { animate: false }); }", [middle.y, middle.x])
    settle(page)


def test_every_layer_is_drawn_and_switching_it_changes_the_picture(open_page: Opener, site: Site) -> None:
    page, watch = open_page(f"/dashboards/{district(site)}")
    page.evaluate("() => { pianqu.map.setZoom(16.25, { animate: false }); }")
    settle(page)
    page.evaluate(
        "() => { for (const pane of ['marker', 'overlay']) pianqu.map.getPane(`${pane}Pane`).style.opacity = 0; }"
    )
    page.evaluate(HIDE_THE_PLAN)
    missing = []
    for kind in KINDS:
        bring_into_view(page, site, kind)
        shown = page.evaluate("kind => pianqu.map.hasLayer(pianqu.groups.find(g => g.kind === kind).layer)", kind)
        if shown:
            checkbox(page, kind)
            settle(page)
        without = map_pixels(page)
        checkbox(page, kind)
        settle(page)
        drawn = page.evaluate("ids => pianqu.gl.queryRenderedFeatures({ layers: ids }).length", list(groups()[kind]))
        with_it = map_pixels(page)
        changed = round(changed_share(without, with_it) * with_it.size)
        if not drawn or changed < ONE_DOT:
            missing.append((kind, drawn, changed))
        checkbox(page, kind)
        settle(page)
        assert watch.tiles.get(kind, 0) >= 1
    assert missing == []
    watch.clean()


@pytest.mark.parametrize("group", ["tier", "regime"])
def test_streets_are_coloured_by_tier_and_by_regime(open_page: Opener, group: str) -> None:
    page, watch = open_page("/dashboards/county")
    before = map_pixels(page)
    checkbox(page, group)
    settle(page)
    assert page.evaluate("id => pianqu.gl.queryRenderedFeatures({ layers: [id] }).length", group) > 0
    assert changed_share(before, map_pixels(page)) > 0.002
    watch.clean()


def test_names_are_written_on_the_map_by_local_fonts(open_page: Opener) -> None:
    page, watch = open_page("/dashboards/county")
    names = [layer for members in groups().values() for layer in members if layer == "patrol_district-name"]
    assert page.evaluate("ids => pianqu.gl.queryRenderedFeatures({ layers: ids }).length", names) > 0
    page.evaluate("() => { pianqu.map.eachLayer(one => one._path || one.options.radius ? one.remove() : 0); }")
    settle(page)
    written = map_pixels(page)
    page.evaluate("ids => ids.forEach(id => pianqu.gl.setLayoutProperty(id, 'visibility', 'none'))", names)
    settle(page)
    assert changed_share(written, map_pixels(page)) > 0.0005
    watch.clean()


def test_a_click_shows_what_is_there_in_words(open_page: Opener, site: Site) -> None:
    page, watch = open_page(f"/dashboards/{district(site)}")
    at = page.evaluate(
        """() => {
          const zone = pianqu.gl.queryRenderedFeatures({ layers: ["hotspot_zone"] })[0];
          const shape = zone.geometry.coordinates;
          const ring = zone.geometry.type === "Polygon" ? shape[0] : shape[0][0];
          let x = 0, y = 0;
          ring.forEach(c => { x += c[0] / ring.length; y += c[1] / ring.length; });
          pianqu.map.setView([y, x], 17, { animate: false });
          return [y, x];
        }"""
    )
    settle(page)
    with page.expect_response(re.compile(r"/collections/hotspot_zone/items/\d+")) as answer:
        page.evaluate("at => { pianqu.map.fire('click', { latlng: L.latLng(at) }); }", at)
    feature = answer.value.json()
    popup = page.locator(".leaflet-popup-content")
    popup.get_by_text(feature["properties"]["name"], exact=True).first.wait_for()
    assert "驻留分钟" in popup.inner_text()
    watch.clean()


def test_page_has_no_accessibility_fault(open_page: Opener, path: str) -> None:
    page, _ = open_page(path)
    for tab in page.get_by_role("tab").all():
        tab.click()
        assert axe_faults(page) == []


@pytest.mark.parametrize(("lang", "foreign"), [("zh", ENGLISH), ("en", CHINESE)])
def test_page_speaks_one_language(open_page: Opener, path: str, lang: str, foreign: re.Pattern[str]) -> None:
    page, watch = open_page(f"{path}?lang={lang}")
    assert page.evaluate("() => document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]
    words = [text for text in page.evaluate(WORDS_OF_THE_PAGE) if foreign.search(text)]
    assert [text for text in words if not set(foreign.findall(text)) <= NOT_WORDS] == []
    watch.clean()


def test_the_switch_leads_to_the_other_language_and_back(open_page: Opener) -> None:
    page, _ = open_page("/dashboards/county")
    page.get_by_role("link", name="English").click()
    settle(page)
    assert page.evaluate("() => document.documentElement.lang") == "en"
    page.get_by_role("link", name="中文").click()
    settle(page)
    assert page.evaluate("() => document.documentElement.lang") == "zh-CN"


def test_everything_is_reached_by_keyboard(open_page: Opener) -> None:
    page, _ = open_page("/dashboards/county")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.locator("#tab-districts").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.id") == "tab-teams"
    assert page.locator("#panel-teams").is_visible() and page.locator("#panel-districts").is_hidden()
    seen = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("() => document.activeElement.tagName + '.' + document.activeElement.className"))
    assert any(name.startswith("BUTTON.button-small") for name in seen)
    assert any(name.startswith("INPUT.leaflet-control-layers-selector") for name in seen)
    page.locator(".folium-map").focus()
    before = page.evaluate("() => pianqu.map.getCenter().lng")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => pianqu.map.getCenter().lng > before", arg=before)


def test_a_team_and_its_stops_are_found_from_the_list(open_page: Opener) -> None:
    page, watch = open_page("/dashboards/county")
    page.get_by_role("tab", name="班组路线").click()
    before = map_pixels(page)
    button = page.locator("[data-team]").first
    button.click()
    settle(page)
    assert button.get_attribute("aria-pressed") == "true"
    assert changed_share(before, map_pixels(page)) > 0.01
    page.locator(".team summary").first.click()
    stop = page.locator(".team .place").first
    stop.click()
    lon, lat = map(float, (stop.get_attribute("data-at") or "").split(","))
    centre = page.evaluate("() => { const c = pianqu.map.getCenter(); return [c.lng, c.lat]; }")
    assert centre == pytest.approx([lon, lat], abs=1e-4)
    watch.clean()


def test_another_shift_shows_its_own_teams(open_page: Opener) -> None:
    page, _ = open_page("/dashboards/county")
    codes = [shift["code"] for shift in page.evaluate("() => pianqu.plan.shifts")]
    assert len(codes) >= 2
    for code in codes:
        page.locator("#shift").select_option(code)
        [shift] = [one for one in page.evaluate("() => pianqu.plan.shifts") if one["code"] == code]
        listed = [node.get_attribute("data-team") for node in page.locator("[data-team]").all()]
        assert listed == [team["code"] for team in shift["teams"]]
        assert page.locator("#unserved tbody tr").count() == len(shift["unserved"])


def test_without_webgl_the_same_map_is_drawn_from_pictures(open_page: Opener, path: str) -> None:
    page, watch = open_page(path, gl=False)
    assert page.evaluate("() => pianqu.raster") is True
    assert page.locator("#notice").is_visible()
    assert blank_faults(page) == []
    before = map_pixels(page)
    for kind in ("streetlight", "regime"):
        checkbox(page, kind)
        settle(page)
        assert changed_share(before, map_pixels(page)) > 0.0002
        checkbox(page, kind)
        settle(page)
    watch.clean()


def test_without_webgl_a_click_still_answers(open_page: Opener, site: Site) -> None:
    page, watch = open_page(f"/dashboards/{district(site)}", gl=False)
    answer = page.request.get(f"{site.url}/collections/hotspot_zone/items?limit=1").json()
    west, south, east, north = answer["features"][0].get("bbox") or bounds(answer["features"][0]["geometry"])
    with page.expect_response(re.compile(r"/collections/hotspot_zone/items\?")):
        page.evaluate(
            "([x, y]) => { pianqu.map.setView([y, x], 17, { animate: false });"
            " pianqu.map.fire('click', { latlng: L.latLng(y, x) }); }",
            [(west + east) / 2, (south + north) / 2],
        )
    page.locator(".leaflet-popup-content dl").wait_for()
    watch.clean()


def bounds(geometry: dict[str, object]) -> tuple[float, float, float, float]:
    """West, south, east, north of a GeoJSON geometry."""
    west, south, east, north = shape(geometry).bounds
    return west, south, east, north


def test_a_leader_sees_only_their_own_districts(open_page: Opener, site: Site) -> None:
    index = read_index(folder_of(Settings(site.home, site.tenant), site.tenant))
    assert index is not None
    page, _ = open_page("/dashboards", login="browser.leader")
    own = page.evaluate("() => fetch('/session').then(a => a.json())")["area"]
    assert own
    assert page.url.split("?")[0].rpartition("/")[2] in own
    for name, built in index.pages.items():
        status = page.request.get(f"{site.url}/dashboards/{name}", max_redirects=0).status
        # pages of cases hold none: the service gives each caller their own ground's; places of the public are anybody's
        open_to_them = built.asked in (("read", "case"), ("read", "open_layer"))
        allowed = open_to_them or (built.areas is not None and bool(set(built.areas) & set(own)))
        assert status == (200 if allowed else 403), name


def test_nobody_is_sent_to_the_login_and_gets_no_data(site: Site) -> None:
    with httpx.Client(base_url=site.url, trust_env=False) as nobody:
        answer = nobody.get("/dashboards/county")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/dashboards/county")
        assert nobody.get("/dashboards/county.json").status_code == 401
        assert nobody.get("/dashboards/../../../etc/passwd").status_code in (303, 404)


def test_static_files_are_kept_for_ever_only_by_their_hash(site: Site) -> None:
    with httpx.Client(base_url=site.url, trust_env=False) as nobody:
        assert "immutable" in nobody.get("/static/pianqu.js?v=0").headers["cache-control"]
        assert nobody.get("/static/pianqu.js").headers["cache-control"] == "no-cache"
        assert nobody.get("/static/../page.py").status_code == 404


def test_the_script_all_pages_share_is_kept_by_its_hash_and_named_by_every_page(site: Site, open_page: Opener) -> None:
    page, _ = open_page("/dashboards/county", settled=False)
    [address] = [src for src in page.evaluate("() => [...document.scripts].map(s => s.src)") if "layers.js" in src]
    answer = page.request.get(address)
    assert "immutable" in answer.headers["cache-control"] and "private" in answer.headers["cache-control"]
    assert len(answer.body()) < 100_000
    assert page.request.get(f"{site.url}/dashboards/layers.js?v=0").headers["cache-control"] == "private, no-cache"
    assert httpx.get(address, trust_env=False).status_code == 401


def test_data_file_says_the_same_as_the_stored_plan(site: Site, open_page: Opener) -> None:
    page, _ = open_page("/dashboards/county", settled=False)
    shown = json.loads(page.request.get(f"{site.url}/dashboards/county.json").body())
    plans = page.request.get(f"{site.url}/patrol/plans").json()["plans"]
    stored = {plan["shift_code"] for plan in plans if plan["on_date"] == site.on_date.isoformat()}
    assert {shift["code"] for shift in shown["shifts"]} == stored


def test_built_files_hold_nothing_of_another_build(site: Site) -> None:
    folder = folder_of(Settings(site.home, site.tenant), site.tenant)
    index = read_index(folder)
    assert index is not None
    stems = {page.stem for page in index.pages.values()}
    assert {path.name.split(".")[0] for path in Path(folder).iterdir()} == stems | {"index", "layers"}
