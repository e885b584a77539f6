"""撒漏溯源: which sites and ways lie near a spill, with reasons; who spilled it a person finds out."""
