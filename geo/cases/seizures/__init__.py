"""扣押的报告与批准: approved by the head before, or within 24 hours where goods are taken on the spot."""
