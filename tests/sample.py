"""The sample county as made on a fixed day, once a test run."""

from __future__ import annotations

import datetime as dt
from functools import cache

from data.make_county import SampleCounty, make_county

TODAY = dt.date(2026, 11, 20)


@cache
def sample_county() -> SampleCounty:
    """The default county of :data:`TODAY`; readers leave it as it is."""
    return make_county(today=TODAY)
