"""The 权责清单 in the database, and signatures of two that complete an act or do not."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from geo.cases.formal.actions import SignedOtherwise, sign
from geo.cases.formal.pair import MayNotSign
from geo.cases.formal.queries import list_acts
from geo.cases.powers import queries
from geo.cases.powers.actions import (
    BodyMayNot,
    NoBand,
    NoPowerItem,
    SettingOutOfRange,
    get_figure,
    import_powers,
    require_band,
    require_body,
    require_item,
    set_figure,
)
from tests.lawful import POWERS, SYSTEM, Bureau, found, local, on_shift, yesterday

ON = yesterday()


@pytest.fixture
def bureau(database, county) -> Bureau:
    with database.begin(county) as session:
        return found(session, county, [ON])


def test_an_item_is_needed_in_force_and_for_that_code(database, bureau):
    with database.begin(bureau.tenant) as session:
        t = bureau.tenant
        assert require_item(session, t, "P-001", SYSTEM, "04-05")["article"].startswith("《城市市容")
        for item, code in (("P-009", "04-05"), ("P-002", "04-05")):
            with pytest.raises(NoPowerItem):
                require_item(session, t, item, SYSTEM, code)
        counts = import_powers(session, t, "\n".join(POWERS.splitlines()[:4]).encode(), "test")
        assert (counts["penalty"], counts["bands"], counts["retired"]) == (1, 3, 3)
        with pytest.raises(NoPowerItem):
            require_item(session, t, "P-002", SYSTEM, "01-11")


def test_a_list_taken_twice_is_the_list_taken_once(database, bureau):
    with database.begin(bureau.tenant) as session:
        before = queries.list_items(session, bureau.tenant)
        import_powers(session, bureau.tenant, POWERS.encode("gb18030"), "test")
        assert queries.list_items(session, bureau.tenant) == before


def test_amounts_stay_in_their_band_and_an_institution_does_not_coerce(database, bureau):
    with database.begin(bureau.tenant) as session:
        item = require_item(session, bureau.tenant, "P-001")
        assert require_band(session, bureau.tenant, item, "person", "ordinary", 2000).most_yuan == 2000
        for party, gravity, yuan in (("person", "ordinary", 49), ("person", "serious", 3000)):
            with pytest.raises(NoBand):
                require_band(session, bureau.tenant, item, party, gravity, yuan)
        assert require_body(session, bureau.tenant, "B1", coercive=True)["head"] == "某城管"
        assert require_body(session, bureau.tenant, "B2")
        with pytest.raises(BodyMayNot):
            require_body(session, bureau.tenant, "B2", coercive=True)


def test_a_figure_is_said_within_the_law_only(database, bureau):
    with database.begin(bureau.tenant) as session:
        assert get_figure(session, bureau.tenant, "ladder_months") == 12
        set_figure(session, bureau.tenant, "ladder_months", 6, "局务会 2026-3", "test")
        assert get_figure(session, bureau.tenant, "ladder_months") == 6
        with pytest.raises(SettingOutOfRange):
            set_figure(session, bureau.tenant, "spot_person_yuan", 201, "-", "test")


def act(session, bureau, staff, content="甲", at=None, account=None):
    item = require_item(session, bureau.tenant, "P-001")["id"]
    body = require_body(session, bureau.tenant, "B1")["id"]
    signer = bureau(staff)
    return sign(
        session, bureau.tenant, signer if account is None else type(signer)(account, staff), "penalty", 1, "decide",
        at=at or local(ON), item_id=item, body_id=body, content={"text": content},
    )  # fmt: skip


def test_two_officers_of_one_squad_complete_an_act_with_their_own_accounts(database, bureau):
    with database.begin(bureau.tenant) as session:
        assert not act(session, bureau, "L1").complete
        assert not act(session, bureau, "L1").complete
        with pytest.raises(MayNotSign, match="same_person"):
            act(session, bureau, "L2", account="l1")
        with pytest.raises(MayNotSign, match="other_team"):
            act(session, bureau, "L3")
        with pytest.raises(SignedOtherwise):
            act(session, bureau, "L2", content="乙")
        done = act(session, bureau, "L2")
        assert done.complete
        (row,) = list_acts(session, bureau.tenant, "penalty", 1)
        assert (row["first_account"], row["second_account"], row["shift_code"]) == ("l1", "l2", "all")
        log = "SELECT facts::text FROM change WHERE tenant = :t AND kind LIKE 'act.%' ORDER BY id"
        assert len(session.execute(text(log), {"t": bureau.tenant}).all()) == 2


@pytest.mark.parametrize(
    ("staff", "why"),
    [("OLD", "no_licence"), ("NEW", "no_licence"), ("AUX", "no_licence"), ("L5", "not_on_shift"), ("zz", "no_licence")],
)
def test_nobody_else_signs(database, bureau, staff, why):
    with database.begin(bureau.tenant) as session, pytest.raises(MayNotSign, match=why):
        act(session, bureau, staff)


def test_the_first_may_say_it_anew_before_the_partner_signs(database, bureau):
    with database.begin(bureau.tenant) as session:
        act(session, bureau, "L1", content="错")
        act(session, bureau, "L1", content="对")
        assert act(session, bureau, "L2", content="对").complete


def test_the_team_is_that_of_the_published_plan_where_there_is_one(database, bureau):
    day = yesterday(2)
    with database.begin(bureau.tenant) as session:
        on_shift(session, bureau.tenant, day)
        publish(session, bureau.tenant, day, {"T1": ["L1", "L3"], "T2": ["L2"]})
        at = local(day)
        act(session, bureau, "L1", at=at)
        for staff, why in (("L2", "other_team"), ("L4", "no_team")):
            with pytest.raises(MayNotSign, match=why):
                act(session, bureau, staff, at=at)
        assert act(session, bureau, "L3", at=at).complete


def publish(session, tenant, day, teams):
    """A published plan of the day with nothing but its teams."""
    plan = session.execute(
        text("""INSERT INTO shift_plan (tenant, on_date, shift_code, version, status, starts_at, ends_at, seed,
                 iterations, input_digest, weight_served, weight_total, published_at)
             VALUES (:t, :d, 'all', 1, 'published', :a, :b, 1, 1, 'x', 0, 0, now()) RETURNING id"""),
        {"t": tenant, "d": day, "a": local(day, 0), "b": local(day, 23)},
    ).scalar_one()
    for number, (code, people) in enumerate(teams.items()):
        team = session.execute(
            text("""INSERT INTO plan_team (tenant, plan_id, code, name, kind, mode, licences, color_index, start,
                 duration_s, distance_m)
                 VALUES (:t, :p, :c, :c, 'roaming', 'foot', 2, :n, 'SRID=4490;POINT(118 28.3)', 0, 0) RETURNING id"""),
            {"t": tenant, "p": plan, "c": code, "n": number},
        ).scalar_one()
        for person in people:
            session.execute(
                text("""INSERT INTO plan_member (tenant, plan_id, team_id, staff_id)
                     SELECT :t, :p, :m, id FROM staff WHERE tenant = :t AND code = :c"""),
                {"t": tenant, "p": plan, "m": team, "c": person},
            )
