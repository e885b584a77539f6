"""Two licensed officers of one team, on shift, each with their own credentials: no formal act without them."""
