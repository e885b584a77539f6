"""What can become of an order about an ad: guidance ends as put right, an order to remove by whoever removed it."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

AD_ORDER: Final = Workflow(
    "ad_order",
    "ordered",
    {
        ("ordered", "conform"): "conformed",
        ("ordered", "remove_self"): "removed_by_owner",
        ("ordered", "remove"): "removed_by_bureau",
        ("ordered", "extend"): "ordered",
        ("ordered", "withdraw"): "withdrawn",
    },
)
"""规范到位, 自行拆除, 组织拆除, 延期, 撤销."""

STEPS_OF: Final = {
    "guide": frozenset({"conform", "extend", "withdraw"}),
    "remove": frozenset({"remove_self", "remove", "extend", "withdraw"}),
}
"""Steps that fit a measure; guidance pulls nothing down."""

PROVEN: Final = frozenset({"conform", "remove_self", "remove"})
"""Steps that need a picture before and one after, or the paper file they stand in."""
