"""What day it is where the counties of tests are: for eight hours of each day not the day it is in Greenwich."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def today() -> dt.date:
    """The local day."""
    return dt.datetime.now(ZONE).date()
