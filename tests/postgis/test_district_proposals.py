"""Proposals of 片区 in the database: made, edited, adopted, refused; nothing in force changes before."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from sqlalchemy import text

from geo.crs import STORAGE
from geo.db.engine import Database
from geo.hotspots.districting import queries
from geo.hotspots.districting.ground import RecutRequest, UnknownLock
from geo.hotspots.districting.proposals import (
    NotWhole,
    ProposalEdited,
    ProposalFixed,
    ProposalStale,
    UnitLocked,
    UnknownProposal,
    UnknownUnit,
    adopt_proposal,
    get_standing,
    move_units,
    propose_districts,
    rename_district,
)
from geo.layers.actions import save_frame
from geo.roads.queries import load_roads
from tests.towns import SRID, grid, spot

SIDE = 200.0
COLUMNS, ROWS = 8, 4
EXTENT = (117.1, 28.2, 117.4, 28.4)


def box(column: int, row: int, columns: int = 1, rows: int = 1) -> shapely.Polygon:
    """Blocks of the town as a rectangle, metres."""
    low, high = spot(column * SIDE, row * SIDE), spot((column + columns) * SIDE, (row + rows) * SIDE)
    return shapely.box(low.x, low.y, high.x, high.y)


def frame(areas: list[shapely.Polygon], **columns) -> geopandas.GeoDataFrame:
    """Rows of a layer with areas in metres, corners rounded as the layer stores them."""
    stored = geopandas.GeoSeries(areas, crs=SRID).to_crs(STORAGE)
    return geopandas.GeoDataFrame(columns, geometry=stored.set_precision(1e-9), crs=STORAGE)


@pytest.fixture
def town(database: Database, make_county) -> str:
    """Streets on a chequerboard, a unit grid a block, two 片区 of which the western one is too large."""
    tenant = make_county(EXTENT)
    roads = grid(COLUMNS + 1, ROWS + 1, step_m=SIDE)
    save_frame(database, tenant, "road", roads.drop(columns="owner_district"), "test")
    cells = [(i, j) for j in range(ROWS) for i in range(COLUMNS)]
    codes = [f"U{i}{j}" for i, j in cells]
    west = ["A" if i < 5 else "B" for i, _ in cells]
    grids = frame([box(i, j) for i, j in cells], code=codes, source_key=codes, district_code=west)
    save_frame(database, tenant, "unit_grid", grids.assign(grid_code=[f"G{i}" for i, _ in cells]), "test")
    districts = frame(
        [box(0, 0, 5, ROWS), box(5, 0, 3, ROWS)], code=["A", "B"], name=["西", "东"], source_key=["A", "B"]
    )
    save_frame(database, tenant, "patrol_district", districts, "test")
    strips = frame([box(i, 0, 1, ROWS) for i in range(COLUMNS)], code=[f"G{i}" for i in range(COLUMNS)])
    strips["district_code"], strips["source_key"] = ["A"] * 5 + ["B"] * 3, strips["code"]
    save_frame(database, tenant, "responsibility_grid", strips, "test")
    return tenant


def districts_of(database: Database, tenant: str) -> geopandas.GeoDataFrame:
    """The 片区 in force, metres."""
    with database.begin(tenant) as session:
        return queries.load_districts(session).to_crs(SRID).set_index("code")


def test_a_proposal_says_what_moves_and_why_and_changes_nothing(database, town):
    before = districts_of(database, town).geometry.to_wkb().tolist()
    made = propose_districts(database, town, RecutRequest())
    assert made["load_kind"] == "streets" and made["unit_kind"] == "unit_grid" and made["status"] == "draft"
    assert made["summary"]["max_over_mean_before"] > 1.2 and made["max_over_mean"] <= 1.03 and made["whole"]
    assert [(row["code"], row["name"], row["existed"]) for row in made["districts"]] == [
        ("A", "西", True),
        ("B", "东", True),
    ]
    with database.begin(town) as session:
        units = queries.list_units(session, town, made["id"])
        features = queries.list_unit_features(session, town, made["id"])
    moved = [unit for unit in units if unit.before != unit.code]
    assert {unit.before for unit in moved} == {"A"} and len(moved) == made["moved_units"] == 4
    assert {unit.reason_code for unit in moved} == {"districts.reason_lighten"}
    assert len(features) == 32 and features[0]["geometry"]["type"] == "MultiPolygon"
    assert districts_of(database, town).geometry.to_wkb().tolist() == before


def test_an_edited_proposal_is_adopted_as_it_was_edited_and_every_street_has_one_owner(database, town):
    made = propose_districts(database, town, RecutRequest())
    with database.begin(town) as session:
        told = move_units(session, town, made["id"], ["U30"], "B", revision=1, actor="li")
        assert told["revision"] == 2 and told["edited_units"] == 1 and told["max_over_mean"] > made["max_over_mean"]
        with pytest.raises(ProposalEdited):
            move_units(session, town, made["id"], ["U31"], "B", revision=1)
        session.execute(
            text("UPDATE patrol_district SET population = 2000 WHERE tenant = :t AND code = 'A'"), {"t": town}
        )
        session.execute(
            text("UPDATE patrol_district SET population = 1200 WHERE tenant = :t AND code = 'B'"), {"t": town}
        )
    done = adopt_proposal(database, town, made["id"], actor="li")
    assert done["districts"] == 2 and done["unit_grids"] == 5 and done["grids"] == 1 and done["split_grids"] == ["G3"]
    now = districts_of(database, town)
    assert now.geometry["A"].area == pytest.approx(15 * SIDE**2, rel=1e-4) and now["name"].to_dict() == {
        "A": "西",
        "B": "东",
    }
    assert shapely.area(shapely.intersection(now.geometry["A"], now.geometry["B"])) < 1
    with database.begin(town) as session:
        owners = load_roads(session)["owner_district"]
        people = dict(
            session.execute(text("SELECT code, population FROM patrol_district WHERE tenant = :t"), {"t": town}).all()
        )
        rows = session.execute(text("SELECT count(*) FROM patrol_district WHERE tenant = :t"), {"t": town}).scalar_one()
        assert get_standing(session, town, made["id"])["status"] == "adopted"
        with pytest.raises(ProposalFixed):
            move_units(session, town, made["id"], ["U30"], "A")
    assert people == {"A": 1_500, "B": 1_700}, "by ground, where no house stands"
    assert set(owners) == {"A", "B"} and owners.notna().all() and rows == 2
    again = adopt_proposal(database, town, made["id"])
    assert again["streets"] == again["unit_grids"] == 0


def test_a_new_district_is_founded_with_a_name_and_a_dropped_one_is_gone(database, town):
    made = propose_districts(database, town, RecutRequest(n=3))
    founded = [row["code"] for row in made["districts"] if not row["existed"]]
    with database.begin(town) as session:
        rename_district(session, town, made["id"], founded[0], "新区片区")
        with pytest.raises(UnknownUnit):
            rename_district(session, town, made["id"], "A", "改名")
    adopt_proposal(database, town, made["id"])
    assert districts_of(database, town)["name"].to_dict() == {"A": "西", "B": "东", founded[0]: "新区片区"}
    fewer = propose_districts(database, town, RecutRequest(n=1))
    assert len(fewer["summary"]["dropped"]) == 2
    adopt_proposal(database, town, fewer["id"])
    left = districts_of(database, town)
    assert len(left) == 1 and left.geometry.iloc[0].geom_type in ("Polygon", "MultiPolygon")
    with database.begin(town) as session:
        assert load_roads(session)["owner_district"].nunique() == 1


def test_what_is_in_pieces_locked_or_out_of_date_is_not_adopted(database, town):
    made = propose_districts(database, town, RecutRequest(lock_units=("U00",)))
    other = propose_districts(database, town, RecutRequest(seed=2, fresh=True))
    with database.begin(town) as session:
        with pytest.raises(UnitLocked):
            move_units(session, town, made["id"], ["U00"], "B")
        with pytest.raises(UnknownUnit):
            move_units(session, town, made["id"], ["U99"], "B")
        with pytest.raises(UnknownUnit):
            move_units(session, town, made["id"], ["U01"], "Z")
        with pytest.raises(UnknownProposal):
            get_standing(session, town, 1 << 40)
        told = move_units(session, town, made["id"], ["U73"], "A")
        assert not told["whole"] and {row["code"]: row["pieces"] for row in told["districts"]} == {"A": 2, "B": 1}
    with pytest.raises(NotWhole):
        adopt_proposal(database, town, made["id"])
    with database.begin(town) as session:
        move_units(session, town, made["id"], ["U73"], "B")
    adopt_proposal(database, town, made["id"])
    with pytest.raises(ProposalStale):
        adopt_proposal(database, town, other["id"])
    with pytest.raises(UnknownLock):
        propose_districts(database, town, RecutRequest(lock_districts=("Z",)))


def test_blocks_between_streets_stand_in_for_unit_grids(database, make_county):
    tenant = make_county(EXTENT)
    save_frame(database, tenant, "road", grid(7, 6, step_m=SIDE).drop(columns="owner_district"), "test")
    made = propose_districts(database, tenant, RecutRequest(n=3))
    assert made["unit_kind"] == "street_block" and made["summary"]["max_over_mean_before"] is None
    adopt_proposal(database, tenant, made["id"])
    areas = districts_of(database, tenant).geometry
    assert len(areas) == 3 and areas.area.sum() == pytest.approx(areas.union_all().area, rel=1e-9)
    assert np.isclose(areas.union_all().area, areas.union_all().convex_hull.area, rtol=1e-3), "no gap"
