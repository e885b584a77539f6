"""The style, the legend and the words of pages agree with the register and with each other."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from geo.layers.register import BY_NAME, get_kind
from geo.layers.synonyms import CHOICE_WORDS
from geo.messages import Language, catalogue
from geo.tiles.rules import ROAD_TIER_ZOOM
from maps import page, palette
from maps.basemap import STREETS
from maps.layers import WORDS, shared_script
from maps.ledgers.page import PLACING_WORDS
from maps.ledgers.page import WORDS as LEDGER_WORDS
from maps.legend import build_branches
from maps.palette import team_line
from maps.style import SHOWN, build_style, groups
from maps.symbols import BORDERS, THEMES, Theme
from maps.texts import Texts
from tests.contracts import ROOT

TEMPLATES = Path(page.__file__).parent / "templates"
STATIC = Path(page.__file__).parent / "static"
LEDGER_SCRIPTS = ("ledger_rows.js", "ledger.js", "ledger_detail.js")


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_style_layer_reads_a_source_and_a_kind_that_exist() -> None:
    style = build_style()
    for layer in style["layers"]:
        if layer["type"] != "background":
            assert layer["source"] in style["sources"]
            assert layer["source-layer"].removesuffix("_label") in BY_NAME
            kinds = style["sources"][layer["source"]]["tiles"][0].partition("collections=")[2].split(",")
            assert layer["source-layer"].removesuffix("_label") in kinds


def test_style_asks_nobody_for_fonts_or_pictures() -> None:
    style = build_style()
    assert "glyphs" not in style and "sprite" not in style
    assert not re.search(r"https?://", json.dumps(style))


def test_every_group_names_layers_of_the_style_and_no_layer_is_in_two() -> None:
    ids = [layer["id"] for layer in build_style()["layers"]]
    grouped = [id_ for members in groups().values() for id_ in members]
    assert len(ids) == len(set(ids))
    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= set(ids)


def test_only_layers_of_groups_are_hidden_until_a_page_shows_some() -> None:
    hidden = {layer["id"] for layer in build_style()["layers"] if layer.get("layout", {}).get("visibility") == "none"}
    assert hidden == {id_ for members in groups().values() for id_ in members}
    assert set(SHOWN) <= set(groups())


def test_points_to_be_found_at_a_glance_lie_over_every_name() -> None:
    order = [layer["id"] for layer in build_style()["layers"]]
    last_name = max(at for at, id_ in enumerate(order) if id_.endswith("-name"))
    assert order.index("supply_point") > last_name > order.index("ad")


def test_no_street_is_drawn_before_its_tiles_carry_it() -> None:
    assert {street.tier for street in STREETS} == set(ROAD_TIER_ZOOM)
    assert all(street.minzoom >= ROAD_TIER_ZOOM[street.tier] for street in STREETS)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.kind)
def test_every_choice_of_a_theme_has_a_colour_of_its_own(theme: Theme) -> None:
    [about] = [field.about for field in get_kind(theme.kind).fields if field.name == theme.field]
    assert {mark.value for mark in theme.marks} == set(about.choices)
    assert len({mark.color for mark in theme.marks}) == len(theme.marks)
    assert theme.field in get_kind(theme.kind).tile_fields


def test_every_coded_value_of_a_drawn_layer_has_words_in_both_languages() -> None:
    for theme in (*BORDERS, *THEMES):
        for field in get_kind(theme.kind).fields:
            for choice in field.about.choices:
                assert set(catalogue()[f"maps.{field.name}_{choice}"]) == {"zh", "en"}


def test_every_sentence_of_the_templates_is_in_the_catalogue() -> None:
    said = {key for path in TEMPLATES.glob("*.html") for key in re.findall(r'\bt\("(\w+)"', path.read_text("utf-8"))}
    whole = {key for key in said if not key.endswith("_")}
    assert len(whole) > 40
    assert not {key for key in whole if f"maps.{key}" not in catalogue()}


def test_every_sentence_of_the_catalogue_is_said_on_some_page() -> None:
    """A key is asked for whole, or as a beginning to which a value is added: ``f"stop_{kind}"``, ``"unit_" + unit``."""
    files = [*Path(page.__file__).parent.rglob("*.py"), *TEMPLATES.glob("*.html"), *(ROOT / "api").rglob("*.py")]
    code = "\n".join(path.read_text("utf-8") for path in files)
    whole = set(re.findall(r"""["'](?:maps\.)?(\w+)["']""", code))
    begun = set(re.findall(r"""["'](\w+_)(?:\{|["'] \+|["'],)""", code)) | {f"{field}_" for _, field in CHOICE_WORDS}
    begun |= {f"{field}_" for field in re.findall(r"""\.choice\(["'](\w+)["']""", code)}
    there = {code.removeprefix("maps.") for code in catalogue() if code.startswith("maps.")}
    assert {key for key in there - whole if not key.startswith((*begun, "regime_", "source_"))} == set()


def test_every_word_the_script_says_is_handed_to_it() -> None:
    for name, said in (("pianqu.js", r"page\.words\.(\w+)"), ("findings.js", r"\bwords\.(\w+)")):
        words = set(re.findall(said, (STATIC / name).read_text(encoding="utf-8")))
        assert words
        assert words <= set(WORDS)
    said = "".join((STATIC / name).read_text(encoding="utf-8") for name in LEDGER_SCRIPTS)
    assert set(re.findall(r"\bwords\.(\w+)", said)) <= {*WORDS, *LEDGER_WORDS, "placing_begin"}
    said = (STATIC / "placing.js").read_text(encoding="utf-8")
    assert set(re.findall(r"\bwords\.(\w+)", said)) <= {*WORDS, *LEDGER_WORDS, *PLACING_WORDS}


def test_legend_lists_every_mark_of_every_theme() -> None:
    texts = Texts("zh")
    tree = build_branches(texts)
    written = json.dumps(tree, ensure_ascii=False)
    assert [entry["group"] for branch in tree for entry in branch["children"]] == [
        *(theme.kind for theme in THEMES), "tier", "regime", *(border.kind for border in BORDERS),
    ]  # fmt: skip
    for theme in THEMES:
        for mark in theme.marks:
            assert f"--c:{mark.color}" in written
            assert texts.choice(theme.field, mark.value) in written


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_script_of_all_pages_is_small_and_the_page_itself_names_no_layer(language: Language) -> None:
    """A layer more is paid for once, in the script that a browser keeps."""
    shared = shared_script(language)
    assert len(shared.encode()) < 100_000 and len(gzip.compress(shared.encode())) < 20_000
    assert json.loads(shared.removeprefix("pianqu.shared = ").removesuffix(";\n"))["words"]["close"]
    parts = page.render_map((118.0, 28.2, 118.1, 28.3), Texts(language), plan=True, data_href="/d.json", shown=())
    assert len(parts.script.encode()) < 4_000
    assert not [name for name in groups() if f'"{name}"' in parts.script]


def test_a_white_number_can_be_read_on_every_team_colour() -> None:
    for color in palette.TEAM_COLORS:
        assert 1.05 / (luminance(color) + 0.05) >= 4.5, color


def test_the_first_thirty_teams_all_look_different() -> None:
    assert len({team_line(index) for index in range(30)}) == 30
