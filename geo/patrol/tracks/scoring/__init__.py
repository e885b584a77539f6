"""Planned against actual: what a shift's tracks and check-ins say of its plan, in whole numbers, gaps said."""
