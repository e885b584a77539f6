"""What a shift is asked to do, one file a source: zones, passes, lamps, acts; all as wishes on one shape."""
