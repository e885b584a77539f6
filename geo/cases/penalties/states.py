"""立案审批→取证→告知→陈述申辩/听证→法制审核、集体讨论→决定→送达→履行/催告/申请法院→归档, as a table."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

PENALTY: Final = Workflow(
    "penalty",
    "applied",
    {
        ("applied", "file"): "filed",
        ("applied", "refuse"): "refused",
        ("applied", "decide_on_spot"): "decided",
        ("filed", "finish_evidence"): "investigated",
        ("filed", "refer"): "referred",
        ("filed", "revoke"): "revoked",
        ("investigated", "inform"): "informed",
        ("investigated", "refer"): "referred",
        ("investigated", "revoke"): "revoked",
        ("informed", "hear"): "heard",
        ("informed", "waive"): "heard",
        ("informed", "ask_hearing"): "hearing",
        ("hearing", "hold_hearing"): "heard",
        ("heard", "settle"): "settled",
        ("heard", "send_back"): "investigated",
        ("settled", "decide"): "decided",
        ("settled", "send_back"): "investigated",
        ("decided", "serve"): "served",
        ("served", "perform"): "performed",
        ("served", "remind"): "reminded",
        ("reminded", "perform"): "performed",
        ("reminded", "apply_court"): "in_court",
        ("in_court", "perform"): "performed",
        ("in_court", "end_enforcement"): "performed",
        ("referred", "take_back"): "filed",
        ("referred", "hand_over"): "transferred",
        ("performed", "archive"): "archived",
        ("transferred", "archive"): "archived",
        ("revoked", "archive"): "archived",
        ("refused", "archive"): "archived",
    },
)

FORMAL_STEPS: Final = frozenset(
    {"finish_evidence", "inform", "hear", "hold_hearing", "decide_on_spot", "serve", "remind"}
)
"""Signed by two licensed officers each."""

HEAD_STEPS: Final = frozenset({"file", "refuse", "decide", "revoke"})
"""Taken by whoever leads, and never by an officer who handled the case."""

REFERRAL_STEPS: Final = frozenset({"refer", "take_back", "hand_over"})
"""Taken with a referral and its answer, not by themselves."""

DECIDED: Final = frozenset({"decided", "served", "reminded", "in_court", "performed"})
"""A decision stands: it must be published."""
