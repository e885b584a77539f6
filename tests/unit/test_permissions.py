"""The table of permissions, walked."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.permissions import (
    PERMISSIONS,
    SCOPE_PERMISSIONS,
    Action,
    NobodyAllowed,
    NotAllowed,
    NotLinked,
    Principal,
    Reach,
    Role,
    Thing,
    demand,
    may,
    own_only,
    readable_kinds,
)
from geo.layers.register import KINDS
from geo.tables.accounts import ROLES, SCOPES

EVERYTHING = list(product(Action, Thing))
codes = st.sampled_from(["PQ01", "PQ02", "PQ03"])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("action", "thing"), EVERYTHING)
def test_a_role_may_exactly_what_its_row_of_the_table_says(role: Role, action: Action, thing: Thing) -> None:
    reach = PERMISSIONS.get((action, thing), {}).get(role)
    confined = Principal("990101", "somebody", role, area=frozenset({"PQ01"}))
    assert may(confined, action, thing) is (reach is Reach.COUNTY)
    assert may(confined, action, thing, "PQ01") is (reach in (Reach.COUNTY, Reach.AREA))
    assert may(confined, action, thing, "PQ02") is (reach is Reach.COUNTY)
    assert may(Principal("990101", "somebody", role), action, thing) is (reach in (Reach.COUNTY, Reach.AREA))
    linked = Principal("990101", "somebody", role, staff="A07")
    assert own_only(linked, action, thing) == ("A07" if reach is Reach.OWN else None)
    if reach is Reach.OWN:
        with pytest.raises(NotLinked):
            own_only(confined, action, thing)


@pytest.mark.parametrize(("action", "thing"), EVERYTHING)
def test_the_public_reads_public_layers_and_nothing_else(action: Action, thing: Thing) -> None:
    assert may(Principal("990101"), action, thing) is ((action, thing) == (Action.READ, Thing.PUBLIC_LAYER))
    shown = [(Action.READ, Thing.PUBLIC_LAYER), (Action.READ, Thing.OPEN_LAYER)]
    assert may(Principal("990101", map_open=True), action, thing) is ((action, thing) in shown)


def test_every_role_and_scope_that_can_be_stored_is_in_the_table() -> None:
    assert {role.value for role in Role} == {*ROLES, "public"}
    assert set(SCOPE_PERMISSIONS) == set(SCOPES)


def test_plans_are_not_part_of_what_reading_layers_gives() -> None:
    key = Principal("990101", "key:feed", scopes=frozenset({"layers:read"}))
    assert may(key, Action.READ, Thing.LAYER) and not may(key, Action.READ, Thing.PLAN, "PQ01")


@given(
    st.builds(
        Principal,
        st.just("990101"),
        st.sampled_from(["public", "somebody"]),
        st.sampled_from(Role),
        st.frozensets(st.text(max_size=8)),
        st.none() | st.frozensets(codes),
    ),
    st.sampled_from(Action),
    st.sampled_from([*Thing, *KINDS]),
    st.none() | codes,
)
def test_demand_refuses_exactly_when_may_says_no_for_any_caller(
    caller: Principal, action: Action, asked: Thing, area: str | None
) -> None:
    if may(caller, action, asked, area):
        demand(caller, action, asked, area)
    else:
        with pytest.raises(NotAllowed if caller.known else NobodyAllowed):
            demand(caller, action, asked, area)


@given(st.frozensets(st.text(max_size=12)))
def test_scopes_nobody_defined_give_nothing_beyond_the_public_for_any_text(scopes: frozenset[str]) -> None:
    key = Principal("990101", "key:x", scopes=scopes - set(SCOPES))
    assert readable_kinds(key) == tuple(kind for kind in KINDS if kind.public)


def test_an_account_called_public_is_somebody() -> None:
    assert Principal("990101", "public", Role.DESK, account_id=1).known
    assert not Principal("990101").known
