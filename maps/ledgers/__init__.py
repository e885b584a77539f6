"""Pages of what the service knows now: described here as data, filled by one script with what the caller may see."""
