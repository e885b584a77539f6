"""What can be done with a problem in which state, what each step needs, and what it does to the clocks."""

from __future__ import annotations

from typing import Final

from geo.cases.clocks.clock import Op
from geo.cases.workflow import Workflow

PROBLEM: Final = Workflow(
    "problem",
    "reported",
    {
        ("reported", "register"): "registered",
        ("reported", "ask_verification"): "verifying",
        ("reported", "settle_on_spot"): "closed",
        ("reported", "merge"): "merged",
        ("reported", "void"): "voided",
        ("verifying", "verify_before_registration"): "verified",
        ("verifying", "void"): "voided",
        ("verified", "register"): "registered",
        ("verified", "merge"): "merged",
        ("verified", "void"): "voided",
        ("registered", "dispatch"): "dispatched",
        ("registered", "dispute"): "disputed",
        ("registered", "merge"): "merged",
        ("registered", "void"): "voided",
        ("dispatched", "feed_back"): "handled",
        ("dispatched", "hand_over"): "dispatched",
        ("dispatched", "ask_extension"): "extension_asked",
        ("dispatched", "suspend"): "suspended",
        ("dispatched", "send_back"): "registered",
        ("dispatched", "dispute"): "disputed",
        ("dispatched", "merge"): "merged",
        ("extension_asked", "grant_extension"): "dispatched",
        ("extension_asked", "refuse_extension"): "dispatched",
        ("extension_asked", "feed_back"): "handled",
        ("suspended", "resume"): "dispatched",
        ("suspended", "review"): "suspended",
        ("disputed", "settle"): "dispatched",
        ("disputed", "void"): "voided",
        ("handled", "check_before_closing"): "checked",
        ("handled", "ask_check"): "checking",
        ("handled", "rework"): "dispatched",
        ("checking", "check_before_closing"): "checked",
        ("checking", "rework"): "dispatched",
        ("checked", "close"): "closed",
        ("checked", "rework"): "dispatched",
        ("closed", "rate"): "rated",
        ("closed", "appeal"): "appealed",
        ("appealed", "accept_appeal"): "closed",
        ("appealed", "dismiss_appeal"): "closed",
        ("merged", "split_reported"): "reported",
        ("merged", "split_verified"): "verified",
        ("merged", "split_registered"): "registered",
        ("merged", "split_dispatched"): "dispatched",
    },
)
"""核实 stands before 立案 and 核查 before 结案; cities swap the words, so the steps say when they happen."""

SPLIT: Final = "split"
"""What a person asks for: the problem goes back to where it was when it was merged."""

STAGE_OF: Final = {
    "reported": "register",
    "verifying": "verify",
    "verified": "register",
    "registered": "dispatch",
    "dispatched": "handle",
    "extension_asked": "handle",
    "disputed": "dispute",
    "handled": "check",
    "checking": "check",
    "checked": "close",
    "appealed": "appeal",
}
"""Whose limit a state has. A suspended problem has a day of review instead, closed ones have none."""

MAP_STAGE: Final = {
    **dict.fromkeys(("reported", "verifying", "verified", "registered"), "desk"),
    **dict.fromkeys(("dispatched", "extension_asked"), "handling"),
    **dict.fromkeys(("handled", "checking", "checked", "appealed"), "checking"),
    "disputed": "disputed",
    "suspended": "suspended",
}
"""How an open problem is drawn; one of another state is not on the map."""

HANDLE_OPS: Final = {
    "dispatch": Op.START,
    "settle": Op.START,
    "feed_back": Op.HOLD,
    "rework": Op.RESUME,
    "suspend": Op.HOLD,
    "resume": Op.RESUME,
    "grant_extension": Op.EXTEND,
    "send_back": Op.STOP,
    "dispute": Op.STOP,
}
"""The clock of handling. It rests while others look, and goes on with what was left when the work has to be redone."""

STAGE_OPS: Final = {
    "open": Op.START,
    "ask_verification": Op.START,
    "verify_before_registration": Op.START,
    "register": Op.START,
    "dispatch": Op.STOP,
    "settle": Op.STOP,
    "send_back": Op.START,
    "dispute": Op.START,
    "suspend": Op.START,
    "review": Op.START,
    "resume": Op.STOP,
    "feed_back": Op.START,
    "check_before_closing": Op.START,
    "rework": Op.STOP,
    "close": Op.STOP,
    "settle_on_spot": Op.STOP,
    "void": Op.STOP,
    "appeal": Op.START,
    "accept_appeal": Op.STOP,
    "dismiss_appeal": Op.STOP,
}
"""The clock of whoever has to do the next thing: the desk, whoever verifies or checks, a day of review."""

NOTE_NEEDED: Final = frozenset(
    {"void", "send_back", "rework", "dispute", "ask_extension", "refuse_extension", "suspend", "review", "appeal",
     "accept_appeal", "dismiss_appeal", SPLIT}
)  # fmt: skip
"""Steps nobody takes without saying why."""

FIELD_STEPS: Final = frozenset(
    {"settle_on_spot", "verify_before_registration", "check_before_closing", "feed_back", "hand_over", "send_back",
     "dispute", "ask_extension", "appeal"}
)  # fmt: skip
"""What those of the street may do in their own area; all else is for those who lead and the desk."""
