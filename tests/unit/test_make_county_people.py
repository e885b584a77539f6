"""The bureau's people are as the reports name them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from data.county.names import Names
from data.county.people import make_staff, make_vehicles

TODAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def staff() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return make_staff(rng, Names(rng), TODAY)


def test_the_bureau_is_of_the_size_the_reports_name(staff: pd.DataFrame) -> None:
    regular = staff[staff["kind"] == "regular"]
    assert len(regular) == 9 and len(staff) - len(regular) == 39
    assert regular["licence_no"].notna().sum() == 6
    assert staff.loc[staff["kind"] == "auxiliary", "licence_no"].isna().all()
    assert staff["name"].is_unique and staff["code"].is_unique
    soon = [d for d in regular["licence_to_on"].dropna() if d < TODAY + dt.timedelta(60)]
    assert len(soon) == 1 and soon[0] > TODAY
    assert make_vehicles()["kind"].value_counts().to_dict() == {"ebike": 20, "car": 2}
