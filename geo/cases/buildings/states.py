"""What can be done with a footprint in which state, and which states are in the stock.

存量 and 新增 enter the stock; 叫停抢建 never does, however it ends. 没收 and 补办 are ends of their own. What was
demolished leaves the stock when it is written off (销账), that is when somebody has seen the ground clear.
"""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

BUILDING: Final = Workflow(
    "building",
    "suspected",
    {
        ("suspected", "verify"): "verified",
        ("suspected", "dismiss"): "dismissed",
        ("verified", "register"): "existing",
        ("verified", "register_new"): "new",
        ("verified", "stop"): "stopped",
        ("verified", "dismiss"): "dismissed",
        ("existing", "order"): "ordered",
        ("existing", "pull_down"): "demolished",
        ("existing", "confiscate"): "confiscated",
        ("existing", "regularise"): "regularised",
        ("existing", "strike"): "struck",
        ("new", "order"): "ordered",
        ("new", "pull_down"): "demolished",
        ("new", "confiscate"): "confiscated",
        ("new", "regularise"): "regularised",
        ("new", "strike"): "struck",
        ("stopped", "order"): "ordered",
        ("stopped", "pull_down"): "demolished",
        ("stopped", "regularise"): "regularised",
        ("stopped", "overbuild"): "overbuilt",
        ("stopped", "strike"): "struck",
        ("ordered", "announce"): "announced",
        ("ordered", "appeal"): "appealed",
        ("ordered", "pull_down"): "demolished",
        ("ordered", "confiscate"): "confiscated",
        ("ordered", "regularise"): "regularised",
        ("announced", "demolish"): "demolished",
        ("announced", "appeal"): "appealed",
        ("announced", "pull_down"): "demolished",
        ("announced", "regularise"): "regularised",
        ("appealed", "uphold"): "ordered",
        ("appealed", "revoke"): "revoked",
        ("appealed", "pull_down"): "demolished",
        ("revoked", "order"): "ordered",
        ("revoked", "pull_down"): "demolished",
        ("revoked", "confiscate"): "confiscated",
        ("revoked", "regularise"): "regularised",
        ("revoked", "strike"): "struck",
        ("demolished", "write_off"): "written_off",
    },
)
"""核实, 查否, 入账(存量/新增), 叫停, 限期拆, 公告, 复议诉讼, 维持, 撤销, 自拆, 强拆, 没收, 补办, 销账, 误登更正."""

ESTATE: Final = Workflow(
    "estate",
    "candidate",
    {
        ("candidate", "award"): "held",
        ("candidate", "withdraw"): "withdrawn",
        ("held", "lose"): "lost",
        ("held", "withdraw"): "withdrawn",
        ("lost", "reapply"): "candidate",
        ("lost", "withdraw"): "withdrawn",
    },
)
"""无违建小区: awarded by a person, lost by itself when something illegal is verified inside."""

ENTRIES: Final = {"register": "existing", "register_new": "new", "stop": "stopped"}
"""Step → as what the footprint is entered. What is entered as stopped stays out of the stock for good."""

IN_STOCK: Final = frozenset({"existing", "new", "ordered", "announced", "appealed", "revoked", "demolished"})
"""States in which a footprint that was entered as existing or new is part of the stock."""

WAYS: Final = {"written_off": "demolished", "confiscated": "confiscated", "regularised": "regularised"}
"""End → the term of the stock equation it is written off under: 拆除, 没收, 补办."""

NEEDS_REASON: Final = frozenset({"dismiss", "strike", "revoke", "confiscate", "regularise", "overbuild"})
"""Steps that say in words why, or on which paper they rest."""

LOST_BY: Final = frozenset(ENTRIES)
"""An estate loses its standing when a footprint inside takes one of these steps."""
