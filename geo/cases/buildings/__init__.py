"""违建台账: illegal buildings from suspicion to write-off, and a stock that adds up for any period."""
