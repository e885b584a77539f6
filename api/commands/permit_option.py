"""The one option by which whoever files an event says that 已审批? was asked."""

from __future__ import annotations

from typing import Annotated

import typer

PermitChecked = Annotated[
    bool, typer.Option("--permit-checked", help="已审批? was asked: nothing in force at the place allows this.")
]
