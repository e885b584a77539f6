"""行政处罚案件: linked to the problem it came from, never mixed with it; reviewed in tiers, closed when all is done."""
