"""禁炮限炮: where fireworks are banned or limited, and whom to visit before a feast (提前介入)."""
