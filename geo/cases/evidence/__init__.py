"""Pictures of cases: the original kept as it came, and a copy that tells nothing but what it shows."""
