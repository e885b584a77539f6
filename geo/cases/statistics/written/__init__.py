"""When each register was last written to: whether nought means nought."""
