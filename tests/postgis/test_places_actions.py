"""The county's names in the database: built from layers, found by pairs of letters under row security."""

from __future__ import annotations

import json
import random

import pytest
from sqlalchemy import insert, text

from geo.cases.places import queries
from geo.cases.places.actions import NameBroken, OwnName, build_names, import_names, locate_text
from geo.cases.places.gazetteer import Gazetteer
from geo.cases.places.match import find_places
from geo.cases.places.words import grams
from geo.tables.base import Base
from tests.places import make_names, say_place

TABLES = Base.metadata.tables


@pytest.fixture
def street_town(database, county):
    """Two crossing streets in pieces, a lane of the same name elsewhere, an estate, a school and a 片区."""
    rows = {
        "road": [
            {"name": name, "road_class": "x", "tier": "main", "geom": f"SRID=4490;LINESTRING({line})"}
            for name, line in (
                ("朝阳路", "118.000 28.300, 118.004 28.300"),
                ("朝阳路", "118.004 28.300, 118.008 28.300"),
                ("文昌路", "118.004 28.296, 118.004 28.300, 118.004 28.304"),
                ("朝阳路", "118.090 28.390, 118.091 28.390"),
                (None, "118.000 28.310, 118.004 28.310"),
            )
        ],
        "hotspot_zone": [{"name": "锦绣花园", "kind": "estate", "geom": _box(118.006, 28.301)}],
        "frontage": [
            {
                "code": number,
                "name": name,
                "street": "朝阳路",
                "number": number,
                "geom": f"SRID=4490;POINT({lon} 28.3001)",
            }
            for number, name, lon in (
                ("12号", "老王烧烤", 118.001),
                ("20", "三元药房", 118.002),
                ("二十", "无号店", 118.003),
            )
        ],
        "landuse": [{"name": " ", "kind": "park", "geom": _box(118.01, 28.31)}],
        "patrol_district": [{"code": "W", "name": "城西片区", "geom": _box(118.0, 28.29, 0.02)}],
    }
    with database.begin(county) as session:
        for layer, given in rows.items():
            for number, row in enumerate(given):
                filled = {"tenant": county, "source": "test", "source_key": f"{layer}{number}", **row}
                session.execute(insert(TABLES[layer]).values(**filled))
        counts = build_names(session, county)
    return county, counts


def _box(west, south, size=0.001):
    east, north = west + size, south + size
    return f"SRID=4490;MULTIPOLYGON((({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south})))"


def test_names_come_from_the_layers_and_streets_in_one_piece(database, street_town):
    county, counts = street_town
    assert counts == {"road": 3, "crossing": 1, "estate": 1, "district": 1, "shop": 3, "house": 2}
    with database.begin(county) as session:
        crossing = locate_text(session, county, "文昌路与朝阳路交叉口")[0]
        assert (crossing.kind, crossing.lon, crossing.lat, crossing.district) == ("crossing", 118.004, 28.3, "W")
        both = [one for one in locate_text(session, county, "朝阳路") if one.kind == "road"]
        assert locate_text(session, county, "朝阳路16号")[0].name == "朝阳路16号(12–20号之间)"
        assert len(both) == 2 and {one.district for one in both} == {"W", None}
        assert max(one.radius_m for one in both) == pytest.approx(392, abs=2)


def test_building_again_changes_nothing_and_keeps_the_bureaus_own(database, street_town):
    county, counts = street_town
    own = [OwnName("house", "朝阳路77号", 118.001, 28.3001), OwnName("shop", "大福酒楼", 118.002, 28.3002, 15)]
    with database.begin(county) as session:
        assert import_names(session, county, own) == {"house": 1, "shop": 1}
        assert build_names(session, county) == counts
        assert locate_text(session, county, "朝阳路 77 号门口")[0].name == "朝阳路77号"
        assert import_names(session, county, own[1:]) == {"shop": 1}
        assert locate_text(session, county, "朝阳路 77 号门口")[0].kind == "road"
        assert sum(row["names"] for row in queries.count_names(session, county)) == 12


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (OwnName("palace", "故宫", 118.0, 28.3), "geocoding.kind"),
        (OwnName("shop", " -- ", 118.0, 28.3), "geocoding.name"),
        (OwnName("shop", "老王烧烤", 28.3, 118.0), "geocoding.outside"),
        (OwnName("house", "朝阳路", 118.0, 28.3), "geocoding.house"),
    ],
)
def test_a_name_that_cannot_be_taken_is_named_by_row(database, county, name, code):
    with database.begin(county) as session:
        with pytest.raises(NameBroken) as refused:
            import_names(session, county, [OwnName("shop", "好邻居", 118.0, 28.3), name])
        assert refused.value.code == code and refused.value.facts["row"] == 2
        assert queries.count_names(session, county) == []


def test_the_database_finds_what_memory_finds(database, county):
    names = [one for one in make_names(random.Random(7)) if one.kind not in ("crossing",)]
    own = [OwnName(one.kind, one.name, one.lon, one.lat, one.radius_m) for one in names]
    rng = random.Random(5)
    with database.begin(county) as session:
        import_names(session, county, own)
        memory = Gazetteer(queries.load_names(session, county))
        for _ in range(60):
            said, _truth = say_place(rng, names)
            assert locate_text(session, county, said) == find_places(said, memory)


def test_pairs_of_letters_are_found_by_their_index_under_row_security(database, county):
    """A trigram index lies idle under row security; equality keeps its index, whatever the values."""
    letters = [chr(0x4E00 + number) for number in range(600)]
    rng = random.Random(3)
    own = {"".join(rng.choices(letters, k=5)) + "店" for _ in range(4000)}
    with database.begin(county) as session:
        import_names(session, county, [OwnName("shop", name, 118.0, 28.3) for name in sorted(own)])
    with database.begin_as_owner() as session:
        session.execute(text("ANALYZE place_gram"))
        session.execute(text("ANALYZE place_name"))
    values = {"tenant": county, "grams": sorted(grams(min(own))), "few": 3, "many": 10}
    with database.begin(county) as session:
        assert session.execute(text("SELECT current_user")).scalar() == "pianqu_app"
        plan = json.dumps(session.execute(text(f"EXPLAIN (FORMAT JSON) {queries.ALIKE.text}"), values).scalar())
    assert "pk_place_gram" in plan and "pk_place_name" in plan
    assert "Seq Scan" not in plan


def test_names_stay_in_their_county(database, make_county):
    one, other = make_county(), make_county()
    with database.begin(one) as session:
        import_names(session, one, [OwnName("shop", "老王烧烤", 118.0, 28.3)])
    with database.begin(other) as session:
        assert locate_text(session, other, "老王烧烤") == []
