"""The map that anybody may see, in a browser that has signed in nowhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.commands.dashboards import ensure_dashboards
from geo.db.counties import number_map
from geo.db.engine import Database
from geo.db.sequencer import sequence_changes
from geo.layers.register import KINDS
from geo.settings import Settings
from tests.browser.conftest import Opener, Site, answers
from tests.browser.gates import axe_faults

NUMBER = "赣S(2026)012号"


@pytest.fixture(scope="module")
def numbered(site: Site, settings: Settings, database: Database) -> Iterator[None]:
    """The sample county with a number for its map, and its pages with it."""
    own = dataclasses.replace(settings, tenant=site.tenant)

    def enter(number: str) -> None:
        number_map(database, site.tenant, number)
        while sequence_changes(database):
            pass
        ensure_dashboards(database, own, site.tenant, site.on_date)

    enter(NUMBER)
    yield
    enter("")


@pytest.mark.usefixtures("numbered")
@pytest.mark.parametrize(("lang", "gl"), [("zh", True), ("en", True), ("zh", False)])
def test_anybody_finds_the_places_and_is_asked_for_nothing(site: Site, open_page: Opener, lang: str, gl: bool) -> None:
    assert answers(f"{site.url}/dashboards/public")
    page, watch = open_page(f"/map?lang={lang}", login="", gl=gl)
    expect(page.locator("footer")).to_contain_text(NUMBER)
    rows = page.locator("#ledger-public tbody tr")
    expect(rows.first).to_be_visible()
    offered = page.locator(".leaflet-control-layers").inner_text() + page.locator("#ledger-public").inner_text()
    if gl:
        offered += " ".join(page.locator(".leaflet-control-layers .entry").all_text_contents())
    named = {kind.name: kind.zh if lang == "zh" else kind.en for kind in KINDS}
    assert all(named[kind.name] in offered for kind in KINDS if kind.open)
    hidden = [kind.name for kind in KINDS if not kind.public and not kind.open and named[kind.name] in offered]
    assert hidden == []
    assert axe_faults(page) == []
    watch.clean()
