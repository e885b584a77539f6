"""Folium's output becomes local files: nothing foreign, nothing random, nothing that could end a script early."""

from __future__ import annotations

import json

import folium.plugins
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.assets import STATIC, asset
from maps.bridge import Map, MapSetup, NotLocal, render_parts, to_json
from maps.page import render_map
from maps.texts import Texts
from maps.vendor import PACKAGES

BOX = (118.0, 28.2, 118.1, 28.3)


def test_the_same_map_gives_the_same_bytes() -> None:
    first, second = (render_map(BOX, Texts("zh"), plan=True, data_href="/d.json") for _ in range(2))
    assert first == second


def test_all_files_of_a_page_are_ours_and_exist() -> None:
    parts = render_map(BOX, Texts("en"), plan=True, data_href="/d.json")
    assert len(parts.scripts) >= 5
    for address in (*parts.scripts, *parts.styles):
        path = address.removeprefix("/static/").partition("?v=")[0]
        assert asset(path) == address
        assert (STATIC / path).is_file()


def test_a_plug_in_that_would_load_from_elsewhere_is_refused() -> None:
    map_ = Map(BOX)
    folium.plugins.Fullscreen().add_to(map_)
    with pytest.raises(NotLocal, match="cdn"):
        render_parts(map_)


def test_an_address_in_the_script_is_refused() -> None:
    map_ = Map(BOX)
    MapSetup([], {"tiles": "https://tiles.example.org/x"}).add_to(map_)
    with pytest.raises(NotLocal, match="example"):
        render_parts(map_)


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_in_a_script_reads_back_and_cannot_end_the_script_for_any_value(value: object) -> None:
    text = to_json(value)
    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_vendored_files_are_those_of_the_manifest() -> None:
    import hashlib

    for folder in {package.folder for package in PACKAGES}:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        listed = {f"{name}/{file}": facts for name, entry in manifest.items() for file, facts in entry["files"].items()}
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
        assert there == set(listed)
        for path, facts in listed.items():
            body = (folder / path).read_bytes()
            assert hashlib.sha256(body).hexdigest() == facts["sha256"]
            assert b"sourceMappingURL=" not in body[-200:]
