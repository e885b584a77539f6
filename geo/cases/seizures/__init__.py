"""扣押、先行登记保存的批准: the head approves before, or within 24 hours where goods are seized on the spot."""
