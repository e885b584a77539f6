"""违法人员档案: sealed, masked, opened for a purpose and never without a trace, joined and split, and gone in time."""
